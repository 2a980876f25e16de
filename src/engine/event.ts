/** An event is what can happen to a request: a person decides, or something is seen. */
import type { NeedAnswer } from './need.ts'
import type {
  Actor,
  AnswerTo,
  Evidence,
  ExpertIssue,
  Facts,
  FormFacts,
  MetaIssue,
  Person,
  TicketEnd,
  TicketSender,
} from './request.ts'
import type { Instant } from './time.ts'

/** The modal's fields by name, as a person filled them in. */
export type Input = Readonly<Record<string, string>>

/** Who set a label that stands for an approval, as Slack knew them when the label was read. */
export interface LabelApproval {
  /** `bot`: its own account; `unlinked`: an account of nobody who is known; `refused`: nobody whom Slack lets act here. */
  readonly by: Person | 'bot' | 'unlinked' | 'refused'
  /** Whoever has approved before it, with the roles that they hold now. */
  readonly before: readonly Person[]
}

/** An observation: something was seen in GitLab, Zendesk or the bot's own work, at the instant `at`. */
export type Observation =
  /** `looksAutomatic`: by its wording an out-of-office answer or a delivery failure, which no rule can tell for sure. */
  | {
      readonly name: 'requester-replied'
      readonly looksAutomatic?: true
      readonly isOneOfSeveral?: true
      readonly at: Instant
    }
  | {
      readonly name: 'label-added' | 'label-removed'
      readonly label: string
      readonly by: Actor
      /** Given where a flow takes the label for an approval and the setting asks for the role of whoever set it. */
      readonly approval?: LabelApproval
      /** It was the mark of failed automated checks that was taken off. */
      readonly clearsMarks?: true
      readonly at: Instant
    }
  /** With the labels that the issue bears then. */
  | {
      readonly name: 'issue-closed'
      readonly labels: readonly string[]
      readonly by: Actor
      readonly at: Instant
    }
  /**
   * `sentSince`: the handbook's replies that the bot has sent since, where it is seen late, or is about to send.
   * `undone`: the effects of decisions to close, by op id, that are not done yet. `withoutMarks`: GitLab had it open all
   * the time, and somebody has taken off the mark of failed checks, for which it was over here. `begins`: where its type
   * begins, for one that was only counted.
   */
  | {
      readonly name: 'issue-reopened'
      readonly by: Actor
      readonly withoutMarks?: true
      readonly begins?: { readonly flow: string; readonly step: string }
      readonly sentSince?: readonly string[]
      readonly undone?: readonly string[]
      readonly at: Instant
    }
  /** The service's own checks have found it invalid, which its label or title says: nobody has to do anything. */
  | { readonly name: 'checks-failed'; readonly at: Instant }
  /** A colleague has posted a reply of the handbook by hand; `names` is the issue that it refers the requester to. */
  | {
      readonly name: 'snippet-sent'
      readonly snippet: string
      readonly names?: number
      readonly by: Actor
      readonly at: Instant
    }
  | { readonly name: 'assignee-changed'; readonly by: Actor; readonly at: Instant }
  /** A colleague has opened the meta issue by hand. */
  | { readonly name: 'meta-issue-made'; readonly issue: MetaIssue; readonly by: Actor; readonly at: Instant }
  | { readonly name: 'issue-unreadable'; readonly status: number; readonly at: Instant }
  | { readonly name: 'issue-readable'; readonly at: Instant }
  | { readonly name: 'evidence-gathered'; readonly evidence: Evidence; readonly at: Instant }
  | { readonly name: 'meta-issue-seen'; readonly issue: MetaIssue; readonly at: Instant }
  | { readonly name: 'reinstatement-issue-opened'; readonly url: string; readonly at: Instant }
  | { readonly name: 'escalation-issue-opened'; readonly url: string; readonly at: Instant }
  | { readonly name: 'exports-seen'; readonly exports: NonNullable<Facts['exports']>; readonly at: Instant }
  /**
   * Something that rests on silence was not done, because the requester had written; nor was anything that follows it.
   * `done`: the kinds of effect that the same decision had done before that.
   */
  | {
      readonly name: 'close-stopped'
      readonly decisionId?: string
      readonly done?: readonly string[]
      readonly at: Instant
    }
  /** Solved, closed, merged into another, deleted or given to support in Zendesk, not by a decision. */
  /** `isForgotten`: it was at a time of which the bot knows nothing, so that it may have been the bot itself. */
  | {
      readonly name: 'ticket-solved'
      readonly how: TicketEnd
      readonly isForgotten?: true
      readonly at: Instant
    }
  /** Solved before and open again, by what the requester wrote or otherwise, or back from where it was forwarded to. */
  | { readonly name: 'ticket-reopened'; readonly isByReply?: true; readonly at: Instant }
  /** An agent has answered by hand. */
  | { readonly name: 'public-reply-seen'; readonly by: Actor; readonly at: Instant }
  /** An end user wrote, and Zendesk kept it as an internal comment, since it trusts the sender no further. */
  | {
      readonly name: 'ticket-reply-kept-internal'
      readonly from: TicketSender
      readonly at: Instant
    }
  | {
      readonly name: 'expert-issue-opened' | 'expert-issue-seen'
      readonly issue: ExpertIssue
      readonly at: Instant
    }
  /** An update was not made, because the ticket had changed: `changes` says in sentences how. */
  | {
      readonly name: 'ticket-update-refused'
      readonly changes: readonly string[]
      readonly backTo?: string
      /** The decision that asked for it; left out where it is older than such ids. */
      readonly decisionId?: string
      readonly decidedAt: Instant
      readonly at: Instant
    }
  /** At most five of them. */
  | {
      readonly name: 'duplicates-suggested'
      readonly iids: readonly number[]
      readonly hasMore?: true
      readonly at: Instant
    }
  /** The requester's address is also that of an issue without a form: a later one, or this one of earlier requests. */
  | {
      readonly name: 'other-issues-seen'
      readonly later?: readonly number[]
      readonly earlier?: readonly number[]
      readonly at: Instant
    }
  /** The form was changed in GitLab: what it says now, and what of it is new. `place`: where its type begins. */
  | {
      readonly name: 'form-changed'
      readonly form: FormFacts
      readonly what: readonly string[]
      readonly place?: { readonly flow: string; readonly step: string }
      readonly at: Instant
    }

/** The name of an observation, as flows write it in `on`. */
export type ObservationName = Observation['name']

/** An event: a decision of a person, or an observation. */
export type Event =
  | {
      readonly kind: 'decision'
      readonly decision: string
      readonly by: Person
      readonly input: Input
      /** The step at which the button was drawn, where it is known. */
      readonly shownAt?: string
      /** The instant at which the ticket that it was decided on had last changed, or of the move that is taken back. */
      readonly stamp?: Instant
      /** The place where the person hears what came of it, if no card shows it. */
      readonly answerTo?: AnswerTo
      /** What its effects need, as it was looked for just before; left out where nobody has looked. */
      readonly needs?: readonly NeedAnswer[]
      readonly at: Instant
    }
  | { readonly kind: 'observation'; readonly observation: Observation }

/** The observation of this name. */
export type ObservationOf<Name extends ObservationName> = Observation & { readonly name: Name }
