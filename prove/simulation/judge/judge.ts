/**
 * The judge. It takes its truth from prove/handbook, from the records of the services and from what the simulation itself
 * played; what the bot wrote of itself is a claim, which is compared with that.
 */
import type { Evidence } from '../check.ts'
import { actsOf } from './acts.ts'
import { caseFilesOf } from './case-file.ts'
import { judgeAcknowledged } from './judge-acknowledged.ts'
import { judgeAuditLog } from './judge-audit-log.ts'
import { judgeClaims } from './judge-claims.ts'
import { judgeBatches, judgeDigestLines, judgeTicketDigestLines } from './judge-lists.ts'
import { judgeNotes } from './judge-notes.ts'
import { judgePace } from './judge-pace.ts'
import { judgePersonalData } from './judge-personal-data.ts'
import { judgeDeeds, judgeIssueCounts } from './judge-requests.ts'
import { judgeSilence } from './judge-silence.ts'
import { judgeAnnouncements, judgeCards, judgeCommands, judgeRefusals, judgeReviews } from './judge-slack.ts'
import { judgeStanding } from './judge-standing.ts'
import { judgeTickets } from './judge-tickets.ts'
import { judgeDigests, judgeNamedDays, judgeReminders } from './judge-time.ts'
import { judgeUndone } from './judge-undone.ts'
import { judgeUnsettled } from './judge-unsettled.ts'
import { withoutUndone } from './undone.ts'

export function judge(evidence: Evidence): void {
  const { world, findings } = evidence
  const { owed: counts } = findings
  const acts = actsOf(world)
  const kept = withoutUndone(evidence, acts)
  const files = caseFilesOf(world, kept)
  const court = { world, findings, counts }
  judgeAuditLog(evidence)
  judgeAcknowledged(evidence, acts, counts)
  judgeDeeds(court, files)
  judgeNotes(evidence, acts)
  judgeSilence(evidence, files, counts)
  judgeIssueCounts(court, files)
  judgeClaims(evidence, files, counts)
  judgeTickets(evidence, kept, counts)
  judgeUndone(evidence, acts, files, counts)
  judgeRefusals(evidence, acts, counts)
  judgeCommands(evidence, acts, counts)
  judgeAnnouncements(evidence, files, counts)
  judgeReviews(evidence, files, counts)
  judgeCards(evidence, files, counts)
  judgeDigests(evidence, counts)
  judgeReminders(evidence, files, counts)
  judgeNamedDays(evidence, files, counts)
  judgeDigestLines(evidence, files, counts)
  judgeTicketDigestLines(evidence, acts, counts)
  judgeBatches(evidence, acts, counts)
  judgeUnsettled(evidence, counts)
  judgePace(evidence, acts, files, counts)
  judgeStanding(evidence, files, counts)
  judgePersonalData(evidence, acts)
}
