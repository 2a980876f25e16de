/** The page: asks for the state when the sandbox says that something happened and after each act, and shows what changed. */
import { scrollToEnd, showChannel } from './channel.js'
import { showTabs } from './channel-tabs.js'
import { h } from './dom.js'
import { newRequest, newTicket } from './forms.js'
import { showGuide } from './guide.js'
import { showIssues } from './issue.js'
import { cardOf, cardTarget, showMessage, targetOf } from './links.js'
import { confirmed, showView } from './modal.js'
import { act, endedActs, state } from './server.js'
import { showTickets } from './ticket.js'
import { showPane } from './work-object.js'

const PRIVACY = 'privacy-team_help'
const SECURITY = 'field-security'
const HOME = 'app-home'
const looking = {
  as: 'U01ENGINEER',
  channel: PRIVACY,
  beside: 'gitlab',
  issue: undefined,
  ticket: undefined,
}
const byId = (id) => document.getElementById(id)
let last
/** Of the state that is shown; one that was fetched and not shown is asked for again. */
let tag = ''

let current = Promise.resolve()
let queued

/** Resolves when the state from now on is shown: one question is under way at a time, and one waits for it. */
function refresh() {
  queued ??= current.then(() => {
    queued = undefined
    current = lookAgain()
    return current
  })
  return queued
}

async function lookAgain() {
  const asked = JSON.stringify([looking, endedActs()])
  const answer = await state(looking, tag).catch(() => undefined)
  // What one has looked away from meanwhile is not shown, nor what was so before an act that has ended.
  if (!answer || asked !== JSON.stringify([looking, endedActs()])) return
  const { state: fresh } = answer
  tag = answer.tag
  last = fresh
  showTop(fresh)
  showGuide(fresh, leads)
  showTabs(fresh, looking, lookInto)
  showChannel(fresh, slackActs)
  showBeside(fresh)
  showPane(fresh, paneActs)
  showView(fresh.view, viewActs)
}

async function perform(what) {
  const answer = await act(what).catch(() => ({ said: 'The sandbox does not answer. Is it still running?' }))
  if (answer.issue) looking.issue = answer.issue
  if (answer.ticket) looking.ticket = answer.ticket
  say(answer.said)
  await refresh()
}

let silence
function say(text) {
  clearTimeout(silence)
  byId('said').textContent = text ?? ''
  // As a popover it lies above a modal that is open.
  byId('said').togglePopover(Boolean(text))
  if (text) silence = setTimeout(() => say(), 8000)
}

function look(at) {
  Object.assign(looking, at)
  return refresh()
}

const outside = (what) => perform({ as: looking.as, ...what })

async function share(url) {
  if (looking.channel === HOME) await lookInto(looking.beside === 'zendesk' ? SECURITY : PRIVACY)
  showHalf('slack')
  byId('words').value = url
  byId('words').focus()
}

function showBeside(fresh) {
  for (const tab of byId('services').children) {
    if (tab.value === looking.beside) tab.setAttribute('aria-current', 'true')
    else tab.removeAttribute('aria-current')
  }
  const isZendesk = looking.beside === 'zendesk'
  byId('gitlab').hidden = isZendesk
  byId('new-request').hidden = isZendesk
  byId('zendesk').hidden = !isZendesk
  byId('new-ticket').hidden = !isZendesk
  showIssues(fresh, { act: outside, share, look: (issue) => look({ issue }) })
  showTickets(fresh, { act: outside, share, look: (ticket) => look({ ticket }) })
}

async function actOn(where, { block_id }, element, more) {
  if (element.confirm && !(await confirmed(element.confirm))) return
  if (element.url) window.open(element.url, '_blank', 'noreferrer')
  await perform({ as: looking.as, where, blockId: block_id, actionId: element.action_id, ...more })
}

const slackActs = {
  click: (where, block, element) => actOn(where, block, element, { act: 'click' }),
  choose: (where, block, element, choice) => actOn(where, block, element, { act: 'select', choice }),
  attach: (where) => perform({ act: 'attach', as: looking.as, where }),
  openPane: (where, url) => perform({ act: 'open-pane', as: looking.as, where, url }),
}

const paneActs = {
  click: (actionId) => perform({ act: 'click-pane', as: looking.as, actionId }),
  close: () => perform({ act: 'close-pane', as: looking.as }),
}

const viewActs = {
  click: (block, element) => actOn(last.view.id, block, element, { act: 'click' }),
  choose: (block, element, choice) => actOn(last.view.id, block, element, { act: 'select', choice }),
  submit: (viewId, entries) => perform({ act: 'submit', as: looking.as, viewId, entries }),
  close: () => perform({ act: 'close-view', as: looking.as }),
}

function showTop(fresh) {
  const at = new Date(fresh.now)
  const text = new Intl.DateTimeFormat('en-US', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: fresh.timeZone,
    timeZoneName: 'short',
  }).format(at)
  byId('clock').textContent = text
  byId('clock').title = `The time of day in ${fresh.timeZone}, as ${nameOf(fresh)} sees it`
  byId('clock').dateTime = fresh.now
  byId('approvals').hidden = fresh.twoApprovals === undefined
  if (!byId('two-approvals').disabled) byId('two-approvals').checked = fresh.twoApprovals === true
  if (byId('acting-as').options.length !== fresh.people.length) {
    byId('acting-as').replaceChildren(
      ...fresh.people.map(({ id, name, title }) =>
        h('option', { value: id, selected: id === looking.as }, `${name} · ${title}`),
      ),
    )
  }
}

const nameOf = ({ people, as }) => people.find(({ id }) => id === as)?.name

/** On a phone one half is shown at a time: Slack, or what stands beside it. */
function showHalf(pane) {
  document.querySelector('main').dataset.pane = pane
  for (const button of byId('panes').children) {
    if (button.value === pane) button.setAttribute('aria-current', 'true')
    else button.removeAttribute('aria-current')
  }
}

/** Beside each channel stands the service its requests come from. */
async function lookInto(channel) {
  byId('words').placeholder = `Message, or ${channel === SECURITY ? '/security' : '/privacy'} list`
  if (channel === HOME) await act({ act: 'open-home', as: looking.as })
  return look({ channel, ...(channel !== HOME && { beside: channel === SECURITY ? 'zendesk' : 'gitlab' }) })
}

async function actAs(person) {
  byId('acting-as').value = person
  if (looking.channel === HOME) await act({ act: 'open-home', as: person })
  return look({ as: person })
}

byId('acting-as').addEventListener('change', (event) => actAs(event.target.value))

byId('two-approvals').addEventListener('change', async ({ target }) => {
  // Until the bot is there again, what was chosen stands.
  target.disabled = true
  await act({ act: 'two-approvals', on: target.checked }).catch(() => {})
  target.disabled = false
  await refresh()
})

const advance = (hours) => perform({ act: 'advance', hours })

const leads = {
  act: actAs,
  advance,
  async show(heading) {
    if (looking.channel !== PRIVACY) await lookInto(PRIVACY)
    showHalf('slack')
    const card = cardOf(heading)
    if (!card) return say(`The card of ${heading} isn’t in this channel.`)
    showMessage(card.id)
    const { issue } = cardTarget(card, last) ?? {}
    if (issue) await look({ beside: 'gitlab', issue })
  },
}
for (const button of document.querySelectorAll('[data-hours]'))
  button.addEventListener('click', () => advance(Number(button.dataset.hours)))

byId('composer').addEventListener('submit', (event) => {
  event.preventDefault()
  const words = byId('words').value
  if (words.trim() === '') return
  byId('words').value = ''
  scrollToEnd()
  perform({ act: 'say', as: looking.as, channel: looking.channel, text: words })
})

document.addEventListener('click', async (event) => {
  const link = event.target.closest?.('a')
  const target = link && last && targetOf(link.href, last)
  if (!target) return
  event.preventDefault()
  if (target.channel && target.channel !== looking.channel) await lookInto(target.channel)
  showHalf(target.message ? 'slack' : 'beside')
  if (target.message) showMessage(target.message)
  if (target.issue) await look({ beside: 'gitlab', issue: target.issue })
  if (target.ticket) await look({ beside: 'zendesk', ticket: target.ticket })
  if (target.expertIssue)
    document.querySelector(`[data-url="${CSS.escape(target.expertIssue)}"]`)?.scrollIntoView()
})

/** What stands beside the channel follows the card that one clicks, also on one of its buttons. */
byId('messages').addEventListener('click', (event) => {
  const card = event.target.closest?.('.message')
  if (!card || !last || event.target.closest('a')) return
  const target = cardTarget(card, last)
  if (target?.issue) look({ beside: 'gitlab', issue: target.issue })
  if (target?.ticket) look({ beside: 'zendesk', ticket: target.ticket })
})

byId('dialog').addEventListener('cancel', (event) => {
  if (!last?.view) return
  event.preventDefault()
  viewActs.close()
})

byId('new-request').addEventListener('click', () => newRequest(last?.requestTypes ?? [], perform))
byId('new-ticket').addEventListener('click', () => newTicket(perform))
for (const button of byId('panes').children) button.addEventListener('click', () => showHalf(button.value))
for (const tab of byId('services').children) tab.addEventListener('click', () => look({ beside: tab.value }))

await refresh()
new EventSource('/changes').addEventListener('message', refresh)
// The clock goes on where nothing happens.
setInterval(refresh, 5000)
