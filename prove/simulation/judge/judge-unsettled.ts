/** What has no clear answer for more than an hour is nobody's secret: people are called below the card. */
import { serviceDeskProject } from '../../../sandbox/gitlab/seed.ts'
import type { Message } from '../../../sandbox/slack/workspace.ts'
import type { Evidence } from '../check.ts'
import { isApplied } from '../faults.ts'
import type { OutgoingCall } from '../network.ts'
import type { World } from '../world.ts'
import { clear, givenUpMessages, isGivenUp } from './given-up.ts'
import { isAfter } from './owed-in-gitlab.ts'
import { type Counts, owe } from './tally.ts'

/** An hour, and that by which the bot's clock may be wrong. */
const longMs = 2 * 3_600_000
/** Then a call without an answer is given up, and its outcome begins to be unclear. */
const givenUpAfterMs = 10_500

export function judgeUnsettled({ world, audit, findings }: Evidence, counts: Counts): void {
  const writes = world.network.calls.filter(({ method }) => method === 'POST' || method === 'PUT')
  for (const same of Map.groupBy(writes, (one) => `${ofDesk(one.path)} ${whichOf(one)}`).values()) {
    const [name, cards] = cardsOf(world, same[0])
    const [stops, looks] = [stopsOf({ world, audit }, same[0]), looksOn(world, same[0])]
    const { since, begun } = unclearSince(world, same, stops, looks) ?? {}
    if (cards.length === 0 || since === undefined || begun === undefined) continue
    const says = (text: string) => /<@|<!subteam|Nobody here/.test(text) && /no clear answer/i.test(text)
    const isCalled = cards
      .flatMap(({ ts }) => world.slack.thread(ts))
      .some(({ ts, text }) => isAfter(ts, begun.ms) && says(text))
    if (!isCalled && isGivenUp(world, { name }, says, since.at)) owe(counts, givenUpMessages, true)
    else if (!owe(counts, 'calls after hours without a clear answer', isCalled))
      findings.missing.push(`${name}: ${since.path} had no clear answer for hours, and nobody was called`)
  }
}

/** What is written on a ticket bears a mark of its own, whatever the ticket's state on which it is tried anew; else its text. */
function whichOf({ text }: OutgoingCall): string {
  return /"op_id":"([^"]+)"/.exec(text)?.[1] ?? text
}

/** The project of the requests has two addresses: the bot goes on by its number (no path is one) once it was renamed. */
function ofDesk(path: string): string {
  return path
    .replace(`/projects/${encodeURIComponent(serviceDeskProject)}/`, '/projects/0/')
    .replace(/\/projects\/\d+\//, '/projects/0/')
}

function cardsOf(world: World, call: OutgoingCall | undefined): readonly [string, readonly Message[]] {
  const [, iid] = /\/issues\/(\d+)(?:\/notes)?$/.exec(call?.path ?? '') ?? []
  const [, ticket] = /\/tickets\/(\d+)\.json$/.exec(call?.path ?? '') ?? []
  if (call?.service === 'gitlab' && iid !== undefined)
    return [`#${iid}`, world.cards().filter(({ text }) => text.startsWith(`#${iid} `))]
  if (call?.service !== 'zendesk' || ticket === undefined) return ['', []]
  const isOfTicket = new RegExp(`^Security ticket ${ticket}\\b`)
  return [`ticket ${ticket}`, world.ticketCards().filter(({ text }) => isOfTicket.test(text))]
}

/** The looks for what was appended to a ticket; nobody looks for what is set. */
function looksOn(
  { network }: Pick<World, 'network'>,
  call: OutgoingCall | undefined,
): readonly OutgoingCall[] {
  if (call?.service !== 'zendesk' || !isOfWhatIsAppended(call)) return []
  const path = call.path.replace(/\.json$/, '/audits.json')
  return network.calls.filter((one) => one.method === 'GET' && one.path === path)
}

/**
 * When the bot gave up for good, by its own log, what this call is: what is written in the same words after that, was decided anew.
 * In milliseconds since the run began.
 */
function stopsOf(
  { world, audit }: Pick<Evidence, 'world' | 'audit'>,
  call: OutgoingCall | undefined,
): readonly number[] {
  const [, iid] = /\/issues\/(\d+)(?:\/notes)?$/.exec(call?.path ?? '') ?? []
  if (call?.service !== 'gitlab' || iid === undefined) return []
  return audit
    .filter(
      (one) =>
        one.iid === Number(iid) &&
        one.what === 'effect' &&
        one.details.outcome === 'stopped' &&
        isMadeFor(call, String(one.details.effect)),
    )
    .map(({ at }) => world.bot.clock.whenItSaid(at).last)
}

function isMadeFor({ method, text }: OutgoingCall, effect: string): boolean {
  if (effect === 'close' || effect === 'reopen') return text.includes(`"state_event":"${effect}"`)
  if (effect === 'labels') return /"(?:add|remove)_labels"/.test(text)
  return method === 'POST' && /note|reply|duplicate/.test(effect)
}

/**
 * The first of several attempts, one after the other over hours, of which none had a clear answer. What was appended is
 * found when it is looked for: the same text after that is another one. `begun`: the first of all that had no end, which may
 * have been put off. After Try Again, or where the process ended, it is unclear from then on, and one call is for all of it.
 */
function unclearSince(
  { time, bot }: Pick<World, 'time' | 'bot'>,
  same: readonly OutgoingCall[],
  stops: readonly number[],
  looks: readonly OutgoingCall[],
): { readonly since: OutgoingCall; readonly begun: OutgoingCall } | undefined {
  let first: OutgoingCall | undefined
  let begun: OutgoingCall | undefined
  for (const [index, call] of same.entries()) {
    const { at: from } = begun ?? call
    if (stops.some((at) => at >= from && at <= call.at)) first = begun = undefined
    const looked = looks.filter(({ at }) => at <= call.at)
    if (first && isFoundOutInTime(time, first, looked)) first = begun = undefined
    const isUnclear = call.fault !== undefined && !clear.includes(call.fault)
    const isRepeated = index < same.length - 1
    const isOver = isAppended(call) || isSettled(call, isRepeated)
    begun = isOver ? undefined : (begun ?? call)
    if (isOver) first = undefined
    // With the process nobody is left who could know of it: it is unclear to the next one, which may come days later.
    else if (isUnclear && !bot.ends.some((end) => end >= call.at && end <= call.at + givenUpAfterMs))
      first ??= call
    // It is appended again only once it is certain that it was not: put off then, it waits, and nothing of it is unclear.
    const isWaiting = isOfWhatIsAppended(call) && !isUnclear && !isConflict(call, same[index + 1])
    if (first && begun && !isWaiting && call.ms - time.msAt(first.at + givenUpAfterMs) >= longMs)
      return { since: first, begun }
  }
  return undefined
}

/**
 * The clocks may jump while something is unclear: where the first look after the hours is answered, and it is tried again,
 * it was not there, and nobody had to be called. What comes of the repetition is another matter.
 */
function isFoundOutInTime(
  time: Pick<World['time'], 'msAt'>,
  first: OutgoingCall,
  looks: readonly OutgoingCall[],
): boolean {
  const look = looks.find((one) => one.ms - time.msAt(first.at + givenUpAfterMs) >= longMs)
  return look !== undefined && isHeard(look) && look.status === 200
}

/**
 * Done, or refused for good. Whoever is told to come later knows no more than before of the attempt that had no answer: by 429,
 * and by GitLab's 409 and maintenance mode. That of Zendesk's Safe Update is an end: the ticket has changed, and no repetition is taken any more. What is
 * repeated even so was not known yet: an earlier attempt may itself be what has changed it, and the look for it went unanswered.
 * https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#protecting-against-ticket-update-collisions
 */
function isSettled(call: OutgoingCall, isRepeated: boolean): boolean {
  const { service, status, isForNow } = call
  const isEnd = !isForNow && (status !== 409 || (service === 'zendesk' && !isRepeated))
  return isHeard(call) && status !== 429 && isEnd
}

function isHeard({ fault }: OutgoingCall): boolean {
  return fault === undefined || fault === 'slow'
}

/** A comment on a ticket is one of the changes of the ticket, and is not repeated before it was looked for, either. */
function isOfWhatIsAppended({ service, method, text }: OutgoingCall): boolean {
  return method === 'POST' || (service === 'zendesk' && /"comment":/.test(text))
}

/**
 * The ticket has changed, maybe by an attempt before. What is tried again on the ticket as it is read then was put off: somebody else
 * had changed it between.
 */
function isConflict({ service, status, text }: OutgoingCall, next: OutgoingCall | undefined): boolean {
  return service === 'zendesk' && status === 409 && stampIn(text) === stampIn(next?.text ?? '')
}

function stampIn(text: string): string | undefined {
  return /"updated_stamp":"([^"]+)"/.exec(text)?.[1]
}

/** The service may have refused what it took, which nobody heard either. */
function isAppended({ method, fault, status = 200 }: OutgoingCall): boolean {
  return method === 'POST' && fault !== undefined && isApplied(fault) && status < 400
}
