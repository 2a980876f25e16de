/** After a run: what the services saw, what the audit log says and what lies in the database have to agree. */
import { openStore } from '../../src/store/open-store.ts'
import type { AuditEntry, RequestRow, Store } from '../../src/store/store.ts'
import { checkAcknowledged } from './checks/acknowledged.ts'
import { checkAudit } from './checks/audit.ts'
import { checkCloses } from './checks/closes.ts'
import { checkExpertIssues } from './checks/expert-issues.ts'
import { checkNotes } from './checks/notes.ts'
import { checkPersonalData } from './checks/personal-data.ts'
import { checkRequests } from './checks/requests.ts'
import { checkRoles } from './checks/roles.ts'
import { checkSilence } from './checks/silence.ts'
import { countSometimes } from './checks/sometimes.ts'
import { checkTicketQueue } from './checks/ticket-queue.ts'
import { checkTicketUpdates } from './checks/ticket-updates.ts'
import { type InboxRow, inboxOf, type OutboxRow, outboxOf } from './database.ts'
import { judge } from './judge/judge.ts'
import type { Counts } from './judge/tally.ts'
import type { World } from './world.ts'

export interface Findings {
  readonly missing: string[]
  readonly duplicated: string[]
  readonly letIn: string[]
  readonly broken: string[]
  effectsChecked: number
  /** What was owed to people outside, by kind, and found. */
  readonly owed: Counts
}

/** What all checks look at. */
export interface Evidence {
  readonly world: World
  readonly store: Store
  readonly audit: readonly AuditEntry[]
  readonly open: readonly RequestRow[]
  readonly inbox: readonly InboxRow[]
  readonly outbox: readonly OutboxRow[]
  readonly findings: Findings
}

export function nothingFound(): Findings {
  return { missing: [], duplicated: [], letIn: [], broken: [], effectsChecked: 0, owed: new Map() }
}

export async function check(world: World, restless: readonly string[]): Promise<Findings> {
  const findings = nothingFound()
  findings.broken.push(...restless.map((left) => `does not come to rest: ${left}`))
  const file = world.bot.databaseFile
  const store = await openStore({ databaseUrl: `file:${file}`, now: world.time.now, beside: true })
  try {
    const evidence: Evidence = {
      world,
      store,
      audit: await store.tables.audit.page(0, 1_000_000),
      open: await store.tables.requests.open('gitlab'),
      inbox: inboxOf(file),
      outbox: outboxOf(file),
      findings,
    }
    for (const { hash } of evidence.audit) world.history.seal(hash)
    await checkAudit(evidence)
    checkAcknowledged(evidence)
    checkNotes(evidence)
    checkCloses(evidence)
    await checkRequests(evidence)
    checkRoles(evidence)
    checkSilence(evidence)
    checkTicketUpdates(evidence)
    await checkTicketQueue(evidence)
    checkExpertIssues(evidence)
    checkPersonalData(evidence)
    judge(evidence)
    countSometimes(evidence)
    return findings
  } finally {
    await store.close()
  }
}
