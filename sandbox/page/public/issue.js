/** The GitLab side: the list of issues, the one chosen, its e-mails, and what people outside Slack do to it. */
import { day, inZone, moment } from './dates.js'
import { h, icon, keep, showFromTop } from './dom.js'
import { markdown } from './markdown.js'
import { actButton, actForm, shareButton, textForm } from './outside.js'

const list = document.querySelector('#issues')
const article = document.querySelector('#issue')

export function showIssues(state, acts) {
  keep(
    list,
    state.issues.map((issue) => [issue.key, { ...issue, isChosen: issue.key === state.issue?.key }]),
    (issue) => issueRow(issue, acts),
  )
  keep(article, state.issue ? inZone(state, parts(state.issue)) : [['none', { part: 'none' }]], (data) =>
    DRAW[data.part](data, acts),
  )
  showFromTop(article, `${state.issue?.key}`, list)
}

/** Parts that change apart from each other, so that a form half filled in stays. */
function parts(issue) {
  const {
    key,
    iid,
    title,
    state,
    labels,
    url,
    project,
    requester,
    assignees,
    createdAt,
    confidential,
    description,
  } = issue
  const { links, duplicateOf, notes, mails, isServiceDesk, hasOpenTask } = issue
  const all = [
    [
      'head',
      {
        part: 'head',
        iid,
        title,
        state,
        url,
        project,
        requester,
        assignees,
        createdAt,
        confidential,
        isServiceDesk,
      },
    ],
    ['labels', { part: 'labels', labels, links, duplicateOf }],
    ['description', { part: 'description', description }],
    ['notes', { part: 'notes', notes }],
    ['mails', { part: 'mails', mails }],
    ['acts', { part: 'acts', iid, state, hasOpenTask }],
  ]
  const shown = isServiceDesk ? all : all.filter(([name]) => name !== 'mails' && name !== 'acts')
  return shown.map(([name, data]) => [`${key}/${name}`, data])
}

function issueRow(issue, acts) {
  return h(
    'button',
    {
      type: 'button',
      class: 'issue-row',
      'aria-current': issue.isChosen ? 'true' : undefined,
      'data-key': `issue/${issue.key}`,
      onclick: () => acts.look(issue.key),
    },
    h('span', { class: 'number' }, `#${issue.iid}`),
    h('span', { class: 'row-title' }, issue.title),
    h('span', { class: `state ${issue.state}` }, issue.state === 'opened' ? 'Open' : 'Closed'),
  )
}

const DRAW = {
  none: () => h('p', { class: 'nothing' }, 'No issue yet: submit a new request.'),
  head: (issue, acts) =>
    h(
      'header',
      { class: 'issue-head' },
      h(
        'p',
        { class: 'facts' },
        h('span', { class: `state big ${issue.state}` }, issue.state === 'opened' ? 'Open' : 'Closed'),
        issue.confidential && h('span', { class: 'confidential' }, icon('lock'), 'Confidential'),
        h('span', {}, `${issue.project} #${issue.iid} · created ${day(issue.createdAt)}`),
        issue.isServiceDesk && shareButton(acts, issue.url),
      ),
      h('h3', {}, issue.title),
      issue.isServiceDesk && issue.requester && h('p', { class: 'facts' }, `Requester: ${issue.requester}`),
      issue.assignees.length > 0 && h('p', { class: 'facts' }, `Assignee: ${issue.assignees.join(', ')}`),
    ),
  labels: ({ labels, links, duplicateOf }) =>
    h(
      'div',
      { class: 'labels' },
      labels.length > 0
        ? h('ul', { 'aria-label': 'Labels' }, labels.map(labelShown))
        : h('p', { class: 'facts' }, 'No labels'),
      links.length > 0 && h('p', { class: 'facts' }, `Linked: ${links.join(', ')}`),
      duplicateOf && h('p', { class: 'facts' }, `Duplicate of ${duplicateOf}`),
    ),
  description: ({ description }) => h('div', { class: 'description' }, markdown(description)),
  notes: ({ notes }) => h('section', { class: 'notes', 'aria-label': 'Notes' }, notes.map(noteShown)),
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
          h('div', {}, markdown(mail.text)),
        ),
      ),
    ),
  acts: (issue, acts) => outside(issue, acts),
}

/** Scoped labels show their scope apart, as in GitLab. */
function labelShown(name) {
  const at = name.lastIndexOf('::')
  const hue =
    [...name.slice(0, at < 0 ? undefined : at)].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6
  if (at < 0) return h('li', { class: `label hue-${hue}` }, h('span', { class: 'whole' }, name))
  return h(
    'li',
    { class: `label scoped hue-${hue}`, title: name },
    h('span', { class: 'scope' }, name.slice(0, at)),
    h('span', { class: 'hidden' }, '::'),
    h('span', { class: 'value' }, name.slice(at + 2)),
  )
}

export function noteShown(note) {
  if (note.system)
    return h(
      'p',
      { class: 'system-note' },
      h('strong', {}, note.author),
      ` ${note.body} · `,
      h('time', { dateTime: note.at }, moment(note.at)),
    )
  const [kind, picture, words] = note.internal
    ? ['internal', 'lock', 'Internal note']
    : note.byRequester
      ? ['from-requester', 'reply', 'From the requester']
      : note.mailed
        ? ['public', 'mail', 'Public · e-mailed to the requester']
        : ['public', 'reply', 'Comment']
  return h(
    'article',
    { class: `note ${kind}` },
    h(
      'header',
      {},
      h('strong', {}, note.author),
      h('span', { class: 'mark' }, icon(picture), words),
      h('time', { dateTime: note.at }, moment(note.at)),
    ),
    h('div', { class: 'note-body' }, markdown(note.body)),
  )
}

function outside({ iid, state, hasOpenTask }, acts) {
  return h(
    'section',
    { class: 'outside', 'aria-labelledby': 'outside-title' },
    h('h4', { id: 'outside-title' }, 'What others do'),
    textForm(acts, {
      id: 'reply',
      label: 'The requester replies by e-mail',
      placeholder: '1. In March 2019. 2. Only my own projects.',
      buttons: [{ text: 'Requester replies', what: { act: 'requester-replies', iid } }],
    }),
    actForm(
      acts,
      { act: 'label', iid },
      h(
        'div',
        { class: 'row' },
        labelInput('add-label', 'add', 'Add label'),
        labelInput('remove-label', 'remove', 'Remove label'),
        h('button', { type: 'submit' }, 'Change labels'),
      ),
    ),
    h(
      'div',
      { class: 'row' },
      state === 'opened'
        ? actButton(acts, 'Close issue', { act: 'close', iid })
        : actButton(acts, 'Reopen issue', { act: 'reopen', iid }),
      hasOpenTask && actButton(acts, 'Tick the next step', { act: 'tick', iid }),
    ),
  )
}

const labelInput = (id, name, text) =>
  h('span', { class: 'grow' }, h('label', { for: id }, text), h('input', { id, name, autocomplete: 'off' }))
