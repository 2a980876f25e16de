/** When the bot has come to rest: nothing waits in its inbox or outbox, and nothing is being asked or told. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Desk } from './desk-of-processes.ts'

/** `restless`: something still waits after all the patience. */
export type Rest = 'at-rest' | 'died' | 'restless'

/** So long nothing is asked of the services before it is believed that nothing will be. */
const quietMs = 120
/** Longer than any pause of the bot before it looks or tries again, but for those of a service long down. */
const leapMs = 6_000

type Watched = Pick<Desk, 'bot' | 'url' | 'gitlab' | 'zendesk' | 'calls' | 'advance'>

/** What waits for a later time gets it: the clock is moved on whenever all is quiet and something waits. */
export async function rest(desk: Watched, patienceMs = 60_000): Promise<Rest> {
  const from = performance.now()
  const lasted = () => performance.now() - from
  while (lasted() < patienceMs) {
    await desk.gitlab.webhooks.settled()
    await desk.zendesk.webhooks.settled()
    if (!desk.bot.isAlive()) return 'died'
    const isQuiet = lasted() >= quietMs && desk.calls.isQuietFor(quietMs)
    const waits = await waiting(desk.url)
    if (waits === 0 && isQuiet && desk.calls.isQuietFor(quietMs) && (await waiting(desk.url)) === 0)
      return 'at-rest'
    if (waits !== undefined && waits > 0 && isQuiet) await leap(desk)
    await sleep(20)
  }
  return 'restless'
}

/** The worker looks at its list at least once a second. */
async function leap(desk: Watched): Promise<void> {
  const before = desk.calls.count()
  await desk.advance(leapMs)
  for (let waited = 0; waited < 1_200 && desk.calls.count() === before && desk.bot.isAlive(); waited += 20)
    await sleep(20)
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
