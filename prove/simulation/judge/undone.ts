/** Decisions that somebody undid while their reply waited (`UNDO_SECONDS`), by the bot's own log: as if they had never been. */
import type { Evidence } from '../check.ts'
import type { AuditEntry } from '../database.ts'
import { type Act, keyOf, type Subject } from './acts.ts'

export interface Undone {
  /** The entry of what was undone; left out where the log has none before. */
  readonly decided?: AuditEntry
  readonly undone: AuditEntry
}

/** Each Undo, with the last decision before it on the same request or ticket. */
export function undoneIn(audit: readonly AuditEntry[]): readonly Undone[] {
  const last = new Map<string, AuditEntry>()
  return audit.flatMap((entry) => {
    const of = subjectName(entry)
    if (entry.what === 'decided') last.set(of, entry)
    if (entry.what !== 'undone') return []
    const decided = last.get(of)
    const isIt = decided?.details.decision === entry.details.decision
    return [{ undone: entry, ...(decided && isIt && { decided }) }]
  })
}

/** `#12`, or `ticket 12`. */
export function subjectName({ iid, details }: AuditEntry): string {
  return details.ticket === undefined ? `#${iid}` : `ticket ${details.ticket}`
}

/** Whether an act and an entry of the log are about the same request or ticket. */
export function isOf(subject: Subject | undefined, { iid, details }: AuditEntry): boolean {
  if (subject === undefined) return false
  return 'ticket' in subject ? subject.ticket === details.ticket : subject.issue === iid
}

/**
 * Less those that were undone: nobody has asked for what they would owe. A modal that stayed open may be submitted once more:
 * the first submit of it may be what an earlier decision came of, and stays.
 */
export function withoutUndone({ world, audit }: Evidence, acts: readonly Act[]): readonly Act[] {
  const { clock } = world.bot
  const taken = undoneIn(audit).flatMap(({ decided }) => {
    if (!decided) return []
    const { last } = clock.whenItSaid(decided.at)
    const before = audit.findLast(
      ({ seq, what, who, details, iid }) =>
        seq < decided.seq &&
        what === 'decided' &&
        who === decided.who &&
        iid === decided.iid &&
        details.ticket === decided.details.ticket &&
        details.decision === decided.details.decision,
    )
    const from = before ? clock.whenItSaid(before.at).last + 1 : Number.NEGATIVE_INFINITY
    const same = acts.filter(
      (act) =>
        isOf(act.subject, decided) &&
        `slack:${act.userId}` === decided.who &&
        keyOf(act.button) === decided.details.decision &&
        act.at > from &&
        act.at <= last + 1,
    )
    return same.map(({ key }) => ({ key, from }))
  })
  return acts.filter((act) => !taken.some(({ key, from }) => act.key === key && act.at > from))
}

/** From the drawing of a digest until it is posted. */
export const drawnWithinMs = 60_000

/**
 * Whether a decision of this request waited at this instant, until its wait was over or it was undone: with a close the request was
 * over at the desk meanwhile, whatever came of it.
 */
export function waitedAt(
  { world, audit }: Pick<Evidence, 'world' | 'audit'>,
  iid: number,
  ms: number,
): boolean {
  const { bot, time, environment } = world
  const waitMs = Number(environment.UNDO_SECONDS ?? 0) * 1_000
  if (waitMs === 0) return false
  const undone = new Map(undoneIn(audit).map((one) => [one.decided, one.undone]))
  return audit.some((entry) => {
    if (entry.what !== 'decided' || entry.iid !== iid || entry.details.ticket !== undefined) return false
    const from = time.msAt(bot.clock.whenItSaid(entry.at).first)
    const end = undone.get(entry)
    const until = end ? time.msAt(bot.clock.whenItSaid(end.at).last) : from + waitMs
    // Slack's timestamps are looked at by the second.
    return ms + 1_000 >= from && ms <= until + drawnWithinMs
  })
}
