/** A busy desk with failures, and then a search for every secret and every personal datum where none may stand. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gitlabWebhookSecret } from '../../sandbox/services.ts'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import { auditExport } from '../../src/cli/audit.ts'
import { clockWith } from '../../src/clock.ts'
import type { Findings } from './findings.ts'
import { busyTickets, notUnderstood, ofTickets } from './leaks-of-tickets.ts'
import { formCopy, type SecuredDesk, startSecuredDesk } from './secured-desk.ts'

const requester = {
  email: 'zuleika.quillfeather@mail-of-the-requester.example',
  username: 'zuleika-quill-93',
  country: 'Netherlands Antilles',
  comment: 'My middle name is Wilhelmina-Octavia.',
  title: 'Erasure of Zuleika Quillfeather',
  answer: 'The first project was called moonlit-turnip.',
}
/** Whoever makes a meta issue, or its template, may name the requester in a step. */
const metaStep = {
  'a name in a meta issue': 'Ottoline Ravenscroft-Bligh',
  'a username in a meta issue': 'ottoline.ravenscroft',
  'a day of birth in a meta issue': '1970-01-31 in Upper Tootington',
}
const typed = {
  hold: 'Hold it: the notary Vandersloot telephones on Tuesday.',
  question: 'May we go on, though Aunt Euphemia objects?',
  label: 'vip Quillfeather',
  summary: 'Her sister Ludovica phoned from Trieste.',
}

export async function proveNoLeak(findings: Findings): Promise<void> {
  const desk = await startSecuredDesk({ env: { UNFURL_LINKS: 'true' } })
  try {
    await busy(desk, findings)
    await namedInMetaIssue(desk, findings)
    await busyTickets(desk, findings)
    const metrics = await (await fetch(`${desk.url}/metrics`)).text()
    // A command that is not understood is quoted back to whoever typed it, privately, and to nobody else.
    const posts = channelPosts(desk).replaceAll(`I don’t understand “${notUnderstood}”`, '')
    await desk.stop()
    const exported = await exportedLog(desk)
    const places = { log: desk.logged.join(''), posts, metrics, export: exported, ...databaseFiles(desk) }
    for (const [place, text] of Object.entries(places)) {
      findings.reach(`searched: ${place.replace(/^database .*/, 'the database')}`, text.length)
      for (const [what, needle] of Object.entries(needlesOf(desk)))
        for (const form of formsOf(needle)) {
          findings.tried()
          if (text.includes(form)) findings.broken(`${what} stands in the ${place}`, around(text, form))
        }
    }
  } finally {
    await desk.close()
  }
}

function needlesOf(desk: SecuredDesk): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(desk.secrets.map((secret, index) => [`secret ${index}`, secret])),
    ...requester,
    ...typed,
    ...metaStep,
    ...ofTickets,
    'the notary': 'Vandersloot',
    'the aunt': 'Euphemia',
    'the family name': 'Quillfeather',
    'an engineer’s name': PEOPLE.engineer.realName,
    'a manager’s name': PEOPLE.manager.realName,
    'a Field Security person’s name': PEOPLE.fieldSecurity.realName,
    'a member’s name in GitLab': 'ines.engineer',
  }
}

/** As it stands, and as base64 (whatever stands before it), in an address, in JSON, in hexadecimal, in small letters. */
function formsOf(needle: string): readonly string[] {
  const bytes = Buffer.from(needle)
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    // Its first and last letters hold bits of what stands around it.
    return text.slice(before === 0 ? 0 : 4, -4)
  })
  const address = [encodeURIComponent(needle), encodeURIComponent(needle).replaceAll('%20', '+')]
  const inJson = JSON.stringify(needle).slice(1, -1)
  const forms = [needle, needle.toLowerCase(), inJson, bytes.toString('hex'), ...address, ...base64]
  return [...new Set(forms)].filter((form) => form.length >= 8)
}

function around(text: string, form: string): string {
  const at = text.indexOf(form)
  return text.slice(Math.max(0, at - 80), at + 80)
}

async function busy(desk: SecuredDesk, findings: Findings): Promise<void> {
  const form = {
    'Email Address': requester.email,
    Username: requester.username,
    'Country/Region': requester.country,
    Comments: requester.comment,
  }
  const iid = await desk.request(formCopy(form), { email: requester.email, title: requester.title })
  await menu(desk, iid, 'Pause Clocks', { Reason: typed.hold })
  failing(desk)
  desk.gitlab.requesterReplies(iid, requester.answer)
  desk.gitlab.someoneLabels(iid, 'ines.engineer', [typed.label])
  await desk.settle()
  await desk.slack.command(PEOPLE.engineer.id, CHANNELS.privacy.name, '/privacy', `show ${iid}`)
  await readDetails(desk, iid, findings)
  await lookAround(desk, iid, findings)
  desk.slack.fake.heal()
  desk.gitlab.fake.heal()
  await desk.advance(600)
  await menu(desk, iid, 'Escalate to Privacy', { 'Your question for Privacy': typed.question })
  for (const body of [`payload=${requester.email}`, `payload={"x":"${requester.email}"`])
    await desk.slack.deliverSigned(body)
  await desk.slack.deliverSigned(`payload=${requester.email}`, { secret: 'guessed' })
  const event = { object_kind: requester.email, project: { id: requester.email } }
  await fetch(`${desk.url}/webhooks/gitlab`, {
    method: 'POST',
    headers: { 'x-gitlab-token': gitlabWebhookSecret, 'content-type': 'application/json' },
    body: JSON.stringify({ ...event, object_kind: 'issue' }),
  })
  await fetch(`${desk.url}/${requester.username}?mail=${encodeURIComponent(requester.email)}`)
  await desk.slack.click(
    PEOPLE.engineer.id,
    desk.card(iid),
    { button: 'Fail Verification' },
    { confirm: true },
  )
  await desk.settle()
  for (let round = 0; round < 6; round += 1) await desk.advance(120)
  const notes = desk.gitlab.issue(iid).notes.map(({ body }) => body)
  if (notes.some((body) => body.includes('Vandersloot'))) findings.reach('a typed reason got to GitLab')
  if (notes.some((body) => body.includes('Euphemia'))) findings.reach('a typed question got to GitLab')
  if (desk.gitlab.issue(iid).state === 'closed') findings.reach('the busy request was closed')
  const failed = desk.logged.filter((line) => /"level":[45]0/.test(line)).length
  if (failed > 0) findings.reach('lines in the log of what failed', failed)
}

/** The template of a meta issue, or whoever edits the issue, names people in its steps. */
async function namedInMetaIssue(desk: SecuredDesk, findings: Findings): Promise<void> {
  const steps = Object.values(metaStep).map((name) => `- [ ] Support Engineer: Delete the user ${name}`)
  desk.gitlab.setTemplate('Deletion Meta Issue - Customers Portal', `${steps.join('\n')}\n`)
  const iid = await desk.request(formCopy({ 'Request Type': 'Portal Account Deletion' }))
  await desk.slack.click(PEOPLE.engineer.id, desk.card(iid), { button: 'Start Deletion' }, { confirm: true })
  await desk.settle()
  await desk.advance(120)
  if (JSON.stringify(desk.card(iid).blocks).includes('0 of 3 steps done, next: step 1'))
    findings.reach('a meta issue that names people was read')
}

/** The one place in which personal data is shown: to one person, who asked for it. */
async function readDetails(desk: SecuredDesk, iid: number, findings: Findings): Promise<void> {
  const by = PEOPLE.engineer.id
  desk.gitlab.fake.heal()
  await desk.slack.click(by, desk.card(iid), { button: 'Show Details' })
  const view = await desk.opened(by, `#${iid}`)
  const isShown = [requester.email, requester.answer].every((one) =>
    JSON.stringify(view.blocks).includes(one),
  )
  if (isShown) findings.reach('the details were shown to one person')
  await desk.slack.closeView(by)
}

/** All that tells of requests without showing one: Home, a request's modal, the log, statistics, the digest, a link. */
async function lookAround(desk: SecuredDesk, iid: number, findings: Findings): Promise<void> {
  const by = PEOPLE.engineer.id
  const { slack } = desk
  const where = CHANNELS.privacy.name
  await slack.event({ type: 'app_home_opened', user: by, tab: 'home' })
  await desk.settle()
  const home = slack.home(by)
  if (!home) return
  await slack.select(by, home, 'home:filter', 'all')
  await desk.settle()
  await slack.click(by, slack.home(by) ?? home, { button: 'Open' })
  await desk.opened(by, 'Open')
  await slack.closeView(by)
  await slack.command(by, where, '/privacy', `audit ${iid}`)
  await desk.opened(by, 'audit')
  await slack.closeView(by)
  for (const text of ['stats', 'digest', 'list']) await slack.command(by, where, '/privacy', text)
  const message = slack.say(by, where, 'They phoned.')
  await slack.messageShortcut(by, message, 'attach-to-request')
  const view = await desk.opened(by, 'Attach to request')
  await slack.submit(by, view.id, { Request: String(iid), Summary: typed.summary })
  const { project } = desk.gitlab.issue(iid)
  const url = `${desk.gitlab.url}/${project.path}/-/issues/${iid}`
  const link = { type: 'link_shared', user: by, channel: CHANNELS.general.id, message_ts: '1.1' }
  await slack.event({ ...link, links: [{ domain: 'gitlab', url }] })
  const trigger = slack.space.newTrigger(by)
  await slack.event({ type: 'entity_details_requested', user: by, trigger_id: trigger, entity_url: url })
  await desk.settle()
  if (slack.space.unfurls.length > 0) findings.reach('a pasted link was shown')
  if (slack.space.panes.some(({ entity }) => entity !== undefined)) findings.reach('a pane was opened')
  if (desk.gitlab.issue(iid).notes.some(({ body }) => body.includes('Ludovica')))
    findings.reach('a typed summary got to GitLab')
}

/** Services that quote what they were asked in their errors, and answer with what is none. */
function failing(desk: SecuredDesk): void {
  const quoting = {
    message: `400 ${requester.email} ${desk.environment.GITLAB_TOKEN}`,
    error: requester.answer,
  }
  desk.gitlab.fake.fail({ times: 3, failure: { answer: { status: 500, body: quoting } } })
  desk.gitlab.fake.fail({ times: 1, failure: { answer: { status: 200, body: `<html>${requester.email}` } } })
  desk.gitlab.fake.fail({ times: 1, failure: { drop: 'half-body' } })
  const slackSays = { ok: false, error: `${requester.email} ${desk.environment.SLACK_BOT_TOKEN}` }
  desk.slack.fake.fail({ path: /chat\./, times: 2, failure: { answer: { status: 200, body: slackSays } } })
}

async function menu(
  desk: SecuredDesk,
  iid: number,
  choice: string,
  entries: Readonly<Record<string, string>>,
): Promise<void> {
  const by = PEOPLE.engineer.id
  await desk.slack.click(by, desk.card(iid), { button: choice })
  const view = await desk.opened(by, choice)
  await desk.slack.submit(by, view.id, entries)
  await desk.settle()
}

/** What everybody in a channel could see, and what the bot has sent at all but in modals that show a requester's own words. */
function channelPosts(desk: SecuredDesk): string {
  const texts = desk.slack.fake.requests.map(({ path, body }) => ({ path, text: JSON.stringify(body ?? '') }))
  // A view may show what somebody asked to see: the details of a request, a ticket that they decide on.
  const isOpen = ({ path, text }: (typeof texts)[number]) =>
    /chat\.|\/response\/|views\.publish|entity\.|files\./.test(path) ||
    (path.includes('views.') && /callback_id[^,]{0,6}request\W|Log of /.test(text))
  return texts
    .filter(isOpen)
    .map(({ text }) => text)
    .join('\n')
}

function databaseFiles({ folder }: SecuredDesk): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [`database ${name}`, readFileSync(join(folder, name), 'latin1')]),
  )
}

async function exportedLog(desk: SecuredDesk): Promise<string> {
  const parts: string[] = []
  const io = {
    out: { write: (text: string) => parts.push(text) },
    err: { write: (text: string) => parts.push(text) },
    ...{ ...clockWith(desk.now), fetch },
  }
  for (const format of ['csv', 'jsonl']) await auditExport(['--format', format], desk.environment, io)
  return parts.join('')
}
