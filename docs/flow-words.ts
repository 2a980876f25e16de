/** The words in which the pages of docs/flows say what a flow's data says. */
import { isSilentClose } from '../src/engine/decision-rule.ts'
import { type Condition, type EffectRule, effects } from '../src/engine/effect.ts'
import type { EffectDefinition, PageWords } from '../src/engine/effects/definition.ts'
import type { Decision, Flow, Step, Transition } from '../src/engine/flow.ts'
import type { GuardRule } from '../src/engine/guard-rule.ts'
import type { Role } from '../src/engine/request.ts'

/** ``sends `closed-no-response` ``: what one effect does, with the exact names of snippets, labels and templates. */
export function effectText(rule: EffectRule): string {
  const text = unconditional(rule)
  return rule.when ? `${conditionText(rule.when)}: ${text}` : text
}

const pageWords: PageWords = {
  code,
  codes: (texts) => texts.map(code).join(', '),
  snippet: (name) => `[\`${name}\`](../../src/flows/snippets/${name}.md)`,
  roles: rolesText,
}

function unconditional(rule: EffectRule): string {
  const definition: EffectDefinition = effects[rule.kind]
  return definition.asked?.page(rule, pageWords) ?? rule.kind
}

function conditionText(when: Condition): string {
  if ('setting' in when) return `where \`${when.setting}\` is ${when.isSet ? 'set' : 'not set'}`
  return 'is' in when ? `if \`${when.field}\` is \`${when.is}\`` : `if \`${when.field}\` is given`
}

/** `support`, for a support engineer or a support manager, as the handbook says it. */
export function rolesText(roles: readonly Role[]): string {
  const isSupport = roles.includes('support-engineer') && roles.includes('support-manager')
  const others = roles.filter((role) => !(isSupport && role.startsWith('support-')))
  return [...(isSupport ? ['support'] : []), ...others.map((role) => role.replace('-', ' '))].join(', ')
}

export function whoText({ by, alsoBy, fourEyes }: Decision): string {
  const also = alsoBy
    ? `; ${rolesText(alsoBy.roles)} too where ${alsoBy.onlyIf === 'hasOtherAddress' ? 'the form offers another address' : alsoBy.onlyIf}`
    : ''
  const second = fourEyes
    ? '; with `REQUIRE_PRIVACY_APPROVAL` a privacy person too, two different people'
    : ''
  return rolesText(by) + also + second
}

/** `clock-is-over` -> `clock is over`, `is-an-address` of a field -> `` `link` is an address ``: guards are named as truths. */
export function guardText(rule: GuardRule): string {
  if (typeof rule === 'string') return rule.replaceAll('-', ' ')
  const words = rule.guard.replaceAll('-', ' ')
  const truth = 'field' in rule ? `${code(rule.field)} ${words}` : words
  return 'unless' in rule ? `${truth} unless ${conditionText(rule.unless).replace(/^if /, '')}` : truth
}

const observations: Readonly<Partial<Record<string, string>>> = {
  'requester-replied': 'the requester writes',
  'issue-closed': 'somebody closes the issue in GitLab',
  'checks-failed': 'GitLab’s automated checks fail',
  'issue-reopened': 'somebody reopens the issue in GitLab',
  'meta-issue-made': 'somebody opens the meta issue',
  'ticket-solved': 'the ticket is solved, closed, merged or deleted in Zendesk',
  'ticket-reopened': 'the ticket is reopened',
}

/** What is observed: `the requester writes`, `label a::b set by hand`. */
export function seenText(
  name: string,
  where: Transition['where'] = {},
  quoted: (text: string) => string = String,
): string {
  if (name === 'label-added') return `label ${quoted(String(where.label))} set by hand`
  if (name === 'ticket-solved' && where.how === 'forwarded')
    return 'the ticket is given to support in Zendesk'
  return observations[name] ?? name.replaceAll('-', ' ')
}

/** What has to hold and what has to be filled in. */
export function needsText(flow: Flow, decision: Decision): string {
  const { when = [], fields = [], enabledIf, onlyIf } = decision
  return [
    ...(flow.unless && !isSilentClose(flow, decision) ? [flagText(flow.unless.fact, 'is not')] : []),
    ...(enabledIf ? [conditionText(enabledIf)] : []),
    ...(onlyIf ? [flagText(onlyIf.flag, 'is')] : []),
    ...when.map(guardText),
    ...(fields.length > 0
      ? [
          `asks ${fields.map((field) => (isOptional(field) ? `(${code(field.name)})` : code(field.name))).join(', ')}`,
        ]
      : []),
  ].join('; ')
}

/** `isEmbargoed` -> `is embargoed` or `is not embargoed`. */
function flagText(flag: string, is: 'is' | 'is not'): string {
  return flag.replace(/^is/, is).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function isOptional(field: NonNullable<Decision['fields']>[number]): boolean {
  return field.kind === 'text' && field.optional === true
}

const starts = {
  created: 'the issue was created',
  opened: 'the ticket was created or reopened',
  'step-entered': 'the step was entered',
  'last-public-reply': 'the requester last got an answer',
} as const

export function clockText({ clock }: Pick<Step, 'clock'>): string | undefined {
  if (!clock) return undefined
  if ('until' in clock) return `${clock.name}, on the distribution day that was promised`
  const length =
    'days' in clock ? counted(clock.days, 'calendar day') : counted(clock.businessDays, 'business day')
  return `${clock.name}, ${length} since ${starts[clock.since]}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

export function code(text: string): string {
  return `\`${text}\``
}
