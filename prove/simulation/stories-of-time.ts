/** Courses of events in which somebody waits: for an answer that never comes, and for the end of the thirty days. */
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { act, cardWith, decisionsOn, iidOf } from './stories-of-colleagues.ts'
import { look, type World } from './world.ts'

const day = 24 * 3_600_000

export async function tellOfTime(world: World): Promise<void> {
  await world.prng.weighted<(world: World) => Promise<void>>([
    [1, leftUnanswered],
    [1, lastDays],
  ])(world)
}

/** The longest clock of challenges has ten days. */
const daysOfSilence = 11

/** The challenges are sent, nothing comes, and somebody closes it for that. */
async function leftUnanswered(world: World): Promise<void> {
  const { prng, time, history } = world
  const card = cardWith(world, 'decide:close-no-response', /: (?:Waiting for|New)/)
  if (!card) return
  history.add('story: left unanswered')
  for (const action of ['decide:start', 'decide:close-no-response']) {
    const now = world.cards().find(({ ts }) => ts === card.ts)
    if (now && decisionsOn(now).includes(action)) await act(world, PEOPLE.engineer.id, now, action)
    await time.run(prng.between(3_000, 9_000))
    if (action === 'decide:start') time.jump(daysOfSilence * day)
    await time.run(3_000)
  }
}

/** Days after its creation on which a request that nobody ends is looked at, with a few and with one of the thirty left. */
const lateDays = [26, 29.1] as const

/** One that nobody has touched: the bot is there on the last of its days for as long as what is due takes. */
async function lastDays(world: World): Promise<void> {
  const { prng, time, history, gitlab, requesters } = world
  const isOpen = (iid: number) => requesters.has(iid) && gitlab.issue(iid).stateEvents.length === 0
  const age = (iid: number) => (time.ms - Date.parse(gitlab.issue(iid).createdAt)) / day
  const iids = world
    .cards()
    .map(iidOf)
    .filter((iid) => isOpen(iid) && age(iid) < lateDays[0])
  if (iids.length === 0) return
  const iid = prng.pick(iids)
  history.add(`story: the last days of #${iid}`)
  for (const late of lateDays) {
    time.jump((late - age(iid)) * day)
    await stay(world)
  }
}

/** Longer than what is due takes to be told. */
async function stay(world: World): Promise<void> {
  for (let looks = 0; looks < 15; looks++) {
    look(world)
    await world.time.run(15_000)
  }
  look(world)
}
