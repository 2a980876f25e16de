/**
 * The fields of a decision as inputs of its modal, with what stands in them when it opens, and the check of what was
 * typed.
 */

import type { ContextBlock, InputBlock, PlainTextOption } from '@slack/types'
import { promisedDay } from '../engine/clocks.ts'
import { fieldFault } from '../engine/decision-rule.ts'
import type { Input } from '../engine/event.ts'
import { type DeskRules, type Field, own } from '../engine/flow.ts'
import type { Lack } from '../engine/need.ts'
import { weekdayText } from '../engine/time.ts'
import type { CardState } from '../requests/card-states.ts'
import { context, limits, plainText } from './block-kit.ts'
import { fieldBlock, fieldInput } from './button-value.ts'
import { escaped, plainChunks } from './escape.ts'

/** The request that this one may be a duplicate of. */
function suggestedNumber({ duplicates }: CardState): string | undefined {
  const [first] = duplicates?.iids ?? []
  return first === undefined ? undefined : `#${first}`
}

type TextField = Extract<Field, { readonly kind: 'text' }>

/** An option that is not offered: the field's name, the option's words, and what it lacks. */
export interface LeftOut {
  readonly field: string
  readonly text: string
  readonly lack: Lack
}

/** Says below a choice what can't be chosen now, and what would mend it. */
export function leftOutBlocks(leftOut: readonly LeftOut[]): readonly ContextBlock[] {
  return leftOut.map(({ text, lack }) =>
    context(`“${escaped(text, 100)}” can’t be chosen now. ${escaped(`${lack.text}. ${lack.mend}.`, 700)}`),
  )
}

/** Our own, of a single line. */
const lineLimit = 150

/** The texts that stand in the fields when the modal opens. */
export interface Beforehand {
  /** The texts that the person has typed already. */
  readonly typed?: Input
  /** The expert team's latest text. */
  readonly expertAnswer?: string | undefined
  /** No option of a choice is left out for what it lacks: then the only one is chosen already. */
  readonly isAllThereIs?: boolean
}

/** Draws the input of a field. */
export function fieldInputBlock(field: Field, state: CardState, before: Beforehand = {}): InputBlock {
  const typed = own(before.typed ?? {}, field.name)
  const block = {
    type: 'input' as const,
    block_id: fieldBlock + field.name,
    label: plainText(field.label, limits.inputLabel),
  }
  switch (field.kind) {
    case 'choice':
      return { ...block, element: choice(field, state, typed, before) }
    case 'text':
      return { ...block, ...textInput(field, typed ?? draftOf(field, state, before)) }
    case 'request-number':
      return {
        ...block,
        ...hintOf([field.hint]),
        element: {
          type: 'plain_text_input',
          action_id: fieldInput,
          max_length: 12,
          placeholder: plainText('#123', limits.placeholder),
          ...initially(typed ?? suggestedNumber(state), 12),
        },
      }
  }
}

/** A text that is sent to the requester is sent to the letter. */
function textInput(
  field: TextField,
  text: string | undefined,
): Pick<InputBlock, 'element' | 'hint' | 'optional'> {
  const limit = field.isShort ? lineLimit : limits.textInput
  const isTooLong = text !== undefined && plainChunks(text, limit).length > 1
  return {
    optional: field.optional === true,
    ...hintOf([
      field.hint,
      field.isSent ? 'Sent exactly as written.' : undefined,
      isTooLong
        ? `The text was longer than the ${limit.toLocaleString('en-US')} characters that fit here: its end was cut off.`
        : undefined,
    ]),
    element: {
      type: 'plain_text_input',
      action_id: fieldInput,
      multiline: !field.isShort,
      max_length: limit,
      ...initially(text, limit),
    },
  }
}

/** A hint alone is no sentence. */
function hintOf(given: readonly (string | undefined)[]): Pick<InputBlock, 'hint'> {
  const [first, ...more] = given.filter((one) => one !== undefined)
  if (first === undefined) return {}
  const text = more.length === 0 ? first : [first.replace(/\.?$/, '.'), ...more].join(' ')
  return { hint: plainText(text, limits.inputHint) }
}

function initially(text: string | undefined, max: number): { initial_value?: string } {
  const [value] = plainChunks(text ?? '', max)
  return value === undefined ? {} : { initial_value: value }
}

function draftOf({ draft, draftFrom }: TextField, state: CardState, { expertAnswer }: Beforehand) {
  if (draftFrom === 'expert-issue' && expertAnswer !== undefined) return expertAnswer
  return draft?.replaceAll('{distribution day}', () => weekdayText(promisedDay(state)))
}

/** Ten fit radio buttons, a hundred a select: https://docs.slack.dev/reference/block-kit/block-elements */
function choice(
  field: Extract<Field, { kind: 'choice' }>,
  state: CardState,
  typed: string | undefined,
  { isAllThereIs = true }: Beforehand,
): InputBlock['element'] {
  const options: PlainTextOption[] = field.options.map(({ value, text }) => ({
    value,
    text: plainText(text, limits.option),
  }))
  const suggested = field.suggestedBy === undefined ? undefined : state.request.facts[field.suggestedBy]
  const only = isAllThereIs && options.length === 1 ? options[0]?.value : undefined
  const initial = options.find(({ value }) => value === (typed ?? suggested ?? only))
  const preselected = initial === undefined ? {} : { initial_option: initial }
  return options.length <= limits.radioButtons
    ? { type: 'radio_buttons', action_id: fieldInput, options, ...preselected }
    : { type: 'static_select', action_id: fieldInput, options, ...preselected }
}

/** Returns a sentence by field, for every field that can't stay as it was filled in. */
export function fieldErrors(
  fields: readonly Field[],
  input: Input,
  desk: DeskRules,
): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {}
  for (const field of fields) {
    const fault = fieldFault(field, input[field.name] ?? '', desk)
    if (fault) errors[field.name] = fault.below
  }
  return errors
}

/**
 * Returns an input that every field would take: asked with it, a decision is refused only for what no field would
 * mend.
 */
export function acceptedInput(fields: readonly Field[]): Input {
  return Object.fromEntries(
    fields.flatMap((field) => {
      if (field.kind === 'choice') return [[field.name, field.options[0]?.value ?? '']]
      return field.kind === 'text' && !field.optional ? [[field.name, field.draft ?? 'x']] : []
    }),
  )
}
