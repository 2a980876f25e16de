/** What is sent to a local service and what it answers, against the service's own description of its API. */
import { type Document, OpenAPIBackend } from 'openapi-backend'
import type { Answer, FakeServer, RecordedRequest } from '../../sandbox/fake-server.ts'
import { contract } from '../sandbox/contracts.ts'

/** A request that was made, and its answer. */
export interface Exchange {
  readonly request: RecordedRequest
  readonly answer: Answer
}

/**
 * A place where the service is known to do otherwise than its description says, by the sentence of the fault. One that
 * no exchange shows is a fault itself: it would hide others.
 */
export interface Deviation {
  readonly fault: RegExp
  /** Where that is documented, or how it is known. */
  readonly because: string
}

export interface Contract {
  /** `PUT /api/v2/tickets/{ticket_id} sends /ticket/x that is not described`; each once, however often it is. */
  faultsOf(exchanges: readonly Exchange[], deviations?: readonly Deviation[]): Promise<readonly string[]>
  /** The operations that the exchanges reached, as the description names them, each once, in order of the alphabet. */
  operationsOf(exchanges: readonly Exchange[]): Promise<readonly string[]>
}

/** Everything that the service answers from now on. */
export function watch(fake: FakeServer): readonly Exchange[] {
  const exchanges: Exchange[] = []
  fake.onAnswer = (request, answer) => {
    // As it stands now: what an answer shows of the service's world may change afterwards.
    exchanges.push({ request, answer: structuredClone(answer) })
  }
  return exchanges
}

interface Options {
  /** Those that can be asked for at all: to read the hundreds of others takes longer than all that is tried. */
  readonly paths?: RegExp
  /** The path as the description writes it: without `/api/v4`, or without `.json`. */
  readonly pathOf?: (path: string) => string
  /** Parameters of the query that are described elsewhere, for all lists. */
  readonly isParameterOfAll?: (name: string) => boolean
}

/** `file`: below the folder of the descriptions. */
export function contractOf(file: string, options: Options = {}): Contract {
  const { pathOf = (path) => path, isParameterOfAll = () => false, paths } = options
  let described: Promise<OpenAPIBackend> | undefined
  const api = () => {
    described ??= read(file, paths)
    return described
  }

  async function faultsIn({ request, answer }: Exchange): Promise<readonly string[]> {
    const { method, query, body } = request
    const api_ = await api()
    const path = pathOf(request.path)
    const asked = {
      ...{ method, path, body },
      query: Object.fromEntries([...query].filter(([name]) => !isParameterOfAll(name))),
      // JSON and forms have been parsed already, and are described as if they had not.
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
    }
    const operation = api_.matchOperation(asked)
    if (!operation?.operationId) return [`${method} ${path} is not described`]
    const name = `${method} ${operation.path}`
    const sent = api_.validator.validateRequest(asked, operation).errors ?? []
    const isRefused = answer.status >= 400
    const got = isRefused
      ? []
      : (api_.validator.validateResponse(answer.body, operation, answer.status).errors ?? [])
    return [
      ...sent.map((error) => `${name} sends ${sentence(error)}`),
      ...undescribed(schemaIn(operation.requestBody), body).map(
        (at) => `${name} sends ${at} that is not described`,
      ),
      ...got.map((error) => `${name} answers ${sentence(error)}`),
      ...(isRefused
        ? []
        : undescribed(schemaIn(Object(operation.responses)[answer.status]), answer.body)
      ).map((at) => `${name} answers ${at} that is not described`),
    ]
  }

  return {
    faultsOf: async (exchanges, deviations = []) => {
      const found = new Set((await Promise.all(exchanges.map(faultsIn))).flat())
      const unseen = deviations.filter(({ fault }) => ![...found].some((one) => fault.test(one)))
      return [
        ...[...found].filter((one) => !deviations.some(({ fault }) => fault.test(one))),
        ...unseen.map(({ fault, because }) => `nothing shows any more that ${because} (${fault.source})`),
      ].sort()
    },
    operationsOf: async (exchanges) => {
      const { router } = await api()
      const reached = exchanges.flatMap(({ request: { method, path } }) => {
        const operation = router.matchOperation({ method, path: pathOf(path), headers: {} })
        return operation ? [`${method} ${operation.path}`] : []
      })
      return [...new Set(reached)].sort()
    },
  }
}

async function read(file: string, wanted = /./): Promise<OpenAPIBackend> {
  // A copy, as the library resolves the references in what it is given.
  const whole = structuredClone(contract(file)) as unknown as Document
  const paths = Object.entries(whole.paths ?? {}).filter(([path]) => wanted.test(path))
  const definition = { ...whole, paths: Object.fromEntries(paths) } as Document
  const ajvOpts = { strict: false, validateFormats: false, allErrors: true }
  // `quick`: a validator is made for what is asked for alone, of hundreds of paths.
  const api = new OpenAPIBackend({ definition, quick: true, coerceTypes: true, ajvOpts })
  return api.init()
}

function sentence(error: {
  readonly instancePath: string
  readonly message?: string
  readonly params: object
}) {
  return `${generalised(error.instancePath)} ${error.message ?? 'wrong'} ${JSON.stringify(error.params)}`
}

// `/results/#/group_id`: the same fault of a hundred entries is one.
function generalised(path: string): string {
  return path.replaceAll(/\/\d+(?=\/|$)/g, '/#')
}

interface Schema {
  readonly type?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly allOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
}

function schemaIn(of: unknown): Schema | undefined {
  const content = Object(Object(of).content) as Readonly<Record<string, { readonly schema?: Schema }>>
  return Object.values(content)[0]?.schema
}

/**
 * Where a value holds a property that its schema does not name. A service takes no notice of a misspelt one, and a
 * validator lets it pass, since a schema is open unless it says otherwise.
 */
function undescribed(schema: Schema | undefined, value: unknown, at = ''): readonly string[] {
  if (!schema || typeof value !== 'object' || value === null) return []
  const parts = partsOf(schema)
  if (Array.isArray(value)) {
    const items = parts.find((part) => part.items)?.items
    return [...new Set(value.flatMap((one) => undescribed(items, one, `${at}/#`)))]
  }
  const known = parts.filter(({ properties }) => properties)
  // A schema that names no properties at all is an object of any form.
  if (known.length === 0 || parts.some(({ additionalProperties: more }) => more)) return []
  return Object.entries(value).flatMap(([name, inside]) => {
    const property = known.map(({ properties }) => properties?.[name]).find((one) => one !== undefined)
    return property ? undescribed(property, inside, `${at}/${name}`) : [`${at}/${name}`]
  })
}

function partsOf(schema: Schema): readonly Schema[] {
  const { allOf = [], oneOf = [], anyOf = [] } = schema
  return [schema, ...[...allOf, ...oneOf, ...anyOf].flatMap(partsOf)]
}
