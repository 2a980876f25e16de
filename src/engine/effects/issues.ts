/** Effects on issues beside notes: labels, state, new issues, and what an administrator's token reads and starts. */
import type { IssuePurpose } from '../need.ts'
import type { AnswerTo } from '../request.ts'
import {
  type Clause,
  defineEffect,
  isListOfTexts,
  isOneOf,
  isOptional,
  isText,
  isTextByName,
  kindAlone,
  type ToSilence,
  toSilence,
  whole,
} from './definition.ts'

/** Labels that are added to the issue and removed from it, in one call. */
export interface Labels extends ToSilence {
  readonly kind: 'labels'
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

interface Close extends ToSilence {
  readonly kind: 'close'
}

interface Reopen {
  readonly kind: 'reopen'
}

/** A confidential issue from a project template, linked to the request; `meta` is titled with the requester's e-mail. */
export interface OpenIssue {
  readonly kind: 'open-issue'
  readonly purpose: IssuePurpose
  readonly template: string
}

/**
 * A confidential issue in the expert team's project. In a rule, the two texts name the modal's fields with the team
 * and the question.
 */
export interface OpenExpertIssue {
  readonly kind: 'open-expert-issue'
  readonly team: string
  readonly question: string
}

/**
 * The request's assignee in its service becomes `to`, and `from` is none any more; others stay. Both are Slack user ids,
 * of people whose account there is known.
 */
export interface Assign {
  readonly kind: 'assign'
  readonly to?: string
  readonly from?: string
  /** Where whoever changed it hears that the service did not take it: nothing else waits for that. */
  readonly answerTo: AnswerTo
}

/** Schedules the export of each of the user's personal projects. */
interface StartExports {
  readonly kind: 'start-exports'
}

interface GatherEvidence {
  readonly kind: 'gather-evidence'
}

/** The definitions of the effects on issues, by kind. */
export const issueEffects = {
  labels: defineEffect<Labels, Labels>()({
    kind: 'labels',
    params: { add: isListOfTexts, remove: isListOfTexts, onlyIfSilentSince: isOptional(isText) },
    lane: 'request',
    idempotency: 'idempotent',
    limits: [],
    whenDone: () => 'labels set',
    whenTakenBack: 'opposite',
    redact: whole,
    auditAs: ({ kind, add, remove }) => ({ kind, add, remove }),
    asked: {
      fill: ({ kind, add, remove }, decision) => ({ kind, add, remove, ...toSilence(decision) }),
      words: ({ add, remove }) => [...labelClause('Add', add), ...labelClause('Remove', remove)],
      page: ({ add, remove }, { codes }) =>
        [
          ...(add.length > 0 ? [`adds ${codes(add)}`] : []),
          ...(remove.length > 0 ? [`removes ${codes(remove)}`] : []),
        ].join(' and '),
    },
  }),

  close: defineEffect<Close, Close>()({
    kind: 'close',
    params: { onlyIfSilentSince: isOptional(isText) },
    lane: 'request',
    idempotency: 'idempotent',
    limits: [],
    whenDone: () => 'closed',
    redact: whole,
    auditAs: kindAlone,
    asked: {
      fill: ({ kind }, decision) => ({ kind, ...toSilence(decision) }),
      words: (_what, { number }) => [{ verb: 'Close', rest: `#${number}` }],
      page: () => '`close`: closes the issue',
    },
  }),

  reopen: defineEffect<Reopen, Reopen>()({
    kind: 'reopen',
    params: {},
    lane: 'request',
    idempotency: 'idempotent',
    limits: [],
    whenDone: () => 'reopened',
    whenTakenBack: 'opposite',
    redact: whole,
    auditAs: whole,
    asked: {
      fill: ({ kind }) => ({ kind }),
      words: (_what, { number }) => [{ verb: 'Reopen', rest: `#${number}` }],
      page: () => '`reopen`: reopens the issue',
    },
  }),

  'open-issue': defineEffect<OpenIssue, OpenIssue>()({
    kind: 'open-issue',
    params: { purpose: isOneOf('meta', 'reinstatement', 'escalation'), template: isText },
    lane: 'request',
    idempotency: 'verify-first',
    limits: [],
    whenDone: () => 'issue opened',
    redact: whole,
    auditAs: whole,
    // "populating the title with the email address of the original request"
    needs: ({ purpose, template }) => [
      ...(purpose === 'meta' ? [{ name: 'requester-email' } as const] : []),
      { name: 'issue-template', purpose, template },
    ],
    asked: {
      fill: ({ kind, purpose, template }) => ({ kind, purpose, template }),
      words: ({ template }) => [
        { verb: 'Open', rest: `a confidential issue from the template “${template}”` },
      ],
      page: ({ template, purpose }) => `opens a confidential issue from \`${template}\` (${purpose})`,
    },
  }),

  'open-expert-issue': defineEffect<OpenExpertIssue, OpenExpertIssue>()({
    kind: 'open-expert-issue',
    params: { team: isText, question: isText },
    lane: 'request',
    idempotency: 'verify-first',
    limits: [],
    whenDone: () => 'issue with the expert team opened',
    redact: (effect) => ({ ...effect, question: '' }),
    auditAs: ({ kind, team }) => ({ kind, team }),
    needs: ({ team }) => [{ name: 'expert-team', team }],
    asked: {
      fill: ({ kind, team, question }, { input }) => ({
        kind,
        team: input[team] ?? '',
        question: (input[question] ?? '').trim(),
      }),
      words: () => [{ verb: 'Open', rest: 'a confidential issue with the expert team' }],
      page: ({ team, question }, { code }) =>
        `opens a confidential issue in the project of ${code(team)} with ${code(question)}`,
    },
  }),

  assign: defineEffect<Assign>()({
    kind: 'assign',
    params: { to: isOptional(isText), from: isOptional(isText), answerTo: isTextByName },
    lane: 'request',
    idempotency: 'idempotent',
    limits: [],
    redact: (effect) => ({
      ...effect,
      answerTo: { userId: effect.answerTo.userId, teamId: effect.answerTo.teamId },
    }),
    auditAs: ({ kind, to, from }) => ({ kind, to, from }),
    report: ({ answerTo }, { outcome, because }) =>
      outcome === 'stopped' ? { answerTo, text: because } : undefined,
  }),

  'start-exports': defineEffect<StartExports, StartExports>()({
    kind: 'start-exports',
    params: {},
    lane: 'request',
    idempotency: 'idempotent',
    limits: [],
    whenDone: () => 'exports scheduled',
    redact: whole,
    auditAs: kindAlone,
    asked: {
      fill: ({ kind }) => ({ kind }),
      words: () => [{ verb: 'Schedule', rest: 'the export of each of the user’s personal projects' }],
      page: () => '`start-exports`: schedules the export of each personal project',
    },
  }),

  'gather-evidence': defineEffect<GatherEvidence, GatherEvidence>()({
    kind: 'gather-evidence',
    params: {},
    lane: 'request',
    idempotency: 'idempotent',
    limits: [],
    whenDone: () => 'evidence read',
    whenTakenBack: 'stands',
    redact: whole,
    auditAs: kindAlone,
    asked: {
      fill: ({ kind }) => ({ kind }),
      words: () => [{ verb: 'Read', rest: 'the evidence from GitLab' }],
      page: () => '`gather-evidence`: reads the four criteria from GitLab',
    },
  }),
}

function labelClause(verb: string, names: readonly string[]): readonly Clause[] {
  return names.length > 0 ? [{ verb, names }] : []
}
