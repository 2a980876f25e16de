/** Takes in how a request stands after the bot's own changes: what the service tells of those need not be read, then. */

import { reconcile } from '../requests/reconcile.ts'
import { CallFailed } from '../services/call-failed.ts'
import type { Done } from '../services/effect-handler.ts'
import {
  type ClaimedOutboxEntry,
  type RequestRow,
  StaleRequest,
  type Tables,
  type Work,
} from '../store/store.ts'
import type { Intake } from './handler.ts'

/**
 * Reads a request after the last effect on it in its own service (`done`: that one, and those before it), and gives what
 * is to be written together with the effect's result. Nothing where the service does not answer: the poll finds a
 * request that was changed.
 */
export async function readBack(
  { context, services }: Pick<Intake, 'context' | 'services'>,
  { lane, request }: ClaimedOutboxEntry,
  done: readonly Work[],
): Promise<Done['record'] | undefined> {
  if (!request || lane !== request.source) return undefined
  try {
    const read = await services[request.source]?.readBack?.(request, done)
    if (!read) return undefined
    const takeIn = async (tables: Tables, known?: RequestRow) =>
      (await reconcile(context, tables, read.snapshot, undefined, known)).row
    return async (tables) => {
      try {
        return await takeIn(tables, request)
      } catch (error) {
        // It was changed while the service was asked. Nothing has been written yet: the version is looked at first.
        if (error instanceof StaleRequest) return takeIn(tables)
        throw error
      }
    }
  } catch (error) {
    if (error instanceof CallFailed) return undefined
    throw error
  }
}
