/** Links to what the page itself shows are followed here; any other opens a page of its own. */

/** What a link leads to: a message in a channel, an issue, or a ticket. */
export function targetOf(href, state) {
  const address = href.split('#')[0]
  const [, digits] = /\/archives\/\w+\/p(\d+)/.exec(address) ?? []
  if (digits) {
    const isIt = (ts) => ts.replace('.', '') === digits
    const channel = state.channels.find(({ messages }) => messages.some(isIt))
    return channel && { channel: channel.name, message: `message-${digits}` }
  }
  const issue = state.issues.find(({ url }) => url === address)
  if (issue) return { issue: issue.key }
  const ticket = state.tickets.find(
    ({ url, expertIssues }) => url === address || expertIssues.includes(address),
  )
  return ticket && { ticket: ticket.id, ...(ticket.url !== address && { expertIssue: address }) }
}

/** Brings a message of the channel in view. */
export function showMessage(id) {
  const message = document.getElementById(id)
  message?.scrollIntoView({ block: 'start' })
  message?.focus()
}

const headingOf = (message) => message.querySelector('h3, h4, [role="heading"]')?.textContent ?? ''

/** The newest message in the channel whose heading begins with this number of a request. */
export function cardOf(number) {
  const cards = [...document.querySelectorAll('#messages .message')]
  return cards.findLast((message) => headingOf(message).startsWith(`${number} `))
}

export const isHeadingOfCard = (heading) => /^#\d+ |^Security ticket \d+/.test(heading)

/** The issue or the ticket that a card stands for: its first link. A digest, whose heading names none, stands for none. */
export function cardTarget(message, state) {
  if (!isHeadingOfCard(headingOf(message))) return undefined
  const targets = [...message.querySelectorAll('a')].map(({ href }) => targetOf(href, state))
  return targets.find((target) => target?.issue || target?.ticket)
}
