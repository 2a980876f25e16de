/** What the app shows for a link: below the message, and in the pane that one reader opens. */
import { blocksShown } from './blocks.js'
import { h, icon, keep } from './dom.js'

const pane = document.querySelector('#pane')

export function linkShown({ object, blocks }, acting) {
  if (blocks) return h('div', { class: 'unfurl' }, blocksShown(blocks, acting))
  return h(
    'div',
    { class: 'unfurl' },
    objectShown(object),
    h(
      'button',
      { type: 'button', class: 'slack-button', onclick: () => acting.openPane(object.url) },
      'Open details',
      h('span', { class: 'hidden' }, ` of ${object.title}`),
    ),
  )
}

function objectShown({ url, title, kind, fields }) {
  return [
    h('p', { class: 'object-kind' }, icon('shield'), kind),
    h('p', { class: 'object-title' }, h('a', { href: url }, title)),
    h(
      'dl',
      {},
      fields.map(({ label, value }) => h('div', {}, h('dt', {}, label), h('dd', { class: 'lines' }, value))),
    ),
  ]
}

export function showPane(state, acts) {
  const wasHidden = pane.hidden
  pane.hidden = !state.pane
  keep(pane, state.pane ? [[state.as, state.pane]] : [], (shown) => paneShown(shown, acts))
  if (wasHidden && state.pane) pane.querySelector('.x').focus()
}

function paneShown({ object, buttons, isFilled, error }, acts) {
  return h(
    'div',
    { class: 'pane-body' },
    h(
      'header',
      {},
      h('h3', {}, 'Details'),
      h('p', { class: 'only-you-note' }, icon('eye'), 'Only visible to you'),
      h(
        'button',
        {
          type: 'button',
          class: 'x',
          'data-key': 'pane/x',
          'aria-label': 'Close details',
          onclick: acts.close,
        },
        '×',
      ),
    ),
    error
      ? h('div', { role: 'alert' }, h('p', { class: 'object-title' }, error.title), h('p', {}, error.text))
      : objectShown(object),
    !isFilled && !error && h('p', { class: 'facts', role: 'status' }, 'Loading…'),
    buttons.length > 0 &&
      h(
        'div',
        { class: 'actions' },
        buttons.map(({ text, action_id, accessibility_label }) =>
          h(
            'button',
            {
              type: 'button',
              class: 'slack-button',
              'aria-label': accessibility_label,
              'data-key': `pane/${action_id}`,
              onclick: () => acts.click(action_id),
            },
            text,
          ),
        ),
      ),
  )
}
