/** People who work on requests of several replicas, step by step, until all of it is done and nothing waits. */
import { setTimeout as sleep } from 'node:timers/promises'
import { channel, manager } from '../crash/acts.ts'
import { type Outside, outsideOf, readAudit } from '../crash/outside.ts'
import { type Case, goOn, isOver, newCase, type Plan, plans } from '../crash/plans.ts'
import type { Tally } from '../crash/tally.ts'
import type { Watched } from './in-hand.ts'
import type { Replicas } from './replicas.ts'

/** A new request of one plan comes each so many milliseconds, and as many are open at most. */
const newEveryMs = 400
const mostOpen = 24
/** A person who was not answered looks again after a moment. */
export const againMs = 300
/**
 * Of what waits something is done or begun anew in so long, however slow the machine: an append without an answer is
 * repeated after 135 s, and a replica that comes sends nothing for 2.5 s.
 */
const standsStillMs = 300_000
/** Nobody adds to what waits for its turn at the limit of a channel, one message a second: it would be waited for in the end. */
const mostWaiting = 60

/** What comes of each plan when nobody disturbs it. */
export async function untouchedRuns(
  desk: Replicas,
  database: Watched,
  databaseUrl: string,
): Promise<ReadonlyMap<Plan, Outside>> {
  const cases = plans.map((plan) => newCase(desk, plan))
  const left = await untilOver(desk, database, cases)
  if (left.length > 0) throw new Error(`undisturbed it does not come to an end: ${left.join('\n')}`)
  const audit = await readAudit(databaseUrl, desk.now)
  return new Map(
    await Promise.all(
      cases.map(async ({ plan, subject }) => [plan, await outsideOf(desk, subject, audit)] as const),
    ),
  )
}

/** New requests come in one after the other, and somebody goes on with each of them. */
export async function work(
  desk: Replicas,
  database: Watched,
  cases: Case[],
  isDone: AbortSignal,
  open = mostOpen,
): Promise<void> {
  const carriedOut: Promise<void>[] = []
  for (let turn = 0; !isDone.aborted; turn += 1) {
    const plan = plans[turn % plans.length]
    const isRoom = cases.filter((one) => !isOver(one)).length < open
    if (plan && isRoom && (await database.waiting()).size < mostWaiting) {
      const one = newCase(desk, plan)
      cases.push(one)
      carriedOut.push(keepOn(desk, one, isDone))
    }
    await sleep(newEveryMs)
  }
  await Promise.all(carriedOut)
}

async function keepOn(desk: Replicas, one: Case, isDone: AbortSignal): Promise<void> {
  while (!isOver(one) && !isDone.aborted) {
    await sleep(againMs)
    await goOn(desk, one)
  }
}

/** Until it is; what nobody goes on with any more breaks the proof. */
export async function finish(
  desk: Replicas,
  database: Watched,
  cases: readonly Case[],
  { seed, log }: Told,
  tally: Tally,
): Promise<void> {
  const left = await untilOver(desk, database, cases)
  if (left.length > 0) tally.broken.push(`seed ${seed}: something waits and nobody goes on with it`)
  for (const line of left) log(`  waits: ${line}`)
}

export interface Told {
  readonly seed: number
  readonly log: (line: string) => void
}

/** Until every plan is carried out and nothing waits. Returns what waits where nothing gets on any more. */
async function untilOver(
  desk: Replicas,
  database: Watched,
  cases: readonly Case[],
): Promise<readonly string[]> {
  const isDone = new AbortController()
  const working = Promise.all(cases.map((one) => keepOn(desk, one, isDone.signal)))
  const getsOn = watchProgress()
  let left: readonly string[] = []
  for (;;) {
    await desk.gitlab.webhooks.settled()
    // Twice with a poll between: what no webhook has told is found by then.
    if (cases.every(isOver) && (await isQuiet(database)) && (await isQuiet(database))) break
    const waiting = await database.waiting()
    const open = cases.filter((one) => !isOver(one))
    if (waiting.size === 0 && open.length > 0) await askForCards(desk)
    if (!getsOn([...waiting.keys(), ...open.map(({ subject, done }) => `#${subject.iid}, step ${done}`)])) {
      left = [
        ...open.map(({ plan, subject, done }) => `#${subject.iid} ${plan.name}, step ${done}`),
        ...[...waiting].map(([entry, told]) => `${entry} ${told}`),
        ...(await database.leases()).map((lease) => `lease ${lease}`),
        desk.bot.output(),
      ]
      break
    }
    await sleep(againMs)
  }
  isDone.abort()
  await working
  return left
}

/** Of what nobody took in for a while, since whoever polled was killed, some cards wait to be asked for. */
async function askForCards({ slack }: Replicas): Promise<void> {
  const isAll = (name: string) => name.startsWith('Post All ')
  const offer = slack.messages(channel).findLast((one) => slack.buttons(one).some(isAll))
  const button = offer && slack.buttons(offer).find(isAll)
  if (!offer || button === undefined) return
  // Where nobody takes it the next look clicks again.
  await slack.click(manager.id, offer, { button }, { confirm: true }).catch(() => undefined)
}

/** What waits counts as getting on while it becomes less by anything that has waited; what is new does not count. */
function watchProgress(): (waiting: readonly string[]) => boolean {
  let left = new Set<string>()
  let since = performance.now()
  return (waiting) => {
    const still = waiting.filter((one) => left.has(one))
    if (still.length < left.size || left.size === 0) {
      left = new Set(still.length > 0 ? still : waiting)
      since = performance.now()
    }
    return performance.now() - since < standsStillMs
  }
}

/** Longer than the pause between two polls, and than the time until a redraw. */
const quietMs = 6_000

async function isQuiet(database: Watched): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < quietMs; waitedMs += againMs) {
    if ((await database.waiting()).size > 0) return false
    await sleep(againMs)
  }
  return true
}
