/** What others do to a ticket and to its expert team's issue, outside Slack. */
import { h } from './dom.js'
import { actButton, actForm, textForm } from './outside.js'

/** Nothing else can be done with a deleted ticket. */
export function asKeeper(id, acts) {
  return h(
    'section',
    { class: 'outside', 'aria-label': 'What others do' },
    h('p', {}, 'This ticket is deleted: the bot is told that there is none.'),
    h('div', { class: 'row' }, actButton(acts, 'Restore ticket', { act: 'ticket-restore', id })),
  )
}

export function asRequester({ id, isClosed }, acts) {
  return h(
    'section',
    { class: 'outside', 'aria-labelledby': 'as-requester' },
    h('h4', { id: 'as-requester' }, 'As the requester'),
    textForm(acts, {
      id: 'ticket-reply',
      label: isClosed
        ? 'Replies by e-mail; as the ticket is closed, this opens a new one'
        : 'Replies by e-mail; a ticket that was solved opens again',
      placeholder: 'Thank you, but one thing is not clear to me yet.',
      buttons: [{ text: 'Requester replies', what: { act: 'ticket-reply', id } }],
    }),
  )
}

export function asExpert({ project, name, iid, state }, acts) {
  const issue = { project, iid }
  return h(
    'section',
    { class: 'outside', 'aria-labelledby': `as-expert-${iid}` },
    h('h4', { id: `as-expert-${iid}` }, `As an expert of ${name}`),
    textForm(acts, {
      id: `expert-comment-${iid}`,
      label: 'Comments on the issue',
      placeholder: 'Yes, it is encrypted at rest; see the Trust Center.',
      buttons: [{ text: 'Comment as the expert', what: { act: 'expert-comments', ...issue } }],
    }),
    h(
      'div',
      { class: 'row' },
      state === 'opened'
        ? actButton(acts, 'Close the expert’s issue', { act: 'expert-closes', ...issue })
        : actButton(acts, 'Reopen the expert’s issue', { act: 'expert-reopens', ...issue }),
    ),
  )
}

export function asAgent(id, acts) {
  return h(
    'section',
    { class: 'outside', 'aria-labelledby': 'as-agent' },
    h('h4', { id: 'as-agent' }, 'As an agent, in Zendesk'),
    textForm(acts, {
      id: 'ticket-comment',
      label: 'Writes a comment',
      placeholder: 'I have seen it and look into it.',
      buttons: [
        { text: 'Comment publicly', name: 'to', value: 'everyone', what: { act: 'ticket-comment', id } },
        { text: 'Comment internally', name: 'to', value: 'agents' },
      ],
    }),
  )
}

export function handling({ id, status, isClosed, groups, others }, acts) {
  const changes = [
    status !== 'solved' && actButton(acts, 'Solve ticket', { act: 'ticket-solve', id }),
    status === 'solved' && actButton(acts, 'Close ticket for good', { act: 'ticket-close', id }),
  ]
  return h(
    'section',
    { class: 'outside', 'aria-label': 'What an agent does with the ticket' },
    !isClosed &&
      choice(acts, { act: 'ticket-move', id }, 'group', 'Move to group', 'Move ticket', groups.map(named)),
    !isClosed &&
      others.length > 0 &&
      choice(acts, { act: 'ticket-merge', id }, 'into', 'Merge into', 'Merge ticket', others.map(numbered)),
    h(
      'div',
      { class: 'row' },
      !isClosed && changes,
      actButton(acts, 'Delete ticket', { act: 'ticket-delete', id }),
    ),
  )
}

const named = ({ id, name }) => [id, name]
const numbered = ({ id, subject }) => [id, `${id} ${subject || '(no subject)'}`]

function choice(acts, what, name, label, button, options) {
  const id = `ticket-${name}`
  return actForm(
    acts,
    what,
    h('label', { for: id }, label),
    h(
      'div',
      { class: 'row' },
      h(
        'select',
        { id, name, class: 'grow' },
        options.map(([value, text]) => h('option', { value }, text)),
      ),
      h('button', { type: 'submit' }, button),
    ),
  )
}
