/** Slack's dialogs: modals with their inputs, and the question before a button that asks for one. */
import { blocksShown, choicesShown, optionNodes, textShown } from './blocks.js'
import { h } from './dom.js'

const dialog = document.querySelector('#dialog')
let showing = ''
let shown

/** Shows the modal a person has open, or takes it away; one that did not change is left as it is filled in, and one that comes again keeps what was entered. */
export function showView(view, acts) {
  const wanted = view ? `${view.id}/${view.hash}/${JSON.stringify(view.errors)}` : ''
  if (wanted === showing || showing === 'question' || showing === 'form') return
  const entered = view && showing.startsWith(`${view.id}/`) ? entriesKept(shown, view) : {}
  showing = wanted
  shown = view
  if (!view) return dialog.close()
  dialog.replaceChildren(viewForm(view, acts))
  fill(view, entered)
  if (!dialog.open) dialog.showModal()
  const mistaken = dialog.querySelector('[aria-invalid="true"]')
  if (mistaken) return mistaken.focus()
  // What stands above the first input is read before it is filled in.
  dialog.querySelector('.block.input :is(input, select, textarea)')?.focus({ preventScroll: true })
}

function viewForm(view, acts) {
  const acting = {
    where: view.id,
    click: acts.click,
    choose: acts.choose,
    input: (block) => inputShown(view, block),
  }
  return h(
    'form',
    {
      class: 'modal',
      method: 'dialog',
      'aria-labelledby': 'modal-title',
      onsubmit: (event) => {
        event.preventDefault()
        const entries = entriesOf(view)
        const errors = tooLongIn(view, entries)
        if (Object.keys(errors).length > 0) return showMistakes({ ...view, errors }, entries, acts)
        acts.submit(view.id, entries)
      },
    },
    h(
      'header',
      {},
      h('h2', { id: 'modal-title' }, view.title),
      h('button', { type: 'button', class: 'x', 'aria-label': 'Close', onclick: acts.close }, '×'),
    ),
    h('div', { class: 'modal-body' }, blocksShown(view.blocks, acting)),
    h(
      'footer',
      {},
      h('button', { type: 'button', class: 'slack-button', onclick: acts.close }, view.close ?? 'Cancel'),
      view.submit && h('button', { type: 'submit', class: 'slack-button primary' }, view.submit),
    ),
  )
}

/** As Slack: what is too long can be typed, is told at its field, and does not reach the app. */
function tooLongIn(view, entries) {
  const errors = {}
  for (const { block_id, element } of view.blocks.filter((one) => one.type === 'input')) {
    const most = element.max_length ?? 3000
    const { length } = element.type === 'plain_text_input' ? entries[block_id] : ''
    if (length > most) errors[block_id] = `At most ${most} characters: shorten it by ${length - most}.`
  }
  return errors
}

function showMistakes(view, entries, acts) {
  dialog.replaceChildren(viewForm(view, acts))
  fill(view, entries)
  dialog.querySelector('[aria-invalid="true"]')?.focus()
}

const idOf = (view, block) => `${view.id}-${block.block_id}`

function inputShown(view, block) {
  const id = idOf(view, block)
  const error = view.errors[block.block_id]
  const described = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(' ')
  const isGroup = ['radio_buttons', 'checkboxes'].includes(block.element.type)
  const label = [block.label.text, block.optional && h('span', { class: 'optional' }, ' (optional)')]
  const parts = [
    fieldShown(view, block, id, described, error !== undefined),
    error && h('p', { id: `${id}-error`, class: 'error', role: 'alert' }, `⚠ ${error}`),
    block.hint && h('p', { id: `${id}-hint`, class: 'hint' }, textShown(block.hint)),
  ]
  return isGroup
    ? h(
        'fieldset',
        { class: 'block input', 'aria-describedby': described || undefined },
        h('legend', {}, label),
        parts,
      )
    : h('div', { class: 'block input' }, h('label', { for: id }, label), parts)
}

function fieldShown(view, block, id, described, isInvalid) {
  const { element } = block
  const common = {
    id,
    required: !block.optional,
    'aria-describedby': described || undefined,
    'aria-invalid': isInvalid ? 'true' : undefined,
  }
  if (element.type === 'static_select')
    return h(
      'select',
      common,
      h('option', { value: '' }, element.placeholder?.text ?? 'Choose an option'),
      optionNodes(element),
    )
  if (element.type === 'users_select')
    return h(
      'select',
      common,
      h('option', { value: '' }, element.placeholder?.text ?? 'Choose somebody'),
      [...document.getElementById('acting-as').options].map(({ value, text }) =>
        h('option', { value }, text),
      ),
    )
  if (element.type === 'radio_buttons' || element.type === 'checkboxes')
    return choicesShown(block, element, { where: view.id, isRequired: !block.optional })
  return h(element.multiline ? 'textarea' : 'input', {
    ...common,
    placeholder: element.placeholder?.text ?? '',
    value: element.initial_value ?? '',
    minLength: element.min_length ?? 0,
    rows: element.multiline ? 5 : undefined,
  })
}

function entriesOf(view) {
  const entries = {}
  for (const block of view.blocks.filter((one) => one.type === 'input')) {
    const field = document.getElementById(idOf(view, block))
    const { type, action_id } = block.element
    const checked = () =>
      [
        ...dialog.querySelectorAll(
          `input[name="${CSS.escape(`${view.id}-${block.block_id}-${action_id}`)}"]:checked`,
        ),
      ].map((one) => one.value)
    entries[block.block_id] =
      type === 'checkboxes'
        ? checked()
        : type === 'radio_buttons'
          ? (checked()[0] ?? '')
          : (field?.value ?? '')
  }
  return entries
}

/** As Slack keeps them: where block and action are the same. */
function entriesKept(before, view) {
  const entered = entriesOf(before)
  const inputs = (one) => one.blocks.filter(({ type }) => type === 'input')
  const isKept = ({ block_id, element }) =>
    inputs(view).some(
      (one) =>
        one.block_id === block_id &&
        one.element.action_id === element.action_id &&
        one.element.type === element.type,
    )
  return Object.fromEntries(
    inputs(before)
      .filter(isKept)
      .map(({ block_id }) => [block_id, entered[block_id]]),
  )
}

/** What was typed stays when the app answers with errors or with a new view. */
function fill(view, entries) {
  for (const block of view.blocks.filter((one) => one.type === 'input' && one.block_id in entries)) {
    const entry = entries[block.block_id]
    const field = document.getElementById(idOf(view, block))
    if (field) field.value = entry
    for (const one of dialog.querySelectorAll(
      `input[name="${CSS.escape(`${view.id}-${block.block_id}-${block.element.action_id}`)}"]`,
    ))
      one.checked = [entry].flat().includes(one.value)
  }
}

/** Slack's question before a button that asks for one; resolves to whether the person says yes. */
export function confirmed({ title, text, confirm, deny, style }) {
  return new Promise((resolve) => {
    const before = [...dialog.childNodes]
    const wasShowing = showing
    const finish = (answer) => {
      showing = wasShowing
      dialog.replaceChildren(...before)
      if (wasShowing === '') dialog.close()
      dialog.oncancel = null
      resolve(answer)
    }
    showing = 'question'
    dialog.oncancel = (event) => {
      event.preventDefault()
      finish(false)
    }
    dialog.replaceChildren(
      h(
        'form',
        { class: 'modal question', method: 'dialog', onsubmit: (event) => event.preventDefault() },
        h('header', {}, h('h2', {}, title.text)),
        h('div', { class: 'modal-body' }, h('div', { class: 'lines' }, textShown(text))),
        h(
          'footer',
          {},
          h('button', { type: 'button', class: 'slack-button', onclick: () => finish(false) }, deny.text),
          h(
            'button',
            { type: 'button', class: `slack-button ${style ?? 'primary'}`, onclick: () => finish(true) },
            confirm.text,
          ),
        ),
      ),
    )
    if (!dialog.open) dialog.showModal()
    dialog.querySelector('footer button:last-child').focus()
  })
}

/** A form of the page's own; `onsubmit` gets the named fields. */
export function showForm(title, fields, submit, onsubmit) {
  const finish = () => {
    showing = ''
    dialog.close()
  }
  showing = 'form'
  dialog.oncancel = finish
  dialog.replaceChildren(
    h(
      'form',
      {
        class: 'modal',
        onsubmit: (event) => {
          event.preventDefault()
          onsubmit(Object.fromEntries(new FormData(event.target)))
          finish()
        },
      },
      h(
        'header',
        {},
        h('h2', {}, title),
        h('button', { type: 'button', class: 'x', 'aria-label': 'Close', onclick: finish }, '×'),
      ),
      h('div', { class: 'modal-body' }, fields),
      h(
        'footer',
        {},
        h('button', { type: 'button', class: 'slack-button', onclick: finish }, 'Cancel'),
        h('button', { type: 'submit', class: 'slack-button primary' }, submit),
      ),
    ),
  )
  dialog.showModal()
}
