/** Forms and buttons for what others do, outside Slack. */
import { h } from './dom.js'

/** Submits its named fields with the act; emptied afterwards. */
export function actForm(acts, what, ...children) {
  return h(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault()
        const form = event.target
        acts.act({ ...what, ...Object.fromEntries(new FormData(form, event.submitter)) })
        form.reset()
      },
    },
    children,
  )
}

/** A text that is written, with a button for each thing that can be done with it. */
export function textForm(acts, { id, label, placeholder, buttons }) {
  const [first] = buttons
  return actForm(
    acts,
    first.what,
    h('label', { for: id }, label),
    h(
      'div',
      { class: 'row' },
      h('textarea', { id, name: 'text', rows: 2, required: true, placeholder }),
      buttons.map(({ text, name, value }) => h('button', { type: 'submit', name, value }, text)),
    ),
  )
}

/** Puts a link into the composer, as if it were pasted there. */
export function shareButton(acts, url) {
  return h(
    'button',
    {
      type: 'button',
      class: 'share',
      title: 'Puts the link into the message field: the app shows what it leads to',
      onclick: () => acts.share(url),
    },
    'Paste link in Slack',
  )
}

export function actButton(acts, text, what) {
  return h('button', { type: 'button', onclick: () => acts.act(what) }, text)
}
