/** A request's audit log as sentences for people. */

import type { Desk } from '../desks/desk.ts'
import { type Flow, own } from '../engine/flow.ts'
import { readActor } from '../engine/request.ts'
import { shortInstantText, toInstant } from '../engine/time.ts'
import type { AuditEntry } from '../store/store.ts'
import type { DeskContext } from './desk-context.ts'
import { actText, effectText, entryText, outcomeText, seenText, spoken } from './log-words.ts'

/** More of its history is in `audit`. */
const entriesRead = 20

/** Messages and redraws of the bot's own say nothing of how a request went. */
const asides: ReadonlySet<string> = new Set(['thread', 'card'])

/** Reads the last entries of a request's log as sentences, newest first. */
export async function recentLog(context: DeskContext, requestId: string): Promise<readonly string[]> {
  const entries = await context.store.tables.audit.ofRequest(requestId, entriesRead)
  return entries
    .toReversed()
    .filter(({ what, details }) => what !== 'effect' || !asides.has(String(details.effect)))
    .map((entry) => logSentence(entry, context))
}

/** Reads all entries of a request's log as sentences, oldest first. */
export async function wholeLog(context: DeskContext, requestId: string): Promise<readonly string[]> {
  const entries = await context.store.tables.audit.ofRequest(requestId)
  return entries.map((entry) => logSentence(entry, context))
}

/** Reads all entries about the number of a request that is no longer stored, oldest first. */
export async function purgedLog(
  context: DeskContext,
  { loggedAs }: Pick<Desk, 'loggedAs'>,
  number: number,
): Promise<readonly string[]> {
  const entries = await context.store.tables.audit.ofNumber(number, loggedAs)
  return entries.map((entry) => logSentence(entry, context))
}

/**
 * Returns an entry of the audit log as a sentence for people. The entries hold no personal data, so neither do the
 * sentences. It begins with `{at:…|…}`, an instant for the reader's own time zone, and what it is in the team's.
 */
export function logSentence(
  entry: AuditEntry,
  { timeZone, now, desks: { all } }: Pick<DeskContext, 'timeZone' | 'now' | 'desks'>,
): string {
  const at = shortInstantText(entry.at, timeZone, toInstant(now()))
  // The reason last: it is the longest, and what is cut where there is little room.
  return `{at:${entry.at}|${at}}: ${saidText(entry, all)}${reasonText(entry)}`
}

/** Who comes first where they only met with it: `refused Mark Spam, by @Ada` would be a refusal of hers. */
function saidText(entry: AuditEntry, desks: readonly Desk[]): string {
  const who = whoText(entry.who, desks)
  const text = (name: string) => detailOf(entry, name)
  const moved = movedText(desks, text('from'), text('to'))
  switch (entry.what) {
    case 'refused':
      return `${who} was refused ${askedText(desks, text('decision'))}`
    case 'revealed':
      return entry.details.pane === true
        ? `${who} opened the pane of a link`
        : `${who} was shown what the requester wrote`
    case 'seen':
      return `${who} ${seenText(text('name'))}${labelText(text('label'))}${moved}`
    case 'given-up':
      return `${askedText(desks, text('decision') || text('command') || text('entry'))} given up after several errors, ${entry.who === 'bot' ? 'by' : 'asked for by'} ${who}`
    default:
      return `${whatText(entry, desks)}, by ${who}`
  }
}

function reasonText({ what, details: { because, error } }: AuditEntry): string {
  const reason = what === 'effect' ? error : what === 'refused' || what === 'seen' ? because : undefined
  return typeof reason === 'string' && reason !== '' ? ` (${reason})` : ''
}

function whatText(entry: AuditEntry, desks: readonly Desk[]): string {
  const text = (name: string) => detailOf(entry, name)
  const moved = movedText(desks, text('from'), text('to'))
  switch (entry.what) {
    case 'opened':
      return `taken in as ${flowNamed(desks, text('flow'))?.title ?? text('flow')}`
    case 'decided':
      return `${buttonOf(desks, text('decision'))}${moved}`
    case 'undone':
      return `${buttonOf(desks, text('decision'))} undone before it was sent${moved}`
    case 'assigned':
      return `assigned to ${whoText(text('to'), [])}`
    case 'effect':
      return `${effectText(text('effect'))}: ${outcomeText(text('outcome'))}`
    default:
      return entryText(entry.what)
  }
}

function detailOf({ details }: AuditEntry, name: string): string {
  const detail = details[name]
  return typeof detail === 'string' ? detail : ''
}

function labelText(label: string): string {
  return label === '' ? '' : ` “${withoutMentions(label)}”`
}

/** Anybody in GitLab may name a label as they like; a sentence's mentions are the bot's own. */
function withoutMentions(label: string): string {
  return label.replaceAll('<@', '< @')
}

/** `from` and `to` are flow and step: `full-deletion/closed`. */
function movedText(desks: readonly Desk[], from: string, to: string): string {
  return from === to ? '' : `, now “${stepTitle(desks, to)}”`
}

function stepTitle(desks: readonly Desk[], place: string): string {
  const [flow = '', step = ''] = place.split('/')
  return own(flowNamed(desks, flow)?.steps ?? {}, step)?.title ?? step
}

function flowNamed(desks: readonly Desk[], name: string): Flow | undefined {
  return desks.flatMap(({ flows }) => flows).find((flow) => flow.name === name)
}

/** A decision by the words on its button; what is no decision of a flow, as people call it. */
function askedText(desks: readonly Desk[], name: string): string {
  return buttonIn(desks, name) ?? actText(name)
}

/** One that there is none of any more by its name. */
function buttonOf(desks: readonly Desk[], name: string): string {
  return buttonIn(desks, name) ?? spoken(name)
}

function buttonIn(desks: readonly Desk[], name: string): string | undefined {
  for (const flow of desks.flatMap(({ flows }) => flows))
    for (const { decisions } of [...Object.values(flow.steps), { decisions: flow.anytime }]) {
      const found = own(decisions, name)
      if (found) return found.button
    }
  return undefined
}

function whoText(who: string, desks: readonly Desk[]): string {
  const actor = readActor(who)
  if (actor.kind === 'slack') return `<@${actor.userId}>`
  if (!('service' in actor)) return `the ${who}`
  const desk = desks.find((one) => one.source === actor.service)
  if (actor.kind === 'forgotten') return `the bot or somebody in ${desk?.service ?? actor.service}`
  return desk ? `${outsiderText(desk, actor.id)} (outside the bot)` : `the ${who}`
}

/** A number says who it was only where people know each other by it. */
function outsiderText({ service, words }: Desk, id: string | undefined): string {
  return id === undefined || words.outsider === undefined
    ? `somebody in ${service}`
    : words.outsider.replace('{id}', id)
}
