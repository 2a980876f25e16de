/** Something may have changed in a service (a webhook or the poll says so): read it and tell what is new. */

import { isDeepStrictEqual } from 'node:util'
import type { Handled } from '../queue/inbox-loop.ts'
import { nowOf } from '../requests/desk-context.ts'
import { handleObservations, requestById } from '../requests/handle-event.ts'
import { reconcile, unreadable } from '../requests/reconcile.ts'
import { CallFailed } from '../services/call-failed.ts'
import type { Hint, Hinted, Service } from '../services/service.ts'
import type { RequestRow, Tables } from '../store/store.ts'
import type { Handler, Intake } from './handler.ts'
import type { HintEntry } from './payloads.ts'

/** `gitlab-hint`: the service whose hint it is. */
export function hintedSource(kind: string): string | undefined {
  return kind.endsWith('-hint') ? kind.slice(0, -'-hint'.length) : undefined
}

export const handleHint: Handler<HintEntry> = async (intake, entry, { iid, isListed, note }) => {
  const { context, services } = intake
  const source = hintedSource(entry.kind) ?? ''
  const service = services[source]
  // It was switched off.
  if (!service) return {}
  const known = await context.store.tables.requests.byNumber(iid, source)
  if (!known && !isListed && service.lookForRequests) {
    await service.lookForRequests(entry.receivedAt)
    return {}
  }
  // Whatever came in until now is answered by what is read from now on: a storm of a thousand is one reading.
  const answered = await context.store.tables.inbox.alike(entry)
  // Those tell of something else.
  const hint = { isListed, ...(answered.length === 0 && note && { note }) }
  const read = await readOrStatus(service, iid, known, hint)
  if (read === undefined) return { answered }
  return {
    answered,
    ...(typeof read === 'number' ? unread(intake, service, iid, read) : taken(intake, read, known)),
  }
}

/** Returns the reading, or 404 or 403 where the service does not show it to the bot. */
async function readOrStatus(
  service: Service,
  iid: number,
  known: RequestRow | undefined,
  hint: Hint,
): Promise<Hinted | undefined | 404 | 403> {
  try {
    return await (service.readHinted ? service.readHinted(iid, known, hint) : service.read(iid, known))
  } catch (error) {
    if (error instanceof CallFailed && (error.status === 404 || error.status === 403)) return error.status
    throw error
  }
}

function taken({ context }: Intake, read: Hinted, known: RequestRow | undefined): Handled {
  return {
    write: async (tables) => {
      if ('snapshot' in read)
        await reconcile(
          context,
          tables,
          read.snapshot,
          undefined,
          known && (await withItsCard(tables, known)),
        )
      else
        await handleObservations(context, tables, await requestById(tables, read.requestId), [
          read.observation,
        ])
    },
  }
}

/**
 * Returns the request with the card that was posted while its service was read: of that the reading says nothing, and it
 * need not be done again. A new issue comes with an automatic response and labels, while its card is on its way.
 */
async function withItsCard(tables: Tables, before: RequestRow): Promise<RequestRow> {
  const now = await tables.requests.byId(before.id)
  if (!now || now.version === before.version) return before
  const { card, version } = now
  return isDeepStrictEqual(now, { ...before, version, ...(card && { card }) }) ? now : before
}

function unread({ context }: Intake, service: Service, iid: number, status: 404 | 403): Handled {
  return {
    write: async (tables) => {
      await service.rememberUnread?.(tables, iid, nowOf(context))
      const known = await tables.requests.byNumber(iid, service.name)
      const isGone = status === 404 && service.isGoneAt404 === true
      if (known) await unreadable(context, tables, known, { status, isGone })
    },
  }
}
