/** The judgement behind each condition of a flow, with the sentence that is shown when it does not hold. */
import { clockOf, isPaused, promisedDay, untilText } from './clocks.ts'
import { holds } from './effects-of.ts'
import { type GuardContext, type GuardRefusal, own, requestName, stepAfterReply } from './flow.ts'
import type { GuardName, GuardRule, ParametersOf } from './guard-rule.ts'
import { hasWritten, isNoAnswer, isOnReply } from './replies.ts'
import { capital } from './request.ts'
import {
  dayIn,
  type Instant,
  shortDayText,
  shortInstantText,
  shortWeekdayText,
  startOf,
  weekdayText,
} from './time.ts'
import { anyOf, stillNeeded } from './two-approvals.ts'

/** Returns undefined when the condition holds. */
type Guard<Name extends GuardName> = (
  context: GuardContext,
  given: ParametersOf<Name>,
) => GuardRefusal | undefined

const guards: { readonly [Name in GuardName]: Guard<Name> } = {
  /** The step's clock is over. */
  'clock-is-over': (context) => {
    const { request, step, environment, button } = context
    const clock = step.clock && clockOf(step.clock, request, environment)
    if (!step.clock || !clock || clock.isOver) return undefined
    // Until it is resumed nobody knows when it ends.
    if (clock.isPaused)
      return {
        because: `Not yet: ${nameIn(context)} is paused, so the deadline that ${button} waits for moves. Resume it first.`,
      }
    const until = untilText(step.clock, clock, environment)
    const opens = `${button} opens for ${nameIn(context)} on ${day(context, clock.overAt)}`
    return { because: `Too early: ${until}. ${opens}.`, from: clock.overAt }
  },

  /** The requester has not written since the clock started. */
  'requester-is-silent': (context) => {
    const { request, button } = context
    const repliedAt = request.facts.lastReplyAt
    if (repliedAt === undefined || !hasWritten(context)) return undefined
    return {
      because: `Too late for ${button}: the requester replied to ${nameIn(context)} on ${day(context, repliedAt)}. Read the reply first.`,
    }
  },

  /** The person who asked for the exception does not approve it. */
  'asked-by-somebody-else': (context) =>
    context.request.facts.exception?.requestedBy === context.person.id
      ? { because: `You asked for the exception on ${nameIn(context)}, so somebody else has to approve it.` }
      : undefined,

  /** One person approves once, and of two approvals the second is that of the other role. */
  'not-yet-approved-by-them': (context) => {
    const { flow, request, person, environment } = context
    const { approvals = [] } = request.facts
    const needed = stillNeeded(approvals)
    const by = anyOf(flow.desk, needed)
    const [first] = approvals
    if (approvals.some((approval) => approval.by === person.id))
      return {
        because: `You already approved the exception on ${nameIn(context)}. The second approval has to come from somebody else: ${by}.`,
      }
    if (!environment.requirePrivacyApproval || !first || person.roles.some((role) => needed.includes(role)))
      return undefined
    return {
      because: `<@${first.by}> already approved the exception on ${nameIn(context)}. The second approval has to come from ${by}.`,
    }
  },

  /** All four criteria are met, or the approver says why it is approved all the same. */
  'evidence-is-met-or-reason': ({ request, input }) => {
    if ((input.reason ?? '').trim() !== '') return undefined
    const { evidence } = request.facts
    if (!evidence)
      return {
        because: 'No evidence has been gathered yet. Explain why you’re approving anyway.',
        field: 'reason',
      }
    const open = evidence.criteria.filter((criterion) => criterion.result !== 'met')
    if (open.length === 0) return undefined
    const which = open.map((criterion) => `${criterion.name}: ${criterion.result}`).join('; ')
    const count = `${open.length} of ${evidence.criteria.length} criteria aren’t met`
    return { because: `${count} (${which}). Explain why you’re approving anyway.`, field: 'reason' }
  },

  /** Every `Support Engineer:` step of the meta issue is done, or the meta issue is closed, or a person says why. */
  'steps-are-done-or-reason': ({ request, input }) => {
    if ((input.reason ?? '').trim() !== '') return undefined
    const { metaIssue } = request.facts
    if (!metaIssue)
      return {
        because: 'The meta issue isn’t known yet. Explain why you’re completing it now.',
        field: 'reason',
      }
    if (metaIssue.closed || (metaIssue.total > 0 && metaIssue.done === metaIssue.total)) return undefined
    const done = `${metaIssue.done} of ${metaIssue.total} steps are checked off in #${metaIssue.iid}`
    return { because: `${done}. Explain why you’re completing it now.`, field: 'reason' }
  },

  /** A request that has passed verification, or was let past it, is never displaced by a newer one. */
  'is-not-verified': (context) =>
    context.step.isVerified
      ? {
          because: `Too late for ${context.button}: ${nameIn(context)} is already past its verification checks.`,
        }
      : undefined,

  /** The number in the field is another open request. */
  'names-another-open-request': ({ request, input, environment }, { field }) => {
    const number = Number(input[field])
    if (!Number.isSafeInteger(number) || number < 1)
      return { because: 'Enter the number of an issue, such as 123.', field }
    if (number === request.number)
      return { because: `#${number} is this request. Enter the other one.`, field }
    if (environment.named?.number !== number) return { because: `I’m not tracking #${number}.`, field }
    return environment.named.isOpen
      ? undefined
      : { because: `#${number} is closed. Enter one that is open.`, field }
  },

  /** The Trust and Safety issue is known. */
  'reinstatement-is-asked': (context) =>
    context.request.facts.reinstatementIssue
      ? undefined
      : {
          because: `Not yet: ${nameIn(context)} needs a Trust and Safety issue before ${context.button}.`,
        },

  /** The field holds the address of an issue. */
  'is-an-issue-address': ({ input }, { field }) =>
    /^https:\/\/[^\s/@]+\/[\w./-]+\/(issues|work_items)\/\d+$/.test((input[field] ?? '').trim())
      ? undefined
      : {
          because: 'Enter the link to the issue, such as https://gitlab.com/group/project/-/issues/123.',
          field,
        },

  /** The link has not been given yet. */
  'reinstatement-is-not-asked': (context) =>
    context.request.facts.reinstatementIssue
      ? { because: `${capital(nameIn(context))} already has its Trust and Safety issue.` }
      : undefined,

  /** What was sent went to an address that the requester may not read: Privacy closes, or somebody says why it is right. */
  'other-address-is-checked': ({ request, person, input }) => {
    if (!request.facts.hasOtherAddress || person.roles.includes('privacy')) return undefined
    if ((input.reason ?? '').trim() !== '') return undefined
    return {
      because:
        'The comment gives a different e-mail address, so the questions may not have arrived. Enter a reason, or ask Privacy to close it.',
      field: 'reason',
    }
  },

  /** The answer may have come as an issue of its own: somebody looks there, and says why it is closed all the same. */
  'later-issue-is-checked': ({ request, input }) => {
    const [first, ...more] = request.facts.laterIssues ?? []
    if (first === undefined || (input.reason ?? '').trim() !== '') return undefined
    return {
      because: `The requester has since opened #${first}${more.map((iid) => `, #${iid}`).join('')}, and the answer may be there. Look, then enter a reason for closing anyway.`,
      field: 'reason',
    }
  },

  /** Only what led nobody on yet can be taken back: whatever was decided since stands. */
  'reply-is-the-latest': (context) => {
    const { request, step, button, input } = context
    const { lastReplyAt, lastMove, repliedMoreThanOnce } = request.facts
    const isAwaited = step.waitsFor === 'requester'
    if (lastReplyAt === undefined || isNoAnswer(request.facts) || (isAwaited && !hasWritten(context)))
      return { because: `${capital(nameIn(context))} has no reply that counts as an answer.` }
    if (repliedMoreThanOnce && (input.others ?? '').trim() === '')
      return {
        because: `The requester has replied to ${nameIn(context)} more than once, so another message may be the answer. Read them all in GitLab first.`,
        field: 'others',
      }
    // Where a reply is awaited still, this one has led nobody on. Of two approvals the first rests on what has led there.
    const isHere = isOnReply(request) && !request.facts.approvals?.length
    return isAwaited || isHere || lastMove === undefined || lastMove.at <= lastReplyAt
      ? undefined
      : { because: `Too late for ${button}: something was decided on ${nameIn(context)} after the reply.` }
  },

  /** "as long as nothing was sent since": neither by the move that is taken back nor after it. */
  'can-be-taken-back': (context) => {
    const { flow, request, person } = context
    const { wayBack, lastMove, lastReplyAt, noAnswerAt, repliedMoreThanOnce } = request.facts
    if (!wayBack)
      return {
        because: lastMove
          ? `“${lastMove.what}” can’t be undone on ${nameIn(context)}: somebody outside has heard of it, or it wasn’t done here.`
          : `Nothing has been decided on ${nameIn(context)} yet.`,
      }
    const { what, at, roles, isReply } = wayBack
    const sentAt = sentSince(request, at)
    if (sentAt !== undefined)
      return {
        because: `Too late to undo “${what}”: the requester of ${nameIn(context)} was sent a reply after it, ${instant(context, sentAt)}.`,
      }
    if (isReply && repliedMoreThanOnce)
      return {
        because: `“${what}” can’t be undone: the requester has replied to ${nameIn(context)} more than once, so another message may be the answer.`,
      }
    const isAnswered = lastReplyAt !== undefined && lastReplyAt > at && lastReplyAt !== noAnswerAt
    const isAwaited = stepAfterReply(wayBack.flow === flow.name ? flow.steps[wayBack.step] : undefined)
    if (isAnswered && isAwaited !== undefined && !isReply)
      return {
        because: `Too late to undo “${what}”: the requester has replied to ${nameIn(context)} since, and that may be the answer.`,
      }
    return roles && !person.roles.some((role) => roles.includes(role))
      ? { because: `Only ${anyOf(flow.desk, roles)} can undo “${what}”.` }
      : undefined
  },

  'is-not-on-hold': (context) =>
    isPaused(context.request) ? { because: `${capital(nameIn(context))} is already paused.` } : undefined,

  'is-on-hold': (context) =>
    isPaused(context.request) ? undefined : { because: `${capital(nameIn(context))} isn’t paused.` },

  'step-has-clock': ({ step, input }) =>
    input.clock === 'step' && !step.clock
      ? { because: 'This step has no deadline of its own. Choose the 30-day deadline.', field: 'clock' }
      : undefined,

  /** The field holds an address, such as that of the folder that the exports lie in. */
  'is-an-address': ({ input }, { field }) =>
    /^https:\/\/[^\s@]+$/.test((input[field] ?? '').trim())
      ? undefined
      : { because: 'Enter the link to the folder, starting with https://.', field },

  /** It was closed by hand, and something of every way to close it is missing. */
  'is-unfinished': (context) =>
    context.request.facts.isIncomplete
      ? undefined
      : { because: `Nothing is left to do on ${nameIn(context)}.` },

  'is-not-escalated': (context) =>
    context.request.facts.escalationIssue
      ? { because: `${capital(nameIn(context))} was already escalated to Privacy.` }
      : undefined,

  /** "Ensure the user has replied from the same email on the request issue": that they have, the bot sees. */
  'requester-has-written': (context) =>
    context.request.facts.lastReplyAt === undefined || isNoAnswer(context.request.facts)
      ? { because: `Not yet: the requester hasn’t replied to ${nameIn(context)}.` }
      : undefined,

  /** Something stands in the field, unless what else was filled in makes it needless. */
  'is-given': ({ input, environment }, { field, unless, because }) =>
    (input[field] ?? '').trim() !== '' || holds(unless, input, environment) ? undefined : { because, field },

  /** A form that was opened yesterday names yesterday's day, and what is promised in writing has to be what is kept. */
  'names-the-promised-day': ({ input, environment }, { field }) => {
    const promised = weekdayText(promisedDay(environment))
    return (input[field] ?? '').includes(promised)
      ? undefined
      : { because: `Mention the date (${promised}) in the text.`, field }
  },

  /** Nothing is sent before the distribution day that was promised. */
  'promised-day-has-come': (context, { because }) => {
    const { request, environment, button } = context
    const { sendOn } = request.facts.promisedReport ?? {}
    if (sendOn === undefined || sendOn <= today(context)) return undefined
    const opens = shortWeekdayText(sendOn, today(context))
    return {
      because: `Too early: ${button} opens for ${nameIn(context)} on ${opens}, the day that was promised. ${because}`,
      from: startOf(sendOn, environment.timeZone),
    }
  },

  /** A ticket to security@ is answered by the security desk. */
  'is-not-of-security-desk': (context) => {
    switch (context.request.facts.misdirected?.isOfSecurityDesk) {
      case 'tracked':
        return {
          because: `${capital(nameIn(context))} belongs to the security desk, and its card is in their channel. Nothing was sent or changed. Field Security answers it there.`,
        }
      case 'in-its-queue':
        return {
          because: `${capital(nameIn(context))} is in the security desk’s queue. Nothing was sent or changed. Field Security answers it.`,
        }
      case undefined:
        return undefined
    }
  },

  /** Nobody has solved or deleted the ticket. */
  'can-be-answered': (context) => {
    const because = own(overTexts, context.request.facts.misdirected?.status ?? '')
    return because === undefined ? undefined : { because: `${capital(nameIn(context))} ${because}` }
  },

  /**
   * A redirect that came to nothing may be asked for again; one that is under way, or that was done or may have been
   * within a day, may not.
   */
  'is-not-redirected-yet': (context) => {
    const { redirect } = context.request.facts.misdirected ?? {}
    if (!redirect) return undefined
    const [by, when] = [`<@${redirect.by}>`, instant(context, redirect.at)]
    if (redirect.state === 'under-way')
      return {
        because: `${by} is already redirecting ${nameIn(context)} (asked ${when}) and will hear how it ends.`,
      }
    if (Date.parse(context.environment.now) - Date.parse(redirect.at) >= dayMs) return undefined
    if (redirect.state === 'unclear')
      return {
        because: `${by} may have redirected ${nameIn(context)} already, ${when}: it couldn’t be seen. Nothing was sent again. Look in Zendesk whether the requester has the reply; if not, write to them there.`,
      }
    return { because: `${by} already redirected ${nameIn(context)}, ${when}. Nothing was sent again.` }
  },
}

/** A ticket that nobody can answer any more, by its status in Zendesk. */
const overTexts = {
  solved:
    'is already solved. Nothing was sent or changed. If its sender still needs the form, reopen it in Zendesk first.',
  closed:
    'is closed, and Zendesk doesn’t allow changes to closed tickets. Nothing was sent or changed. If its sender still needs the form, write to them in a new ticket.',
  deleted: 'was deleted. Nothing was sent or changed. Check the number.',
}

/** The time, in milliseconds, for which the same decision on a ticket is taken for a repetition. */
const dayMs = 24 * 3_600_000

/** `#123` */
function nameIn({ flow, request }: GuardContext): string {
  return requestName(flow.desk, request.number)
}

function today({ environment: { now, timeZone } }: GuardContext): string {
  return dayIn(timeZone, now)
}

/** `Mar 8` */
function day(context: GuardContext, at: Instant): string {
  return shortDayText(dayIn(context.environment.timeZone, at), today(context))
}

/** `Mar 8, 2:05 PM UTC` */
function instant({ environment: { now, timeZone } }: GuardContext, at: Instant): string {
  return shortInstantText(at, timeZone, now)
}

/** A colleague may have answered by hand. */
function sentSince({ facts }: GuardContext['request'], at: Instant): Instant | undefined {
  const sent = [...Object.values(facts.sentSnippets ?? {}), facts.lastPublicReplyAt ?? '']
  return sent.sort().findLast((one) => one >= at)
}

/** Returns the refusal of a guard that does not hold, or undefined where it holds. */
export function guardRefusal(rule: GuardRule, context: GuardContext): GuardRefusal | undefined {
  const name = typeof rule === 'string' ? rule : rule.guard
  const guard: (context: GuardContext, given: never) => GuardRefusal | undefined = guards[name]
  // The compiler knows of each rule that it holds what its guard is told, but not of all of them at once.
  return guard(context, rule as never)
}
