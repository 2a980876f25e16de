/** Every way by which a person's text gets into GitLab, tried with a text. */

import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import { beginsWithCommand } from '../../src/engine/effects/notes.ts'
import { effectsOf } from '../../src/engine/effects-of.ts'
import type { Field } from '../../src/engine/flow.ts'
import { privacyRules } from '../../src/flows/desks.ts'
import { flows } from '../../src/flows/index.ts'
import { loadSnippets } from '../../src/flows/snippets.ts'
import { internalNote } from '../../src/flows/vocabulary.ts'
import { readForm } from '../../src/form/form.ts'
import { readTasks } from '../../src/form/tasks.ts'
import { CannotDo } from '../../src/services/failure.ts'
import { internalNoteText, replyText, typedReplyText } from '../../src/services/gitlab/note-text.ts'
import { joined } from '../../src/services/zendesk/redirect-ticket.ts'
import { fieldErrors } from '../../src/views/field-inputs.ts'
import type { Findings } from './findings.ts'
import { liveMarkupIn, quickActionsIn } from './gitlab-oracle.ts'

const snippets = loadSnippets()
const marker = '<!-- privacy-desk:0011223344556677 -->'
const publicField: Field = { kind: 'text', name: 'text', label: 'Text', isSent: true }
const noAliases = { fields: {}, types: {} }

export type TryText = (text: string, findings: Findings) => void | Promise<void>

/** By the name under which a finding stands. */
export const gitlabPaths: Readonly<Record<string, TryText>> = {
  'further words of a reply': (text, findings) =>
    publicText(findings, text, () =>
      replyText(snippets, { snippet: 'unblocked-by-security', replacements: {}, addition: text }),
    ),
  'a typed reply': (text, findings) => publicText(findings, text, () => typedReplyText(text)),
  'what replaces a placeholder': (text, findings) =>
    publicText(findings, text, () =>
      replyText(snippets, {
        snippet: 'verification-succeeded',
        replacements: { TYPE_OF_REQUEST: text },
      }),
    ),
  'a public field of a modal': publicModal,
  'an internal note': async (text, findings) =>
    quoted(findings, 'an internal note', await internalNoteText(text, async () => 'Mara')),
  'a name in an internal note': async (text, findings) =>
    quoted(
      findings,
      'a name in an internal note',
      await internalNoteText('By {person:U01MANAGER}', async () => text),
    ),
  'a typed reason': reason,
  'a form': form,
  'a task of a meta issue': task,
  'a macro’s comment': macro,
}

function publicText({ tried, reach, letIn, broken }: Findings, text: string, write: () => string): void {
  tried()
  try {
    const note = write()
    const [line] = quickActionsIn(note)
    if (line !== undefined) letIn('a public note runs a quick action', text)
    reach('a public text was taken')
  } catch (error) {
    if (error instanceof CannotDo) reach('a public text was refused')
    else broken('a public text ended in an error of ours', `${String(error)} ${text}`)
  }
}

/** The modal may refuse more than the effect, never less: nobody should learn it after the click. */
function publicModal(text: string, { tried, broken }: Findings): void {
  tried()
  const isRefused = Object.keys(fieldErrors([publicField], { text }, privacyRules)).length > 0
  if (!isRefused && beginsWithCommand(text)) broken('the modal takes what the note refuses', text)
}

function quoted({ tried, letIn, broken }: Findings, where: string, note: string): void {
  tried()
  const [line] = quickActionsIn(`${note}\n\n${marker}`)
  if (line !== undefined) letIn(`${where} runs a quick action`, line)
  for (const found of liveMarkupIn(note)) broken(`${where} holds ${found}`, note)
  if (note.split('\n').some((one) => !one.startsWith('>')))
    broken(`${where} has a line that is not quoted`, note)
  if (note.includes(marker.slice(0, 4))) broken(`${where} holds a mark like the bot's own`, note)
}

/** From the modal's field through the engine to the note: who is named is nobody but whoever decided. */
async function reason(text: string, findings: Findings): Promise<void> {
  const asked: string[] = []
  const [effect] = effectsOf([internalNote('Reason, says {who}: {field:reason}')], {
    flow: flows['account-deletion'],
    request: {
      id: 'r',
      source: 'gitlab',
      number: 1,
      url: 'https://gitlab.example/1',
      flow: 'account-deletion',
      step: flows['account-deletion'].first,
      stepSince: '2026-03-01T09:00:00.000Z',
      createdAt: '2026-03-01T09:00:00.000Z',
      facts: {},
    },
    environment: {
      now: '2026-03-01T09:00:00.000Z',
      timeZone: 'UTC',
      calendar: usFederalHolidays(),
      settings: noSettings,
      requirePrivacyApproval: false,
    },
    input: { reason: text },
    by: { id: 'U01ENGINEER', roles: ['support-engineer'] },
  })
  if (effect?.kind !== 'internal-note') throw new Error('a reason makes no internal note')
  const note = await internalNoteText(effect.text, async (id) => {
    asked.push(id)
    return 'Ada'
  })
  quoted(findings, 'a typed reason', note)
  if (asked.some((id) => id !== 'U01ENGINEER')) findings.broken('a typed reason names another person', text)
}

const noSettings = { 'trust-safety-project': false, 'feature-request': false, 'admin-token': false }

/** The title of a meta issue is the form's e-mail address: one line, nothing but an address. */
function form(text: string, { tried, broken, reach }: Findings): void {
  tried()
  const description = `**Request Type:** Account Deletion\n\n**Email Address:** ${text}\n\n**Username:** ${text}`
  const { email, username } = readForm(description, noAliases)
  if (email !== undefined) reach('an address was read from a hostile form')
  if (email !== undefined && /[\s<>@\p{Cc}\p{Cf}]/u.test(email.replace('@', '')))
    broken('a title would hold more than an address', email)
  if (username !== undefined && !/^[\w.-]+$/.test(username)) broken('a username is none', username)
}

function task(text: string, { tried, broken, reach }: Findings): void {
  tried()
  const { next } = readTasks(`- [ ] Support Engineer: ${text}`)
  if (next === undefined) return
  reach('a hostile task was read')
  if (next !== 1) broken('a task is told by more than its number', String(next))
}

/** Into Zendesk goes HTML as a macro has it, and text escaped. */
function macro(text: string, { tried, letIn }: Findings): void {
  tried()
  const comment = joined([{ body: 'One', htmlBody: '<p>One</p>' }, { body: text }])
  const html = 'htmlBody' in comment ? comment.htmlBody.slice('<p>One</p>'.length) : ''
  if (/<(?!\/?p>|br>)|&(?!amp;|lt;|gt;)/.test(html)) letIn('a text becomes HTML in a ticket', html)
}
