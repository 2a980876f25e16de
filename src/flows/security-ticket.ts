/** Security ZenDesk Process: "Tickets are handled in one of the four ways described below." */

import { type ClockRule, type Decision, defineFlow, type Field, type Flow } from '../engine/flow.ts'
import { complianceReport, reportSent } from './compliance-report.ts'
import { securityRules } from './desks.ts'
import * as drafts from './ticket-texts.ts'
import {
  forwardToSupport,
  leaveAsClosed,
  linkExpertIssue,
  openExpertIssue,
  replyAndSolve,
  replyOnTicket,
} from './vocabulary.ts'

/** The choices that the team's configuration makes about the security desk. */
export interface SecurityDesk {
  /** The names of the expert teams that can be engaged. */
  readonly expertTeams: readonly string[]
  /** True when it is known to which group support requests go. */
  readonly hasSupportGroup: boolean
  /** After so many the requester hears again; the handbook names no number. */
  readonly updateAfterBusinessDays: number
}

/** "Field Security has a 1 business-day SLA to handle the ticket." */
const oneBusinessDay: ClockRule = {
  name: 'Business day',
  businessDays: 1,
  since: 'opened',
  because: 'Field Security has a 1 business-day SLA to handle the ticket',
}

/** "The ticket requestor may reopen the ticket at any time should they require further assistance." */
const reopened = { 'ticket-reopened': { goto: 'new' } } as const

const publicText = (name: string, label: string, more: Partial<Field & { kind: 'text' }> = {}): Field => ({
  kind: 'text',
  name,
  label,
  isSent: true,
  ...more,
})

const by = ['field-security'] as const

const reply: Decision<'solved'> = {
  button: 'Reply',
  ends: 'answered',
  style: 'primary',
  by,
  refreshFirst: true,
  records: 'handled',
  fields: [publicText('answer', 'Reply to the requester', { draftFrom: 'expert-issue' })],
  do: [replyAndSolve('answer')],
  goto: 'solved',
}

const redirectToSupport: Decision<'redirected'> = {
  button: 'Redirect: Support',
  by,
  refreshFirst: true,
  records: 'handled',
  fields: [
    {
      kind: 'text',
      name: 'note',
      label: 'Internal note for support',
      draft: drafts.forwardedToSupport,
      hint: 'Only agents see it',
    },
  ],
  do: [forwardToSupport('{field:note}\n{who}, {when}')],
  goto: 'redirected',
}

const referral = (button: string, draft: string, ends: string): Decision<'solved'> => ({
  button,
  ends,
  by,
  refreshFirst: true,
  records: 'handled',
  fields: [publicText('answer', 'Referral to the requester', { draft })],
  do: [replyAndSolve('answer')],
  goto: 'solved',
})

/** "an issue is opened for the appropriate team … and the requestor is notified that additional research on our part is required" */
const engageExpert = (teams: readonly string[]): Decision<'waiting-on-expert'> => ({
  button: 'Engage Expert',
  by,
  refreshFirst: true,
  records: 'handled',
  fields: [
    {
      kind: 'choice',
      name: 'team',
      label: 'Team',
      options: teams.map((team) => ({ value: team, text: team })),
    },
    {
      kind: 'text',
      name: 'question',
      label: 'Question for the team',
      hint: 'Saved in a confidential issue in the team’s project, not posted in Slack',
    },
    publicText('notice', 'Message to the requester', { draft: drafts.moreResearch }),
  ],
  do: [openExpertIssue('team', 'question'), replyOnTicket('notice', 'go on'), linkExpertIssue()],
  goto: 'waiting-on-expert',
})

const sendUpdate: Decision<never> = {
  button: 'Send Update',
  by,
  refreshFirst: true,
  fields: [publicText('update', 'Update to the requester', { draft: drafts.stillWorking })],
  do: [replyOnTicket('update')],
}

/** Returns the flow as the team's configuration has it: only what can be carried out is offered. */
export function securityTicket({
  expertTeams,
  hasSupportGroup,
  updateAfterBusinessDays,
}: SecurityDesk): Flow {
  return defineFlow({
    name: 'security-ticket',
    title: 'Security ticket',
    handbook: 'Security ZenDesk Process',
    desk: securityRules,
    first: 'new',
    closed: 'solved',
    on: { 'ticket-solved': [{ where: { how: 'forwarded' }, goto: 'redirected' }, { goto: 'solved' }] },
    pinned: [],
    anytime: {},
    steps: {
      new: {
        handbook: 'Reply',
        entrance: 'ticket',
        title: 'Needs a reply from Field Security',
        availableWhen: 'on arrival',
        waitsFor: 'field-security',
        next: [
          { if: 'is-reopened', kind: 'reply', words: 'Reopened: needs a reply', decision: 'reply' },
          { kind: 'reply', words: 'New: needs a first reply', decision: 'reply' },
        ],
        clock: oneBusinessDay,
        decisions: {
          reply,
          ...(expertTeams.length > 0 ? { 'engage-expert': engageExpert(expertTeams) } : {}),
          'compliance-report': complianceReport,
          ...(hasSupportGroup ? { 'redirect-support': redirectToSupport } : {}),
          'redirect-vulnerability': referral(
            'Redirect: Vulnerability',
            drafts.vulnerability,
            'referred to HackerOne',
          ),
          'redirect-copyright': referral(
            'Redirect: Copyright',
            drafts.copyright,
            'referred to the DMCA agent',
          ),
        },
      },
      'waiting-on-expert': {
        handbook: 'Engage a subject matter expert (or team)',
        tracks: 'expert-issue',
        title: 'Waiting on the expert team',
        availableWhen: 'when an expert team has been asked',
        waitsFor: 'expert',
        next: [
          {
            if: 'expert-has-answered',
            kind: 'reply',
            words: '{team} answered: reply to the requester',
            decision: 'reply',
          },
          {
            if: 'requester-wrote-since',
            kind: 'reply',
            words: 'The requester wrote: reply, or send an update',
            decision: 'reply',
          },
          {
            if: 'clock-is-over',
            kind: 'update',
            words: 'The requester has heard nothing lately: send an update',
            decision: 'send-update',
          },
          { kind: 'wait', words: 'Waiting on {team}', awaits: 'expert-team', decision: 'send-update' },
        ],
        clock: {
          name: 'Update to the requester',
          businessDays: updateAfterBusinessDays,
          since: 'last-public-reply',
          because: 'Periodic updates are given to the requestor as appropriate',
          whenOver:
            'We last wrote on {request} {start}. Let the requester know that it’s being worked on: Send Update.',
        },
        decisions: { reply, 'send-update': sendUpdate },
      },
      queued: {
        handbook: 'Compliance Report Requests',
        title: 'Compliance report queued',
        availableWhen: 'when a report has been promised',
        waitsFor: 'field-security',
        next: [
          {
            if: 'promised-day-has-come',
            kind: 'send-report',
            words: 'Report is due: send it',
            decision: 'report-sent',
          },
          {
            kind: 'wait',
            words: 'Report queued for its distribution day',
            awaits: 'distribution-day',
            decision: 'report-sent',
          },
        ],
        clock: {
          name: 'Compliance report',
          until: 'distribution-day',
          since: 'step-entered',
          because: 'Reports are distributed on Mondays & Thursdays with adjustments for US holidays',
        },
        decisions: { 'report-sent': reportSent, reply },
      },
      solved: {
        handbook: 'Reply',
        title: 'Solved',
        availableWhen: 'when it is solved',
        waitsFor: 'nobody',
        isClosed: true,
        on: reopened,
        decisions: { 'leave-as-closed': leaveAsClosed(by) },
      },
      redirected: {
        handbook: 'Redirect',
        outcome: 'redirected',
        title: 'Forwarded to support',
        availableWhen: 'when it is forwarded to support',
        waitsFor: 'nobody',
        isClosed: true,
        on: reopened,
        decisions: {},
      },
    },
  })
}
