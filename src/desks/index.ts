/** The list of the desks that are shipped. */
import type { SecurityDesk } from '../flows/security-ticket.ts'
import { type Desk, type Desks, desksOf } from './desk.ts'
import { privacy } from './privacy.ts'
import { security, securityFor } from './security.ts'

/** The desks with what their flows have before anything is configured. */
export const shipped: Desks = desksOf([privacy, security])

/** Returns the desks with what depends on the team's configuration. */
export function shippedWith(settings: SecurityDesk): readonly Desk[] {
  return [privacy, securityFor(settings)]
}
