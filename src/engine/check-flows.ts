/** The check that flows hold together: each name that they use has to exist. It says at once all that is wrong. */
import { decisionsNamed } from './decision-rule.ts'
import { type Condition, type EffectRule, effects, type Setting } from './effect.ts'
import type { ObservationName } from './event.ts'
import {
  type Decision,
  type Field,
  type Flag,
  type Flow,
  type Flows,
  type On,
  own,
  type RecordName,
  type Step,
  type Transition,
  transitionsOf,
} from './flow.ts'
import { type GuardRule, guardParameters, type ParameterKind } from './guard-rule.ts'
import { awaited, type NextRule, nextConditions, nextKinds } from './next-rule.ts'

/** The names that only the handbook's texts can say: snippets, labels and the like. */
export interface Handbook {
  readonly labels: readonly string[]
  readonly snippets: readonly string[]
}

/** The flows do not hold together; the message has one line for each problem. */
export class FlowProblems extends Error {
  override readonly name = 'FlowProblems'
}

/** Returns the flows themselves. Throws `FlowProblems`, with one line for each thing that is wrong. */
export function checkFlows<F extends Flows>(flows: F, handbook: Handbook): F {
  const problems = problemsOf(flows, handbook)
  if (problems.length > 0) throw new FlowProblems(`The flows do not hold together:\n${problems.join('\n')}`)
  return flows
}

/** Returns one sentence for each problem: `data-export/helping/send-challenges: no step is called “helpin”`. */
export function problemsOf(flows: Flows, handbook: Handbook): readonly string[] {
  return Object.entries(flows).flatMap(([name, flow]) => [
    ...(flow.name === name ? [] : [`${name}: its name is “${flow.name}”`]),
    ...flowProblems({ flows, flow, handbook }).map((problem) => `${name}${problem}`),
  ])
}

interface Checked {
  readonly flows: Flows
  readonly flow: Flow
  readonly handbook: Handbook
}

// Complete by their types: what is added to the language is added here, or does not compile.
const flags: Readonly<Record<Flag, true>> = {
  isEmbargoed: true,
  hasOtherAddress: true,
  hasLaterIssue: true,
  repliedMoreThanOnce: true,
}
const suggestions = { suggestedReason: true }
const settings: Readonly<Record<Setting, true>> = {
  'trust-safety-project': true,
  'feature-request': true,
  'admin-token': true,
}
const records: Readonly<Record<RecordName, true>> = {
  started: true,
  'self-initiated': true,
  'no-answer': true,
  'taken-back': true,
  'exception-requested': true,
  'reinstatement-link': true,
  paused: true,
  resumed: true,
  extended: true,
  answered: true,
  handled: true,
  'report-promised': true,
  'report-delivered': true,
  'left-closed': true,
}
const starts = { created: true, opened: true, 'step-entered': true, 'last-public-reply': true }

/** By name, what a transition's `where` may ask of an observation. */
const observations: Readonly<Record<ObservationName, readonly string[]>> = {
  'requester-replied': ['looksAutomatic', 'isOneOfSeveral'],
  'label-added': ['label', 'by'],
  'label-removed': ['label', 'by'],
  'issue-closed': ['by'],
  'issue-reopened': ['by'],
  'checks-failed': [],
  'snippet-sent': ['snippet', 'names', 'by'],
  'assignee-changed': ['by'],
  'meta-issue-made': ['by'],
  'meta-issue-seen': [],
  'issue-unreadable': ['status'],
  'issue-readable': [],
  'evidence-gathered': [],
  'reinstatement-issue-opened': [],
  'escalation-issue-opened': [],
  'exports-seen': [],
  'duplicates-suggested': [],
  'other-issues-seen': [],
  'form-changed': [],
  'close-stopped': [],
  'ticket-solved': ['how'],
  'ticket-reopened': ['isByReply'],
  'public-reply-seen': ['by'],
  'ticket-reply-kept-internal': [],
  'expert-issue-opened': [],
  'expert-issue-seen': [],
  'ticket-update-refused': ['backTo'],
}

function flowProblems(checked: Checked): readonly string[] {
  const { flow } = checked
  const everyDecision = Object.values(flow.steps).flatMap(({ decisions }) => Object.keys(decisions))
  return [
    ...stepIsThere(checked, flow.first),
    ...stepIsThere(checked, flow.closed),
    ...(own(flow.steps, flow.closed)?.isClosed ? [] : [`the step “${flow.closed}” is not closed`]),
    ...flow.pinned
      .filter((name) => !everyDecision.includes(name))
      .map((name) => `no decision is called “${name}”, so it can't be pinned`),
    ...(flow.unless ? known(flags, flow.unless.fact, 'fact') : []),
    ...(flow.unless ? nextProblems(checked, flow.unless.next, flow.anytime) : []),
    ...onProblems(checked, flow.on),
  ]
    .map((problem) => `: ${problem}`)
    .concat(
      decisionsProblems(checked, flow.anytime).map((problem) => `/*${problem}`),
      Object.entries(flow.steps).flatMap(([name, step]) =>
        stepProblems(checked, step).map((problem) => `/${name}${problem}`),
      ),
    )
}

function stepProblems(checked: Checked, step: Step): readonly string[] {
  const { clock } = step
  return [
    ...(clock ? known(starts, clock.since, 'start of a clock') : []),
    ...(clock && 'days' in clock ? positive(clock.days) : []),
    ...(clock && 'businessDays' in clock ? positive(clock.businessDays) : []),
    ...(step.onEntry ?? []).flatMap((rule) => ruleProblems(checked, rule, [])),
    ...onProblems(checked, step.on),
    ...(step.isClosed ? [] : nextsProblems(checked, step)),
  ]
    .map((problem) => `: ${problem}`)
    .concat(decisionsProblems(checked, step.decisions))
}

/** Of every open request it is said what comes next: the last rule has no condition, so that one of them holds. */
function nextsProblems(checked: Checked, { next = [], decisions }: Step): readonly string[] {
  const last = next.at(-1)
  return [
    ...(last ? [] : ['it does not say what comes next']),
    ...(last?.if === undefined ? [] : ['the last of what comes next holds only sometimes']),
    ...next
      .slice(0, -1)
      .flatMap(({ if: condition, words }) =>
        condition === undefined ? [`nothing comes after “${words}”, which always holds`] : [],
      ),
    ...next.flatMap((rule) => nextProblems(checked, rule, { ...checked.flow.anytime, ...decisions })),
  ]
}

function nextProblems(
  { flow }: Checked,
  { kind, if: condition, words, decision, awaits, by }: NextRule,
  decisions: Flow['anytime'],
): readonly string[] {
  return [
    ...known(nextKinds, kind, 'kind of what comes next'),
    ...(condition === undefined ? [] : known(nextConditions, condition, 'condition of what comes next')),
    ...(words === '' || words.length > longestWords
      ? [`“${words}” is not 1 to ${longestWords} characters`]
      : []),
    ...(decision === undefined ? [] : known(decisions, decision, 'decision')),
    ...(awaits === undefined ? [] : known(awaited, awaits, 'one who is waited for')),
    ...(by ?? []).flatMap((role) => known(flow.desk.roles, role, 'role')),
    ...(decision === undefined && awaits === undefined && (by ?? []).length === 0
      ? [`“${words}” is nobody’s turn`]
      : []),
  ]
}

/** What a phone shows of a card's headline in two lines. */
const longestWords = 80

function positive(days: number): readonly string[] {
  return Number.isInteger(days) && days > 0 ? [] : [`a clock of ${days} days never runs`]
}

function decisionsProblems(
  checked: Checked,
  decisions: Readonly<Record<string, Decision>>,
): readonly string[] {
  return Object.entries(decisions).flatMap(([name, decision]) =>
    decisionProblems(checked, decision).map((problem) => `/${name}: ${problem}`),
  )
}

function decisionProblems(checked: Checked, decision: Decision): readonly string[] {
  const { by, alsoBy, when = [], fields = [], records: record, enabledIf, onlyIf, goto } = decision
  return [
    ...(by.length > 0 ? [] : ['nobody may take it']),
    ...[...by, ...(alsoBy?.roles ?? [])].flatMap((role) => known(checked.flow.desk.roles, role, 'role')),
    ...(alsoBy ? known(flags, alsoBy.onlyIf, 'fact') : []),
    ...when.flatMap((rule) => guardProblems(rule, fields)),
    ...fields.flatMap(fieldProblems),
    ...(record === undefined ? [] : known(records, record, 'record')),
    ...(enabledIf ? known(settings, enabledIf.setting, 'setting') : []),
    ...(onlyIf ? known(flags, onlyIf.flag, 'fact') : []),
    ...decision.do.flatMap((rule) => ruleProblems(checked, rule, fields)),
    ...gotoProblems(checked, goto, fields),
    ...(typeof goto === 'string' && endsAt(checked.flow, goto) && decision.ends === undefined
      ? ['it does not say how the request ends']
      : []),
  ]
}

/** A step that says itself how it ends, needs no more words. */
function endsAt({ steps }: Flow, goto: string): boolean {
  const step = own(steps, goto)
  return step?.isClosed === true && step.outcome === undefined
}

function fieldProblems(field: Field): readonly string[] {
  return [
    ...(field.onlyIf === undefined
      ? []
      : [field.onlyIf].flat().flatMap((flag) => known(flags, flag, 'fact'))),
    ...(field.kind === 'choice' && field.suggestedBy !== undefined
      ? known(suggestions, field.suggestedBy, 'fact')
      : []),
    ...(field.kind === 'choice' && field.options.length === 0 ? [`“${field.name}” offers no choice`] : []),
  ]
}

function guardProblems(rule: GuardRule, fields: readonly Field[]): readonly string[] {
  const name = typeof rule === 'string' ? rule : rule.guard
  const takes: Readonly<Record<string, ParameterKind>> | undefined = own(guardParameters, name)
  if (!takes) return [`no guard is called “${name}”`]
  const given: Readonly<Record<string, unknown>> = typeof rule === 'string' ? {} : { ...rule }
  return [
    ...Object.entries(takes).flatMap(([key, kind]) =>
      parameterProblems(kind, given[key], fields).map((problem) => `guard “${name}”, ${key}: ${problem}`),
    ),
    ...Object.keys(given)
      .filter((key) => key !== 'guard' && !Object.hasOwn(takes, key))
      .map((key) => `guard “${name}” is told “${key}”, which it does not know`),
  ]
}

function parameterProblems(kind: ParameterKind, value: unknown, fields: readonly Field[]): readonly string[] {
  if (kind === 'condition')
    return typeof value === 'object' && value !== null
      ? conditionProblems(value as Condition, fields)
      : ['is missing']
  if (typeof value !== 'string' || value === '') return ['is missing']
  return kind === 'field' ? fieldIsThere(value, fields) : []
}

function conditionProblems(condition: Condition, fields: readonly Field[]): readonly string[] {
  if ('setting' in condition) return known(settings, condition.setting, 'setting')
  if (!('is' in condition)) return fieldIsThere(condition.field, fields)
  const field = fields.find(({ name }) => name === condition.field)
  const isOffered = field?.kind === 'choice' && field.options.some(({ value }) => value === condition.is)
  return isOffered ? [] : [`“${condition.field}” offers no “${condition.is}”`]
}

function fieldIsThere(name: string, fields: readonly Field[]): readonly string[] {
  return fields.some((field) => field.name === name) ? [] : [`no field is called “${name}”`]
}

function ruleProblems({ handbook }: Checked, rule: EffectRule, fields: readonly Field[]): readonly string[] {
  const labels = rule.kind === 'labels' ? [...rule.add, ...rule.remove] : []
  const snippets = rule.kind === 'reply' ? [rule.snippet] : []
  return [
    ...known(effects, rule.kind, 'effect'),
    ...(rule.when ? conditionProblems(rule.when, fields) : []),
    ...fieldsOf(rule).flatMap((name) => fieldIsThere(name, fields)),
    ...labels
      .filter((label) => !handbook.labels.includes(label))
      .map((label) => `the handbook has no label “${label}”`),
    ...snippets
      .filter((snippet) => !handbook.snippets.includes(snippet))
      .map((snippet) => `the handbook has no reply “${snippet}”`),
  ]
}

/** The fields whose values an effect is filled in with. */
function fieldsOf(rule: EffectRule): readonly string[] {
  switch (rule.kind) {
    case 'reply': {
      const replaced = Object.values(rule.replace ?? {}).flatMap((by) =>
        typeof by === 'string' ? [] : [by.field],
      )
      return rule.addition === undefined ? replaced : [...replaced, rule.addition]
    }
    case 'typed-reply':
    case 'ticket-reply':
      return rule.fields
    case 'mark-duplicate':
      return [rule.field]
    case 'open-expert-issue':
      return [rule.team, rule.question]
    default:
      return 'text' in rule
        ? Array.from(rule.text.matchAll(/\{field:(\w+)(?:\|\w+)?\}/g), ([, field = '']) => field)
        : []
  }
}

function gotoProblems(checked: Checked, goto: Decision['goto'], fields: readonly Field[]): readonly string[] {
  if (goto === undefined) return []
  if (typeof goto === 'string') return stepIsThere(checked, goto)
  const name = 'flowFrom' in goto ? goto.flowFrom : goto.field
  const field = fields.find((one) => one.name === name)
  if (field?.kind !== 'choice') return [`no field with choices is called “${name}”`]
  const values = field.options.map(({ value }) => value)
  if ('flowFrom' in goto) return values.flatMap((value) => known(checked.flows, value, 'flow'))
  return [
    ...values.flatMap((value) => known(goto.to, value, 'way')),
    ...Object.values(goto.to).flatMap((step) => stepIsThere(checked, step)),
  ]
}

function onProblems(checked: Checked, on: On = {}): readonly string[] {
  return Object.entries(on).flatMap(([name, declared]) =>
    transitionsOf(declared).flatMap((one) => transitionProblems(checked, name, one)),
  )
}

function transitionProblems(checked: Checked, name: string, transition: Transition): readonly string[] {
  const said = own<readonly string[]>(observations, name)
  if (!said) return [`no observation is called “${name}”`]
  const { where = {}, goto, approves, records: record, do: rules = [] } = transition
  return [
    ...Object.keys(where)
      .filter((key) => !said.includes(key))
      .map((key) => `the observation “${name}” does not say “${key}”`),
    ...(name === 'label-added' && typeof where.label === 'string'
      ? ruleProblems(checked, { kind: 'labels', add: [where.label], remove: [] }, [])
      : []),
    ...(typeof goto === 'string' ? stepIsThere(checked, goto) : []),
    ...(approves === undefined || decisionsNamed(checked.flow, approves).length > 0
      ? []
      : [`no decision is called “${approves}”, so no label stands for it`]),
    ...(record === undefined ? [] : known(records, record, 'record')),
    ...rules.flatMap((rule) => ruleProblems(checked, rule, [])),
  ]
}

function stepIsThere({ flow }: Checked, name: string): readonly string[] {
  return known(flow.steps, name, 'step')
}

function known(all: Readonly<Record<string, unknown>>, name: string, what: string): readonly string[] {
  return Object.hasOwn(all, name) ? [] : [`no ${what} is called “${name}”`]
}
