/** What a decision's rule says of one request: whether it is offered, to whom, and with which fields. */
import type { Flows } from './decide.ts'
import { holds } from './effects-of.ts'
import type { Circumstances, Decision, Field, Flag, Flow, Step } from './flow.ts'
import { own } from './own.ts'
import type { Request, Role } from './request.ts'

export interface Place {
  readonly flows: Flows
  readonly flow: Flow
  readonly step: Step
  readonly request: Request
  readonly circumstances: Circumstances
}

export const roleNames: Readonly<Record<Role, string>> = {
  'support-engineer': 'a support engineer',
  'support-manager': 'a support manager',
  privacy: 'a privacy person',
  'field-security': 'a field security person',
}

/** The decision as the request's step offers it now. */
export function decisionAt({ flow, step, circumstances }: Place, name: string): Decision | undefined {
  const rule = own(step.decisions, name) ?? (step.isClosed ? undefined : own(flow.anytime, name))
  return rule && (!rule.offered || holds(rule.offered, {}, circumstances)) ? rule : undefined
}

/** Who may take a decision; with REQUIRE_PRIVACY_APPROVAL a privacy person may give one of the two approvals. */
export function rolesFor(
  rule: Decision,
  { request, circumstances }: Pick<Place, 'request' | 'circumstances'>,
): readonly Role[] {
  const besides = rule.alsoBy && isFlagged(request, rule.alsoBy.onlyIf) ? rule.alsoBy.roles : []
  const second: readonly Role[] = rule.fourEyes && circumstances.requirePrivacyApproval ? ['privacy'] : []
  return [...rule.by, ...besides, ...second]
}

/** The fields that the modal has for this request; none: there is no modal. */
export function fieldsOf(rule: Decision, request: Pick<Request, 'facts'>): readonly Field[] {
  return (rule.fields ?? []).filter(({ onlyIf }) => onlyIf === undefined || isFlagged(request, onlyIf))
}

function isFlagged({ facts }: Pick<Request, 'facts'>, flag: Flag): boolean {
  return facts[flag] === true
}
