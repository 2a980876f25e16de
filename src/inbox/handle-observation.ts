/** Tells the request the result of an effect: evidence read, an issue opened. */
import type { Observation } from '../engine/event.ts'
import { handleObservations, requestById } from '../requests/handle-event.ts'
import type { Handler } from './handler.ts'

/** Written by our own effects, so its form is trusted. */
export interface ObservationEntry {
  readonly requestId: string
  readonly observation: Observation
}

export const handleObservation: Handler<ObservationEntry> = async (
  { context },
  entry,
  { requestId, observation },
) => ({
  write: async (tables) => {
    const row = await requestById(tables, requestId)
    // What an effect tells is drawn when that effect is done, which it is not yet.
    const drawn = entry.key.startsWith('effect:') ? 'soon' : 'now'
    await handleObservations(context, tables, row, [observation], drawn)
  },
})
