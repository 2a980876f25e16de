/** The Zendesk side: the list of tickets, the one chosen, its e-mails and its expert team's issue. */

import { day, inZone, moment } from './dates.js'
import { h, icon, keep, showFromTop } from './dom.js'
import { noteShown } from './issue.js'
import { markdown } from './markdown.js'
import { shareButton } from './outside.js'
import { asAgent, asExpert, asKeeper, asRequester, handling } from './ticket-acts.js'

const list = document.querySelector('#tickets')
const article = document.querySelector('#ticket')

export function showTickets(state, acts) {
  keep(
    list,
    state.tickets.map((ticket) => [ticket.id, { ...ticket, isChosen: ticket.id === state.ticket?.id }]),
    (ticket) => ticketRow(ticket, acts),
  )
  keep(article, state.ticket ? inZone(state, parts(state.ticket)) : [['none', { part: 'none' }]], (data) =>
    DRAW[data.part](data, acts),
  )
  showFromTop(article, `${state.ticket?.id}`, list)
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
  head: (ticket, acts) =>
    h(
      'header',
      { class: 'issue-head' },
      h(
        'p',
        { class: 'facts' },
        statusShown(ticket.status, 'big'),
        h('span', {}, `Ticket ${ticket.id} to ${ticket.recipient} · created ${day(ticket.createdAt)}`),
        shareButton(acts, ticket.url),
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
  deleted: ({ id }, acts) => asKeeper(id, acts),
  requester: (ticket, acts) => asRequester(ticket, acts),
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
