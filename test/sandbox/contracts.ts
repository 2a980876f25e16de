/** The services' own descriptions of their APIs, which lie beside the repository on some machines only. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv'
import { load } from 'js-yaml'

const contractsFolder = new URL('../../../shared/contracts/', import.meta.url)

export const haveContracts = existsSync(contractsFolder)
export const skipReason = haveContracts ? '' : ' (skipped: ../shared/contracts is not there)'

interface Schema {
  readonly properties?: Readonly<Record<string, object>>
}

export interface Contract {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
  readonly paths: Readonly<Record<string, Readonly<Record<string, { parameters?: { name: string }[] }>>>>
}

/** `file`: below the folder of the descriptions. Each is megabytes long, and read once. */
export function contract(file: string): Contract {
  const known = contracts.get(file)
  if (known) return known
  const read = load(readFileSync(new URL(file, contractsFolder), 'utf8')) as Contract
  contracts.set(file, read)
  return read
}

const contracts = new Map<string, Contract>()

/** The recorded webhooks of one kind. */
export function recordedWebhooks(kind: 'issue' | 'note'): readonly Record<string, unknown>[] {
  const webhooks = new URL('gitlab/webhooks/', contractsFolder)
  return readdirSync(webhooks)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, webhooks), 'utf8')) as Record<string, unknown>)
    .filter((payload) => payload.object_kind === kind)
}

/** What is wrong with a value by a schema of the contract; fields that the schema lacks are wrong too. */
export function faults(
  of: Contract,
  schemaName: string,
  value: unknown,
  more: { except?: readonly string[] } = {},
) {
  const known = Object.fromEntries(
    Object.entries(Object(value)).filter(([name]) => !more.except?.includes(name)),
  )
  const validate = validatorOf(of, schemaName, more.except ?? [])
  validate(known)
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  )
}

/** Made once: each reads the whole description. */
function validatorOf(of: Contract, schemaName: string, except: readonly string[]): ValidateFunction {
  const made = validators.get(of) ?? new Map<string, ValidateFunction>()
  validators.set(of, made)
  const name = [schemaName, ...except].join(' ')
  const known = made.get(name)
  if (known) return known
  const schemas = of.components.schemas
  const { properties = {} } = schemas[schemaName] ?? {}
  const kept = Object.entries(properties).filter(([property]) => !except.includes(property))
  const strict = { type: 'object', properties: Object.fromEntries(kept), additionalProperties: false }
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  const validate = ajv.compile({ ...strict, components: { schemas } } as AnySchema)
  made.set(name, validate)
  return validate
}

const validators = new WeakMap<Contract, Map<string, ValidateFunction>>()
