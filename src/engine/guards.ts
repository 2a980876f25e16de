/** The conditions of the handbook on a decision, each with the sentence that is shown when it does not hold. */
import { clockOf, isPaused } from './clocks.ts'
import type { Guard } from './flow.ts'
import { dayIn, dayText } from './time.ts'

/** The step's clock is over. */
export const clockIsOver: Guard = ({ request, step, circumstances }) => {
  const clock = step.clock && clockOf(step.clock, request, circumstances)
  if (!clock || clock.isOver) return undefined
  const from = dayText(dayIn(circumstances.timeZone, clock.overAt))
  return {
    because: `It is open from ${from}: ${clock.because}, and the last day is ${dayText(clock.lastDay)}.`,
    from: clock.overAt,
  }
}

/** The requester has not written since the clock started. */
export const requesterIsSilent: Guard = ({ request, step, circumstances }) => {
  const since = step.clock ? clockOf(step.clock, request, circumstances).startsAt : request.createdAt
  const repliedAt = request.facts.lastReplyAt
  if (repliedAt === undefined || repliedAt < since) return undefined
  return { because: `The requester wrote on ${dayText(dayIn(circumstances.timeZone, repliedAt))}.` }
}

/** Whoever asked for the exception does not approve it. */
export const askedBySomebodyElse: Guard = ({ request, person }) =>
  request.facts.exception?.requestedBy === person.id
    ? { because: 'You asked for this exception, so somebody else has to approve it.' }
    : undefined

/** One person approves once. */
export const notYetApprovedByThem: Guard = ({ request, person }) =>
  request.facts.approvals?.some((approval) => approval.by === person.id)
    ? { because: 'You have approved already: the second approval has to come from another person.' }
    : undefined

/** All four criteria are met, or the approver says why it is approved all the same. */
export const evidenceIsMetOrReason: Guard = ({ request, input }) => {
  if ((input.reason ?? '').trim() !== '') return undefined
  const { evidence } = request.facts
  if (!evidence) return { because: 'No evidence has been gathered: say why you approve it.', field: 'reason' }
  const open = evidence.criteria.filter((criterion) => criterion.result !== 'met')
  if (open.length === 0) return undefined
  const which = open.map((criterion) => `${criterion.name} is ${criterion.result}`).join('; ')
  return { because: `The evidence does not carry it (${which}): say why you approve it.`, field: 'reason' }
}

/** Every `Support Engineer:` step of the meta issue is done, or the meta issue is closed, or a person says why. */
export const stepsAreDoneOrReason: Guard = ({ request, input }) => {
  if ((input.reason ?? '').trim() !== '') return undefined
  const { metaIssue } = request.facts
  if (!metaIssue)
    return { because: 'The meta issue is not known yet: say why it is complete.', field: 'reason' }
  if (metaIssue.closed || (metaIssue.total > 0 && metaIssue.done === metaIssue.total)) return undefined
  const left = `${metaIssue.done} of ${metaIssue.total} steps of meta issue #${metaIssue.iid} are done`
  return { because: `${left}: say why it is complete.`, field: 'reason' }
}

/** A request that has passed verification is never displaced by a newer one. */
export const isNotVerified: Guard = ({ step }) =>
  step.isVerified ? { because: 'It has passed verification, so no other request displaces it.' } : undefined

/** The number in the field `stays` is another open request. */
export const namesAnotherOpenRequest: Guard = ({ request, input, circumstances }) => {
  const field = 'stays'
  const number = Number(input[field])
  if (!Number.isSafeInteger(number) || number < 1)
    return { because: 'Give the number of an issue, such as 123.', field }
  if (number === request.iid) return { because: `#${number} is this request itself.`, field }
  if (circumstances.named?.iid !== number)
    return { because: `#${number} is no request that the bot knows.`, field }
  return circumstances.named.isOpen
    ? undefined
    : { because: `#${number} is closed: it can't be the one that stays.`, field }
}

/** The Trust and Safety issue is known. */
export const reinstatementIsAsked: Guard = ({ request }) =>
  request.facts.reinstatementIssue
    ? undefined
    : { because: 'No Trust and Safety issue is known yet for this account.' }

/** The field `link` is the address of an issue. */
export const linkIsAnIssue: Guard = ({ input }) =>
  /^https:\/\/[^\s/@]+\/[\w./-]+\/(issues|work_items)\/\d+$/.test((input.link ?? '').trim())
    ? undefined
    : {
        because: 'Give the address of the issue, such as https://gitlab.com/group/project/-/issues/123.',
        field: 'link',
      }

/** The link has not been given yet. */
export const reinstatementIsNotAsked: Guard = ({ request }) =>
  request.facts.reinstatementIssue ? { because: 'The Trust and Safety issue is known already.' } : undefined

/** "we are not permitted under Trade Compliance laws to engage with individuals in those locations" */
export const isNotEmbargoed: Guard = ({ request }) =>
  request.facts.isEmbargoed
    ? { because: 'The form names an embargoed country, so the request can only be closed.' }
    : undefined

/** The challenges went to an address that the requester may not read: Privacy closes, or somebody says why it is right. */
export const otherAddressIsChecked: Guard = ({ request, person, input }) => {
  if (!request.facts.hasOtherAddress || person.roles.includes('privacy')) return undefined
  if ((input.reason ?? '').trim() !== '') return undefined
  return {
    because:
      'The form’s comment offers another e-mail address, so the requester may never have got the challenges: say why it is closed, or leave it to Privacy.',
    field: 'reason',
  }
}

export const isNotOnHold: Guard = ({ request }) =>
  isPaused(request) ? { because: 'The clocks are on hold already.' } : undefined

export const isOnHold: Guard = ({ request }) =>
  isPaused(request) ? undefined : { because: 'The clocks are not on hold.' }

export const stepHasClock: Guard = ({ step, input }) =>
  input.clock === 'step' && !step.clock
    ? { because: 'This step has no clock of its own.', field: 'clock' }
    : undefined

/** A folder that the exports lie in. */
export const linkIsAnAddress: Guard = ({ input }) =>
  /^https:\/\/[^\s@]+$/.test((input.link ?? '').trim())
    ? undefined
    : { because: 'Give the address of the folder, beginning with https://.', field: 'link' }

export const isNotEscalated: Guard = ({ request }) =>
  request.facts.escalationIssue ? { because: 'It has been escalated to Privacy already.' } : undefined

/** "Ensure the user has replied from the same email on the request issue": that they have, the bot sees. */
export const requesterHasWritten: Guard = ({ request }) =>
  request.facts.lastReplyAt === undefined ? { because: 'The requester has not written yet.' } : undefined
