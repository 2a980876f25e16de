/** What the shell around `decide` works with, as the configuration says. */
import type { Config } from '../config/config.ts'
import { usFederalHolidays } from '../config/us-holidays.ts'
import { type Desk, desksOf } from '../desks/desk.ts'
import { checkFlows } from '../engine/check-flows.ts'
import { labels } from '../flows/labels.ts'
import { snippetNames } from '../flows/snippets.ts'
import { takeUpAfterRestore } from '../requests/after-restore.ts'
import type { DeskContext } from '../requests/desk-context.ts'
import type { Store } from '../store/store.ts'

export interface ContextParts {
  readonly config: Config
  readonly desks: readonly Desk[]
  readonly store: Store
  readonly now: () => Date
  /** This many random bytes, in hexadecimal. */
  readonly randomHex: (bytes: number) => string
  readonly wakeWorker: () => void
}

/** With what the bot knows that it has forgotten, where it wakes up in a copy of its database. */
export async function wireContext(parts: ContextParts): Promise<DeskContext> {
  const context = contextOf(parts)
  const forgotten = await takeUpAfterRestore(context)
  return forgotten ? { ...context, forgotten } : context
}

function contextOf({ config, desks, store, now, randomHex, wakeWorker }: ContextParts): DeskContext {
  const { desk, gitlab } = config
  return {
    store,
    desks: desksOf(desks),
    flows: checkFlows(
      Object.fromEntries(desks.flatMap(({ flows }) => flows.map((flow) => [flow.name, flow]))),
      { labels, snippets: snippetNames },
    ),
    now,
    newId: () => randomHex(16),
    timeZone: config.timezone,
    calendar: usFederalHolidays(desk.holidays.also, desk.holidays.checkedUntil),
    requirePrivacyApproval: config.requirePrivacyApproval,
    settings: {
      'trust-safety-project': gitlab.trustSafetyProject !== undefined,
      'feature-request': desk.featureRequest !== undefined,
      'admin-token': gitlab.adminToken !== undefined,
    },
    wakeWorker,
  }
}
