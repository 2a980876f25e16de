/** The words in which the pages of docs/flows say what a flow's data says. */

import { isMereClose } from '../src/engine/decision-rule.ts'
import type { Condition, EffectRule } from '../src/engine/effect-rule.ts'
import type { Decision, Flow, Step, Transition } from '../src/engine/flow.ts'
import type { GuardRule } from '../src/engine/guard-rule.ts'
import type { Role } from '../src/engine/request.ts'

/** ``sends `closed-no-response` ``: what one effect does, with the exact names of snippets, labels and templates. */
export function effectText(rule: EffectRule): string {
  const text = unconditional(rule)
  return rule.when ? `${conditionText(rule.when)}: ${text}` : text
}

function unconditional(rule: EffectRule): string {
  switch (rule.kind) {
    case 'reply':
      return replyText(rule)
    case 'typed-reply':
      return `sends what was typed (${rule.fields.map(code).join(', ')})`
    case 'labels':
      return labelsText(rule.add, rule.remove)
    case 'internal-note':
      return 'writes an internal note'
    case 'close':
      return '`close`: closes the issue'
    case 'reopen':
      return '`reopen`: reopens the issue'
    case 'mark-duplicate':
      return `\`/duplicate\` with the issue of ${code(rule.field)}, which closes it`
    case 'open-issue':
      return `opens a confidential issue from \`${rule.template}\` (${rule.purpose})`
    case 'thread':
      return rule.mention.length > 0
        ? `\`thread\`: asks ${rolesText(rule.mention)} in the card’s thread`
        : '`thread`: says so in the card’s thread'
    case 'ticket-reply':
      return `sends what was typed (${rule.fields.map(code).join(', ')}) as a public comment${rule.solve ? ' and solves the ticket' : ''}`
    case 'ticket-note':
      return 'writes an internal comment'
    case 'forward-ticket':
      return '`forward-ticket`: gives the ticket to the support group, with an internal comment'
    case 'open-expert-issue':
      return `opens a confidential issue in the project of ${code(rule.team)} with ${code(rule.question)}`
    case 'link-expert-issue':
      return 'writes the issue’s address to an internal comment'
    case 'gather-evidence':
      return '`gather-evidence`: reads the four criteria from GitLab'
    case 'feature-request-note':
      return '`feature-request-note`: notes it on the feature request'
    case 'start-exports':
      return '`start-exports`: schedules the export of each personal project'
  }
}

function replyText(rule: EffectRule & { readonly kind: 'reply' }): string {
  const further = [
    ...Object.entries(rule.replace ?? {}).map(([placeholder, by]) =>
      typeof by === 'string'
        ? `${code(placeholder)} is “${by}”`
        : `${code(placeholder)} from ${code(by.field)}`,
    ),
    ...(rule.addition === undefined ? [] : [`${code(rule.addition)} below it`]),
    ...(rule.onlyIfSilent ? ['not if the requester has written meanwhile'] : []),
  ]
  const snippet = `[\`${rule.snippet}\`](../../src/flows/snippets/${rule.snippet}.md)`
  return `sends ${snippet}${further.length > 0 ? ` (${further.join('; ')})` : ''}`
}

function labelsText(add: readonly string[], remove: readonly string[]): string {
  return [
    ...(add.length > 0 ? [`adds ${add.map(code).join(', ')}`] : []),
    ...(remove.length > 0 ? [`removes ${remove.map(code).join(', ')}`] : []),
  ].join(' and ')
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
  const { when = [], fields = [], enabledIf } = decision
  return [
    ...(flow.unless && !isMereClose(flow, decision) ? [flagText(flow.unless.fact)] : []),
    ...(enabledIf ? [conditionText(enabledIf)] : []),
    ...when.map(guardText),
    ...(fields.length > 0
      ? [
          `asks ${fields.map((field) => (isOptional(field) ? `(${code(field.name)})` : code(field.name))).join(', ')}`,
        ]
      : []),
  ].join('; ')
}

/** `isEmbargoed` -> `is not embargoed`. */
function flagText(flag: string): string {
  return flag.replace(/^is/, 'is not').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
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
