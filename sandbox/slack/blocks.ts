/** Block Kit as the local Slack reads it: only what its payloads, limits and page need. */

interface TextObject {
  readonly type: 'plain_text' | 'mrkdwn'
  readonly text: string
  readonly emoji?: boolean
}

export interface Option {
  readonly text: TextObject
  readonly value: string
  readonly description?: TextObject
  readonly url?: string
}

interface Confirmation {
  readonly title: TextObject
  readonly text: TextObject
  readonly confirm: TextObject
  readonly deny: TextObject
  readonly style?: 'primary' | 'danger'
}

export interface Element {
  readonly type: string
  readonly action_id?: string
  readonly text?: TextObject | string
  readonly value?: string
  readonly url?: string
  readonly style?: string
  readonly confirm?: Confirmation
  readonly placeholder?: TextObject
  readonly options?: readonly Option[]
  readonly option_groups?: readonly { readonly label: TextObject; readonly options: readonly Option[] }[]
  readonly initial_option?: Option
  readonly initial_options?: readonly Option[]
  readonly initial_value?: string
  readonly initial_user?: string
  readonly multiline?: boolean
  readonly min_length?: number
  readonly max_length?: number
  readonly elements?: readonly Element[]
}

export interface Block {
  readonly type: string
  readonly block_id: string
  readonly text?: TextObject
  readonly fields?: readonly TextObject[]
  readonly accessory?: Element
  readonly elements?: readonly Element[]
  readonly element?: Element
  readonly label?: TextObject
  readonly hint?: TextObject
  readonly optional?: boolean
  readonly dispatch_action?: boolean
}

/** An element a person can act on, with the block it sits in. */
export interface Placed {
  readonly block: Block
  readonly element: Element
}

const INTERACTIVE = new Set([
  'button',
  'static_select',
  'multi_static_select',
  'users_select',
  'overflow',
  'radio_buttons',
  'checkboxes',
  'plain_text_input',
])

export function interactive(blocks: readonly Block[]): Placed[] {
  return blocks.flatMap((block) =>
    elementsOf(block)
      .filter((element) => INTERACTIVE.has(element.type))
      .map((element) => ({ block, element })),
  )
}

export function elementsOf(block: Block): Element[] {
  const within = block.type === 'actions' ? (block.elements ?? []) : []
  return [...within, block.accessory, block.element].filter((element) => element !== undefined)
}

export function optionsOf(element: Element): Option[] {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)]
}

/** Slack gives every block and every interactive element an id of its own where the app gave none. */
export function withIds(blocks: readonly Block[], newId: () => string): Block[] {
  return blocks.map((block) => ({
    ...block,
    block_id: block.block_id ?? newId(),
    ...(block.type === 'actions' && { elements: block.elements?.map((element) => withId(element, newId)) }),
    ...(block.accessory && { accessory: withId(block.accessory, newId) }),
    ...(block.element && { element: withId(block.element, newId) }),
  })) as Block[]
}

function withId(element: Element, newId: () => string): Element {
  return INTERACTIVE.has(element.type) ? { ...element, action_id: element.action_id ?? newId() } : element
}

/** A button's label may end with a note: `Close No Response · from Mar 9`. */
export function isCalled(label: string, name: string): boolean {
  return label === name || label.startsWith(`${name} · `)
}

/** What it is called without the note. */
export function nameOf(label: string): string {
  return label.split(' · ')[0] ?? label
}

export function labelOf(element: Element): string {
  return typeof element.text === 'object' ? element.text.text : (element.placeholder?.text ?? '')
}
