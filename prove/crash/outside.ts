/** What somebody outside can see of one request or ticket, in words that are the same for every requester. */
import type { Issue } from '../../sandbox/gitlab/world.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { verifyAudit } from '../../src/store/audit-chain.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { AuditEntry } from '../../src/store/store.ts'
import { cardsOf } from './acts.ts'
import type { Desk } from './desk.ts'
import type { Subject } from './scenarios.ts'

export interface Outside {
  /** What the bot has changed in GitLab and Zendesk, in their own order: each exactly once. */
  readonly done: readonly string[]
  /** E-mails, new issues, decisions in the audit log: each exactly once. */
  readonly once: readonly string[]
  /** Words in Slack that can't be looked up: once, or twice where the bot died while it said them. */
  readonly said: readonly string[]
  /** Cards, of which a crash may leave two. */
  readonly cards: number
  /** What the last card shows. */
  readonly card: string
  /** State and labels. */
  readonly state: string
  /** What is wrong with the chain of the audit log. */
  readonly chain: string | undefined
}

const bot = 'privacy-desk-bot'

/** The audit log, and what is wrong with its chain. */
export interface AuditRead {
  readonly entries: readonly AuditEntry[]
  readonly wrong: string | undefined
}

/** `audit`: as it was read before, for many of them; of the desk's own file unless given. */
export async function outsideOf(desk: Desk, subject: Subject, given?: AuditRead): Promise<Outside> {
  const { iid, ticket, requester } = subject
  const plain = plainFor(subject)
  const audit = given ?? (await readAudit(`file:${desk.databaseFile}`, desk.now))
  const issue = iid === undefined ? undefined : desk.gitlab.issue(iid)
  const cards = iid === undefined ? [] : cardsOf(desk, iid)
  const opened = desk.gitlab.world.issues.filter(({ title }) => title === requester?.email)
  const mails = desk.gitlab.mails.filter((mail) => mail.iid === iid)
  return {
    done: [...(issue ? doneOn(issue) : []), ...(ticket === undefined ? [] : doneOnTicket(desk, ticket))].map(
      plain,
    ),
    once: [
      ...mails.map(({ text }) => `mail: ${text}`),
      ...opened.map((one) => `issue: ${one.title}, confidential ${one.confidential}, ${one.description}`),
      ...opened.map(({ links }) => `linked to ${links.length}`),
      ...(issue ? [`linked to ${issue.links.length}`] : []),
      ...audit.entries.filter((entry) => isAbout(entry, subject)).map(inAudit),
    ].map(plain),
    said: cards.flatMap(({ ts }) => desk.slack.thread(ts).map(({ text }) => plain(withoutNext(text)))),
    cards: cards.length,
    card: plain(cards.at(-1) ? shown(desk, cards.at(-1)) : 'no card'),
    state: plain(issue ? `${issue.state} ${issue.labels.toSorted().join(', ')}` : ''),
    chain: audit.wrong,
  }
}

function doneOn(issue: Issue): readonly string[] {
  const notes = issue.notes
    .filter(({ author, system }) => author.username === bot && !system)
    .map(({ id, internal, body }) => ({ id, what: `${internal ? 'internal note' : 'reply'}: ${body}` }))
  const labels = issue.labelEvents
    .filter(({ user }) => user.username === bot)
    .map(({ id, action, label }) => ({ id, what: `${action} ${label}` }))
  const states = issue.stateEvents
    .filter(({ user }) => user.username === bot)
    .map(({ id, state }) => ({ id, what: state }))
  return [...notes, ...labels, ...states].toSorted((one, other) => one.id - other.id).map(({ what }) => what)
}

function doneOnTicket({ zendesk }: Desk, id: number): readonly string[] {
  const { comments, status } = zendesk.ticket(id)
  return [...comments.map((one) => `${one.public ? 'public' : 'private'} comment: ${one.body}`), status]
}

export async function readAudit(databaseUrl: string, now: () => Date): Promise<AuditRead> {
  const store = await openStore({ databaseUrl, now, beside: true })
  try {
    const verdict = await verifyAudit(store.tables)
    const entries = await store.tables.audit.page(0, 100_000)
    return { entries, wrong: verdict.ok ? undefined : `entry ${verdict.seq}: ${verdict.why}` }
  } finally {
    await store.close()
  }
}

function isAbout({ iid, what, details }: AuditEntry, subject: Subject): boolean {
  if (!['opened', 'decided', 'claimed'].includes(what)) return false
  return subject.iid === undefined ? details.ticket === subject.ticket : iid === subject.iid
}

const inAudit = ({ what, who, details }: AuditEntry): string =>
  `${what} ${String(details.decision ?? '')} by ${who}`

export function shown({ slack }: Desk, card: Message | undefined): string {
  if (!card) return ''
  const texts: string[] = []
  JSON.stringify(card.blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') texts.push(value)
    return value
  })
  return [...texts, ...slack.buttons(card)].join('\n')
}

/** What comes next is as things stand when the message is posted, which may be after the next decision. */
export function withoutNext(text: string): string {
  return text.replace(/ Next: “[^”]*”\.$/, '')
}

/** Numbers, names, times and markers differ from one try to the next. */
export function plainFor({ iid, ticket, requester }: Subject) {
  return (text: string): string => {
    // First of all: the digits of an instant may hold the number of a ticket.
    let plain = text.replace(/<!date\^\d+([^|>]*)\|[^>]*>/g, '<!date^TIME$1>')
    if (requester) plain = plain.replaceAll(requester.username, 'REQUESTER')
    if (ticket !== undefined) plain = plain.replaceAll(String(ticket), 'TICKET')
    // Not the beginning of 127.0.0.1.
    if (iid !== undefined) plain = plain.replace(new RegExp(`(#|/)${iid}\\b(?!\\.\\d)`, 'g'), '$1IID')
    return plain
      .replace(/(#|issues\/|work_items\/)\d+\b/g, '$1OTHER')
      .replace(/\b[0-9a-f]{32}\b/g, 'MARKER')
      .replace(/127\.0\.0\.1:\d+/g, 'HOST')
      .replace(/\b\d\d:\d\d(:\d\d)?\b/g, 'TIME')
  }
}
