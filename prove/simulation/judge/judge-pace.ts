/** "A service that hangs while others work": what is decided for one service does not wait for another. */
import { ticketDecisions } from '../../handbook/security.ts'
import type { Evidence } from '../check.ts'
import type { OutgoingCall, Service } from '../network.ts'
import { type Act, keyOf, opensFor, type Subject } from './acts.ts'
import { type CaseFile, decisionsBehind } from './case-file.ts'
import { clear } from './given-up.ts'
import { type Counts, owe } from './tally.ts'
import { withoutUndone } from './undone.ts'

/** A person who waits for longer believes that nothing comes of it; the bot gives up a call after 10 s. */
const soonMs = 30_000
/** GitLab's limit of notes is one of a minute, and a fault may ask for a minute and a half. */
const limitMs = 90_000
/** A write may come through for a minute, and a replica lacks it for another; then it is certain that it was not done. */
const lookedForMs = 150_000
/** From such an attempt to the first look: a moment, later up to five minutes, and an hour once it has been unclear for an hour. */
const hourMs = 60 * 60_000
const longestPauseMs = 5 * 60_000

export function judgePace(
  evidence: Evidence,
  acts: readonly Act[],
  files: readonly CaseFile[],
  counts: Counts,
): void {
  const { world, findings } = evidence
  // With a public reply the whole decision waits, and what is asked for after it.
  const withinMs = soonMs + Number(world.environment.UNDO_SECONDS ?? 0) * 1_000
  // What was undone while it waited is never sent: what is written after it on the same request is another's.
  const kept = withoutUndone(evidence, acts)
  for (const act of kept) {
    const { subject, at, userId, button } = act
    // A click that opens a modal, or whose person was answered alone, decides nothing.
    if (isAnswered(evidence, act)) continue
    if (!subject || !act.isAcknowledged || act.isSentBack || !isHungBeside(evidence, subject, at, withinMs))
      continue
    const isStopped = world.bot.ends.some((end) => end >= at - soonMs && end <= at + withinMs)
    if (isStopped || !writesAtOnce(act, subject, files) || !isDecided(evidence, act, subject, kept)) continue
    const place = 'ticket' in subject ? `/tickets/${subject.ticket}` : `/issues/${subject.issue}`
    const written = new RegExp(`${place}(?:\\.json)?(?:/notes)?$`)
    const first = world.network.calls.find(
      ({ method, path, at: left }) => method !== 'GET' && left >= at && written.test(path),
    )
    if (!first || isAskedToWait(evidence, first, at) || isBehind(evidence, first, written, at)) continue
    if (!owe(counts, 'decisions beside a service that hangs', first.at <= at + withinMs))
      findings.broken.push(
        `${button} by ${userId} of ${at} waited ${first.at - at} ms although its own service worked`,
      )
  }
}

/** Its own service has met a limit in the minute before, or meanwhile, and said so. */
function isAskedToWait({ world }: Evidence, { service, at: left }: OutgoingCall, at: number): boolean {
  return world.network.calls.some(
    (one) =>
      one.service === service &&
      one.at >= at - limitMs &&
      one.at < left &&
      (one.status === 429 || one.fault?.startsWith('429')),
  )
}

/**
 * Within a request effects are in order: one before it had no clear answer, and was still being looked for; or the last before the
 * act was refused for good, or the service did not show the request at all, and it waits for Try Again.
 */
function isBehind(
  { world }: Evidence,
  { at: left }: OutgoingCall,
  written: RegExp,
  actedAt: number,
): boolean {
  const calls = world.network.calls.filter(({ path, at }) => written.test(path) && at < left)
  const isItself = ({ method, path }: OutgoingCall) => method === 'GET' && !path.endsWith('/notes')
  if (calls.findLast((call) => isItself(call) && call.at < actedAt)?.status === 404) return true
  const before = calls.filter(({ method }) => method !== 'GET')
  const { status } = before.findLast(({ at }) => at < actedAt) ?? {}
  if (status !== undefined && [400, 403, 404, 422].includes(status)) return true
  const unclear = before.filter(({ fault }) => fault !== undefined && !clear.includes(fault))
  const last = unclear.at(-1)
  if (!last) return false
  // What came after it without a fault could leave only once it was known what had become of it.
  const pauseMs = last === before.at(-1) ? pauseBeforeLook(last, before) : 0
  return left - last.at <= pauseMs + lookedForMs
}

/** Each further attempt at the same waits for longer, and with it whatever is decided meanwhile. */
function pauseBeforeLook(last: OutgoingCall, before: readonly OutgoingCall[]): number {
  const same = before.filter(({ method, text }) => method === last.method && text === last.text)
  if (same.length === 1) return 0
  const first = same.find(({ fault }) => fault !== undefined && !clear.includes(fault)) ?? last
  return last.ms - first.ms >= hourMs ? hourMs : longestPauseMs
}

function isAnswered({ world }: Evidence, act: Act): boolean {
  if (act.kind !== 'click') return false
  return world.network.calls.some(
    (call) =>
      call.service === 'slack' &&
      call.at >= act.at &&
      (call.path === act.responsePath || opensFor(act, call)),
  )
}

/** Another service hung from some time before the act until it has to have left. */
function isHungBeside(
  { world: { faults } }: Evidence,
  subject: Subject,
  at: number,
  withinMs: number,
): boolean {
  const beside: Service = 'ticket' in subject ? 'gitlab' : 'zendesk'
  const index = faults.weathers.findLastIndex((one) => one.at <= at)
  const next = faults.weathers[index + 1]?.at ?? Number.POSITIVE_INFINITY
  return faults.weathers[index]?.name === `${beside}-hangs` && next >= at + withinMs
}

/** The first that it owes is a text on the very request or ticket, which is never there already. */
function writesAtOnce(act: Act, subject: Subject, files: readonly CaseFile[]): boolean {
  if ('ticket' in subject) {
    const first = ticketDecisions.find(({ button }) => button === act.button)?.owes[0]
    return first !== undefined && ('comment' in first || 'forwardTo' in first)
  }
  const file = files.find(({ iid }) => iid === subject.issue)
  return (
    file !== undefined &&
    decisionsBehind(file, act).some(({ owes: [first] }) => {
      if (first === undefined || first.onlyIf !== undefined) return false
      return 'typedReply' in first || 'internalNote' in first
    })
  )
}

/**
 * What was refused, or is none of the handbook's, is judged elsewhere: also where the same person chose the same once more, which
 * was decided then.
 */
function isDecided(
  { world, audit }: Evidence,
  { userId, button, at }: Act,
  subject: Subject,
  acts: readonly Act[],
): boolean {
  const said = audit.filter(
    ({ what, who, details, iid, at: instant }) =>
      (what === 'decided' || what === 'refused') &&
      who === `slack:${userId}` &&
      details.decision === keyOf(button) &&
      ('ticket' in subject ? details.ticket === subject.ticket : iid === subject.issue) &&
      world.bot.clock.whenItSaid(instant).last >= at,
  )
  if (said[0]?.what !== 'refused') return said.length > 0
  const isAgain = acts.some(
    (one) =>
      one.userId === userId &&
      one.button === button &&
      one.at > at &&
      JSON.stringify(one.subject) === JSON.stringify(subject),
  )
  return !isAgain && said.some(({ what }) => what === 'decided')
}
