/** What came of each request, compared with what comes of it when nobody disturbs it. */
import { cardsOf, engineer, manager } from '../crash/acts.ts'
import { judge } from '../crash/judge.ts'
import { type AuditRead, type Outside, outsideOf } from '../crash/outside.ts'
import type { Case, Plan } from '../crash/plans.ts'
import { count, type Tally } from '../crash/tally.ts'
import type { Told } from './at-work.ts'
import type { Watched } from './in-hand.ts'
import type { Replicas } from './replicas.ts'

export async function compare(
  desk: Replicas,
  database: Watched,
  { plan, subject, done, deaths }: Case,
  untouched: ReadonlyMap<Plan, Outside>,
  audit: AuditRead,
  { seed, log }: Told,
  tally: Tally,
): Promise<void> {
  const where = `replicas, seed ${seed}, #${subject.iid} ${plan.name}`
  const wanted = untouched.get(plan)
  if (!wanted || done < plan.steps.length) return void tally.broken.push(`${where}: it is not over`)
  const judged = judge(wanted, await outsideOf(desk, subject, audit), deaths)
  for (const kind of ['missing', 'duplicated', 'broken'] as const)
    for (const what of judged[kind]) {
      log(`${where}: ${kind}: ${what}`)
      tally[kind].push(`${where}: ${what}`)
    }
  const wrong = [...judged.missing, ...judged.duplicated, ...judged.broken]
  if (wrong.length > 0) logStory(desk, subject, audit, await database.storyOf(subject.iid), log)
  tally.effectsChecked += judged.checked
  if (judged.saidTwice > 0) count(tally.faults, 'said twice in Slack', judged.saidTwice)
}

/** What is told of one request inside and outside: with it a loss can be understood. */
function logStory(
  desk: Replicas,
  { iid }: Case['subject'],
  audit: AuditRead,
  story: readonly string[],
  log: (line: string) => void,
): void {
  for (const { seq, at, what, who, details } of audit.entries.filter((entry) => entry.iid === iid))
    log(`  audit ${seq} ${at} ${what} by ${who} ${JSON.stringify(details)}`)
  for (const { ts } of cardsOf(desk, iid))
    for (const { text } of desk.slack.thread(ts)) log(`  thread ${text}`)
  for (const line of story) log(`  ${line}`)
  for (const { id } of [engineer, manager])
    for (const { text } of desk.slack.ephemerals(id))
      if (text.includes(`${iid}`)) log(`  told ${id}: ${text}`)
}
