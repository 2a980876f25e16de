/** Colleagues who work requests through from the first step to the last, and some who try what they may not. Chance alone gets to the end of few flows. */
import { interactive, optionsOf } from '../../sandbox/slack/blocks.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import type { Message, View } from '../../sandbox/slack/workspace.ts'
import { deskIssues, requesterWrites } from './gitlab-people.ts'
import { actOnButton } from './slack-people.ts'
import { ofTwoRoles } from './two-roles.ts'
import type { World } from './world.ts'

const day = 24 * 3_600_000

export async function tellOfColleagues(world: World): Promise<void> {
  await world.prng.weighted<(world: World) => Promise<void>>([
    [5, worksThrough],
    [1, closesTooEarly],
    [2, approvesOwnException],
    [0.5, sendsTwice],
  ])(world)
}

/** So many decisions at most: the longest flow has nine. */
const mostDecisions = 10

/** One request, decision after decision, by whoever may: the ways on first, the ways out at times. */
async function worksThrough(world: World): Promise<void> {
  const { prng, history } = world
  const cards = world.cards().filter((card) => decisionsOn(card).length > 0)
  if (cards.length === 0) return
  const { ts, text } = prng.pick(cards)
  history.add(`story: ${text.slice(0, 20)} is worked through`)
  for (let count = 0; count < mostDecisions; count++) {
    const card = world.cards().find((one) => one.ts === ts)
    if (!card || decisionsOn(card).length === 0) return
    await letItCome(world, card)
    await decideOn(world, card)
    await world.time.run(prng.between(3_000, 9_000))
  }
}

/** What the step waits for comes: an answer, the end of a clock, the last box of the meta issue. */
async function letItCome(world: World, card: Message): Promise<void> {
  const { prng, time, gitlab, requesters } = world
  const iid = iidOf(card)
  if (/: (?:Waiting for|Out of scope: waiting)/.test(card.text) && prng.chance(0.7))
    requesterWrites(world, iid, 'Here is what you asked for.')
  else if (
    /: (?:Waiting for|Out of scope: waiting|Self-serve export|Folder shared)/.test(card.text) &&
    prng.chance(0.4)
  )
    time.jump(9 * day)
  else if (/Self-serve export/.test(card.text)) requesterWrites(world, iid, 'The export failed.')
  if (/in progress in the meta issue/.test(card.text))
    for (const meta of deskIssues(world).filter((one) => !requesters.has(one.iid)))
      while (gitlab.tickNext(meta.iid)) await time.run(50)
  await time.run(4_000)
}

/** Those that lead on from their step; the others end the request, or leave it where it stands. */
const waysOn = [
  ...['start', 'pass-verification', 'confirm-e-mail', 'start-deletion', 'start-report', 'send-challenges'],
  ...['exports-shared', 'unshared', 'account-unblocked', 'add-reinstatement-link', 'continue', 'ask-privacy'],
  ...['continue-in-scope', 'out-of-scope', 'complete-request', 'reply', 'request-exception'],
].map((name) => `decide:${name}`)

async function decideOn(world: World, { ts }: Message): Promise<void> {
  const { prng } = world
  const card = world.cards().find((one) => one.ts === ts)
  const all = card ? decisionsOn(card) : []
  if (!card || all.length === 0) return
  const on = all.filter((action) => waysOn.includes(action))
  const action = prng.pick(prng.chance(0.75) && on.length > 0 ? on : all)
  await act(world, whoDecides(world, action), card, action)
}

function whoDecides({ prng }: World, action: string): string {
  if (/approve-exception/.test(action)) return prng.pick([PEOPLE.manager.id, PEOPLE.privacy.id])
  if (/continue$|fail-verification/.test(action)) return prng.pick([PEOPLE.engineer.id, PEOPLE.privacy.id])
  return prng.pick([PEOPLE.engineer.id, PEOPLE.secondEngineer.id, PEOPLE.manager.id])
}

/** In the last days before it is open. */
async function closesTooEarly(world: World): Promise<void> {
  const { prng, time, history, gitlab } = world
  const card = cardWith(world, 'decide:close-no-response', /: Waiting for/)
  if (!card) return
  history.add('story: closed too early')
  const days = /documents/.test(card.text) ? 10 : 7
  const created = Date.parse(gitlab.issue(iidOf(card)).createdAt)
  const wanted = created + prng.pick([days - 1, days - 0.3, days]) * day
  if (wanted > time.ms) time.jump(wanted - time.ms)
  await time.run(2_000)
  await act(world, PEOPLE.engineer.id, card, 'decide:close-no-response')
}

/** Four eyes: whoever asks for the exception is not who approves it, no support engineer does, and nobody for two. */
async function approvesOwnException(world: World): Promise<void> {
  const { prng, time, history } = world
  const card = cardWith(world, 'decide:approve-exception', /./)
  if (!card) return
  history.add('story: approves what they asked for')
  requesterWrites(world, iidOf(card), 'I own all of it.')
  await time.run(5_000)
  const asker = prng.pick([PEOPLE.manager.id, PEOPLE.manager.id, PEOPLE.engineer.id])
  const approver = prng.pick([asker, ofTwoRoles])
  for (const [who, action] of [
    [asker, 'decide:request-exception'],
    [approver, 'decide:approve-exception'],
    [PEOPLE.secondEngineer.id, 'decide:approve-exception'],
  ] as const) {
    const now = world.cards().find(({ ts }) => ts === card.ts)
    if (now) await act(world, who, now, action)
    await time.run(prng.between(3_000, 6_000))
  }
}

/** "nothing twice" */
async function sendsTwice(world: World): Promise<void> {
  const { time, history } = world
  const card = cardWith(world, 'decide:self-initiated-deletion', /./)
  if (!card) return
  history.add('story: the same reply twice')
  for (let times = 0; times < 2; times++) {
    await act(world, PEOPLE.engineer.id, card, 'decide:self-initiated-deletion')
    await time.run(6_000)
  }
}

/** Clicks, and fills in and submits the modal where one opens. */
export async function act(world: World, who: string, card: Message, action: string): Promise<void> {
  const { slack, time } = world
  const before = slack.openView(who)?.id
  actOnButton(world, who, card, action)
  for (let look = 0; look < 25 && slack.openView(who)?.id === before; look++) await time.run(200)
  const view = slack.openView(who)
  if (!view || view.id === before) return
  const submitting = slack.submit(who, view.id, entriesFor(world, view)).catch(() => undefined)
  await time.until(submitting, 5_000)
}

function entriesFor({ prng, requesters }: World, view: View): Record<string, string> {
  const inputs = interactive(view.blocks).filter(({ element }) => element.type !== 'button')
  return Object.fromEntries(
    inputs.map(({ block, element }) => {
      const options = optionsOf(element)
      if (options.length > 0) return [block.block_id, prng.pick(options).value]
      const label = block.label?.text ?? ''
      if (/which issue/i.test(label)) return [block.block_id, String(prng.pick([...requesters.keys()]))]
      if (/link/i.test(label))
        return [block.block_id, `https://gitlab.com/security/trust/-/issues/${prng.between(1, 99)}`]
      return [block.block_id, element.initial_value ?? `As we have found out, ${prng.hex(3)}.`]
    }),
  )
}

/** The buttons that stand for decisions, in the order of the card. */
export function decisionsOn(card: Message): readonly string[] {
  return interactive(card.blocks).flatMap(({ element: { action_id: id } }) =>
    id?.startsWith('decide:') ? id : [],
  )
}

export function cardWith(world: World, action: string, words: RegExp): Message | undefined {
  const cards = world.cards().filter((card) => words.test(card.text) && decisionsOn(card).includes(action))
  return cards.length === 0 ? undefined : world.prng.pick(cards)
}

export function iidOf({ text }: Message): number {
  return Number(/^#(\d+)/.exec(text)?.[1])
}
