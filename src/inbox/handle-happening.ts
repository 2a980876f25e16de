/** What came of an effect, told to the request: evidence read, an issue opened. */
import type { Happening } from '../engine/event.ts'
import { nowOf } from '../requests/desk-context.ts'
import { handleEvent } from '../requests/handle-event.ts'
import type { InboxEntry } from '../store/store.ts'
import type { Intake } from './intake.ts'

/** Written by our own effects, so its form is trusted. */
export interface HappeningEntry {
  readonly requestId: string
  readonly happening: Happening
}

export async function handleHappening(
  { context }: Intake,
  entry: InboxEntry,
  { requestId, happening }: HappeningEntry,
): Promise<void> {
  await context.store.transaction(async (tables) => {
    await handleEvent(context, tables, requestId, { kind: 'happening', happening })
    await tables.inbox.done(entry.id, nowOf(context))
  })
  context.wakeWorker()
}
