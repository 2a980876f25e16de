/** Somebody opened their Home, wants to see something else there, or has just acted: it is drawn as things stand now. */

import { CallFailed } from '../services/call-failed.ts'
import type { Handler } from './handler.ts'
import type { HomeEntry } from './payloads.ts'

/** Nobody looks any more: they open the tab again, and it is drawn then. */
const staleMs = 10 * 60_000

export const handleHome: Handler<HomeEntry> = async ({ clock, drawViews }, { receivedAt }, wanted) => {
  try {
    await drawViews(wanted)
  } catch (error) {
    const isStale = clock.now().getTime() - Date.parse(receivedAt) > staleMs
    if (!(error instanceof CallFailed && isStale)) throw error
  }
  return {}
}
