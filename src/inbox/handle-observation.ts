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
  _entry,
  { requestId, observation },
) => ({
  write: async (tables) => {
    await handleObservations(context, tables, await requestById(tables, requestId), [observation])
  },
})
