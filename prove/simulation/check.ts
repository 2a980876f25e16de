/** After a run: what the services saw, what was played and what the bot says of itself have to agree. */
import { type AuditEntry, auditOf, inboxOf } from './database.ts'
import { judge } from './judge/judge.ts'
import type { Counts } from './judge/tally.ts'
import { countSometimes } from './sometimes.ts'
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

/** What the judge looks at: the world, and the bot's own log, which is a claim. */
export interface Evidence {
  readonly world: World
  readonly audit: readonly AuditEntry[]
  readonly findings: Findings
}

export function nothingFound(): Findings {
  return { missing: [], duplicated: [], letIn: [], broken: [], effectsChecked: 0, owed: new Map() }
}

export async function check(world: World, restless: readonly string[]): Promise<Findings> {
  const findings = nothingFound()
  findings.broken.push(...restless.map((left) => `does not come to rest: ${left}`))
  const { database } = world
  const evidence: Evidence = { world, audit: await auditOf(database), findings }
  for (const { hash } of evidence.audit) world.history.seal(hash)
  judge(evidence)
  countSometimes(evidence, await inboxOf(database))
  return findings
}
