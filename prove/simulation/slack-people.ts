/** People in Slack: they click what they see, or saw a while ago, fill in modals with anything, and type commands. */
import { interactive, optionsOf, type Placed } from '../../sandbox/slack/blocks.ts'
import type { Message, View } from '../../sandbox/slack/workspace.ts'
import { type DeskInSlack, privacyDesk, securityDesk } from './desks-in-slack.ts'
import { someText } from './texts.ts'
import type { World } from './world.ts'

export function actOnRequests(world: World): void {
  actInSlack(world, privacyDesk)
}

export function actOnTickets(world: World): void {
  actInSlack(world, securityDesk)
}

/** Whoever has a modal open goes on with it more often than not. */
function actInSlack(world: World, desk: DeskInSlack): void {
  const { prng, slack } = world
  const waiting = desk.actors.map(([, id]) => id).filter((id) => slack.openView(id) !== undefined)
  const act = prng.weighted<(world: World, desk: DeskInSlack) => void>([
    [waiting.length > 0 ? 45 : 0, (one) => goOn(one, prng.pick(waiting))],
    [14, actOnCard],
    [3, actTogether],
    [2, actOnOldCard],
    [2, typeCommand],
  ])
  act(world, desk)
}

function goOn(world: World, userId: string): void {
  const { prng, slack, history } = world
  const view = slack.openView(userId)
  if (!view) return
  if (prng.chance(0.08)) {
    quietly(world, slack.closeView(userId))
    return
  }
  history.add(`${userId} submits “${view.title}”`)
  const entries = entriesFor(world, view)
  // The button stays until the answer is there: some click it again.
  for (let hands = prng.pick([1, 1, 1, 2, 3]); hands > 0; hands--)
    quietly(
      world,
      attempt(() => slack.submit(userId, view.id, entries)),
    )
}

function entriesFor({ prng, gitlab }: World, view: View): Record<string, string> {
  const inputs = interactive(view.blocks).filter(({ element }) => element.type !== 'button')
  return Object.fromEntries(
    inputs.flatMap(({ block, element }) => {
      if (element.type !== 'plain_text_input') {
        const options = optionsOf(element)
        return options.length > 0 ? [[block.block_id, prng.pick(options).value]] : []
      }
      const isLeft =
        element.initial_value !== undefined ? prng.chance(0.6) : block.optional && prng.chance(0.4)
      if (isLeft) return []
      const iids = gitlab.world.issues.map(({ iid }) => String(iid))
      const isNumber =
        /\b(?:issue|request)\b/i.test(block.label?.text ?? '') && prng.chance(0.7) && iids.length > 0
      const text = isNumber ? prng.pick(iids) : someText(prng)
      return [[block.block_id, text.slice(0, element.max_length ?? 3_000)]]
    }),
  )
}

function actOnCard(world: World, desk: DeskInSlack): void {
  const cards = desk.cards(world)
  if (cards.length === 0) typeCommand(world, desk)
  else actOn(world, somebody(world, desk), world.prng.pick(cards))
}

/** A card as it was: its buttons may have gone. */
function actOnOldCard(world: World, desk: DeskInSlack): void {
  const cards = desk.oldCards(world)
  if (cards.length === 0) return
  world.history.count('a click on what an old card showed')
  actOn(world, somebody(world, desk), world.prng.pick(cards))
}

/** On the same card at the same moment: the same button or others, by one person or by several. */
function actTogether(world: World, desk: DeskInSlack): void {
  const { prng } = world
  const cards = desk.cards(world)
  if (cards.length === 0) return
  const card = prng.pick(cards)
  const placed = elementsOf(card)
  if (placed.length === 0) return
  const [who, what] = [somebody(world, desk), prng.pick(placed)]
  for (let hands = prng.between(2, 5); hands > 0; hands--)
    act(
      world,
      prng.chance(0.5) ? who : somebody(world, desk),
      card,
      prng.chance(0.6) ? what : prng.pick(placed),
    )
}

function somebody({ prng }: World, { actors }: DeskInSlack): string {
  return prng.weighted(actors)
}

function actOn(world: World, userId: string, card: Message): void {
  const placed = elementsOf(card)
  if (placed.length > 0) act(world, userId, card, world.prng.pick(placed))
}

/** A button by its action; where the card has it no more, nothing happens. */
export function actOnButton(world: World, userId: string, card: Message, action: string): void {
  const placed = elementsOf(card).find(({ element }) => element.action_id === action)
  if (placed) act(world, userId, card, placed)
}

/** The same, and the preview that opens is submitted as it stands; what came instead of it is left. */
export async function carryOut(world: World, userId: string, card: Message, action: string): Promise<void> {
  const { slack, time } = world
  const before = slack.openView(userId)?.id
  actOnButton(world, userId, card, action)
  for (let look = 0; look < 25 && slack.openView(userId)?.id === before; look++) await time.run(100)
  const view = slack.openView(userId)
  if (view?.submit === undefined || view.id === before) return
  quietly(
    world,
    attempt(() => slack.submit(userId, view.id, {})),
  )
}

function elementsOf(card: Message): readonly Placed[] {
  return interactive(card.blocks).filter(({ element }) => element.url === undefined)
}

function act(world: World, userId: string, card: Message, { element }: Placed): void {
  const { prng, slack, history } = world
  const which = element.action_id ?? ''
  const options = optionsOf(element)
  history.add(`${userId} on ${card.text.slice(0, 12)}: ${which}`)
  const isChoice = element.type !== 'button' && options.length > 0
  quietly(
    world,
    attempt(() =>
      isChoice
        ? slack.select(userId, card, which, prng.pick(options).value, { confirm: 'dialog' })
        : slack.click(userId, card, which, { confirm: 'dialog' }),
    ),
  )
}

function typeCommand(world: World, desk: DeskInSlack): void {
  const { slack, history } = world
  const { command, text } = desk.typed(world)
  const userId = somebody(world, desk)
  history.add(`${userId} types ${command} ${text.slice(0, 40)}`)
  quietly(
    world,
    attempt(() => slack.command(userId, desk.channel, command, text)),
  )
}

/** What Slack's own client refuses throws at once. */
function attempt(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return act()
  } catch (error) {
    return Promise.reject(error)
  }
}

function quietly({ history }: World, act: Promise<unknown>): void {
  act.catch((error: unknown) =>
    history.add(`Slack shows an error: ${error instanceof Error ? error.message.slice(0, 60) : error}`),
  )
}
