/** Claims as the tests make them. */
import type { Claim, OutboxEntry, Room } from '../../src/store/store.ts'

/** Where a test expects an entry and there is none. */
export const none: Pick<OutboxEntry, 'id' | 'token' | 'work'> = { id: 0, token: 0, work: { kind: 'close' } }

/** For a minute from now. */
export function claimAt(now: string, owner = 'this process'): Claim {
  return { now, owner, until: new Date(Date.parse(now) + 60_000).toISOString() }
}

/** Room for so many at each place, none of which is taken. */
export function roomFor(most: number): Room {
  return { most, busy: new Map() }
}
