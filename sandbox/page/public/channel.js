/** The channel: messages, threads below them, and what only this person sees. */
import { blocksShown, textShown } from './blocks.js'
import { h, icon, keep } from './dom.js'
import { isHeadingOfCard } from './links.js'
import { linkShown } from './work-object.js'

const list = document.querySelector('#messages')
const newer = document.querySelector('#newer')
const composer = document.querySelector('#composer')
const unfolded = new Map()
let channel
let reader
let known = new Set()

export function showChannel(state, acts) {
  if (state.home) return showHome(state, acts)
  composer.hidden = state.channel?.isMember === false
  document.querySelector('#channel-name').textContent = `# ${state.channel?.name ?? ''}`
  document.querySelector('#channel-facts').textContent = state.channel
    ? `${state.channel.isPrivate ? 'Private channel · ' : ''}${state.channel.members} members`
    : ''
  const isOther = channel !== state.channel?.name
  const isElse = isOther || reader !== state.as
  channel = state.channel?.name
  reader = state.as
  const fresh = isElse ? [] : state.messages.filter(({ ts }) => !known.has(ts))
  known = new Set(state.messages.map(({ ts }) => ts))
  const wasAtEnd = isOther || isAtEnd()
  // A reply that is sent to the channel too stands in both.
  const roots = state.messages.filter((one) => !one.threadTs || one.isBroadcast)
  const repliesTo = (ts) => state.messages.filter((one) => one.threadTs === ts)
  const items = roots.map((message, at) => [
    message.ts,
    {
      message,
      replies: repliesTo(message.ts),
      repliedTo: message.threadTs && headingOf(state.messages, message.threadTs),
      day: message.time.day === roots[at - 1]?.time.day ? undefined : message.time.day,
    },
  ])
  if (items.length === 0) items.push(['nothing', { nothing: nothingOf(state) }])
  const changed = keep(list, items, (item) => itemShown(item, acts))
  if (changed && wasAtEnd) scrollToEnd()
  if (isElse) newer.hidden = true
  else if (!wasAtEnd && fresh.length > 0) sayNewer(fresh)
}

/** The tab of the app itself: its Home, and below it what it wrote to this person alone. */
function showHome({ home: { view, messages }, as, people }, acts) {
  const isOther = channel !== 'app-home' || reader !== as
  document.querySelector('#channel-name').textContent = 'Privacy Desk'
  document.querySelector('#channel-facts').textContent =
    `The app’s Home, as ${people.find(({ id }) => id === as)?.name} sees it`
  composer.hidden = true
  newer.hidden = true
  channel = 'app-home'
  reader = as
  const items = view
    ? [['home', { home: view }]]
    : [['nothing', { nothing: 'The app has drawn no Home for this person.' }]]
  for (const message of messages) items.push([message.ts, { message, replies: [], day: message.time.day }])
  keep(list, items, (item) => (item.home ? homeShown(item.home, acts) : itemShown(item, acts)))
  if (isOther) list.scrollTop = 0
}

function homeShown({ id, blocks }, acts) {
  const acting = {
    where: id,
    click: (block, element) => acts.click(id, block, element),
    choose: (block, element, choice) => acts.choose(id, block, element, choice),
  }
  return h('li', { class: 'home' }, blocksShown(blocks, acting))
}

const isAtEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 40

export function scrollToEnd() {
  list.scrollTop = list.scrollHeight
}

/** Below what one reads somebody has written: the answer to a click is said at once, of the rest how much. */
function sayNewer(fresh) {
  const answer = fresh.findLast(({ onlyYou }) => onlyYou)
  newer.hidden = false
  newer.dataset.message = `message-${fresh.at(-1).ts.replace('.', '')}`
  newer.replaceChildren(
    answer
      ? `Only visible to you: ${h('span', {}, textShown(answer.text)).textContent}`
      : fresh.length === 1
        ? '1 new message'
        : `${fresh.length} new messages`,
    ' ↓',
  )
}

/** What came into view by scrolling has been read. */
function isInView(id) {
  const message = document.getElementById(id)
  if (!message) return true
  const { top } = message.getBoundingClientRect()
  return top < list.getBoundingClientRect().bottom - 40
}

newer.addEventListener('click', () => {
  document.getElementById(newer.dataset.message)?.scrollIntoView({ block: 'center' })
  newer.hidden = true
})
list.addEventListener('scroll', () => {
  if (isAtEnd() || isInView(newer.dataset.message)) newer.hidden = true
})

function nothingOf({ channel: shown, people, as }) {
  if (shown && !shown.isMember) {
    const { name } = people.find(({ id }) => id === as) ?? { name: 'This person' }
    return `${name.split(' ')[0]} isn’t in this channel, so Slack shows nothing of it.`
  }
  return NOTHING[shown?.name] ?? 'Nothing here yet.'
}

const NOTHING = {
  'privacy-team_help': 'Nothing here yet. A new request in GitLab posts a card.',
  'field-security': 'Nothing here yet. A new ticket to security@ in Zendesk posts a card.',
}

/** What its thread is about, as the channel says it above such a reply. */
function headingOf(messages, ts) {
  const first = messages.find((one) => one.ts === ts)
  const heading = first?.blocks.find(({ type }) => type === 'header')
  return { id: `message-${ts.replace('.', '')}`, text: heading?.text.text ?? 'a thread' }
}

function itemShown({ nothing, message, replies, repliedTo, day }, acts) {
  if (nothing) return h('li', { class: 'nothing' }, nothing)
  return h(
    'li',
    {},
    day && h('p', { class: 'day' }, h('span', {}, day)),
    messageShown(message, acts, repliedTo),
    replies.length > 0 && threadShown(message, replies, acts),
  )
}

/** What happened to a request is read at once; what a digest adds is folded, as Slack folds all. */
function threadShown({ ts, blocks }, replies, acts) {
  const isOfCard = blocks.some(({ type, text }) => type === 'header' && isHeadingOfCard(text.text))
  const count = replies.length === 1 ? '1 reply' : `${replies.length} replies`
  return h(
    'details',
    {
      class: 'thread',
      open: unfolded.get(ts) ?? isOfCard,
      ontoggle: (event) => unfolded.set(ts, event.target.open),
    },
    h('summary', {}, count),
    replies.map((reply) => messageShown(reply, acts)),
  )
}

function messageShown(message, acts, repliedTo) {
  const acting = {
    where: message.ts,
    click: (block, element) => acts.click(message.ts, block, element),
    choose: (block, element, choice) => acts.choose(message.ts, block, element, choice),
    openPane: (url) => acts.openPane(message.ts, url),
  }
  return h(
    'article',
    {
      id: `${repliedTo ? 'broadcast' : 'message'}-${message.ts.replace('.', '')}`,
      tabIndex: -1,
      class: message.onlyYou ? 'message only-you' : 'message',
      'aria-label': `${message.author}, ${message.time.time}`,
    },
    avatar(message),
    h(
      'div',
      { class: 'message-body' },
      repliedTo &&
        h(
          'p',
          { class: 'replied-to' },
          'replied to a thread: ',
          h(
            'button',
            {
              type: 'button',
              class: 'thread-link',
              onclick: () => document.getElementById(repliedTo.id)?.scrollIntoView({ block: 'center' }),
            },
            repliedTo.text,
          ),
        ),
      message.onlyYou && h('p', { class: 'only-you-note' }, icon('eye'), 'Only visible to you'),
      h(
        'p',
        { class: 'by' },
        h('strong', {}, message.author),
        message.isApp && h('span', { class: 'app' }, 'APP'),
        h('time', { dateTime: message.time.iso }, message.time.time),
        // In Slack every message has it, in its menu.
        !message.isApp &&
          h(
            'button',
            {
              type: 'button',
              class: 'shortcut',
              title: 'A shortcut of the app, in Slack in the message’s menu',
              onclick: () => acts.attach(message.ts),
            },
            'Attach to request',
          ),
      ),
      message.blocks.length > 0
        ? blocksShown(message.blocks, acting)
        : h('div', { class: 'block' }, textShown(message.text)),
      message.links.map((link) => linkShown(link, acting)),
      message.edited && !message.isApp && h('span', { class: 'edited' }, '(edited)'),
    ),
  )
}

function avatar({ author, isApp }) {
  const initials = author
    .split(' ')
    .map((word) => word[0])
    .join('')
    .slice(0, 2)
  const colour = [...author].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6
  return h(
    'div',
    { class: isApp ? 'avatar bot' : `avatar person-${colour}`, 'aria-hidden': 'true' },
    isApp ? icon('shield') : initials,
  )
}
