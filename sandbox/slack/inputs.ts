/** Filling in a modal as a person does: inputs named by their label, their block or their action, options by text or value. */
import { type Element, interactive, type Option, optionsOf, type Placed } from './blocks.ts'
import { initialValues, type StateValue, type StateValues } from './json.ts'
import { stateOf } from './payloads.ts'
import type { View } from './workspace.ts'

/** What a person enters: a text, an option's text or value, or several of them. */
export type Entries = Readonly<Record<string, string | readonly string[]>>

/** The `state.values` of a filled in view. Refuses, as Slack's client does, what the modal does not accept. */
export function filledIn(view: View, entries: Entries): StateValues {
  const values: Record<string, Record<string, StateValue>> = {}
  for (const [blockId, inBlock] of Object.entries(initialValues(view.blocks)))
    values[blockId] = { ...inBlock, ...view.typed[blockId] }
  const placed = interactive(view.blocks)
  for (const [name, entry] of Object.entries(entries)) {
    const target = placed.find((one) => isNamed(one, name))
    if (!target) throw new Error(`The modal "${view.title}" has no input "${name}"`)
    const blockId = target.block.block_id
    values[blockId] = { ...values[blockId], [target.element.action_id ?? '']: entered(target.element, entry) }
  }
  for (const one of placed) requireFilled(one, values)
  return values
}

export function chosenOption(element: Element, textOrValue: string): Option {
  const found = optionsOf(element).find((one) => one.value === textOrValue || one.text.text === textOrValue)
  if (found) return found
  const known = optionsOf(element).map((one) => `"${one.text.text}"`)
  throw new Error(`No option "${textOrValue}" among ${known.join(', ')}`)
}

function isNamed({ block, element }: Placed, name: string): boolean {
  return [block.block_id, block.label?.text, element.action_id].includes(name)
}

function entered(element: Element, entry: string | readonly string[]): StateValue {
  if (element.type === 'plain_text_input') {
    const text = String(entry)
    if (text.length > (element.max_length ?? 3000)) throw new Error(`"${text.slice(0, 20)}…" is too long`)
    return { type: element.type, value: text === '' ? null : text }
  }
  // A person by their id.
  if (element.type === 'users_select') return { type: element.type, selected_user: String(entry) || null }
  const chosen = typeof entry === 'string' ? (entry === '' ? [] : [entry]) : entry
  return stateOf(
    element,
    chosen.map((one) => chosenOption(element, one)),
  )
}

function requireFilled({ block, element }: Placed, values: StateValues): void {
  if (block.type !== 'input' || block.optional) return
  const state = values[block.block_id]?.[element.action_id ?? '']
  const filled =
    state?.value ??
    state?.selected_option ??
    state?.selected_user ??
    (state?.selected_options as readonly unknown[])?.[0]
  if (filled === undefined || filled === null || filled === '')
    throw new Error(`The modal asks for "${block.label?.text}": Please complete this required field`)
}
