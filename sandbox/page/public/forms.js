/** The page's own forms: a request through the privacy form, an e-mail to security@. */
import { h } from './dom.js'
import { showForm } from './modal.js'

const field = (name, label, properties) =>
  h('div', { class: 'block input' }, labelled(name, label, properties))

function labelled(name, label, { multiline, ...properties } = {}) {
  const id = `new-${name}`
  return [
    h(
      'label',
      { for: id },
      label,
      properties.required === false && h('span', { class: 'optional' }, ' (optional)'),
    ),
    h(multiline ? 'textarea' : 'input', {
      id,
      name,
      required: true,
      rows: multiline ? 7 : undefined,
      ...properties,
    }),
  ]
}

export function newRequest(types, perform) {
  const type = h(
    'div',
    { class: 'block input' },
    h('label', { for: 'new-type' }, 'Request type'),
    h(
      'select',
      { id: 'new-type', name: 'type' },
      types.map((one) => h('option', {}, one)),
    ),
  )
  showForm(
    'Submit a new request',
    [
      type,
      field('username', 'GitLab username', { value: 'quiet.owner' }),
      field('email', 'E-mail address', { value: 'robin@example.com', type: 'email' }),
      field('country', 'Country', { value: 'Netherlands' }),
      field('comment', 'Comments', { value: 'I lost my phone and my 2FA codes, please delete my account.' }),
    ],
    'Submit request',
    (form) => perform({ act: 'new-request', ...form }),
  )
}

export function newTicket(perform) {
  showForm(
    'New Ticket: an e-mail to security@gitlab.com',
    [
      field('name', 'From (name)', { value: 'Alex Moreau' }),
      field('email', 'From (e-mail address)', { value: 'alex@example.com', type: 'email' }),
      field('ccs', 'CC', { required: false, placeholder: 'audit@example.com, legal@example.com' }),
      field('subject', 'Subject', { required: false, value: 'A security question' }),
      field('text', 'Text', { multiline: true, value: 'Hello,\n\nis my data encrypted at rest?\n\nAlex' }),
    ],
    'Send e-mail',
    (form) => perform({ act: 'new-ticket', ...form }),
  )
}
