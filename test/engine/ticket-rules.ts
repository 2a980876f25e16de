/** What holds after every turn of a ticket, whatever has been played before. */
import { expect } from 'vitest'
import { distributionDayAfter, endOfBusinessDays } from '../../src/engine/business-time.ts'
import type { Effect } from '../../src/engine/effect.ts'
import type { Event } from '../../src/engine/event.ts'
import type { Move } from '../../src/engine/outcome.ts'
import type { Facts, TicketEnd } from '../../src/engine/request.ts'
import { dayIn, type Instant, weekdayText } from '../../src/engine/time.ts'
import type { Turn } from './play.ts'
import { checkAnswer } from './rules.ts'
import { allFlows, calendar, isClosed, type TicketUpdate, type World } from './world.ts'

type DecisionEvent = Event & { kind: 'decision' }

/** What was seen of the whole play so far, kept apart from the engine's own facts. */
export interface TicketMemory {
  /** Received, or reopened after that. */
  readonly openedAt: Instant
  /** When the requester was answered: by whatever was decided and not refused, and by hand. */
  readonly answers: readonly Instant[]
  readonly handlings: NonNullable<Facts['handlings']>
  readonly promise?: NonNullable<Facts['promisedReport']> & { readonly madeAt: Instant }
  /** Of the last decision, or of what was seen to move the ticket. */
  readonly lastMoveAt?: Instant
  /** Closed outside of the bot. */
  readonly ticketEnd?: TicketEnd
}

export function unopened({ startsAt }: World): TicketMemory {
  return { openedAt: startsAt, answers: [], handlings: [] }
}

export function checkTicketTurn(world: World, memory: TicketMemory, played: Turn): TicketMemory {
  const move = checkAnswer(played)
  if (!move) return memory
  const { event, after } = played
  if (event.kind === 'decision') checkDecision(played, move, event)
  else
    expect(
      move.effects.filter(({ kind }) => kind !== 'thread'),
      'nothing seen sends anything',
    ).toEqual([])
  const next = remembered(world, memory, played)
  expect(after.request.step, 'details').toBe(stepAfter(memory, next, played))
  expect(noted(after.request.facts), 'no more is noted than what was decided, seen, and not refused').toEqual(
    {
      handlings: next.handlings,
      promisedReport: next.promise && { report: next.promise.report, sendOn: next.promise.sendOn },
      lastPublicReplyAt: [...next.answers].sort().at(-1),
    },
  )
  return next
}

function noted({ handlings = [], promisedReport, lastPublicReplyAt }: Facts) {
  return { handlings, promisedReport, lastPublicReplyAt }
}

function checkDecision({ rule, before, after }: Turn, { effects }: Move, event: DecisionEvent): void {
  const isLeft = event.decision === 'leave-as-closed'
  if (!rule || isClosed(before.request) !== isLeft)
    throw new Error(`${event.decision} is no decision here, yet it moved`)
  expect(event.by.roles, 'who may').toContain('field-security')
  if (isLeft) {
    expect([effects, after.request.facts.isIncomplete], 'nothing is sent').toEqual([[], undefined])
    return
  }
  const answers = effects.filter((one) => one.kind === 'ticket-reply')
  const forwards = effects.filter((one) => one.kind === 'forward-ticket')
  const { step } = after.request
  expect(answers.length + forwards.length, 'one update of the ticket').toBe(1)
  expect(forwards.length === 1, 'forwarded only to support').toBe(step === 'redirected')
  for (const { text, solve } of answers) {
    expect(text, 'what was typed, and never nothing').toMatch(/\S/)
    expect(Object.values(event.input).map((typed) => typed.trim())).toContain(text)
    expect(solve, 'solved only with its answer').toBe(step === 'solved')
  }
  const isAsked = effects.some(({ kind }) => kind === 'open-expert-issue')
  const [update] = [...answers, ...forwards].map(updateOf)
  expect(update, 'as it was read, and back to where it stood').toEqual({
    stamp: event.stamp ?? before.request.createdAt,
    decidedAt: event.at,
    ...(isAsked ? {} : { backTo: before.request.step }),
  })
  expect(
    effects.map(({ kind }) => kind),
    'nothing for an issue',
  ).toEqual(
    expect.not.arrayContaining(['reply', 'typed-reply', 'internal-note', 'labels', 'close', 'reopen']),
  )
  if (event.decision === 'compliance-report')
    expect(answers[0]?.text, 'what is promised in writing is what is kept').toContain(
      weekdayText(after.request.facts.promisedReport?.sendOn ?? ''),
    )
  checkNothingTyped(after.request.facts, event)
}

function updateOf({ stamp, decidedAt, backTo }: Effect & { kind: 'ticket-reply' | 'forward-ticket' }) {
  return { stamp, decidedAt, ...(backTo === undefined ? {} : { backTo }) }
}

/** What somebody typed goes to Zendesk and GitLab; the request keeps none of it. */
function checkNothingTyped(facts: Facts, { decision, input }: DecisionEvent): void {
  const fields = Object.values(allFlows['security-ticket']?.steps ?? {}).flatMap(
    ({ decisions }) => decisions[decision]?.fields ?? [],
  )
  const kept = JSON.stringify(facts)
  for (const { kind, name } of fields) {
    const typed = kind === 'text' ? (input[name] ?? '').trim() : ''
    if (typed !== '')
      expect(kept, `${name} is kept nowhere`).not.toContain(JSON.stringify(typed).slice(1, -1))
  }
}

function remembered(world: World, memory: TicketMemory, { event, before }: Turn): TicketMemory {
  if (event.kind === 'decision') return decided(world, memory, { event, before })
  const { observation } = event
  const wasClosed = isClosed(before.request)
  switch (observation.name) {
    case 'public-reply-seen':
      return { ...memory, answers: [...memory.answers, observation.at] }
    case 'ticket-solved':
      return { ...memory, lastMoveAt: observation.at, ticketEnd: observation.how }
    case 'ticket-reopened': {
      const { promise: _dropped, ticketEnd: _end, ...kept } = memory
      return wasClosed ? { ...kept, openedAt: observation.at, lastMoveAt: observation.at } : memory
    }
    case 'ticket-update-refused':
      return takenBack(memory, observation, before.now)
    default:
      return memory
  }
}

type Decided = Pick<Turn, 'before'> & { readonly event: DecisionEvent }

/** Only what is new is handled: an answer once the expert has given theirs, or a report that is sent, is not. */
function decided(world: World, memory: TicketMemory, { event, before }: Decided): TicketMemory {
  const { decision: as, at } = event
  if (as === 'leave-as-closed') return { ...memory, lastMoveAt: at }
  const isOnTime = before.now < endOfBusinessDays(memory.openedAt, 1, world.timeZone, calendar)
  const promised = { report: event.input.report ?? '', sendOn: promisedFor(world, at), madeAt: at }
  return {
    ...memory,
    lastMoveAt: at,
    answers: as === 'redirect-support' ? memory.answers : [...memory.answers, at],
    handlings: before.request.step === 'new' ? [...memory.handlings, { as, at, isOnTime }] : memory.handlings,
    ...(as === 'compliance-report' ? { promise: promised } : {}),
  }
}

/** "A compliance report goes out on the next distribution day after the day of its confirmation." */
function promisedFor({ timeZone }: World, confirmedAt: Instant): string {
  return distributionDayAfter(dayIn(timeZone, confirmedAt), calendar)
}

/** Nothing of it was sent; an expert team that has been asked has been asked all the same. */
function takenBack(memory: TicketMemory, { decidedAt, backTo }: TicketUpdate, now: Instant): TicketMemory {
  const answers = memory.answers.filter((at) => at !== decidedAt)
  const isLast = memory.lastMoveAt === decidedAt
  const kept = { ...memory, answers, ...(isLast ? { lastMoveAt: now } : {}) }
  if (backTo === undefined) return kept
  const handlings = memory.handlings.filter(({ at }) => at !== decidedAt)
  const { promise, ...rest } = kept
  return promise && promise.madeAt !== decidedAt ? { ...rest, handlings, promise } : { ...rest, handlings }
}

function stepAfter(memory: TicketMemory, next: TicketMemory, { event, before, rule }: Turn): string {
  const { step } = before.request
  if (event.kind === 'decision') return typeof rule?.goto === 'string' ? rule.goto : step
  const { observation } = event
  switch (observation.name) {
    case 'ticket-solved':
      return observation.how === 'forwarded' ? 'redirected' : 'solved'
    case 'ticket-reopened':
      return isClosed(before.request) ? 'new' : step
    case 'ticket-update-refused': {
      const isLast = memory.lastMoveAt === observation.decidedAt
      const back = isLast ? (observation.backTo ?? step) : step
      return back === 'queued' && !next.promise ? 'new' : back
    }
    default:
      return step
  }
}
