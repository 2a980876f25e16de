/** Every way by which a person's text gets into a ticket, or from one into an expert team's issue, tried with a text. */

import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import { effectsOf } from '../../src/engine/effects-of.ts'
import type { Decision } from '../../src/engine/flow.ts'
import { flows } from '../../src/flows/index.ts'
import type { Entry } from '../../src/services/effect-handler.ts'
import { CannotDo } from '../../src/services/failure.ts'
import type { EffectContext } from '../../src/services/gitlab/effect-context.ts'
import { openExpertIssue } from '../../src/services/gitlab/expert-issue.ts'
import { ticketNoteText, ticketReplyText } from '../../src/services/zendesk/ticket-notes.ts'
import type { Findings } from './findings.ts'
import { liveMarkupIn, quickActionsIn } from './gitlab-oracle.ts'
import type { TryText } from './notes-of-strings.ts'
import { liquidIn, readable } from './zendesk-oracle.ts'

const flow = flows['security-ticket']
const team = {
  name: 'Application Security',
  project: 'gitlab-com/appsec',
  labels: ['field-security'],
} as const
const request = {
  id: 't-1',
  source: 'zendesk',
  number: 456,
  url: 'https://example.zendesk.com/agent/tickets/456',
  flow: flow.name,
  step: flow.first,
  stepSince: '2026-03-01T09:00:00.000Z',
  createdAt: '2026-03-01T09:00:00.000Z',
  facts: {},
} as const
const environment = {
  now: '2026-03-02T10:00:00.000Z',
  timeZone: 'UTC',
  calendar: usFederalHolidays(),
  requirePrivacyApproval: false,
  settings: { 'trust-safety-project': false, 'feature-request': false, 'admin-token': false },
} as const

export const ticketPaths: Readonly<Record<string, TryText>> = {
  'a reply on a ticket': reply,
  'the internal comment of Compliance Report': (text, findings) =>
    internalComment(findings, text, 'compliance-report', ['report', 'asker', 'company', 'verified']),
  'the internal comment of Redirect: Support': (text, findings) =>
    internalComment(findings, text, 'redirect-support', ['note']),
  'a name in an internal comment': async (text, findings) => {
    findings.tried()
    filledIn(findings, 'a name', await ticketNoteText('{By {person:U01MANAGER}', async () => text), text)
  },
  'an expert team’s issue': expertIssue,
}

/** Refused where nothing is left of it; else all that can be read of it arrives, and nothing is filled in. */
function reply(text: string, findings: Findings): void {
  findings.tried()
  try {
    const written = ticketReplyText(text)
    filledIn(findings, 'a reply on a ticket', written, text)
    if (readable(written) !== readable(text)) findings.broken('a reply on a ticket says something else', text)
    findings.reach('a reply on a ticket was taken')
  } catch (error) {
    if (error instanceof CannotDo && readable(text) === '') findings.reach('an empty reply was refused')
    else findings.broken('a reply on a ticket ended in an error', `${String(error)} ${text}`)
  }
}

function filledIn({ letIn }: Findings, where: string, written: string, text: string): void {
  if (liquidIn(written).length > 0) letIn(`Zendesk would fill in ${where}`, text)
}

/** From the modal's fields through the engine to the comment: who is named is nobody but whoever decided. */
async function internalComment(
  findings: Findings,
  text: string,
  name: string,
  fields: readonly string[],
): Promise<void> {
  findings.tried()
  const decision: Decision | undefined = flow.steps[flow.first]?.decisions[name]
  const effects = effectsOf(decision?.do ?? [], {
    ...{ flow, request, environment },
    input: Object.fromEntries([...fields, 'confirmation'].map((field) => [field, text])),
    by: { id: 'U01FIELDSEC', roles: ['field-security'] },
  })
  const comment = effects.find(({ kind }) => kind === 'ticket-note' || kind === 'forward-ticket')
  if (comment?.kind !== 'ticket-note' && comment?.kind !== 'forward-ticket')
    return findings.broken(`${name} writes no internal comment`)
  const asked: string[] = []
  const written = await ticketNoteText(comment.text, async (id) => {
    asked.push(id)
    return 'Kenji'
  })
  filledIn(findings, `the internal comment of ${name}`, written, text)
  if (asked.some((id) => id !== 'U01FIELDSEC')) findings.broken(`${name} names another person`, text)
}

/** Confidential, in the team's project; the question quoted, and beside it nothing that a person wrote. */
async function expertIssue(text: string, findings: Findings): Promise<void> {
  findings.tried()
  const opened: { description: string; title: string; confidential?: boolean | undefined }[] = []
  const handler = openExpertIssue(contextWith((issue) => opened.push(issue)))
  await handler.execute(entry, { kind: 'open-expert-issue', team: team.name, question: text })
  const [issue] = opened
  if (!issue) return findings.broken('no issue was opened', text)
  if (issue.title !== 'Security ticket 456: question from Field Security' || issue.confidential !== true)
    findings.broken('an expert’s issue has another title, or is not confidential', text)
  if (quickActionsIn(issue.description).length > 0)
    findings.letIn('an expert’s issue runs a quick action', text)
  const lines = issue.description.split('\n')
  const quoted = lines.filter((line) => line.startsWith('>'))
  for (const found of liveMarkupIn(quoted.join('\n')))
    findings.broken(`an expert’s issue holds ${found}`, text)
  const own = lines.filter((line) => !line.startsWith('>'))
  if (own.join('\n') !== `\nSecurity ticket: ${request.url}\n\n<!-- privacy-desk:op-1 -->`)
    findings.broken('an expert’s issue has a line that is not quoted', own.join('\n'))
}

const entry = { id: 1, opId: 'op-1', requestId: request.id, position: 1 } as Partial<Entry> as Entry

/** The rest of it no effect of this kind asks for. */
function contextWith(opened: (issue: { description: string; title: string }) => void): EffectContext {
  const createIssue: EffectContext['gitlab']['createIssue'] = async (issue) => {
    opened(issue)
    return { iid: 7, projectId: 1, webUrl: 'https://gitlab.example.com/i/7' } as Awaited<
      ReturnType<EffectContext['gitlab']['createIssue']>
    >
  }
  const context = {
    gitlab: { createIssue },
    store: { tables: { requests: { byId: async () => request } } },
    expertTeams: [team],
    happened: async () => {},
    now: () => new Date(environment.now),
  }
  return context as unknown as EffectContext
}
