/** What came of an effect, told to the request: evidence read, an issue opened. */
import type { Happening } from '../engine/event.ts'
import { handleHappenings, requestById } from '../requests/handle-event.ts'
import type { Handler } from './handler.ts'

/** Written by our own effects, so its form is trusted. */
export interface HappeningEntry {
  readonly requestId: string
  readonly happening: Happening
}

export const handleHappening: Handler<HappeningEntry> = async (
  { context },
  _entry,
  { requestId, happening },
) => ({
  write: async (tables) => {
    await handleHappenings(context, tables, await requestById(tables, requestId), [happening])
  },
})
