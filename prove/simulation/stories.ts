/** Courses of events that chance alone takes too seldom: each brings people to the edge, chance does the rest. */
import { interactive } from '../../sandbox/slack/blocks.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { requesterWrites } from './gitlab-people.ts'
import { actOnButton, carryOut } from './slack-people.ts'
import type { World } from './world.ts'

const day = 24 * 3_600_000

export async function tellStory(world: World): Promise<void> {
  await world.prng.weighted<(world: World) => Promise<void>>([
    [4, lastMinuteReply],
    [1, soleOwnerException],
    [1, reopenedWhileClosing],
    [2, wholeDeletion],
  ])(world)
}

/** The eighth day: somebody closes for no response, and right after GitLab was read for it the requester writes. */
async function lastMinuteReply(world: World): Promise<void> {
  const { prng, time, history, bot, network } = world
  // Open cards show the button at every step; here somebody still waits for the requester.
  const card = cardWith(world, 'decide:close-no-response', ': Waiting for')
  if (!card || !bot.isReady) return
  history.add('story: a reply at the last minute')
  time.jump(8 * day)
  await time.run(2_000)
  await carryOut(world, PEOPLE.engineer.id, card, 'decide:close-no-response')
  const before = network.calls.length
  const isRead = () =>
    network.calls
      .slice(before)
      .some(({ path }) => path.endsWith(`/issues/${iidOf(card)}/resource_state_events`))
  for (let look = 0; look < 50 && !isRead(); look++) await time.run(20)
  await time.run(prng.between(60, 200))
  if (prng.chance(0.9)) requesterWrites(world, iidOf(card), 'Sorry for the delay.')
}

/** The evidence is gathered, and whoever did not ask for the exception approves it. */
async function soleOwnerException(world: World): Promise<void> {
  const { prng, time, history, slack } = world
  const card = cardWith(world, 'decide:approve-exception')
  if (!card) return
  history.add('story: a sole owner')
  requesterWrites(world, iidOf(card), 'I am the only owner.')
  const parts = [
    [PEOPLE.engineer.id, 'decide:request-exception'],
    [PEOPLE.manager.id, 'decide:approve-exception'],
    [PEOPLE.privacy.id, 'decide:approve-exception'],
  ] as const
  for (const [who, action] of parts) {
    await time.run(prng.between(2_000, 6_000))
    actOnButton(world, who, world.cards().find(({ ts }) => ts === card.ts) ?? card, action)
    await time.run(4_000)
    const view = slack.openView(who)
    if (view)
      await time.until(
        slack.submit(who, view.id, { Reason: 'Checked by hand' }).catch(() => undefined),
        5_000,
      )
  }
}

/** Closed by hand, completed by a click, reopened by hand: which of them is last is open. */
async function reopenedWhileClosing(world: World): Promise<void> {
  const { prng, time, gitlab, history } = world
  const card = cardWith(world, 'decide:mark-spam')
  if (!card) return
  history.add('story: reopened while closing')
  gitlab.someoneCloses(iidOf(card), 'ines.engineer')
  await time.run(prng.between(0, 4_000))
  await carryOut(world, PEOPLE.manager.id, card, 'decide:mark-spam')
  await time.run(prng.between(0, 1_500))
  gitlab.someoneReopens(iidOf(card), 'mona.manager')
}

/** As the handbook has it, from the answers to the last tick, as far as the weather lets it. */
async function wholeDeletion(world: World): Promise<void> {
  const { prng, time, gitlab, history, slack, requesters } = world
  const card = cardWith(world, 'decide:start')
  if (!card) return
  history.add('story: a whole deletion')
  const iid = iidOf(card)
  requesterWrites(world, iid, 'Here are my answers.')
  for (const action of ['decide:pass-verification', 'decide:start-deletion', 'decide:complete-request']) {
    await time.run(prng.between(2_000, 6_000))
    const now = world.cards().find(({ ts }) => ts === card.ts)
    if (!now || !hasButton(now, action)) return
    if (action === 'decide:complete-request')
      for (const meta of gitlab.world.issues.filter(
        ({ project, iid: one }) => project.serviceDesk && !requesters.has(one),
      ))
        while (gitlab.tickNext(meta.iid)) await time.run(100)
    actOnButton(world, PEOPLE.engineer.id, now, action)
    await time.run(4_000)
    const view = slack.openView(PEOPLE.engineer.id)
    const choice = action === 'decide:pass-verification' ? { 'The account is': 'Active' } : {}
    if (view)
      await time.until(
        slack.submit(PEOPLE.engineer.id, view.id, choice).catch(() => undefined),
        5_000,
      )
  }
}

function cardWith(world: World, action: string, words = ''): Message | undefined {
  const cards = world.cards().filter((card) => card.text.includes(words) && hasButton(card, action))
  return cards.length === 0 ? undefined : world.prng.pick(cards)
}

function hasButton(card: Message, action: string): boolean {
  return interactive(card.blocks).some(({ element }) => element.action_id === action)
}

function iidOf({ text }: Message): number {
  return Number(/^#(\d+)/.exec(text)?.[1])
}
