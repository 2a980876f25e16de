/** Every way by which text from outside gets into a Slack message, tried with a text. */

import { problemsOfMessage, problemsOfView } from '../../sandbox/slack/block-limits.ts'
import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import { shipped } from '../../src/desks/index.ts'
import { privacy } from '../../src/desks/privacy.ts'
import { clocksOf } from '../../src/engine/clocks.ts'
import { effectsOf } from '../../src/engine/effects-of.ts'
import type { Actor, Facts } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { loadSnippets } from '../../src/flows/snippets.ts'
import { askInThread } from '../../src/flows/vocabulary.ts'
import { readCommand } from '../../src/listeners/read-command.ts'
import type { CardState, WorkLine } from '../../src/requests/card-states.ts'
import { logSentence } from '../../src/requests/log-sentences.ts'
import { ask } from '../../src/services/ask.ts'
import { CallFailed } from '../../src/services/call-failed.ts'
import { threadText } from '../../src/services/slack/effects.ts'
import { answer, refusalModal, requestList, wentWrong } from '../../src/views/answers.ts'
import { decisionModal } from '../../src/views/decision-modal.ts'
import { drawDigest } from '../../src/views/digest-message.ts'
import { escaped, link, plain, plainChunks, sentence } from '../../src/views/escape.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { requestDetails } from '../../src/views/request-details.ts'
import type { Findings } from './findings.ts'
import type { TryText } from './notes-of-strings.ts'
import { type Made, strayIn, strayMrkdwn } from './slack-oracle.ts'

const flow = flows['account-deletion']
const hosts = ['gitlab.example.com', 'handbook.gitlab.com', 'desk.slack.com']
const nobody: Made = { mentions: [], hosts }
const place = { now: '2026-03-02T10:00:00.000Z', timeZone: 'UTC', calendar: usFederalHolidays() }
const settings = { 'trust-safety-project': true, 'feature-request': true, 'admin-token': true }

function stateWith(facts: Facts, work: readonly WorkLine[] = []): CardState {
  const request = {
    id: 'r-1',
    number: 123,
    url: 'https://gitlab.example.com/desk/requests/-/issues/123',
    source: flow.desk.source,
    flow: flow.name,
    step: flow.first,
    stepSince: '2026-03-01T09:00:00.000Z',
    createdAt: '2026-03-01T09:00:00.000Z',
    facts,
  }
  const cardUrl = 'https://desk.slack.com/archives/C1/p1'
  return {
    desk: privacy,
    flow,
    ...place,
    settings,
    requirePrivacyApproval: false,
    clocks: clocksOf(flow, request, place).slice(0, 1),
    work,
    cardUrl,
    request,
  }
}

export const slackPaths: Readonly<Record<string, TryText>> = {
  'a card': (text, findings) => {
    const card = requestCard(stateWith(factsOf(text), workOf(text)))
    message(findings, 'a card', card)
  },
  'an answer': (text, findings) => {
    message(findings, 'an answer', answer(`Refused: ${text.replaceAll('<@', '< @')}`))
    message(findings, 'an answer of an error', wentWrong(text.replaceAll('<@', '< @')))
  },
  'a list’s filter': (text, findings) => {
    const command = readCommand(`list ${text}`, privacy)
    const words = command.name === 'list' ? command.words : text
    message(findings, 'a list', requestList(privacy, [stateWith({})], words))
  },
  'a modal’s preview': (text, findings) => {
    const snippets = { ...loadSnippets(), 'blocked-user-initiated': text }
    for (const name of ['start', 'self-initiated-deletion']) {
      const view = decisionModal(stateWith(factsOf(text)), name, { snippets, channel: text.slice(0, 20) })
      if (!view) return findings.broken('there is no modal to try')
      findings.tried()
      for (const stray of strayIn(view, nobody)) findings.letIn(`a modal holds ${stray}`, text)
      for (const problem of problemsOfView(view)) findings.broken(`a modal: ${problem}`, text)
    }
  },
  'a refusal': (text, findings) => {
    const view = refusalModal(answer(`Refused: ${text.replaceAll('<@', '< @')}`))
    findings.tried()
    for (const stray of strayIn(view, nobody)) findings.letIn(`a refusal holds ${stray}`, text)
    for (const problem of problemsOfView(view)) findings.broken(`a refusal: ${problem}`, text)
  },
  'the details': (text, findings) =>
    message(findings, 'the details', requestDetails(stateWith(factsOf(text)), [logged(text)])),
  'the digest': (text, findings) => {
    const open = [stateWith(factsOf(text))]
    const closed = [['Closed', open]] as const
    const counts = Object.entries({ new: 1, closed: 0, invalid: 0 })
    const auditHead = { seq: 1, hash: 'ab'.repeat(32) }
    const drawn = drawDigest({ desk: privacy, ...place, open, closed, counts, notes: [], auditHead })
    for (const one of [drawn.message, ...drawn.replies]) message(findings, 'the digest', one)
  },
  'a thread': thread,
  'what a service says of an error': serviceError,
  'the escape itself': theEscape,
}

function message(
  findings: Findings,
  where: string,
  { text, blocks }: { text: string; blocks: unknown[] },
): void {
  findings.tried()
  for (const stray of strayIn({ text, blocks }, nobody)) findings.letIn(`${where} holds ${stray}`, text)
  for (const problem of problemsOfMessage(blocks)) findings.broken(`${where}: ${problem}`, text)
  if (text.length > 4_000) findings.broken(`${where} has too long a text`, text)
}

/** As it would be stored. */
function factsOf(text: string): Facts {
  const url = `https://gitlab.example.com/a/-/issues/7?${text.toWellFormed()}`
  return {
    metaIssue: { iid: 7, url, done: 1, total: 2, closed: false, next: 2 },
    reinstatementIssue: { url: `https://gitlab.example.com/${text.toWellFormed()}` },
    escalationIssue: { url: `javascript:${text}` },
    lastMove: { what: `Label ${text} set in GitLab`, by: text as Actor, at: place.now },
    exception: { requestedBy: text, at: place.now },
    evidence: {
      readAt: place.now,
      criteria: [{ name: text, result: 'met', value: text, source: text }],
    },
  }
}

function workOf(text: string): readonly WorkLine[] {
  const harmless = text.replaceAll('<@', '< @')
  return [
    { what: text, status: 'failed', error: harmless },
    { what: text, status: 'pending', error: harmless },
  ]
}

/** A label that somebody made in GitLab, as it stands in the log. */
function logged(text: string): string {
  const entry = { seq: 1, previousHash: '', hash: '', at: place.now, who: 'gitlab:7' } as const
  return logSentence(
    { ...entry, what: 'seen', details: { name: 'label-added', label: text } },
    { ...place, now: () => new Date(place.now), desks: shipped },
  )
}

/** From the field through the engine; the bot mentions whoever decided, and nobody else. */
function thread(text: string, { tried, letIn }: Findings): void {
  tried()
  const [effect] = effectsOf([askInThread('{who} asks: {field:reason}', 'privacy')], {
    flow,
    request: stateWith({}).request,
    environment: { ...place, settings, requirePrivacyApproval: false },
    input: { reason: text },
    by: { id: 'U01ENGINEER', roles: ['support-engineer'] },
  })
  if (effect?.kind !== 'thread') throw new Error('a question makes no message')
  const said = threadText(effect.text, ['<!subteam^S01PRIVACY>'])
  for (const stray of strayMrkdwn(said, { hosts: [], mentions: ['!subteam^S01PRIVACY', '@U01ENGINEER'] }))
    letIn(`a thread holds ${stray}`, text)
}

/** Whatever a service or a proxy answers, what is shown of it mentions and links nothing. */
async function serviceError(text: string, { tried, letIn, broken, reach }: Findings): Promise<void> {
  tried()
  const body = JSON.stringify({ message: text, error: `404 ${text}` })
  const answering = async () => new Response(body, { status: 404 })
  const asking = { service: 'gitlab', fetch: answering, timeoutMs: 1000 } as const
  const url = new URL('https://gitlab.example/api/v4/issues/1')
  const error = await ask(asking, { method: 'GET', url, headers: {} }).catch((thrown: unknown) => thrown)
  if (!(error instanceof CallFailed)) return broken('an answer of a service ended in an error of ours', text)
  reach('a hostile answer of a service')
  const shown = sentence(error.message, 300)
  for (const stray of strayMrkdwn(shown, nobody)) letIn(`an error of a service holds ${stray}`, text)
}

function theEscape(text: string, { tried, letIn, broken }: Findings): void {
  tried(4)
  const one = escaped(text)
  for (const stray of strayMrkdwn(one, nobody)) letIn(`escaped() leaves ${stray}`, text)
  if (one.length > 300 || one.includes('\n')) broken('escaped() is too long or has two lines', text)
  if (plain(text, 75).length > 75) broken('plain() is too long', text)
  if (plainChunks(text, 3000).some((chunk) => chunk.length > 3000)) broken('a chunk is too long', text)
  const made = link(`https://gitlab.example.com/x?${text.toWellFormed()}`, text)
  for (const stray of strayMrkdwn(made, nobody)) letIn(`link() leaves ${stray}`, text)
}
