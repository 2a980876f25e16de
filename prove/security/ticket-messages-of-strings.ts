/** Every way by which a text of a ticket, or about one, gets into Slack, tried with a text. */

import { problemsOfMessage, problemsOfView } from '../../sandbox/slack/block-limits.ts'
import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import { security } from '../../src/desks/security.ts'
import { decide } from '../../src/engine/decide.ts'
import type { Observation } from '../../src/engine/event.ts'
import type { Actor, Facts } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { loadSnippets } from '../../src/flows/snippets.ts'
import { readCommand } from '../../src/listeners/read-command.ts'
import type { CardState } from '../../src/requests/card-states.ts'
import { threadText } from '../../src/services/slack/effects.ts'
import { suspendedText } from '../../src/services/zendesk/service.ts'
import { changesSince } from '../../src/services/zendesk/ticket-reader.ts'
import { requestList } from '../../src/views/answers.ts'
import { batchAnswer, batchMessage, batchModal } from '../../src/views/batch-message.ts'
import { decisionModal } from '../../src/views/decision-modal.ts'
import { drawDigest } from '../../src/views/digest-message.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { requestDetails } from '../../src/views/request-details.ts'
import { statsMessage } from '../../src/views/stats-message.ts'
import type { ShownTicket } from '../../src/views/ticket-blocks.ts'
import type { Findings } from './findings.ts'
import type { TryText } from './notes-of-strings.ts'
import { mrkdwnIn, strayIn, strayMrkdwn } from './slack-oracle.ts'

const flow = flows['security-ticket']
const hosts = ['example.zendesk.com', 'gitlab.example.com', 'handbook.gitlab.com', 'desk.slack.com']
const nobody = { mentions: [], hosts }
const place = { now: '2026-03-02T10:00:00.000Z', timeZone: 'UTC', calendar: usFederalHolidays() }
const settings = { 'trust-safety-project': true, 'feature-request': true, 'admin-token': true }
const day = '2026-03-02'
/** A view may have so many: `view_too_large` says views.open. */
const bytesOfView = 250_000
/** Stands in whatever a ticket says, so that it is found again. */
const word = 'Quillfeather'

function ticketState(facts: Facts = {}, step = flow.first): CardState {
  const request = {
    ...{
      id: 't-1',
      number: 456,
      url: 'https://example.zendesk.com/agent/tickets/456',
      source: flow.desk.source,
    },
    ...{ flow: flow.name, step, facts, stepSince: place.now, createdAt: '2026-02-02T09:00:00.000Z' },
  }
  const cardUrl = 'https://desk.slack.com/archives/C1/p1'
  const requirePrivacyApproval = false
  return {
    ...{ desk: security, flow, ...place, settings, requirePrivacyApproval },
    ...{ clocks: [], work: [], cardUrl, request },
  }
}

const snippets = loadSnippets()

export const ticketSlackPaths: Readonly<Record<string, TryText>> = {
  'a ticket’s modal': (text, findings) => {
    const { name, step } = anyOf(modals, text)
    const ticket = shownTicket(text)
    const again = { typed: { answer: text, note: text }, changes: [text] }
    // A ticket that was solved by hand without an answer is left as closed, or completed.
    const state = ticketState(flow.steps[step]?.isClosed === true ? { isIncomplete: true } : {}, step)
    modal(findings, decisionModal(state, name, { snippets, ticket }), text)
    modal(findings, decisionModal(state, name, { snippets, ticket, ...again }), text)
  },
  'a ticket’s card': (text, findings) => {
    const work = [{ what: text, status: 'failed', error: text.replaceAll('<@', '< @') }] as const
    const state = ticketState(factsOf(text), anyOf(Object.keys(flow.steps), text))
    message(findings, 'a ticket’s card', requestCard({ ...state, work }), text)
  },
  'a ticket’s details': (text, findings) =>
    message(
      findings,
      'a ticket’s details',
      requestDetails(ticketState(factsOf(text)), [text.replaceAll('<@', '< @')]),
      text,
    ),
  'a list of tickets': (text, findings) => {
    const command = readCommand(`list ${text}`, security)
    const words = command.name === 'list' ? command.words : text
    message(findings, 'a list of tickets', requestList(security, [ticketState(factsOf(text))], words), text)
  },
  'the list of a distribution day': (text, findings) => {
    const batch = batchOf(text)
    message(findings, 'a batch', batchMessage(batch), text)
    message(findings, 'the answer to /security batch', batchAnswer([batch, batch]), text)
    modal(findings, batchModal(batch, text.slice(0, 20)), text)
  },
  'the digest of tickets': (text, findings) => {
    const steps = Object.keys(flow.steps).filter((name) => flow.steps[name]?.isClosed !== true)
    const open = steps.map((step) => ticketState(factsOf(text), step))
    const counts = Object.entries({ new: 1, solved: 0, redirected: 0, reopened: 0 })
    const more = { notes: suspendedText(2), holidaysUntil: '2027-12-31', batch: batchOf(text) }
    const drawn = drawDigest({ desk: security, ...place, open, closed: [], counts, ...more })
    for (const one of [drawn.message, ...drawn.replies]) message(findings, 'the digest of tickets', one, text)
  },
  'the statistics': (text, findings) => {
    const handled = [{ as: text, count: 2, onTime: 1 }]
    message(
      findings,
      'the statistics',
      statsMessage({ desk: security, days: 7, opened: 1, handled, openNow: 1, overdueNow: 0 }),
      text,
    )
  },
  'a ticket’s thread': thread,
}

const modals = Object.entries(flow.steps).flatMap(([step, { decisions }]) =>
  Object.keys(decisions).map((name) => ({ step, name })),
)

function anyOf<T>(all: readonly T[], text: string): T {
  const one = all[text.length % all.length]
  if (one === undefined) throw new Error('there is none')
  return one
}

/** All that a requester, somebody in copy, an agent or an expert can write. */
function shownTicket(text: string): ShownTicket {
  const written = `${word} ${text} ${word}`
  const comment = { by: `${written} <${written}>`, at: place.now, text: written }
  return {
    subject: written,
    stamp: place.now,
    recipients: [written, `${text} <${word}@evil.example>`],
    comments: [
      { ...comment, isPublic: true },
      { ...comment, isPublic: false },
      { ...comment, isPublic: true, text },
    ],
    expertAnswer: text,
  }
}

function modal(findings: Findings, view: ReturnType<typeof decisionModal>, text: string): void {
  const { tried, letIn, broken, reach } = findings
  tried()
  if (!view) throw new Error('there is no modal to try')
  for (const stray of strayIn(view, nobody)) letIn(`a ticket’s modal holds ${stray}`, text)
  if (mrkdwnIn(view).some((one) => one.includes(word))) letIn('a ticket is shown as mrkdwn', text)
  for (const problem of problemsOfView(view)) broken(`a ticket’s modal: ${problem}`, text)
  if (Buffer.byteLength(JSON.stringify(view)) > bytesOfView) broken('a ticket’s modal is too large', text)
  if (JSON.stringify(view).includes(word)) reach('a hostile ticket was shown')
}

function message(
  { tried, letIn, broken }: Findings,
  where: string,
  { text: plain, blocks }: { text: string; blocks: unknown[] },
  text: string,
): void {
  tried()
  for (const stray of strayIn({ text: plain, blocks }, nobody)) letIn(`${where} holds ${stray}`, text)
  for (const problem of problemsOfMessage(blocks)) broken(`${where}: ${problem}`, text)
  if (plain.length > 4_000) broken(`${where} has too long a text`, text)
}

function factsOf(text: string): Facts {
  const url = `https://gitlab.example.com/a/-/issues/7?${text.toWellFormed()}`
  return {
    expertIssue: { team: text, project: text, iid: 7, url, closed: false },
    promisedReport: { report: text, sendOn: day },
    lastMove: { what: text, by: text as Actor, at: place.now },
    unreadable: { status: 404, since: place.now },
    lastReplyAt: place.now,
    lastPublicReplyAt: place.now,
  }
}

function batchOf(text: string) {
  const { request, cardUrl } = ticketState()
  const report = text
  const url = `https://example.zendesk.com/agent/tickets/456?${text.toWellFormed()}`
  return {
    desk: security,
    day,
    reports: [
      { request, report, isSent: false, ...(cardUrl === undefined ? {} : { cardUrl }) },
      {
        request: { ...request, url },
        report,
        isSent: false,
        cardUrl: `https://desk.slack.com/${text.toWellFormed()}`,
      },
      { request, report, isSent: true, cardUrl: `javascript:${text}` },
    ],
  }
}

/** What happens to a ticket through the engine; the bot mentions a group, and nobody else. */
function thread(text: string, findings: Findings): void {
  const { now: at, timeZone } = place
  const ticket = { status: text, isMerged: false, groupId: text }
  const writers = { isOwn: () => false, senderOf: () => 'requester' as const }
  const changes = changesSince(ticket, [], at, writers, timeZone, { groupId: `${text}.` })
  // The team is named in config/desk.yaml; only the bot fills in people.
  const team = text.replaceAll('{person:', '{ person:')
  const issue = { team, project: text, iid: 7, url: text, closed: true, answeredAt: at }
  const observations: readonly Observation[] = [
    { name: 'ticket-update-refused', changes, decidedAt: at, at },
    { name: 'expert-issue-seen', issue, at },
    { name: 'public-reply-seen', by: text as Actor, at },
    { name: 'ticket-reply-kept-internal', from: 'somebody-else', at },
  ]
  for (const observation of observations) {
    findings.tried()
    const outcome = decide(
      flows,
      ticketState({}, 'waiting-on-expert').request,
      { kind: 'observation', observation },
      { ...place, settings, requirePrivacyApproval: false },
    )
    const effects = 'effects' in outcome ? outcome.effects : []
    for (const effect of effects) {
      if (effect.kind !== 'thread') continue
      const said = threadText(effect.text, ['<!subteam^S01FIELDSEC>'])
      findings.reach('something hostile was said in a ticket’s thread')
      for (const stray of strayMrkdwn(said, { hosts: [], mentions: ['!subteam^S01FIELDSEC'] }))
        findings.letIn(`a ticket’s thread holds ${stray}`, text)
    }
  }
}
