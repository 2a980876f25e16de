/** The modal that opens before a decision with fields: what will be sent and changed, and what is to be filled in. */
import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types'
import { fieldsOf } from '../engine/decision-rule.ts'
import type { Decision, EffectRule, Field } from '../engine/flow.ts'
import { context, divider, listed, plainText, quoted, sections } from './block-kit.ts'
import { buttonValueText, decisionCallback, fieldBlock, fieldInput } from './button-value.ts'
import { exceptionLines } from './card-facts.ts'
import type { CardState } from './card-state.ts'
import { decisionAt } from './decisions.ts'
import { escaped, plainChunks } from './escape.ts'
import { titleText } from './request-card.ts'
import { type FieldCondition, promiseText, type RuleWithCondition, rulesOf } from './what-it-does.ts'

export interface ModalOptions {
  /** The texts by snippet name. */
  readonly snippets: Readonly<Record<string, string>>
  /** Where the answer goes. */
  readonly channel?: string
}

/** Nothing where the request's step has no such decision. */
export function decisionModal(state: CardState, name: string, options: ModalOptions): ModalView | undefined {
  const decision = decisionAt(state, state.request.step, name)
  if (decision === undefined) return undefined
  const { request } = state
  const value = { requestId: request.id, decision: name, step: request.step }
  return {
    type: 'modal',
    callback_id: decisionCallback,
    private_metadata: buttonValueText({
      ...value,
      ...(options.channel !== undefined && { channel: options.channel }),
    }),
    title: plainText(decision.button, 24),
    submit: plainText(decision.button, 24),
    close: plainText('Cancel', 24),
    blocks: [
      ...sections([`*${escaped(titleText(state))}*`]),
      ...(decision.fourEyes === true ? evidenceBlocks(state) : []),
      ...fieldsOf(decision, state.request).map((field) => inputBlock(field, state)),
      ...effectBlocks(state, decision, options.snippets),
    ],
  }
}

function evidenceBlocks(state: CardState): KnownBlock[] {
  const lines = exceptionLines(state)
  return sections(lines.length > 0 ? lines : ['*Evidence*: none has been read yet.'])
}

function inputBlock(field: Field, state: CardState): InputBlock {
  const hint = 'hint' in field && field.hint !== undefined ? { hint: plainText(field.hint, 2000) } : {}
  const block = {
    type: 'input' as const,
    block_id: fieldBlock + field.name,
    label: plainText(field.label, 2000),
    ...hint,
  }
  switch (field.kind) {
    case 'choice':
      return { ...block, element: choice(field, state) }
    case 'text':
      return {
        ...block,
        optional: field.optional === true,
        element: {
          type: 'plain_text_input',
          action_id: fieldInput,
          multiline: true,
          max_length: 3000,
          ...(field.draft === undefined ? {} : { initial_value: field.draft }),
        },
      }
    case 'request-number':
      return {
        ...block,
        element: {
          type: 'plain_text_input',
          action_id: fieldInput,
          max_length: 12,
          placeholder: plainText('#123', 150),
        },
      }
  }
}

/** Ten fit radio buttons, a hundred a select: https://docs.slack.dev/reference/block-kit/block-elements */
function choice(field: Extract<Field, { kind: 'choice' }>, state: CardState): InputBlock['element'] {
  const options: PlainTextOption[] = field.options.map(({ value, text }) => ({
    value,
    text: plainText(text, 75),
  }))
  const suggested = field.suggestedBy === undefined ? undefined : state.request.facts[field.suggestedBy]
  const initial = options.find(({ value }) => value === suggested)
  const preselected = initial === undefined ? {} : { initial_option: initial }
  return options.length <= 10
    ? {
        type: 'radio_buttons',
        action_id: fieldInput,
        options,
        ...preselected,
      }
    : { type: 'static_select', action_id: fieldInput, options, ...preselected }
}

/** What a decision changes in the bot's own clocks. */
const clockNotes: Readonly<Partial<Record<NonNullable<Decision['notes']>, string>>> = {
  paused: 'Holds every clock of the request, until it is resumed or the requester writes.',
  resumed: 'Lets the clocks run on; they end later by the days on hold.',
  extended: 'Moves the end of the clock: on the card, in lists, in the digest and for what it opens.',
}

function effectBlocks(
  state: CardState,
  decision: Decision,
  snippets: Readonly<Record<string, string>>,
): KnownBlock[] {
  const rules = rulesOf(state, decision)
  const itself =
    decision.notes && Object.hasOwn(clockNotes, decision.notes) ? clockNotes[decision.notes] : undefined
  if (rules.length === 0) return [divider, ...sections(['Nothing is sent or changed in GitLab.'])]
  return [
    divider,
    ...sections(['*What it does, in this order*', ...(itself === undefined ? [] : [`• ${itself}`])]),
    ...rules.flatMap((one) => [
      ...sections([ruleText(one, state, decision)]),
      ...preview(one.rule, decision, snippets),
    ]),
  ]
}

function ruleText({ rule, when }: RuleWithCondition, state: CardState, decision: Decision): string {
  return `• ${when ? `${conditionText(when, decision)}: ` : ''}${escaped(promiseText(rule, state.request.iid), 700)}`
}

/** `If “Account type” is “Corporate”` */
function conditionText(when: FieldCondition, decision: Decision): string {
  const field = decision.fields?.find(({ name }) => name === when.field)
  const label = escaped(field?.label ?? when.field, 100)
  if ('isGiven' in when) return `If “${label}” is filled in`
  const option = field?.kind === 'choice' ? field.options.find(({ value }) => value === when.is) : undefined
  return `If “${label}” is “${escaped(option?.text ?? when.is, 100)}”`
}

/** The text as the requester gets it, shown as it is. */
function preview(
  rule: EffectRule,
  decision: Decision,
  snippets: Readonly<Record<string, string>>,
): KnownBlock[] {
  if (rule.kind === 'typed-reply') return [typedPreview(rule.fields, decision)]
  if (rule.kind !== 'reply') return []
  const text = (Object.hasOwn(snippets, rule.snippet) ? snippets[rule.snippet] : undefined) ?? ''
  const replacements = Object.entries(rule.replace ?? {})
  const filled = replacements.reduce(
    (all, [placeholder, by]) => (typeof by === 'string' ? all.replaceAll(placeholder, () => by) : all),
    text,
  )
  const open = replacements.filter(([, by]) => typeof by !== 'string').map(([placeholder]) => placeholder)
  const addition = decision.fields?.find(({ name }) => name === rule.addition)
  return [
    ...plainChunks(filled, 3000).map(quoted),
    ...open.map((placeholder) => context(`“${escaped(placeholder)}” is replaced by what you fill in above.`)),
    ...(addition ? [context(`What you write under “${escaped(addition.label)}” is added to it.`)] : []),
  ]
}

/** The text is in its field above: what the requester gets is what stands there. */
function typedPreview(fields: readonly string[], decision: Decision): KnownBlock {
  const labels = fields.map((name) => {
    const label = decision.fields?.find((field) => field.name === name)?.label ?? name
    return `“${escaped(label, 100)}”`
  })
  const parted = labels.length > 1 ? ', parted by an empty line' : ''
  return context(`What stands above under ${listed(labels)} is what is sent, as it stands there${parted}.`)
}
