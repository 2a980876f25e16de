/** The channels one can look into, with how many of their messages this person has not seen. */
import { h, keep } from './dom.js'

const nav = document.querySelector('#channels')
/** By person and channel. */
const seen = new Map()

export function showTabs(state, looking, lookInto) {
  const tabs = state.channels.map(({ name, messages }) => {
    const isCurrent = name === looking.channel
    const key = `${state.as}/${name}`
    if (isCurrent) seen.set(key, new Set(messages))
    const unread = messages.filter((ts) => !seen.get(key)?.has(ts)).length
    return [name, { name, unread, isCurrent }]
  })
  tabs.unshift(['app-home', { name: 'app-home', unread: 0, isCurrent: looking.channel === 'app-home' }])
  keep(nav, tabs, (tab) => tabShown(tab, lookInto))
}

function tabShown({ name, unread, isCurrent }, lookInto) {
  return h(
    'button',
    {
      type: 'button',
      value: name,
      'data-key': `channel/${name}`,
      'aria-current': isCurrent ? 'true' : undefined,
      class: unread > 0 ? 'has-unread' : undefined,
      onclick: () => lookInto(name),
    },
    name === 'app-home' ? 'Home' : `# ${name}`,
    unread > 0 && h('span', { class: 'unread' }, String(unread), h('span', { class: 'hidden' }, ' unread')),
  )
}
