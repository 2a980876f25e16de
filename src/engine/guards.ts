/** The judgement behind each condition of a flow, with the sentence that is shown when it does not hold. */
import { clockOf, isPaused, promisedDay } from './clocks.ts'
import { holds } from './effects-of.ts'
import { type GuardContext, type GuardRefusal, own, roleName, stepAfterReply } from './flow.ts'
import type { GuardName, GuardRule, ParametersOf } from './guard-rule.ts'
import { dayIn, dayText, type Instant, instantText, weekdayText } from './time.ts'
import { anyOf, stillNeeded } from './two-approvals.ts'

/** Returns undefined when the condition holds. */
type Guard<Name extends GuardName> = (
  context: GuardContext,
  given: ParametersOf<Name>,
) => GuardRefusal | undefined

const guards: { readonly [Name in GuardName]: Guard<Name> } = {
  /** The step's clock is over. */
  'clock-is-over': ({ request, step, environment }) => {
    const clock = step.clock && clockOf(step.clock, request, environment)
    if (!clock || clock.isOver) return undefined
    return { because: `The last day is ${dayText(clock.lastDay)}: ${clock.because}.`, from: clock.overAt }
  },

  /** The requester has not written since the clock started. */
  'requester-is-silent': ({ request, step, environment }) => {
    const since = step.clock ? clockOf(step.clock, request, environment).startsAt : request.createdAt
    const repliedAt = request.facts.lastReplyAt
    if (repliedAt === undefined || repliedAt < since || isNoAnswer(request)) return undefined
    return { because: `The requester wrote on ${dayText(dayIn(environment.timeZone, repliedAt))}.` }
  },

  /** The person who asked for the exception does not approve it. */
  'asked-by-somebody-else': ({ request, person }) =>
    request.facts.exception?.requestedBy === person.id
      ? { because: 'You asked for this exception, so somebody else has to approve it.' }
      : undefined,

  /** One person approves once, and of two approvals the second is that of the other role. */
  'not-yet-approved-by-them': ({ flow, request, person, environment }) => {
    const { approvals = [] } = request.facts
    const needed = stillNeeded(approvals)
    const by = anyOf(flow.desk, needed)
    const [first] = approvals
    if (approvals.some((approval) => approval.by === person.id))
      return {
        because: `You have approved already: the second approval has to come from ${by}, somebody else.`,
      }
    if (!environment.requirePrivacyApproval || !first || person.roles.some((role) => needed.includes(role)))
      return undefined
    return { because: `<@${first.by}> has approved already: the second approval has to come from ${by}.` }
  },

  /** All four criteria are met, or the approver says why it is approved all the same. */
  'evidence-is-met-or-reason': ({ request, input }) => {
    if ((input.reason ?? '').trim() !== '') return undefined
    const { evidence } = request.facts
    if (!evidence)
      return { because: 'No evidence has been gathered: say why you approve it.', field: 'reason' }
    const open = evidence.criteria.filter((criterion) => criterion.result !== 'met')
    if (open.length === 0) return undefined
    const which = open.map((criterion) => `${criterion.name} is ${criterion.result}`).join('; ')
    return { because: `The evidence does not carry it (${which}): say why you approve it.`, field: 'reason' }
  },

  /** Every `Support Engineer:` step of the meta issue is done, or the meta issue is closed, or a person says why. */
  'steps-are-done-or-reason': ({ request, input }) => {
    if ((input.reason ?? '').trim() !== '') return undefined
    const { metaIssue } = request.facts
    if (!metaIssue)
      return { because: 'The meta issue is not known yet: say why it is complete.', field: 'reason' }
    if (metaIssue.closed || (metaIssue.total > 0 && metaIssue.done === metaIssue.total)) return undefined
    const left = `${metaIssue.done} of ${metaIssue.total} steps of meta issue #${metaIssue.iid} are done`
    return { because: `${left}: say why it is complete.`, field: 'reason' }
  },

  /** A request that has passed verification, or was let past it, is never displaced by a newer one. */
  'is-not-verified': ({ step }) =>
    step.isVerified
      ? { because: 'The first checks are behind it, so it is closed neither as spam nor as a duplicate.' }
      : undefined,

  /** The number in the field is another open request. */
  'names-another-open-request': ({ request, input, environment }, { field }) => {
    const number = Number(input[field])
    if (!Number.isSafeInteger(number) || number < 1)
      return { because: 'Give the number of an issue, such as 123.', field }
    if (number === request.number) return { because: `#${number} is this request itself.`, field }
    if (environment.named?.number !== number)
      return { because: `#${number} is no request that the bot knows.`, field }
    return environment.named.isOpen
      ? undefined
      : { because: `#${number} is closed: it can't be the one that stays.`, field }
  },

  /** The Trust and Safety issue is known. */
  'reinstatement-is-asked': ({ request }) =>
    request.facts.reinstatementIssue
      ? undefined
      : { because: 'No Trust and Safety issue is known yet for this account.' },

  /** The field holds the address of an issue. */
  'is-an-issue-address': ({ input }, { field }) =>
    /^https:\/\/[^\s/@]+\/[\w./-]+\/(issues|work_items)\/\d+$/.test((input[field] ?? '').trim())
      ? undefined
      : {
          because: 'Give the address of the issue, such as https://gitlab.com/group/project/-/issues/123.',
          field,
        },

  /** The link has not been given yet. */
  'reinstatement-is-not-asked': ({ request }) =>
    request.facts.reinstatementIssue
      ? { because: 'The Trust and Safety issue is known already.' }
      : undefined,

  /** The challenges went to an address that the requester may not read: Privacy closes, or somebody says why it is right. */
  'other-address-is-checked': ({ request, person, input }) => {
    if (!request.facts.hasOtherAddress || person.roles.includes('privacy')) return undefined
    if ((input.reason ?? '').trim() !== '') return undefined
    return {
      because:
        'The form’s comment offers another e-mail address, so the requester may never have got the challenges: say why it is closed, or leave it to Privacy.',
      field: 'reason',
    }
  },

  /** The answer may have come as an issue of its own: somebody looks there, and says why it is closed all the same. */
  'later-issue-is-checked': ({ request, input }) => {
    const [first, ...more] = request.facts.laterIssues ?? []
    if (first === undefined || (input.reason ?? '').trim() !== '') return undefined
    return {
      because: `The requester has since opened #${first}${more.map((iid) => `, #${iid}`).join('')}, where the answer may stand: look there, and say why it is closed all the same.`,
      field: 'reason',
    }
  },

  /** Only what led nobody on yet can be taken back: whatever was decided since stands. */
  'reply-is-the-latest': ({ request }) => {
    const { lastReplyAt, lastMove, repliedMoreThanOnce } = request.facts
    if (lastReplyAt === undefined || isNoAnswer(request))
      return { because: 'There is no message of the requester that could be taken for an answer.' }
    if (repliedMoreThanOnce)
      return { because: 'The requester has written more than once: another message may be the answer.' }
    return lastMove === undefined || lastMove.by === 'requester' || lastMove.at <= lastReplyAt
      ? undefined
      : { because: 'Something was decided since the requester wrote.' }
  },

  /** "as long as nothing was sent since": neither by the move that is taken back nor after it. */
  'can-be-taken-back': ({ flow, request, person, environment: { timeZone } }) => {
    const { wayBack, lastMove, lastReplyAt, noAnswerAt, repliedMoreThanOnce } = request.facts
    if (!wayBack)
      return {
        because: lastMove
          ? `“${lastMove.what}” came last, and can’t be taken back: somebody outside has heard of it, or it was not done here.`
          : 'Nothing has been decided yet.',
      }
    const { what, at, roles, isReply } = wayBack
    const sentAt = sentSince(request, at)
    if (sentAt !== undefined)
      return {
        because: `The requester was sent a reply after “${what}”, on ${instantText(sentAt, timeZone)}.`,
      }
    if (isReply && repliedMoreThanOnce)
      return { because: 'The requester has written more than once: another message may be the answer.' }
    const isAnswered = lastReplyAt !== undefined && lastReplyAt > at && lastReplyAt !== noAnswerAt
    const isAwaited = stepAfterReply(wayBack.flow === flow.name ? flow.steps[wayBack.step] : undefined)
    if (isAnswered && isAwaited !== undefined && !isReply)
      return { because: `The requester has written after “${what}”, and that may be the answer.` }
    if (roles && !person.roles.some((role) => roles.includes(role))) {
      const who = roles.map((role) => roleName(flow.desk, role)).join(' or ')
      return { because: `“${what}” is for ${who}, and so is taking it back.` }
    }
    return undefined
  },

  'is-not-on-hold': ({ request }) => (isPaused(request) ? { because: 'It’s paused already.' } : undefined),

  'is-on-hold': ({ request }) => (isPaused(request) ? undefined : { because: 'It isn’t paused.' }),

  'step-has-clock': ({ step, input }) =>
    input.clock === 'step' && !step.clock
      ? { because: 'This step has no clock of its own.', field: 'clock' }
      : undefined,

  /** The field holds an address, such as that of the folder that the exports lie in. */
  'is-an-address': ({ input }, { field }) =>
    /^https:\/\/[^\s@]+$/.test((input[field] ?? '').trim())
      ? undefined
      : { because: 'Give the address of the folder, beginning with https://.', field },

  /** It was closed by hand, and something of every way to close it is missing. */
  'is-unfinished': ({ request }) =>
    request.facts.isIncomplete ? undefined : { because: 'Nothing is left to be done on it.' },

  'is-not-escalated': ({ request }) =>
    request.facts.escalationIssue ? { because: 'It has been escalated to Privacy already.' } : undefined,

  /** "Ensure the user has replied from the same email on the request issue": that they have, the bot sees. */
  'requester-has-written': ({ request }) =>
    request.facts.lastReplyAt === undefined || isNoAnswer(request)
      ? { because: 'The requester has not written yet.' }
      : undefined,

  /** Something stands in the field, unless what else was filled in makes it needless. */
  'is-given': ({ input, environment }, { field, unless, because }) =>
    (input[field] ?? '').trim() !== '' || holds(unless, input, environment) ? undefined : { because, field },

  /** A form that was opened yesterday names yesterday's day, and what is promised in writing has to be what is kept. */
  'names-the-promised-day': ({ input, environment }, { field }) => {
    const day = weekdayText(promisedDay(environment))
    return (input[field] ?? '').includes(day)
      ? undefined
      : { because: `Name the day for which it is planned: ${day}.`, field }
  },

  /** Nothing is sent before the distribution day that was promised. */
  'promised-day-has-come': ({ request, environment }, { because }) => {
    const { sendOn } = request.facts.promisedReport ?? {}
    if (sendOn === undefined || sendOn <= dayIn(environment.timeZone, environment.now)) return undefined
    return { because: `It is planned for ${weekdayText(sendOn)}: ${because}` }
  },

  /** A ticket to security@ is answered by the security desk. */
  'is-not-of-security-desk': ({ request }) => {
    switch (request.facts.misdirected?.isOfSecurityDesk) {
      case 'tracked':
        return { because: 'The security desk tracks it: its card stands in their channel. Nothing was sent.' }
      case 'in-its-queue':
        return { because: 'It is in the queue of the security desk. Nothing was sent.' }
      case undefined:
        return undefined
    }
  },

  /** Nobody has solved or deleted the ticket. */
  'can-be-answered': ({ request }) => {
    const because = own(overTexts, request.facts.misdirected?.status ?? '')
    return because === undefined ? undefined : { because }
  },

  /**
   * A redirect that came to nothing may be asked for again; one that is under way or was done within a day may
   * not.
   */
  'is-not-redirected-yet': ({ request, environment: { now, timeZone } }) => {
    const { redirect } = request.facts.misdirected ?? {}
    if (!redirect) return undefined
    const [by, on] = [`<@${redirect.by}>`, instantText(redirect.at, timeZone)]
    if (!redirect.isDone)
      return {
        because: `It is being redirected already: ${by} asked for it on ${on}, and hears how it ends.`,
      }
    if (Date.parse(now) - Date.parse(redirect.at) >= dayMs) return undefined
    return { because: `It was redirected already, by ${by} on ${on}. Nothing was sent.` }
  },
}

/** A ticket that nobody can answer any more, by its status in Zendesk. */
const overTexts = {
  solved: 'It is solved already. Nothing was sent.',
  closed: 'It is closed, and Zendesk lets nobody change it any more. Nothing was sent.',
  deleted: 'It was deleted. Nothing was sent.',
}

/** The time, in milliseconds, for which the same decision on a ticket is taken for a repetition. */
const dayMs = 24 * 3_600_000

/** A colleague may have answered by hand. */
function sentSince({ facts }: GuardContext['request'], at: Instant): Instant | undefined {
  const sent = [...Object.values(facts.sentSnippets ?? {}), facts.lastPublicReplyAt ?? '']
  return sent.sort().findLast((one) => one >= at)
}

/** Of the last thing that came from the requester a person has said so. */
function isNoAnswer({ facts }: GuardContext['request']): boolean {
  return facts.lastReplyAt !== undefined && facts.noAnswerAt === facts.lastReplyAt
}

/** Returns the refusal of a guard that does not hold, or undefined where it holds. */
export function guardRefusal(rule: GuardRule, context: GuardContext): GuardRefusal | undefined {
  const name = typeof rule === 'string' ? rule : rule.guard
  const guard: (context: GuardContext, given: never) => GuardRefusal | undefined = guards[name]
  // The compiler knows of each rule that it holds what its guard is told, but not of all of them at once.
  return guard(context, rule as never)
}
