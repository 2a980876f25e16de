/** Whether what a decision owes has been done in GitLab, by GitLab's own record. */
import { usernames } from '../../../sandbox/gitlab/gitlab.ts'
import { mostLagMs } from '../../../sandbox/gitlab/replica.ts'
import { PEOPLE } from '../../../sandbox/slack/people.ts'
import { replies } from '../../handbook/replies.ts'
import type { Condition, Owed, Role } from '../../handbook/words.ts'
import type { World } from '../world.ts'
import type { Act } from './acts.ts'
import {
  byBot,
  type CaseFile,
  calls,
  hadLabel,
  hadLabelAt,
  lackedLabel,
  openedBefore,
  ownLabelEvents,
  ownNotes,
  ownStateEvents,
  plain,
  unquoted,
  wasClosed,
} from './case-file.ts'

/** Where it stands among all that happened in GitLab: the number of the event, or 0 where it was so before. */
export interface Done {
  readonly event: number
}

interface Place {
  readonly world: World
  readonly file: CaseFile
  readonly act: Act
  /** Only what happened before this event. */
  readonly until: number
  /** Of what the bot did only what comes after this event; left out: after the act. */
  readonly after?: number
}

/** Whether the condition holds under which a thing is owed. */
export function isOwed(world: World, act: Act, { onlyIf }: { readonly onlyIf?: Condition }): boolean {
  if (onlyIf === undefined) return true
  if ('chosen' in onlyIf) return act.chosen.some((one) => one.startsWith(onlyIf.chosen))
  if ('reason' in onlyIf) return act.typed.length > 0
  if ('isSet' in onlyIf) return world.environment[onlyIf.isSet] !== undefined
  return world.environment[onlyIf.isNotSet] === undefined
}

/** The public text that is owed, whole. */
export function publicTextOf(owed: Owed, act: Act): string | undefined {
  const typed = plain(act.typed.map((text) => text.trim()).join('\n\n'))
  if ('typedReply' in owed) return typed
  if (!('reply' in owed)) return undefined
  const number = /#?(\d+)/.exec(act.typed[0] ?? '')?.[1]
  const replaced = Object.entries(
    owed.replaced ?? (owed.reply === 'Request Closed - Duplicate' ? { '#123': `#${number}` } : {}),
  )
  const text = replaced.reduce((one, [from, to]) => one.replaceAll(from, to), replies[owed.reply] as string)
  return owed.andTyped && typed !== '' ? `${text}\n\n${typed}` : text
}

/** What is owed, as it was done; undefined where it was not. */
export function doneOf(owed: Owed, place: Place): Done | undefined {
  const { file, act, until, after = 0 } = place
  const { issue } = file
  const since = <T extends { readonly id: number; readonly createdAt: string }>(all: readonly T[]) =>
    all.filter(({ id, createdAt }) => id > after && id < until && Date.parse(createdAt) >= act.ms)
  if ('label' in owed) return labelled(owed.label, 'add', place)
  if ('unlabel' in owed) return labelled(owed.unlabel, 'remove', place)
  if ('close' in owed || 'duplicate' in owed) {
    const closed = since(ownStateEvents(issue)).find(({ state }) => state === 'closed')
    if (closed) return { event: closed.id }
    return wasClosed(issue, act.ms, until) ? { event: 0 } : undefined
  }
  if ('internalNote' in owed)
    return at(
      since(ownNotes(issue)).find(({ internal, body }) => internal && tells(body, owed.internalNote, place)),
    )
  if ('issue' in owed) return openedFor(owed, place)
  if ('noteOn' in owed) return at(since(featureNotes(place.world, owed.noteOn))[0])
  if ('call' in owed) return isCalled(owed, place) ? { event: 0 } : undefined
  const text = publicTextOf(owed, act)
  const sent = since(ownNotes(issue)).find(({ internal, body }) => !internal && plain(body) === text)
  if (sent) return { event: sent.id }
  // "nothing twice": the requester has it already, from the bot or from a colleague.
  const opened = openedBefore(issue, act.ms)
  const isThere =
    'reply' in owed &&
    issue.notes.some(
      (note) =>
        !note.system &&
        !note.internal &&
        note.author.username !== usernames.supportBot &&
        note.id < until &&
        Date.parse(note.createdAt) >= opened &&
        plain(note.body) === text,
    )
  return isThere ? { event: 0 } : undefined
}

function at(found: { readonly id: number } | undefined): Done | undefined {
  return found && { event: found.id }
}

function labelled(
  label: string,
  action: 'add' | 'remove',
  { world, file, act, until, after = 0 }: Place,
): Done | undefined {
  const { issue } = file
  // It was so already: what the bot did to it later was for another decision.
  if (hadLabelAt(issue, label, act.ms) === (action === 'add')) return { event: 0 }
  if (action === 'remove' && isUnseen(world, issue, label, act.ms)) return { event: 0 }
  const own = ownLabelEvents(issue).find(
    (one) =>
      one.label === label &&
      one.action === action &&
      one.id > after &&
      one.id < until &&
      Date.parse(one.createdAt) >= act.ms,
  )
  if (own) return { event: own.id }
  const isSo = action === 'add' ? hadLabel : lackedLabel
  return isSo(issue, label, act.ms, until) ? { event: 0 } : undefined
}

/**
 * A colleague has set it by hand, and GitLab has not shown the issue since: whoever decided saw no such label, so that it
 * is none of what was chosen before.
 */
function isUnseen({ network }: World, issue: CaseFile['issue'], label: string, ms: number): boolean {
  const set = issue.labelEvents.findLast(
    (one) => one.label === label && one.action === 'add' && Date.parse(one.createdAt) <= ms,
  )
  if (!set || byBot(set)) return false
  // A replica may lag by so much: what was read before then may not have had it.
  const shownFrom = Date.parse(set.createdAt) + mostLagMs
  const reading = new RegExp(`/issues/${issue.iid}(?:$|[?])`)
  return !network.calls.some(
    ({ service, method, path, status, ms: at }) =>
      service === 'gitlab' &&
      method === 'GET' &&
      reading.test(path) &&
      status === 200 &&
      at >= shownFrom &&
      at <= ms,
  )
}

/** By name, as colleagues in GitLab know them. */
function tells(
  body: string,
  what: 'who' | 'who and what they typed' | 'who, what they typed and the evidence',
  { act }: Place,
): boolean {
  const said = unquoted(body)
  const who = Object.values(PEOPLE).find(({ id }) => id === act.userId)?.realName ?? act.userId
  if (!said.includes(who)) return false
  if (what === 'who') return true
  if (what === 'who, what they typed and the evidence' && !/evidence/i.test(said)) return false
  return act.typed.every((text) => said.includes(unquoted(text.replaceAll('{person:', '{person :'))))
}

/** The issues that the bot has opened from this template for this request. */
export function issuesFor(
  owed: Owed & { readonly issue: string },
  world: World,
  { iid, issue }: Pick<CaseFile, 'iid' | 'issue'>,
) {
  return world.gitlab.world.issues.filter(
    (one) =>
      byBot(one) &&
      one !== issue &&
      isFrom(one, owed.issue) &&
      (issue.links.some(({ to }) => to === one) || one.title.endsWith(` #${iid}`)),
  )
}

/** Written from the template; boxes may have been ticked since. */
export function isFrom({ description, project }: CaseFile['issue'], template: string): boolean {
  const text = project.templates[template]
  const unticked = description.replaceAll('- [x] ', '- [ ] ')
  return text !== undefined && unticked.startsWith(text.trimEnd())
}

function openedFor(
  owed: Owed & { readonly issue: string },
  { world, file, act, until, after = 0 }: Place,
): Done | undefined {
  const opened = issuesFor(owed, world, file)
  return at(opened.find(({ id, createdAt }) => id > after && id < until && Date.parse(createdAt) >= act.ms))
}

export function featureNotes({ gitlab }: World, reference: string) {
  const [path = '', iid] = reference.split('#')
  return ownNotes(gitlab.issue(Number(iid), path))
}

/** Below a card of the request, and after it was decided. */
function isCalled({ call }: Owed & { readonly call: readonly Role[] }, { world, file, act }: Place): boolean {
  return threadOf(world, file).some(
    ({ ts, text }) => isAfter(ts, act.ms) && call.every((role) => calls(text, role)),
  )
}

export function threadOf(world: World, { name }: Pick<CaseFile, 'name'>) {
  const cards = world.cards().filter(({ text }) => text.startsWith(`${name} `))
  return cards.flatMap(({ ts }) => world.slack.thread(ts))
}

/** A timestamp of Slack's counts whole seconds. */
export function isAfter(ts: string, ms: number): boolean {
  return Number(ts.split('.')[0]) >= Math.floor(ms / 1000)
}
