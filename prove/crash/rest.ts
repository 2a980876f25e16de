/** When the bot has come to rest: nothing waits in its inbox or outbox, and nothing is being asked or told. */
import type { Rest } from './desk.ts'
import type { DeskOfProcesses } from './desk-of-processes.ts'

/**
 * So many orders, one after the other, are obeyed while nothing is asked of the services and nothing is stored: then it
 * is believed that nothing will be. A call needs a few turns of both processes until it is seen here.
 */
const quietOrders = 50
/** Longer than the first pause of the bot before it looks or tries again; while that is not enough, twice as long each time. */
const firstLeapMs = 6_000
const longestLeapMs = 48_000
/** The worker looks at its list at least once a second. */
const lookMs = 1_200

type Watched = Pick<DeskOfProcesses, 'bot' | 'url' | 'gitlab' | 'zendesk' | 'calls' | 'advance'>

/** What waits for a later time gets it: the clock is moved on whenever all is quiet and something waits. */
export async function rest(desk: Watched, patienceMs = 60_000): Promise<Rest> {
  const patience = AbortSignal.timeout(patienceMs)
  let leapMs = firstLeapMs
  while (!patience.aborted) {
    await desk.gitlab.webhooks.settled()
    await desk.zendesk.webhooks.settled()
    if (!desk.bot.isAlive()) return 'died'
    if (!(await isQuiet(desk))) continue
    const waits = await waiting(desk.url)
    if (waits === 0 && (await isQuiet(desk)) && (await waiting(desk.url)) === 0) return 'at-rest'
    if (waits === undefined || waits === 0) continue
    await leap(desk, leapMs)
    leapMs = Math.min(2 * leapMs, longestLeapMs)
  }
  return 'restless'
}

async function isQuiet({ bot, calls }: Watched): Promise<boolean> {
  if (calls.areOpen()) {
    await Promise.race([calls.next(lookMs), bot.ended])
    return false
  }
  const [called, committed] = [calls.count(), await bot.order({ order: 'nothing' })]
  for (let orders = 0; orders < quietOrders; orders += 1) {
    const commits = await bot.order({ order: 'nothing' })
    if (commits === undefined || commits !== committed || calls.count() !== called) return false
  }
  return true
}

async function leap({ bot, calls, advance }: Watched, leapMs: number): Promise<void> {
  const next = calls.next(lookMs)
  await advance(leapMs)
  await Promise.race([next, bot.ended])
}

/** What its own metrics say is not done yet; undefined when it does not answer. */
async function waiting(url: string): Promise<number | undefined> {
  try {
    const text = await (await fetch(`${url}/metrics`)).text()
    return numberOf(text, 'privacy_desk_inbox_waiting') + numberOf(text, 'privacy_desk_outbox_unfinished')
  } catch {
    return undefined
  }
}

function numberOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}
