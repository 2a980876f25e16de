/** Of which request an entry of the audit log speaks. */
import type { Request } from './request.ts'

/** Only an issue has an iid; a ticket's number is among the details. */
export function aboutRequest({ id, source, iid }: Pick<Request, 'id' | 'source' | 'iid'>) {
  return { requestId: id, ...(source === 'gitlab' ? { iid } : {}) }
}

export function ticketOf({ source, iid }: Pick<Request, 'source' | 'iid'>): { readonly ticket?: number } {
  return source === 'zendesk' ? { ticket: iid } : {}
}
