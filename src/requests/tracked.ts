/** What no webhook tells of is asked for again and again, as long as a request stands at a step that waits for it. */
import type { Step } from '../engine/flow.ts'
import { stepAt, stepsThatTrack } from '../engine/traits.ts'
import type { RequestRow } from '../store/store.ts'
import type { DeskContext } from './desk-context.ts'

/** The open requests of a service at the steps that wait for this. Of all others none is read. */
export async function* tracked(
  { flows, store }: Pick<DeskContext, 'flows' | 'store'>,
  source: string,
  what: NonNullable<Step['tracks']>,
): AsyncGenerator<RequestRow> {
  // Another flow may have a step of that name.
  for (const step of stepsThatTrack(flows, what))
    for await (const row of store.tables.requests.eachAt(source, step))
      if (stepAt(flows, row)?.tracks === what) yield row
}
