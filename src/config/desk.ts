// config/desk.yaml: what a team changes without code, and the shape that it takes in the program.
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { labels, type RequestType, requestTypes, typeNames } from '../flows/labels.ts'
import { type FormAliases, type FormField, fieldNames } from '../form/form.ts'
import { comparableName } from '../form/form-values.ts'
import { checkedUntil } from './us-holidays.ts'
import { isProject, isServiceUrl } from './variables.ts'

/** The description templates that the handbook names. */
const templates = [
  'Account Reinstatement',
  'Deletion Meta Issue - Full',
  'Deletion Meta Issue - GitLab-com',
  'Deletion Meta Issue - Deceased',
  'Deletion Meta Issue - Customers Portal',
  'Deletion Meta Issue - Marketing',
  'personal_data_access_request',
  'Privacy Escalation Meta Issue',
] as const

/** A section whose lines are all commented out is null in YAML: then, as when it is absent, its defaults hold. */
const section = <Schema extends z.ZodType>(schema: Schema) => z.preprocess((value) => value ?? {}, schema)
const list = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => value ?? [], z.array(schema).readonly())

const text = z.string().trim().min(1, 'must not be empty')
const names = list(text.max(120, 'must have at most 120 characters'))
// GitLab's API takes labels parted by commas.
const label = text
  .max(255, 'must have at most 255 characters')
  .regex(/^[^,\r\n]*$/, 'must hold no comma and be one line')
const perMinute = (amount: number) => z.int().min(1).max(10_000).default(amount)
const id = z.preprocess((value) => value ?? undefined, z.int().min(1).optional())

const from1To60 = 'must be a whole number from 1 to 60'
const days = (unless: number) =>
  z
    .int({ error: from1To60 })
    .min(1, from1To60)
    .max(60, from1To60)
    .nullish()
    .transform((given) => given ?? unless)

const day = z.string().refine(isDay, { error: 'must be a day such as 2026-12-24', abort: true })
/** An earlier day would take back what has been compared already. */
const laterThanChecked = day.refine(
  (value) => value > checkedUntil,
  `must be later than ${checkedUntil}: until then this version has been compared with the official list`,
)

/** The longest text of an option in a Slack menu: https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
const longestOption = 75

const ExpertTeam = z
  .strictObject({
    name: text.max(longestOption, `must have at most ${longestOption} characters`),
    project: text.refine(isProject, 'must be a project path such as group/project'),
    labels: list(label),
    template: text.nullish().transform((value) => value ?? undefined),
  })
  .readonly()

/** Somebody who works here: their id in Slack, and their accounts in the services. */
const LinkedPerson = z
  .strictObject({
    slack: text.regex(/^[UW][A-Z0-9]{2,20}$/, 'must be a Slack user id such as U012ABCDEF'),
    gitlab: text
      .max(255)
      .regex(/^[\w.-]+$/, 'must be a GitLab username without its @')
      .nullish(),
    zendesk: z
      .int({ error: 'must be the id of a Zendesk agent, a number' })
      .min(1, 'must be the id of a Zendesk agent, a number')
      .nullish(),
  })
  .readonly()

const DeskFile = z.strictObject({
  people: list(LinkedPerson),
  fields: section(z.partialRecord(z.enum(keysOf(fieldNames)), names)),
  types: section(z.partialRecord(z.enum(keysOf(requestTypes)), names)),
  templates: section(z.partialRecord(z.enum(templates), text)),
  labels: section(z.partialRecord(z.enum(labels), label)),
  'support-bot': section(
    z.strictObject({
      usernames: z.preprocess(
        (value) => value ?? ['support-bot'],
        z.array(text).min(1, 'must name one').readonly(),
      ),
      'automatic-responses': section(z.strictObject({ texts: list(text), beginnings: list(text) })),
    }),
  ),
  'label-approves': z
    .enum(['yes', 'with-role'], { error: 'must be yes or with-role' })
    .nullish()
    .transform((given) => given ?? 'yes'),
  'zendesk-macros': section(z.strictObject({ deletion: id, access: id })),
  'form-url': text
    .refine(isServiceUrl, 'must be an http or https URL')
    .default('https://support.gitlab.io/personal-data-request/'),
  'feature-request': z.preprocess(
    (value) => (value === false ? '' : (value ?? undefined)),
    z
      .string()
      .regex(/^(?:[\w.][\w./-]*\/[\w.-]+#\d{1,9})?$/, 'must be an issue such as group/project#123, or false')
      .default('gitlab-org/gitlab#330669'),
  ),
  'expert-teams': list(ExpertTeam),
  'security-update-business-days': days(5),
  'stuck-after-days': days(7),
  holidays: section(
    z.strictObject({
      also: list(day),
      'checked-until': laterThanChecked.nullish().transform((value) => value ?? undefined),
    }),
  ),
  'rate-limits': section(
    z.strictObject({
      'gitlab-notes-per-minute': perMinute(60),
      'slack-posts-per-second': z.number().positive().max(100).default(1),
      'slack-burst': z.int().min(1).max(1000).default(20),
      'zendesk-updates-per-minute': perMinute(100),
    }),
  ),
})

/** The settings of config/desk.yaml in the shape that the program uses. */
export type Desk = ReturnType<typeof deskOf>

/** The desk file as it was read, or every problem of it. */
export type DeskReading = { readonly desk: Desk } | { readonly problems: readonly string[] }

/** Reads the text of the desk file. Its problems name the path in the file and never a value. */
export function readDesk(yaml: string): DeskReading {
  const document = parseDocument(yaml, { prettyErrors: true })
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map(
        ({ code, linePos }) => `desk.yaml, line ${linePos?.[0].line ?? '?'}, is no valid YAML (${code})`,
      ),
    }
  }
  const result = DeskFile.safeParse(plainData(document) ?? {})
  if (!result.success) return { problems: result.error.issues.flatMap(sentencesOf) }
  const desk = deskOf(result.data)
  const problems = sharedNamesIn(desk)
  return problems.length > 0 ? { problems } : { desk }
}

function deskOf(file: z.infer<typeof DeskFile>) {
  const bot = file['support-bot']
  const limits = file['rate-limits']
  const { also, 'checked-until': checked } = file.holidays
  return {
    people: file.people.map(({ slack, gitlab, zendesk }) => ({
      slack,
      accounts: {
        ...(typeof gitlab === 'string' && { gitlab }),
        ...(typeof zendesk === 'number' && { zendesk: String(zendesk) }),
      },
    })),
    aliases: { fields: file.fields, types: file.types },
    templates: file.templates,
    labels: file.labels,
    supportBot: { usernames: bot.usernames, automaticResponses: bot['automatic-responses'] },
    labelApproves: file['label-approves'],
    zendeskMacros: file['zendesk-macros'],
    formUrl: file['form-url'],
    /** Undefined when it is switched off. */
    featureRequest: file['feature-request'] === '' ? undefined : file['feature-request'],
    expertTeams: file['expert-teams'],
    securityUpdateBusinessDays: file['security-update-business-days'],
    stuckAfterDays: file['stuck-after-days'],
    holidays: { also, ...(checked !== undefined && { checkedUntil: checked }) },
    rateLimits: {
      gitlabNotes: { perMinute: limits['gitlab-notes-per-minute'] },
      slackPosts: { perSecond: limits['slack-posts-per-second'], burst: limits['slack-burst'] },
      zendeskUpdates: { perMinute: limits['zendesk-updates-per-minute'] },
    },
  } as const
}

function plainData(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 10 })
  } catch {
    // Anchors that point to nothing or that multiply: the schema then refuses this text.
    return 'unresolvable'
  }
}

function sentencesOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `desk.yaml: ${pathOf([...issue.path, key])} is not known`)
  }
  const where = issue.path.length === 0 ? 'the file' : pathOf(issue.path)
  return [
    `desk.yaml: ${where} ${issue.message.replace(/^.*?: expected /, 'must be ').replace(/, received.*$/, '')}`,
  ]
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${quoted(String(key).slice(0, 80))}`))
    .join('')
    .replace(/^\./, '')
}

function quoted(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key)
}

function isDay(value: string): boolean {
  try {
    return /^\d{4}-\d\d-\d\d$/.test(value) && Temporal.PlainDate.from(value).toString() === value
  } catch {
    return false
  }
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(record) as Key[]
}

// Names in config/desk.yaml that two things share, so that they could not be told apart.

type Label = (typeof labels)[number]

/** The accounts of the people who work here. */
type People = readonly { readonly slack: string; readonly accounts: Readonly<Record<string, string>> }[]

/** The names that a team gives in config/desk.yaml, beside the names that the bot comes with. */
interface NamesOfTeam {
  readonly aliases: FormAliases
  readonly labels: Readonly<Partial<Record<Label, string>>>
  readonly expertTeams: readonly { readonly name: string }[]
  readonly people: People
}

/** One sentence each, with the path in the file. */
function sharedNamesIn({ aliases, labels: teamLabels, expertTeams, people }: NamesOfTeam): readonly string[] {
  return [
    ...sharedPeople(people),
    ...sharedAliases('fields', fieldNames, aliases.fields),
    ...sharedAliases('types', typeNames, aliases.types),
    ...sharedLabels(teamLabels),
    ...sharedTeams(expertTeams),
  ]
}

/** A name that two fields or types share could be read as neither. */
function sharedAliases<Value extends FormField | RequestType>(
  section: string,
  own: Readonly<Record<Value, readonly string[]>>,
  further: Readonly<Partial<Record<Value, readonly string[]>>>,
): readonly string[] {
  const values = Object.keys(own) as Value[]
  return values.flatMap((value) =>
    (further[value] ?? []).flatMap((name, index) => {
      const known = (other: Value) => [...own[other], ...(further[other] ?? [])].map(comparableName)
      const other = values.find((other) => other !== value && known(other).includes(comparableName(name)))
      return other === undefined
        ? []
        : [`desk.yaml: ${section}.${value}[${index}] is also a name of ${other}`]
    }),
  )
}

/** Two labels under one name could not be told apart when they are read. */
function sharedLabels(teamNames: Readonly<Partial<Record<Label, string>>>): readonly string[] {
  const nameOf = (label: Label) => teamNames[label] ?? label
  return labels.flatMap((label) => {
    if (teamNames[label] === undefined) return []
    const other = labels.find((other) => other !== label && nameOf(other) === nameOf(label))
    return other === undefined
      ? []
      : [`desk.yaml: labels.${JSON.stringify(label)} has the same name as ${JSON.stringify(other)}`]
  })
}

/** Whom an issue is opened with is chosen by the name alone. */
function sharedTeams(teams: NamesOfTeam['expertTeams']): readonly string[] {
  const names = teams.map(({ name }) => comparableName(name))
  return names.flatMap((name, index) => {
    const first = names.indexOf(name)
    return first === index
      ? []
      : [`desk.yaml: expert-teams[${index}].name is also the name of expert-teams[${first}]`]
  })
}

/** An account of two people would be nobody's, and so would two lines of one person. */
function sharedPeople(people: People): readonly string[] {
  const said = people.map(({ slack, accounts }) => ({ slack, ...accounts }))
  return ['slack', 'gitlab', 'zendesk'].flatMap((key) => {
    const values = said.map((one) => (one as Readonly<Record<string, string>>)[key]?.toLowerCase())
    return values.flatMap((value, index) => {
      const first = values.indexOf(value)
      return value === undefined || first === index
        ? []
        : [`desk.yaml: people[${index}].${key} is also that of people[${first}]`]
    })
  })
}
