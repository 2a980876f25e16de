/**
 * The two approvals that REQUIRE_PRIVACY_APPROVAL asks for: of one support manager and one privacy person, two different
 * people.
 */
import type { Effect } from './effect.ts'
import { typedWords } from './effects/definition.ts'
import type { Input } from './event.ts'
import { type DeskRules, roleName } from './flow.ts'
import type { Facts, Person, Role } from './request.ts'

type Approvals = NonNullable<Facts['approvals']>

const asked: readonly Role[] = ['support-manager', 'privacy']

/** True when both have approved. */
export function isApproved(approvals: Approvals): boolean {
  return approvals.some((one) =>
    approvals.some(
      (other) =>
        other.by !== one.by && one.roles.includes('support-manager') && other.roles.includes('privacy'),
    ),
  )
}

/** Returns the roles of which one more person is needed; whoever holds both may have either's place. */
export function stillNeeded(approvals: Approvals): readonly Role[] {
  if (approvals.length === 0) return asked
  return asked.filter((role) =>
    approvals.some(({ roles }) => asked.some((other) => other !== role && roles.includes(other))),
  )
}

/** Returns these roles as a sentence names one of them: `a support engineer, a support manager or Privacy`. */
export function anyOf(desk: Pick<DeskRules, 'roles'>, roles: readonly Role[]): string {
  const names = roles.map((role) => roleName(desk, role))
  const [last = ''] = names.slice(-1)
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${last}` : last
}

/** Returns what the first of two approvals does: why it was given is noted, and the second is asked for. */
export function firstApproval(
  desk: Pick<DeskRules, 'roles'>,
  by: Person,
  approvals: Approvals,
  { reason = '' }: Input,
): readonly Effect[] {
  const needed = stillNeeded(approvals)
  return [
    {
      kind: 'internal-note',
      text: `First of two approvals of the sole-owner exception, by {person:${by.id}}.\nReason: ${typedWords(reason) || 'none given'}`,
    },
    {
      kind: 'thread',
      text: `{person:${by.id}} has approved the exception. It needs a second approval, by ${anyOf(desk, needed)}.`,
      mention: needed,
    },
  ]
}
