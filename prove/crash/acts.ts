/** What people do in Slack while the bot may die: each act says whether the bot has acknowledged it. */
import type { AppAnswer } from '../../sandbox/slack/deliver.ts'
import { onceSeen } from '../../sandbox/slack/once-seen.ts'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import type { Desk } from './desk.ts'

export const channel = CHANNELS.privacy.name
const securityChannel = CHANNELS.security.name
export const { engineer, manager, privacy, fieldSecurity } = PEOPLE

/** `gone`: the card offers it no more. `told`: no modal opened, and the person was told why. */
export type Acted = 'acknowledged' | 'not-acknowledged' | 'gone' | 'told'

export interface OnCard {
  /** Of the issue, or the number of the ticket. */
  readonly iid: number
  /** Left out, it is an issue's. */
  readonly source?: 'zendesk'
  readonly button: string
  readonly by: string
}

export const cardsOf = ({ slack }: Desk, iid: number): readonly Message[] =>
  slack.messages(channel).filter(({ text }) => text.startsWith(`#${iid} `))

export const cardsOfTicket = ({ slack }: Desk, ticket: number): readonly Message[] =>
  slack.messages(securityChannel).filter(({ text }) => text.startsWith(`Security ticket ${ticket}`))

/** Clicks, and submits the preview that opens: there is nothing to fill in. */
export const click = (desk: Desk, on: OnCard): Promise<Acted> => decide(desk, on, {})

/** Clicks what is carried out at once. */
export async function press(desk: Desk, on: OnCard): Promise<Acted> {
  const { button, by } = on
  const card = cardWith(desk, on)
  if (!card) return 'gone'
  return acknowledged(() => desk.slack.click(by, card, { button }))
}

/** Clicks, fills in the modal that opens, and submits it. */
export function decide(desk: Desk, on: OnCard, entries: Readonly<Record<string, string>>): Promise<Acted> {
  return oneAtATime(desk, on.by, async () => {
    const opened = await openModal(desk, on)
    if (typeof opened === 'string') return opened
    // Of a bot that died after it asked for a modal, that one may come after the next click.
    if (isOfAnother(desk, on)) return 'not-acknowledged'
    return acknowledged(() => desk.slack.submit(on.by, opened.viewId, entries))
  })
}

/** The modal says which issue it is about. */
function isOfAnother({ slack }: Desk, { by, iid, source }: OnCard): boolean {
  const [, shown] = /\*#(\d+)\b/.exec(JSON.stringify(slack.openView(by) ?? '')) ?? []
  return source === undefined && shown !== undefined && Number(shown) !== iid
}

const underWay = new WeakMap<Desk['slack'], Map<string, Promise<unknown>>>()

/** A person has one modal open, whatever else is clicked on their behalf. */
function oneAtATime<T>({ slack }: Desk, by: string, act: () => Promise<T>): Promise<T> {
  const acts = underWay.get(slack) ?? new Map<string, Promise<unknown>>()
  underWay.set(slack, acts)
  const next = (acts.get(by) ?? Promise.resolve()).catch(() => undefined).then(act)
  acts.set(by, next)
  return next
}

/** The same of what stands in the card's menu. */
export async function decideFromMenu(
  desk: Desk,
  { iid, button, by }: OnCard,
  entries: Readonly<Record<string, string>>,
): Promise<Acted> {
  const card = cardsOf(desk, iid).at(-1)
  if (!card) return 'gone'
  const opened = await modalAfter(desk, by, () => desk.slack.select(by, card, 'decide-menu', button))
  if (typeof opened === 'string') return opened
  return acknowledged(() => desk.slack.submit(by, opened.viewId, entries))
}

/** The modal, or what came instead of it. */
export async function openModal(
  desk: Desk,
  on: OnCard,
): Promise<{ readonly viewId: string } | Exclude<Acted, 'acknowledged'>> {
  const card = cardWith(desk, on)
  if (!card) return 'gone'
  return modalAfter(desk, on.by, () => desk.slack.click(on.by, card, { button: on.button }))
}

async function modalAfter(
  desk: Desk,
  by: string,
  act: () => Promise<AppAnswer>,
): Promise<{ readonly viewId: string } | Exclude<Acted, 'acknowledged'>> {
  const { slack } = desk
  for (let open = slack.openView(by); open; open = slack.openView(by)) await slack.closeView(by)
  const told = slack.ephemerals(by).length
  const isTold = () => slack.ephemerals(by).length > told || undefined
  if ((await acknowledged(act)) !== 'acknowledged') return 'not-acknowledged'
  await Promise.race([onceSeen(slack, () => slack.openView(by) ?? isTold()), desk.bot.ended])
  if (isTold()) return isToRepeat(slack.ephemerals(by).at(-1)?.text ?? '') ? 'not-acknowledged' : 'told'
  const viewId = slack.openView(by)?.id
  return viewId === undefined ? 'not-acknowledged' : { viewId }
}

/** Nothing was taken: whoever reads it clicks again. */
const isToRepeat = (text: string): boolean => /(?:click|try|choose) again/i.test(text)

export const type = (desk: Desk, by: string, text: string): Promise<Acted> =>
  acknowledged(() => desk.slack.command(by, channel, '/privacy', text))

/** Types a command that shows something first, and confirms it. */
export async function typeAndConfirm(desk: Desk, by: string, text: string): Promise<Acted> {
  const opened = await modalAfter(desk, by, () => desk.slack.command(by, channel, '/privacy', text))
  if (typeof opened === 'string') return opened
  return acknowledged(() => desk.slack.submit(by, opened.viewId, {}))
}

/** Of what came in while the bot was down some cards may wait to be asked for; the last follow with the bot's next round. */
export async function askForCards(desk: Desk): Promise<void> {
  await askForCardsIn(desk, channel, manager.id)
  await askForCardsIn(desk, securityChannel, fieldSecurity.id)
}

async function askForCardsIn(desk: Desk, where: string, by: string): Promise<void> {
  const { slack } = desk
  const isAll = (name: string) => name.startsWith('Post All ')
  const offer = slack.messages(where).findLast((one) => slack.buttons(one).some(isAll))
  const button = offer && slack.buttons(offer).find(isAll)
  if (!offer || button === undefined) return
  await acknowledged(() => slack.click(by, offer, { button }, { confirm: true }))
  const isOver = () =>
    slack.messages(where).some(({ ts, text }) => ts === offer.ts && /have their/.test(text))
  await onceSeen(slack, () => isOver() || undefined)
  await desk.rest()
}

/** A bot that dies answers nobody: Slack tells the person that it did not work. */
async function acknowledged(act: () => Promise<AppAnswer>): Promise<Acted> {
  try {
    const { status, body } = await act()
    if (status < 200 || status >= 300) return 'not-acknowledged'
    // A modal that is shown anew, or a field that is refused, took nothing.
    return typeof body === 'object' && body !== null && 'response_action' in body ? 'told' : 'acknowledged'
  } catch {
    return 'not-acknowledged'
  }
}

function cardWith(desk: Desk, { iid, source, button }: OnCard): Message | undefined {
  const cards = source === 'zendesk' ? cardsOfTicket(desk, iid) : cardsOf(desk, iid)
  return cards.findLast((card) => desk.slack.offers(card).includes(button))
}
