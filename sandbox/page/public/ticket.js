/** The Zendesk side: the list of tickets, the one chosen, its e-mails, its expert team's issue, and what others do to it. */
import { h, icon, keep } from './dom.js'
import { day, moment, noteShown } from './issue.js'
import { markdown } from './markdown.js'
import { actButton, actForm, textForm } from './outside.js'

const list = document.querySelector('#tickets')
const article = document.querySelector('#ticket')

export function showTickets(state, acts) {
  keep(
    list,
    state.tickets.map((ticket) => [ticket.id, { ...ticket, isChosen: ticket.id === state.ticket?.id }]),
    (ticket) => ticketRow(ticket, acts),
  )
  keep(article, state.ticket ? parts(state.ticket) : [['none', { part: 'none' }]], (data) =>
    DRAW[data.part](data, acts),
  )
}

/** Parts that change apart from each other, so that a form half filled in stays. */
function parts(ticket) {
  const { id, comments, mails, expertIssues, status, isClosed, deleted, groups, others, ...head } = ticket
  const experts = expertIssues.flatMap((issue) => [
    [`expert/${issue.key}`, { part: 'expert', issue }],
    [
      `expert-acts/${issue.key}`,
      {
        part: 'expertActs',
        project: issue.projectPath,
        name: issue.project,
        iid: issue.iid,
        state: issue.state,
      },
    ],
  ])
  const all = [
    ['head', { part: 'head', id, status, ...head }],
    ['comments', { part: 'comments', comments }],
    ['mails', { part: 'mails', mails }],
    ...experts,
    ...(deleted
      ? [['deleted', { part: 'deleted', id }]]
      : [
          ['requester', { part: 'requester', id, isClosed }],
          ...(isClosed ? [] : [['agent', { part: 'agent', id }]]),
          ['handling', { part: 'handling', id, status, isClosed, groups, others }],
        ]),
  ]
  return all.map(([name, data]) => [`${id}/${name}`, data])
}

function ticketRow(ticket, acts) {
  return h(
    'button',
    {
      type: 'button',
      class: 'issue-row',
      'aria-current': ticket.isChosen ? 'true' : undefined,
      'data-key': `ticket/${ticket.id}`,
      onclick: () => acts.look(ticket.id),
    },
    h('span', { class: 'number' }, String(ticket.id)),
    h('span', { class: 'row-title' }, ticket.subject || '(no subject)'),
    h('span', { class: 'to' }, `${ticket.to}@`),
    statusShown(ticket.status),
  )
}

const STATUS = {
  new: 'New',
  open: 'Open',
  pending: 'Pending',
  hold: 'On hold',
  solved: 'Solved',
  closed: 'Closed',
  deleted: 'Deleted',
}

const statusShown = (status, more = '') =>
  h('span', { class: `state ticket-${status} ${more}` }, STATUS[status] ?? status)

const DRAW = {
  none: () => h('p', { class: 'nothing' }, 'No ticket yet: write one to security@ with New Ticket.'),
  head: (ticket) =>
    h(
      'header',
      { class: 'issue-head' },
      h(
        'p',
        { class: 'facts' },
        statusShown(ticket.status, 'big'),
        h('span', {}, `Ticket ${ticket.id} to ${ticket.recipient} · created ${day(ticket.createdAt)}`),
      ),
      h('h3', {}, ticket.subject || '(no subject)'),
      h('p', { class: 'facts' }, `Requester: ${ticket.requester}`),
      ticket.ccs.length > 0 && h('p', { class: 'facts' }, `CC: ${ticket.ccs.join(', ')}`),
      h('p', { class: 'facts' }, `Group: ${ticket.group ?? 'none'}`),
      ticket.tags.length > 0 && h('p', { class: 'facts' }, `Tags: ${ticket.tags.join(', ')}`),
    ),
  comments: ({ comments }) =>
    h('section', { class: 'notes', 'aria-label': 'Comments' }, comments.map(commentShown)),
  mails: ({ mails }) =>
    h(
      'details',
      { class: 'mails' },
      h('summary', {}, icon('mail'), `E-mails to the requester (${mails.length})`),
      mails.map((mail) =>
        h(
          'article',
          { class: 'mail' },
          h('p', { class: 'facts' }, `To ${mail.to.join(', ')} · ${moment(mail.at)}`),
          words(mail.text),
        ),
      ),
    ),
  expert: ({ issue }) => expertIssue(issue),
  expertActs: (issue, acts) => asExpert(issue, acts),
  deleted: ({ id }, acts) =>
    h(
      'section',
      { class: 'outside', 'aria-label': 'What others do' },
      h('p', {}, 'This ticket is deleted: the bot is told that there is none.'),
      h('div', { class: 'row' }, actButton(acts, 'Restore ticket', { act: 'ticket-restore', id })),
    ),
  requester: ({ id, isClosed }, acts) =>
    h(
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
    ),
  agent: ({ id }, acts) => asAgent(id, acts),
  handling: (ticket, acts) => handling(ticket, acts),
}

/** What people wrote is text, whatever it looks like. */
const words = (text) =>
  h('div', { class: 'lines ticket-text', tabIndex: text.length > 1500 ? 0 : undefined }, text)

function commentShown({ author, isRequester, isPublic, mailed, text, at }) {
  const [kind, picture, mark] = !isPublic
    ? ['internal', 'lock', 'Internal comment']
    : isRequester
      ? ['from-requester', 'reply', 'From the requester']
      : ['public', 'mail', mailed ? 'Public · e-mailed to the requester' : 'Public']
  return h(
    'article',
    { class: `note ${kind}` },
    h(
      'header',
      {},
      h('strong', {}, author),
      h('span', { class: 'mark' }, icon(picture), mark),
      h('time', { dateTime: at }, moment(at)),
    ),
    h('div', { class: 'note-body' }, words(text)),
  )
}

/** The question to the expert team, with what the team wrote. */
function expertIssue(issue) {
  const { key, url, project, projectPath, iid, title, state, labels, confidential, description, notes } =
    issue
  return h(
    'section',
    {
      class: 'expert',
      id: `expert-${key}`,
      tabIndex: -1,
      'data-url': url,
      'aria-label': `Issue for ${project}`,
    },
    h(
      'p',
      { class: 'facts' },
      h('span', { class: `state ${state}` }, state === 'opened' ? 'Open' : 'Closed'),
      confidential && h('span', { class: 'confidential' }, icon('lock'), 'Confidential'),
      h('span', {}, `GitLab issue for ${project}`),
    ),
    h('h4', {}, title),
    h('p', { class: 'facts' }, `${projectPath}#${iid}${labels.length > 0 ? ` · ${labels.join(', ')}` : ''}`),
    h('div', { class: 'description' }, markdown(description)),
    h('div', { class: 'notes' }, notes.map(noteShown)),
  )
}

function asExpert({ project, name, iid, state }, acts) {
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

function asAgent(id, acts) {
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

function handling({ id, status, isClosed, groups, others }, acts) {
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
