/** Whatever was answered with 200 came to something that its person can see, and to no more than they asked for. */
import { allSent, redirectTicket } from '../../handbook/security.ts'
import type { Evidence } from '../check.ts'
import type { AuditEntry } from '../database.ts'
import { type Act, decoded, keyOf, opensFor, type Subject } from './acts.ts'
import { type Counts, owe } from './tally.ts'

/** Within this time a person is told, or the process that would have told them has ended. */
const toldWithinMs = 30_000

export function judgeAcknowledged(evidence: Evidence, acts: readonly Act[], counts: Counts): void {
  judgeForgeries(evidence)
  const once = [...Map.groupBy(acts, ({ key }) => key).values()].map(asOne)
  const claims = Map.groupBy(evidence.audit.flatMap(claimOf), ({ name }) => name)
  const asked = Map.groupBy(
    once.filter(({ kind }) => kind !== 'command'),
    nameOf,
  )
  for (const [name, same] of asked) {
    const silent = same.filter((act) => act.isAcknowledged && !wasAnswered(evidence, act))
    const told = claims.get(name)?.length ?? 0
    for (const [index, act] of silent.entries())
      if (!owe(counts, 'clicks and modals that came to something', index < told))
        evidence.findings.missing.push(
          `${name}: what was sent at ${act.at} was acknowledged, and nothing came of it`,
        )
  }
  for (const [name, all] of claims) judgeRepeated(evidence, once, name, all)
}

function judgeForgeries({ world, findings }: Evidence): void {
  for (const { isForged, answers, at } of world.deliveries.all)
    if (isForged && answers.some(({ status }) => status === 200))
      findings.letIn.push(`a forged delivery of ${at} was taken`)
}

/** Several deliveries of one act: it was taken once one of them was. */
function asOne(same: readonly Act[]): Act {
  const [first] = same
  if (!first) throw new Error('a group has no member')
  const answers = same.flatMap(({ delivery }) => delivery.answers)
  return {
    ...first,
    isAcknowledged: same.some((one) => one.isAcknowledged),
    isSentBack: same.every((one) => one.isSentBack),
    delivery: { ...first.delivery, answers },
  }
}

interface Claimed {
  readonly name: string
  readonly isDecided: boolean
}

const named = {
  'tried-again': 'try-again',
  claimed: 'claim',
  undone: 'undo',
  'cards-asked-for': 'post-cards',
} as const

function claimOf({ what, who, iid, details }: AuditEntry): readonly Claimed[] {
  const decision =
    what in named ? named[what as keyof typeof named] : (details.decision as string | undefined)
  if (decision === undefined || what === 'effect' || what === 'seen') return []
  const ticket = details.ticket as number | undefined
  const subject = ticket === undefined ? (iid === undefined ? undefined : { issue: iid }) : { ticket }
  return [{ name: naming(decision, who.replace('slack:', ''), subject), isDecided: what === 'decided' }]
}

function nameOf({ button, userId, subject }: Act): string {
  return naming(decisionOf(button), userId, subject)
}

function decisionOf(button: string): string {
  if (/^Post (?:All|the Next) \d+$/.test(button)) return 'post-cards'
  return button === redirectTicket.button ? 'send-to-form' : keyOf(button)
}

function naming(decision: string, userId: string, subject: Subject | undefined): string {
  const of =
    subject === undefined ? '' : 'issue' in subject ? ` on #${subject.issue}` : ` on ticket ${subject.ticket}`
  return `${decision} by ${userId}${of}`
}

/** Shown a modal, told alone, given the errors of a modal; or it could not be, since the process ended. */
function wasAnswered({ world }: Evidence, act: Act): boolean {
  const { at, delivery, userId, responsePath, triggerId } = act
  if (delivery.answers.some(({ text }) => text.includes('response_action'))) return true
  // The list of a day is a decision for each of its tickets.
  if (act.button === allSent.button) return true
  const last = delivery.answers.findLast(({ status }) => status === 200)?.at ?? at
  const isNear = (ms: number) => ms >= at && ms <= last + toldWithinMs
  if (world.bot.ends.some(isNear)) return true
  return world.network.calls.some(({ service, path, text, at: sent }) => {
    if (service !== 'slack' || sent < at) return false
    if (path === responsePath) return true
    if (!isNear(sent)) return false
    if (opensFor({ triggerId }, { service, path, text })) return true
    return /chat\.post(?:Ephemeral|Message)$/.test(path) && decoded(text).includes(userId)
  })
}

/** What was decided more often than it was asked for was done for nobody. */
function judgeRepeated(
  { findings }: Evidence,
  acts: readonly Act[],
  name: string,
  claims: readonly Claimed[],
): void {
  const decided = claims.filter(({ isDecided }) => isDecided).length
  const isOfList = name.startsWith('report-sent ')
  const most = acts.filter(
    (act) => nameOf(act) === name || (isOfList && act.button === allSent.button),
  ).length
  if (decided > most)
    findings.duplicated.push(`${name}: asked for ${most} times, and decided ${decided} times`)
}
