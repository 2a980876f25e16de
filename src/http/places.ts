/** A bound on the requests that a route works on at once, which nobody can use up by sending slowly. */

import type { IncomingMessage } from 'node:http'
import { type ReadBody, readBody } from './server.ts'

/** The places of a route, or of several that share them. */
export interface Places {
  /**
   * Takes a place. Where none is left, that of the request whose body has been coming longest is taken, and `cutOff` of
   * it is called. Undefined where the bodies of all have come.
   */
  take(cutOff: () => void): Place | undefined
}

/** A place that is taken. */
export interface Place {
  /** There was none left: another request was cut off. */
  readonly isOfAnother: boolean
  /** The body is here: from now on the place is kept until it is given back. */
  hasCome(): void
  free(): void
}

/** With bodies of a mebibyte, what is held in memory of strangers stays near 100 MiB a route, however many send. */
export const placesOfARoute = 100

/** Makes a limit of this many requests at once. */
export function placesFor(most: number): Places {
  // In the order in which they came.
  const holders = new Set<{ isSending: boolean; readonly cutOff: () => void }>()
  return {
    take(cutOff) {
      const isFull = holders.size >= most
      const slowest = isFull ? [...holders].find(({ isSending }) => isSending) : undefined
      if (isFull && !slowest) return undefined
      if (slowest) {
        holders.delete(slowest)
        slowest.cutOff()
      }
      const holder = { isSending: true, cutOff }
      holders.add(holder)
      return {
        isOfAnother: slowest !== undefined,
        hasCome: () => {
          holder.isSending = false
        },
        free: () => void holders.delete(holder),
      }
    },
  }
}

/** A request's body and the place that it holds, `cut-off` where another has got the place, `full` where there is none. */
export type Placed = { readonly place: Place; readonly body: ReadBody | 'cut-off' } | 'full'

/** Reads a request's body in a place of its own, which the caller gives back. `crowded` is called where there was none left. */
export async function readInPlace(
  places: Places,
  request: IncomingMessage,
  limitBytes: number,
  crowded: (isCrowded: boolean) => void,
): Promise<Placed> {
  const { promise: cut, resolve } = Promise.withResolvers<'cut-off'>()
  const place = places.take(() => resolve('cut-off'))
  crowded(place?.isOfAnother ?? true)
  if (!place) return 'full'
  const body = await Promise.race([readBody(request, limitBytes), cut])
  if (body !== 'cut-off') place.hasCome()
  return { place, body }
}
