/** The page: asks for the state once a second and after each act, and shows what changed. */
import { showChannel } from './channel.js'
import { h } from './dom.js'
import { showIssues } from './issue.js'
import { confirmed, showForm, showView } from './modal.js'
import { act, state } from './server.js'

const looking = { as: 'U01ENGINEER', channel: 'privacy-team_help', issue: undefined }
const byId = (id) => document.getElementById(id)
let last

async function refresh() {
  const fresh = await state(looking).catch(() => undefined)
  if (!fresh) return
  last = fresh
  showTop(fresh)
  showChannel(fresh, slackActs)
  showIssues(fresh, { act: (what) => perform({ as: looking.as, ...what }), look })
  showView(fresh.view, viewActs)
}

async function perform(what) {
  const answer = await act(what).catch(() => ({ said: 'The sandbox does not answer. Is it still running?' }))
  if (answer.issue) looking.issue = answer.issue
  say(answer.said)
  await refresh()
  // What the bot does after its acknowledgement follows in a moment.
  setTimeout(refresh, 150)
}

let silence
function say(text) {
  clearTimeout(silence)
  byId('said').hidden = !text
  byId('said').textContent = text ?? ''
  if (text) silence = setTimeout(() => say(), 8000)
}

function look(key) {
  looking.issue = key
  refresh()
}

async function actOn(where, element, more) {
  if (element.confirm && !(await confirmed(element.confirm))) return
  if (element.url) window.open(element.url, '_blank', 'noreferrer')
  await perform({ as: looking.as, where, actionId: element.action_id, ...more })
}

const slackActs = {
  click: (where, element) => actOn(where, element, { act: 'click' }),
  choose: (where, element, choice) => actOn(where, element, { act: 'select', choice }),
}

const viewActs = {
  click: (element) => actOn(last.view.id, element, { act: 'click' }),
  choose: (element, choice) => actOn(last.view.id, element, { act: 'select', choice }),
  submit: (viewId, entries) => perform({ act: 'submit', as: looking.as, viewId, entries }),
  close: () => perform({ act: 'close-view', as: looking.as }),
}

function showTop(fresh) {
  const at = new Date(fresh.now)
  const text = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  }).format(at)
  byId('clock').textContent = `${text} UTC`
  byId('clock').dateTime = fresh.now
  if (byId('acting-as').options.length !== fresh.people.length) {
    byId('acting-as').replaceChildren(
      ...fresh.people.map(({ id, name, title }) =>
        h('option', { value: id, selected: id === looking.as }, `${name} · ${title}`),
      ),
    )
    byId('channels').replaceChildren(...fresh.channels.map(channelTab))
  }
  for (const tab of byId('channels').children) {
    if (tab.value === looking.channel) tab.setAttribute('aria-current', 'true')
    else tab.removeAttribute('aria-current')
  }
}

const channelTab = (name) =>
  h('button', { type: 'button', value: name, onclick: () => lookInto(name) }, `# ${name}`)

function lookInto(channel) {
  looking.channel = channel
  refresh()
}

byId('acting-as').addEventListener('change', (event) => {
  looking.as = event.target.value
  refresh()
})
for (const button of document.querySelectorAll('[data-hours]'))
  button.addEventListener('click', () => perform({ act: 'advance', hours: Number(button.dataset.hours) }))

byId('composer').addEventListener('submit', (event) => {
  event.preventDefault()
  const words = byId('words').value
  if (words.trim() === '') return
  byId('words').value = ''
  perform({ act: 'say', as: looking.as, channel: looking.channel, text: words })
})

/** A link to a message of the channel goes there; one to an issue of the local GitLab shows it on the right. */
document.addEventListener('click', (event) => {
  const href = event.target.closest?.('a')?.href.split('#')[0]
  const [, ts] = /\/archives\/\w+\/p(\d+)/.exec(href ?? '') ?? []
  const message = ts && byId(`message-${ts}`)
  if (message) {
    event.preventDefault()
    message.scrollIntoView({ block: 'start' })
    message.focus()
    return
  }
  const issue = last?.issues.find((one) => one.url === href)
  if (!issue) return
  event.preventDefault()
  look(issue.key)
})

byId('dialog').addEventListener('cancel', (event) => {
  if (!last?.view) return
  event.preventDefault()
  viewActs.close()
})

byId('new-request').addEventListener('click', () => {
  const field = (name, label, properties) =>
    h(
      'div',
      { class: 'block input' },
      h('label', { for: `new-${name}` }, label),
      h('input', { id: `new-${name}`, name, required: true, ...properties }),
    )
  showForm(
    'Submit a new request',
    [
      h(
        'div',
        { class: 'block input' },
        h('label', { for: 'new-type' }, 'Request type'),
        h(
          'select',
          { id: 'new-type', name: 'type' },
          (last?.requestTypes ?? []).map((type) => h('option', {}, type)),
        ),
      ),
      field('username', 'GitLab username', { value: 'quiet.owner' }),
      field('email', 'E-mail address', { value: 'robin@example.com', type: 'email' }),
      field('country', 'Country', { value: 'Netherlands' }),
      field('comment', 'Comments', { value: 'I lost my phone and my 2FA codes, please delete my account.' }),
    ],
    'Submit request',
    (form) => perform({ act: 'new-request', ...form }),
  )
})

await refresh()
setInterval(refresh, 1000)
