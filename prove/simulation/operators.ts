/** What happens to the machine, the network and the clock, and who plays with what was sent before. */
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { fieldSecurityTeam } from './field-security.ts'
import type { World } from './world.ts'

const hour = 3_600_000

const teams = [
  fieldSecurityTeam,
  [PEOPLE.fieldSecurity.id],
  [PEOPLE.secondPrivacy.id],
  [...fieldSecurityTeam, PEOPLE.member.id],
]

/** How far the clocks jump: a lid that was closed, a night, the seven days of an answer, the thirty of a request. */
const jumps = [
  hour / 6,
  hour,
  7 * hour,
  25 * hour,
  3 * 24 * hour,
  8 * 24 * hour,
  28 * 24 * hour,
  31 * 24 * hour,
]

export async function meddle(world: World): Promise<void> {
  const { prng } = world
  await prng.weighted<(world: World) => Promise<void> | void>([
    [5, ({ faults }) => faults.turn()],
    [4, jump],
    [1.5, setClock],
    [2, restart],
    [2.5, kill],
    [4, replay],
    [3, forge],
    [3, remember],
    [2.5, changeFieldSecurity],
  ])(world)
}

function jump({ time, prng, history }: World): void {
  const ms = prng.pick(jumps)
  time.jump(ms)
  history.count('the clock jumped')
  history.add(`the clock jumps by ${ms / hour} h`)
}

function setClock({ bot }: World): void {
  bot.clock.set()
}

async function restart({ bot, time, history }: World): Promise<void> {
  if (!bot.isReady) return
  const stopping = bot.stop()
  if (!(await time.until(stopping, 60_000))) throw new Error('the bot did not stop within a minute')
  history.count('a clean restart')
  bot.start()
}

function kill({ bot }: World): void {
  bot.die()
}

function replay({ deliveries, prng }: World): void {
  const sent = deliveries.all.filter(({ isForged }) => !isForged)
  if (sent.length === 0) return
  deliveries.again(prng.pick(prng.chance(0.7) ? sent.slice(-5) : sent))
}

function forge({ deliveries, prng }: World): void {
  const sent = deliveries.all.filter(({ isForged }) => !isForged)
  if (sent.length > 0) deliveries.forge(prng.pick(sent.slice(-5)))
}

/** Somebody goes on holiday, somebody helps out. */
function changeFieldSecurity({ fieldSecurity, prng }: World): void {
  fieldSecurity.set(prng.pick(teams))
}

function remember(world: World): void {
  world.oldCards.push(...world.cards())
  world.oldTicketCards.push(...world.ticketCards(), ...world.batches())
}
