/**
 * A label that stands for an approval, set by hand in GitLab. Where the setting is `with-role` it is worth what the same
 * person's click on the button would be: their role, not their own request, and with REQUIRE_PRIVACY_APPROVAL one of two.
 */
import { type DecisionContext, decisionsNamed, rolesFor } from './decision-rule.ts'
import type { ObservationOf } from './event.ts'
import { type Decision, requestName } from './flow.ts'
import type { GuardName } from './guard-rule.ts'
import { guardRefusal } from './guards.ts'
import { type Move, stay } from './outcome.ts'
import type { Facts, Person, Role } from './request.ts'
import { anyOf, firstApproval, isApproved, stillNeeded } from './two-approvals.ts'

type LabelAdded = ObservationOf<'label-added' | 'label-removed'>

/** Returns the place with the approval noted, or the move that leaves the request where it is, with the reason. */
export function approvedByLabel(
  place: DecisionContext,
  observation: LabelAdded,
  decision: string,
): DecisionContext | Move {
  const { flow, environment } = place
  const [rule] = decisionsNamed(flow, decision)
  const { label, at } = observation
  const { by = 'unlinked', before = [] } = observation.approval ?? {}
  // The bot sets it for what was approved here, by people whose roles it has asked for.
  if (!rule || environment.labelApproves !== 'with-role' || by === 'bot') return place
  const asked = withApprovals(place, stillHeld(place.request.facts, before))
  if (typeof by === 'string') return refused(rule, asked, observation, strangers[by])
  const because = refusalOf(rule, asked, by)
  if (because !== undefined) return refused(rule, asked, observation, because)
  const approvals = [...(asked.request.facts.approvals ?? []), { by: by.id, roles: by.roles, at }]
  const approved = withApprovals(place, approvals)
  if (!environment.requirePrivacyApproval || isApproved(approvals)) return approved
  const what = `Label ${label} set in GitLab (first of two approvals)`
  return stay(
    approved,
    { ...approved.request.facts, lastMove: { what, by: observation.by, at } },
    what,
    firstApproval(flow.desk, by, approvals, {}),
  )
}

/** Whoever approved before counts with the roles that they hold now, and not at all without any. */
function stillHeld({ approvals = [] }: Facts, now: readonly Person[]): NonNullable<Facts['approvals']> {
  return approvals
    .map((given) => {
      const held = now.find(({ id }) => id === given.by)?.roles ?? []
      return { ...given, roles: given.roles.filter((role) => held.includes(role)) }
    })
    .filter(({ roles }) => roles.length > 0)
}

/** The latest word on the label is this one. */
function withApprovals(place: DecisionContext, approvals: NonNullable<Facts['approvals']>): DecisionContext {
  const { labelRefused: _refused, ...facts } = place.request.facts
  return { ...place, request: { ...place.request, facts: { ...facts, approvals } } }
}

const strangers = {
  unlinked: 'whoever set it is linked with nobody in Slack',
  refused: 'Slack does not say that whoever set it may act here',
} as const

function refusalOf(rule: Decision, place: DecisionContext, by: Person): string | undefined {
  if (!by.roles.some((role) => rolesFor(rule, place).includes(role)))
    return 'whoever set it does not hold the role'
  const context = { ...place, person: by, input: {}, button: rule.button }
  for (const one of rule.when ?? []) {
    const refusal = guardRefusal(one, context)
    // What a field of the modal would mend no label can say: the approver's own reason.
    if (refusal && refusal.field === undefined)
      return words[typeof one === 'string' ? one : one.guard] ?? 'it is not open to whoever set it'
  }
  return undefined
}

/** The guards speak to whoever clicks. */
const words: { readonly [Name in GuardName]?: string } = {
  'asked-by-somebody-else': 'whoever set it asked for the exception',
  'not-yet-approved-by-them': 'whoever set it, or somebody with the same role, has approved already',
}

function refused(rule: Decision, place: DecisionContext, { label, at }: LabelAdded, why: string): Move {
  const { flow, request } = place
  const who = whoMay(rule, place)
  const because = `The label ${label}, set by hand in GitLab, approves nothing: ${why}. Only ${anyOf(flow.desk, who)} can use ${rule.button}.`
  return stay(
    place,
    { ...request.facts, labelRefused: { because, at } },
    `Label ${label} set in GitLab, without effect`,
    [{ kind: 'thread', text: `${requestName(flow.desk, request.number)}: ${because}`, mention: who }],
  )
}

function whoMay(rule: Decision, place: DecisionContext): readonly Role[] {
  return place.environment.requirePrivacyApproval
    ? stillNeeded(place.request.facts.approvals ?? [])
    : rolesFor(rule, place)
}
