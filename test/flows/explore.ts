/**
 * Every state that a flow can come to, found through `decide` itself: from each, every decision by every role with every
 * choice, every observation, and the wait for its clock. What comes of it is held against what the handbook demands.
 */
import { clockOf, stepClock } from '../../src/engine/clocks.ts'
import { decide } from '../../src/engine/decide.ts'
import type { Effect } from '../../src/engine/effect.ts'
import { effectsOf } from '../../src/engine/effects-of.ts'
import type { Event, Input, Observation } from '../../src/engine/event.ts'
import type { Decision, DecisionEnvironment, Field, Flows } from '../../src/engine/flow.ts'
import { type NextAction, nextAction } from '../../src/engine/next-action.ts'
import type { Move, Outcome } from '../../src/engine/outcome.ts'
import type { Facts, Person, Request, Role } from '../../src/engine/request.ts'
import { aRequest, environment } from '../engine/a-request.ts'
import type { Demand, FlowDemands, Length, Need } from './demands.ts'

/** What surrounds the flow, and what its form says. */
export interface World {
  readonly settings?: Partial<DecisionEnvironment['settings']>
  readonly requirePrivacyApproval?: true
  /** Labels approve only with the role. */
  readonly labelApproves?: 'with-role'
  readonly isEmbargoed?: true
  readonly hasOtherAddress?: true
  readonly hasLaterIssue?: true
  /** A ticket that may not be sent to the form: nothing leads on from it. */
  readonly misdirected?: Facts['misdirected']
}

export interface Explored {
  readonly states: number
  /** (state, decision or observation, role) that were tried. */
  readonly tries: number
  /** `close-no-response by support-manager`: demands that were seen to be met. */
  readonly taken: ReadonlySet<string>
}

/** Something that the handbook does not allow, or does not find. */
export class NotAsDemanded extends Error {
  override readonly name = 'NotAsDemanded'
}

interface Memory {
  readonly isVerified: boolean
  readonly askedBy?: string
  readonly approvers: readonly Person[]
  readonly enteredAt: string
  readonly openedAt: string
  readonly answeredAt?: string
  /** `2026-03-05` */
  readonly promisedDay?: string
  /** The reply to silence that was just decided. */
  readonly isStoppable?: true
  /** The step to which the requester’s message has led, and from where; nobody was sent anything since. */
  readonly led?: { readonly to: string; readonly from: string } | undefined
  /** The update of a ticket that was just decided. */
  readonly update?: { readonly decidedAt: string; readonly backTo?: string }
  /** Looked at, but not led on: the clocks are held, Privacy has been asked, or nothing leads here in such a world. */
  readonly aside?: 'held' | 'escalated' | 'out of reach'
}

/** What an observation has to come to. */
interface Demanded {
  readonly to: string
  readonly does: readonly string[]
  readonly fact?: keyof Facts
  /** Whether it is a way in which requests are worked. */
  readonly isEarnest: boolean
}

/** What the decisions of a step ask for, and which replies they send. */
interface Asked {
  readonly needs: ReadonlySet<Need>
  readonly snippets: ReadonlySet<string>
  readonly isReplyAsked: boolean
}

interface State {
  readonly request: Request
  readonly now: string
  readonly memory: Memory
}

/** A Monday. */
const createdAt = '2026-03-02T10:00:00.000Z'
const hour = 3_600_000
const day = 24 * hour
const later = (at: string, ms: number) => new Date(Date.parse(at) + ms).toISOString()

const person = (id: string, ...roles: Role[]): Person => ({ id, roles })
const people = [
  person('UENG', 'support-engineer'),
  person('UMAN', 'support-manager'),
  person('UPRI', 'privacy'),
  person('UFSE', 'field-security'),
  person('UMAN2', 'support-manager'),
  person('UNOB'),
]
const engineer = person('UENG', 'support-engineer')
const manager = person('UMAN', 'support-manager')
const privacyPerson = person('UPRI', 'privacy')
/** What is refused to them is refused to anybody. */
const everybody = person('UALL', 'support-engineer', 'support-manager', 'privacy', 'field-security')

const anIssue = 'https://gitlab.example/trust/safety/-/issues/7'
const byHand = 'gitlab:42'

/** Ends the exploration with the first thing that is not as demanded. */
export function explore(flows: Flows, name: string, demands: FlowDemands, world: World = {}): Explored {
  return new Exploration(flows, name, demands, world).run()
}

class Exploration {
  readonly #flows: Flows
  readonly #name: string
  readonly #demands: FlowDemands
  readonly #world: World
  readonly #seen = new Map<string, State>()
  readonly #queue: (readonly [key: string, state: State])[] = []
  /** From where to where a request can be led in earnest. */
  readonly #ways = new Map<string, Set<string>>()
  readonly #taken = new Set<string>()
  readonly #once = new Set<string>()
  #tries = 0

  constructor(flows: Flows, name: string, demands: FlowDemands, world: World) {
    this.#flows = flows
    this.#name = name
    this.#demands = demands
    this.#world = world
  }

  run(): Explored {
    for (const step of this.#demands.closed) this.#checkClosed(step)
    for (const step of this.#demands.entrances) {
      this.#checkArrival(this.#beginning(step))
      this.#found(this.#beginning(step))
    }
    // An embargoed country ends nearly every way at its beginning: what stands further on is looked at all the same.
    if (this.#world.isEmbargoed)
      for (const step of this.#openSteps()) this.#found(this.#beginning(step, { aside: 'out of reach' }))
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const [key, state] = next
      this.#checkClocks(state)
      this.#checkNext(state)
      this.#checkEmbargo(state)
      this.#decideAll(key, state)
      if (state.memory.aside === undefined) {
        this.#observeAll(key, state)
        this.#wait(key, state)
      }
    }
    this.#checkWaysOut()
    return { states: this.#seen.size, tries: this.#tries, taken: this.#taken }
  }

  #openSteps(): readonly string[] {
    const all = new Set(this.#demands.demands.flatMap(({ steps }) => steps))
    return [...all].filter((step) => !this.#isClosed(step))
  }

  #checkClosed(step: string): void {
    if (!this.#flows[this.#name]?.steps[step]?.isClosed) this.#fail(this.#beginning(step), 'it is not closed')
  }

  /** What a request gets on its arrival is done by whoever takes it in. */
  #checkArrival(state: State): void {
    const { request, now } = state
    const flow = this.#flows[this.#name]
    if (!flow) this.#fail(state, 'there is no such flow')
    const onEntry = flow.steps[request.step]?.onEntry ?? []
    const effects = effectsOf(onEntry, { flow, request, environment: this.#around(now), input: {} })
    const does = this.#demands.entering?.[request.step]?.(true) ?? []
    this.#expect(state, 'its arrival does', effects.flatMap(rendered).join('; '), does.join('; '))
  }

  #beginning(step: string, more: Pick<Memory, 'aside'> = {}): State {
    const { isEmbargoed, hasOtherAddress, hasLaterIssue, misdirected } = this.#world
    const isTicket = this.#flows[this.#name]?.desk.source === 'zendesk'
    // An issue is seen a day late, so that no two clocks start on the same day.
    const now = later(createdAt, isTicket ? hour : 26 * hour)
    const facts = {
      ...(isEmbargoed && { isEmbargoed }),
      ...(hasOtherAddress && { hasOtherAddress }),
      ...(hasLaterIssue && { hasLaterIssue, laterIssues: [125] }),
    }
    const request = aRequest({
      flow: this.#name,
      step,
      createdAt,
      stepSince: now,
      ...(isTicket
        ? { source: 'zendesk', number: 456, ...(misdirected && { facts: { misdirected } }) }
        : { facts }),
    })
    return {
      request,
      now,
      memory: {
        isVerified: false,
        approvers: [],
        enteredAt: now,
        openedAt: createdAt,
        ...(misdirected && { aside: 'out of reach' }),
        ...more,
      },
    }
  }

  /** A state that was not seen before is looked at later; `from` is the state that leads there in earnest. */
  #found(state: State, from?: string): void {
    const key = this.#keyOf(state)
    if (from !== undefined) this.#ways.set(from, (this.#ways.get(from) ?? new Set()).add(key))
    if (this.#seen.has(key)) return
    this.#seen.set(key, state)
    this.#queue.push([key, state])
  }

  /** What tells two states apart: of what is known, what a decision of that step asks for. */
  #keyOf({ request: { step, facts, flow }, now, memory }: State): string {
    const { evidence, metaIssue, expertIssue, promisedReport } = facts
    const place = this.#isClosed(step) ? (facts.closedFrom ?? step) : step
    const start = this.#startOf(place, memory)
    const end = this.#endOf(place, memory)
    const { needs, snippets, isReplyAsked } = this.#askedAt(place)
    const isApprovalAsked = needs.has('approval')
    return JSON.stringify([
      flow,
      step,
      end === undefined ? '' : now >= end ? 'over' : now >= later(end, -2 * hour) ? 'last' : 'early',
      isReplyAsked && facts.lastReplyAt !== undefined && facts.lastReplyAt >= (start ?? createdAt),
      isReplyAsked && facts.lastReplyAt !== undefined,
      isReplyAsked && facts.lastReplyAt === facts.noAnswerAt,
      isReplyAsked && [isFresh({ step, facts, memory }), memory.led, facts.repliedMoreThanOnce],
      isApprovalAsked && [evidence?.criteria.map(({ result }) => result), memory.askedBy],
      isApprovalAsked && memory.approvers.map(({ id }) => id),
      metaIssue && [metaIssue.done, metaIssue.closed],
      needs.has('reinstatement issue') && facts.reinstatementIssue !== undefined,
      facts.closedFrom,
      facts.closedOutside,
      facts.isIncomplete,
      Object.keys(facts.sentSnippets ?? {}).filter((one) => snippets.has(one)),
      expertIssue && [expertIssue.answeredAt !== undefined, expertIssue.closed],
      promisedReport && now.slice(0, 10) >= promisedReport.sendOn,
      memory.isVerified,
      memory.isStoppable,
      memory.update?.backTo ?? memory.update !== undefined,
      memory.aside,
    ])
  }

  readonly #asked = new Map<string, Asked>()

  #askedAt(step: string): Asked {
    const known = this.#asked.get(step) ?? this.#allAskedAt(step)
    this.#asked.set(step, known)
    return known
  }

  #allAskedAt(step: string): Asked {
    const here = this.#demands.demands.filter(({ steps }) => steps.includes(step))
    const needs = new Set(here.flatMap((one) => one.needs ?? []))
    const done = here.flatMap(({ does }) => (typeof does === 'function' ? does({}, false, []) : does))
    const snippets = new Set(done.flatMap((one) => /^reply (\S+)/.exec(one)?.[1] ?? []))
    const isReplyAsked =
      needs.has('a reply') ||
      needs.has('a fresh reply') ||
      needs.has('an awaited reply') ||
      needs.has('silence') ||
      here.some(({ decision }) => decision === 'set-type')
    return { needs, snippets, isReplyAsked }
  }

  #isClosed(step: string): boolean {
    return this.#demands.closed.includes(step)
  }

  // The clocks, as the handbook has them.

  #startOf(step: string, { enteredAt, openedAt, answeredAt }: Memory): string | undefined {
    const since = this.#demands.clocks[step]?.since
    if (since === undefined) return undefined
    return {
      created: createdAt,
      entered: enteredAt,
      opened: openedAt,
      'last answer': answeredAt ?? enteredAt,
    }[since]
  }

  #endOf(step: string, memory: Memory): string | undefined {
    const clock = this.#demands.clocks[step]
    const start = this.#startOf(step, memory)
    return clock && start && endOf(clock.length, start, memory.promisedDay)
  }

  #checkClocks(state: State): void {
    const { request, now, memory } = state
    if (this.#isClosed(request.step) || memory.aside !== undefined) return
    const flow = this.#flows[request.flow]
    const around = this.#around(now)
    const end = this.#endOf(request.step, memory)
    const clock = flow && stepClock(flow, request, around)
    if (clock?.overAt !== end)
      this.#fail(state, `the clock ends ${clock?.overAt ?? 'never'}, and has to end ${end ?? 'never'}`)
    if (request.source === 'zendesk') return
    const rule = flow?.desk.deadline
    const whole = rule && clockOf(rule, request, around).overAt
    if (whole !== endOf({ days: 30 }, createdAt, undefined))
      this.#fail(state, `the 30 days end ${whole ?? 'never'}`)
  }

  /**
   * What comes next of an open request is one decision that somebody whose turn it is can take now, work elsewhere of
   * people of the desk, or a wait of which it is said for whom, and which decision opens when.
   */
  #checkNext(state: State): void {
    const { request, now, memory } = state
    if (memory.aside === 'out of reach') return
    const flow = this.#flows[request.flow]
    const next = flow && nextAction({ flow, request }, { ...this.#around(now), stuckAfterDays: 7 })
    if (this.#isClosed(request.step)) {
      const isToFinish = request.facts.isIncomplete === true
      if ((next?.kind === 'finish') !== isToFinish)
        this.#fail(state, `closed, and what comes next is ${next?.kind ?? 'nothing'}`)
      if (next) this.#checkTaken(state, next, now)
      return
    }
    if (!flow || !next) this.#fail(state, 'nothing comes next')
    const isWork = 'roles' in next.turn && next.turn.roles.length > 0
    if (!isWork && !('awaits' in next.turn)) this.#fail(state, `“${next.words}” is nobody's turn`)
    if (/[{}]/.test(next.words)) this.#fail(state, `“${next.words}” is not filled in`)
    if (next.from !== undefined && next.from <= now) this.#fail(state, `${next.decision} opens in the past`)
    if (next.from !== undefined && next.due?.overAt !== next.from && this.#startOf(request.step, memory))
      if (!('awaits' in next.turn && next.turn.awaits === 'distribution-day'))
        this.#fail(state, `${next.decision} opens at ${next.from}, and the wait ends ${next.due?.overAt}`)
    this.#checkTaken(state, next, next.from ?? now)
  }

  /** Somebody whose turn it is takes it at that time; of a wait, anybody. */
  #checkTaken(state: State, { decision, turn, words }: NextAction, now: string): void {
    if (decision === undefined) return
    const { request } = state
    const place = this.#isClosed(request.step) ? (request.facts.closedFrom ?? request.step) : request.step
    const flow = this.#flows[this.#name]
    const rule =
      flow?.steps[place]?.decisions[decision] ??
      flow?.anytime[decision] ??
      flow?.steps[request.step]?.decisions[decision]
    const inputs = inputsOf(rule, state)
    const takers = people.filter(({ roles }) =>
      'awaits' in turn ? true : roles.some((role) => turn.roles.includes(role)),
    )
    const isTaken = takers.some((by) =>
      inputs.some((input) => this.#take({ ...state, now }, decision, by, input).outcome.kind === 'move'),
    )
    // All that Reply to a wait or a first approval would do may be said already: then another comes next.
    if (!isTaken) this.#fail(state, `“${words}” comes next, and nobody can take ${decision} at ${now}`)
  }

  /** Whenever an embargo is found out, the request can be closed at once and truthfully, by either role of support. */
  #checkEmbargo(state: State): void {
    const { request, now, memory } = state
    if (!this.#demands.heedsEmbargo || this.#isClosed(request.step)) return
    if (this.#isRepeated(['embargo', request.step, memory.aside])) return
    const embargoed = { ...state, request: { ...request, facts: { ...request.facts, isEmbargoed: true } } }
    const flow = this.#flows[this.#name]
    const names = Object.keys({ ...flow?.anytime, ...flow?.steps[request.step]?.decisions })
    for (const by of people.filter(({ roles }) => roles.some((role) => role.startsWith('support-')))) {
      const ends = names
        .filter((name) => !['mark-spam', 'close-duplicate'].includes(name))
        .map((name) => this.#take(embargoed, name, by, {}).outcome)
        .filter((outcome) => outcome.kind === 'move' && this.#isClosed(outcome.step))
      const isSilent = ({ effects }: Move) =>
        effects.flatMap(rendered).every((one) => one === 'note' || one === 'close')
      if (!ends.some((outcome) => outcome.kind === 'move' && isSilent(outcome)))
        this.#fail(embargoed, `an embargoed request can't be closed by ${by.id} at ${now} with nothing sent`)
    }
  }

  #wait(key: string, state: State): void {
    const { request, now, memory } = state
    if (this.#isClosed(request.step)) return
    const end = this.#endOf(request.step, memory)
    if (end === undefined || now >= end) return
    const times = [later(end, -hour), end]
    if (memory.promisedDay !== undefined) times.unshift(`${memory.promisedDay}T09:00:00.000Z`)
    const { isStoppable: _stoppable, update: _update, ...waited } = memory
    for (const then of times.filter((one) => one > now))
      this.#found({ request, now: then, memory: waited }, key)
  }

  #around(now: string, input: Input = {}): DecisionEnvironment {
    const { settings, requirePrivacyApproval, labelApproves } = this.#world
    const around = environment({ now, requirePrivacyApproval: requirePrivacyApproval ?? false })
    return {
      ...around,
      settings: { ...around.settings, ...settings },
      labels: borne,
      ...(labelApproves && { labelApproves }),
      ...(input.stays === '124' && { named: { number: 124, isOpen: true } }),
    }
  }

  // Decisions.

  #decideAll(key: string, state: State): void {
    const { step, facts } = state.request
    const isClosed = this.#isClosed(step)
    const place = isClosed ? (facts.closedFrom ?? step) : step
    const flow = this.#flows[this.#name]
    const names = new Set([
      ...Object.keys(flow?.anytime ?? {}),
      ...Object.values(flow?.steps ?? {}).flatMap(({ decisions }) => Object.keys(decisions)),
      ...this.#demands.demands.map(({ decision }) => decision),
    ])
    // Taking a step back is tried after each step.
    names.delete('undo-step')
    const demandAt = (where: string, decision: string) =>
      this.#demands.demands.find((one) => one.decision === decision && one.steps.includes(where))
    for (const decision of names) {
      // Of a closed request: its own, or what completes it from where it stood.
      const ofClosed = isClosed ? demandAt(step, decision) : undefined
      if (ofClosed) {
        this.#decideHere(key, state, ofClosed, flow?.steps[step]?.decisions[decision])
        continue
      }
      const demand = demandAt(place, decision)
      const rule = flow?.steps[place]?.decisions[decision] ?? flow?.anytime[decision]
      const canComplete = facts.isIncomplete && demand && this.#nextOf(demand, {}, place) === 'closed'
      if (!demand || (isClosed && !canComplete)) this.#decideElsewhere(state, decision, rule)
      else if (!this.#isTried(state, demand)) this.#decideHere(key, state, demand, rule)
    }
  }

  /** What is open at any step depends on nothing but the step and the reply that it sends: once for each is enough. */
  #isTried({ request: { step, facts }, memory }: State, { decision, does }: Demand): boolean {
    if (this.#flows[this.#name]?.anytime[decision] === undefined) return false
    const [reply = ''] = typeof does === 'function' ? does({}, false, []) : does
    const isSent = facts.sentSnippets?.[reply.split(' ')[1] ?? ''] !== undefined
    return this.#isRepeated([step, facts.closedFrom, facts.isIncomplete, memory.aside, isSent, decision])
  }

  #isRepeated(what: readonly unknown[]): boolean {
    const key = what.join()
    if (this.#once.has(key)) return true
    this.#once.add(key)
    return false
  }

  /** What stands at another step is refused, whoever takes it. */
  #decideElsewhere(state: State, decision: string, rule: Decision | undefined): void {
    // Where it stands is all that counts.
    const { step, facts } = state.request
    if (this.#isRepeated(['elsewhere', step, facts.closedFrom, facts.isIncomplete, decision])) return
    const [input = {}] = inputsOf(rule, state)
    const { outcome } = this.#take(state, decision, everybody, input)
    if (outcome.kind === 'move') this.#fail(state, `${decision} was done at a step without it`)
  }

  #decideHere(key: string, state: State, demand: Demand, rule: Decision | undefined): void {
    if (!rule) this.#fail(state, `${demand.decision} is missing`)
    const inputs = inputsOf(rule, state)
    const first = people.find((one) => this.#hasRole(demand, one)) ?? engineer
    for (const by of people)
      for (const input of by === first ? inputs : inputs.slice(0, 1))
        this.#judge(key, state, demand, by, input)
  }

  #take(state: State, decision: string, by: Person, input: Input): { event: Event; outcome: Outcome } {
    this.#tries += 1
    const event: Event = { kind: 'decision', decision, by, input, at: state.now }
    return { event, outcome: decide(this.#flows, state.request, event, this.#around(state.now, input)) }
  }

  #judge(key: string, state: State, demand: Demand, by: Person, input: Input): void {
    const { request, memory } = state
    const { outcome } = this.#take(state, demand.decision, by, input)
    const what = `${demand.decision} by ${by.id} with ${JSON.stringify(input)}`
    const because = this.#whyNot(state, demand, by, input)
    if (outcome.kind !== 'move') {
      if (because === undefined && !this.#isSaidAlready(state, demand, input))
        this.#fail(state, `${what} was refused: ${outcome.because}`)
      return
    }
    if (because !== undefined) this.#fail(state, `${what} was done, in spite of: ${because}`)
    const isFirstOfTwo = demand.decision === 'approve-exception' && !this.#isApprovedWith(state, by)
    const isClosed = this.#isClosed(request.step)
    // A reply that did not lead here leads nobody away where it was none.
    const staysHere =
      demand.decision === 'not-an-answer' &&
      (memory.led?.to !== request.step || memory.led.from !== this.#nextOf(demand, input, request.step))
    const next =
      isFirstOfTwo || isClosed || staysHere ? request.step : this.#nextOf(demand, input, request.step)
    const isAnswered =
      this.#demands.answersAsker?.includes(request.step) &&
      next !== request.step &&
      ![undefined, by.id].includes(memory.askedBy)
    const does = isFirstOfTwo
      ? ['note', waitsFor(by)]
      : [...this.#doesOf(state, demand, input, next), ...(isAnswered ? ['say'] : [])]
    const reached = outcome.flow === this.#name ? outcome.step : `the flow ${outcome.flow}`
    this.#expect(state, `${what} leads`, reached, next)
    this.#expectEffects(state, what, outcome, does, this.#isAgain(state, demand, input, next))
    this.#expect(state, `${what} is called`, outcome.what.replace(/ \(first of.*/, ''), demand.button)
    if (demand.fact !== undefined && outcome.facts[demand.fact] === undefined)
      this.#fail(state, `${what} did not note ${demand.fact}`)
    const isHeld = outcome.facts.pauses?.some(({ to }) => to === undefined)
    if (demand.decision === 'leave-as-closed' && outcome.facts.isIncomplete)
      this.#fail(state, `${what} left it unfinished`)
    if (demand.decision === 'resume-clocks' && isHeld) this.#fail(state, `${what} did not resume the clocks`)
    for (const role of by.roles) this.#taken.add(`${demand.decision} at ${request.step} by ${role}`)
    this.#checkFulfilment(state, demand.decision, outcome, isFirstOfTwo)
    if (outcome.flow !== this.#name) {
      this.#ledElsewhere(key, state)
      return
    }
    const isTold = does.some((one) => /^(?:reply|write) /.test(one)) || this.#isClosed(next)
    const after = this.#after(state, outcome, {
      ...memoryAfter(demand.decision, memory, by, isFirstOfTwo),
      led: isTold || demand.decision === 'not-an-answer' ? undefined : memory.led,
      ...(next !== request.step && isTicketAnswer(outcome) && { update: updateOf(outcome) }),
      ...(outcome.effects.some((one) => 'onlyIfSilentSince' in one) && { isStoppable: true }),
      ...(outcome.facts.promisedReport && { promisedDay: outcome.facts.promisedReport.sendOn }),
      ...(outcome.effects.some(({ kind }) => kind === 'ticket-reply') && { answeredAt: state.now }),
    })
    const isAgain = this.#isAgain(state, demand, input, next)
    this.#checkUndo(state, after, this.#namesOf(demand.decision, outcome.step, isAgain), outcome, by)
    // Nobody takes back what they may not decide.
    const isOthers = by !== engineer && !this.#hasRole(demand, engineer)
    if (isOthers && this.#take(after, 'undo-step', engineer, { reason: 'x' }).outcome.kind === 'move')
      this.#fail(after, `${what} was taken back by a support engineer`)
    if (memory.aside !== undefined) return
    const isEarnest = !['mark-spam', 'close-duplicate'].includes(demand.decision)
    if (demand.decision !== 'extend-deadline') this.#found(after, isEarnest ? key : undefined)
  }

  /** Another flow works it: that is a way out. */
  #ledElsewhere(key: string, state: State): void {
    const closed: State = { ...state, request: { ...state.request, step: 'closed', facts: {} } }
    this.#found(closed, key)
  }

  #nextOf({ next }: Demand, input: Input, step: string): string {
    return (typeof next === 'function' ? next(input) : next) ?? step
  }

  #doesOf(state: State, demand: Demand, input: Input, next: string): readonly string[] {
    const { step, facts } = state.request
    const { settings } = this.#world
    const all = wholeOf(demand, state, input)
    const note = demand.decision === 'close-no-response' && input.reason ? ['note'] : []
    const hasProject = settings?.['trust-safety-project'] !== false
    const entering = next === step ? [] : (this.#demands.entering?.[next]?.(hasProject) ?? [])
    const isSent = (one: string) => {
      const [kind, snippet = ''] = one.split(' ')
      return kind === 'reply' && facts.sentSnippets?.[snippet] !== undefined
    }
    return [...note, ...all, ...entering]
      .filter((one) => !isSent(one))
      .filter((one) => one !== 'note on the feature request' || settings?.['feature-request'] !== false)
  }

  /** A reply of it was sent before, so it is left out, and the thread says so. */
  #isAgain(state: State, demand: Demand, input: Input, next: string): boolean {
    const asIfNew = {
      ...state,
      request: { ...state.request, facts: { ...state.request.facts, sentSnippets: {} } },
    }
    return this.#doesOf(asIfNew, demand, input, next).length > this.#doesOf(state, demand, input, next).length
  }

  /** All that it would do is a reply that the requester has got. */
  #isSaidAlready(state: State, demand: Demand, input: Input): boolean {
    return (
      demand.next === undefined &&
      this.#isAgain(state, demand, input, state.request.step) &&
      this.#doesOf(state, { ...demand, does: [] }, {}, state.request.step).length === 0 &&
      this.#doesOf(state, demand, input, state.request.step).length === 0
    )
  }

  #hasRole({ who, decision }: Demand, { roles }: Person): boolean {
    const { hasOtherAddress, requirePrivacyApproval } = this.#world
    const besides =
      (decision === 'close-no-response' && hasOtherAddress) ||
      (decision === 'approve-exception' && requirePrivacyApproval)
    return roles.some((role) => who.includes(role) || (besides && role === 'privacy'))
  }

  /** Why the handbook does not allow it now. */
  #whyNot(state: State, demand: Demand, by: Person, input: Input): string | undefined {
    if (!this.#hasRole(demand, by)) return 'the role'
    const isClose =
      (demand.next === 'closed' && demand.decision !== 'complete-request') ||
      demand.decision === 'leave-as-closed'
    const isMailed = wholeOf(demand, state, input).some((one) => /^(?:reply|write) /.test(one))
    if (this.#world.isEmbargoed && this.#demands.heedsEmbargo && (!isClose || isMailed)) return 'the embargo'
    const isUnread =
      demand.decision === 'close-no-response' && this.#world.hasOtherAddress && !by.roles.includes('privacy')
    if (isUnread && !input.reason) return 'the other address'
    if (demand.decision === 'close-no-response' && this.#world.hasLaterIssue && !input.reason)
      return 'the later issue'
    return demand.needs?.find((need) => !this.#isMet(need, state, by, input))
  }

  #isMet(need: Need, { request, now, memory }: State, by: Person, input: Input): boolean {
    const { facts } = request
    const step = this.#isClosed(request.step) ? (facts.closedFrom ?? request.step) : request.step
    const { settings } = this.#world
    switch (need) {
      case 'clock':
        return now >= (this.#endOf(step, memory) ?? '')
      case 'silence':
        return (
          facts.lastReplyAt === undefined ||
          facts.lastReplyAt === facts.noAnswerAt ||
          facts.lastReplyAt < (this.#startOf(step, memory) ?? createdAt)
        )
      case 'a ticket that is nobody’s':
        return facts.misdirected === undefined
      case 'a reply':
        return facts.lastReplyAt !== undefined && facts.lastReplyAt !== facts.noAnswerAt
      case 'a fresh reply':
        return isFresh({ step: request.step, facts, memory }) && isRead(facts, input)
      case 'an awaited reply':
        return (
          facts.lastReplyAt !== undefined &&
          facts.lastReplyAt !== facts.noAnswerAt &&
          facts.lastReplyAt >= (this.#startOf(step, memory) ?? createdAt) &&
          isRead(facts, input)
        )
      case 'meta issue done, or a reason':
        return (
          !!input.reason ||
          (facts.metaIssue?.done === 3 && facts.metaIssue.total === 3) ||
          !!facts.metaIssue?.closed
        )
      case 'reinstatement issue':
        return facts.reinstatementIssue !== undefined
      case 'no reinstatement issue':
        return facts.reinstatementIssue === undefined
      case 'no Trust and Safety project':
        return settings?.['trust-safety-project'] === false
      case 'administrator token':
        return settings?.['admin-token'] !== false
      case 'an address':
      case 'an issue address':
        return input.link === anIssue
      case 'another open request':
        return input.stays === '124'
      case 'unfinished':
        return facts.isIncomplete === true
      case 'not escalated':
        return memory.aside !== 'escalated'
      case 'running clocks':
        return memory.aside !== 'held'
      case 'held clocks':
        return memory.aside === 'held'
      case 'a clock where one is named':
        return input.clock !== 'step' || this.#demands.clocks[step] !== undefined
      case 'approval': {
        const isCarried = facts.evidence?.criteria.every(({ result }) => result === 'met') ?? false
        const isAnother = memory.askedBy !== by.id && !memory.approvers.some(({ id }) => id === by.id)
        // One of each role, where it takes two.
        const isOfOther =
          !this.#world.requirePrivacyApproval ||
          memory.approvers.length === 0 ||
          this.#isApprovedWith({ memory }, by)
        return isAnother && isOfOther && (!!input.reason || isCarried)
      }
      case 'an embargo':
        return facts.isEmbargoed === true
      case 'a customer where one is needed':
        return (
          (!!input.company || (input.asker === 'a GitLab employee' && input.report === 'pen test')) &&
          (input.confirmation ?? '').includes(reportDay(now).text)
        )
      case 'the promised day':
        return now.slice(0, 10) >= (memory.promisedDay ?? '')
    }
  }

  #isApprovedWith({ memory: { approvers } }: Pick<State, 'memory'>, by: Person): boolean {
    if (!this.#world.requirePrivacyApproval) return true
    const all = [...approvers, by]
    return ['support-manager', 'privacy'].every((role) =>
      all.some(({ roles }) => roles.includes(role as Role)),
    )
  }

  /** "no fulfilment without verification or an approved exception" */
  #checkFulfilment(
    { memory, ...state }: State,
    what: string,
    { step, effects }: Move,
    isFirstOfTwo: boolean,
  ) {
    if (!this.#demands.isVerificationNeeded || memory.isVerified || isFirstOfTwo) return
    const done = effects.flatMap(rendered)
    const fulfils =
      ['deleting', 'reporting', 'shared'].some((one) => one === step && state.request.step !== one) ||
      done.some((one) => fulfilments.some((beginning) => one.startsWith(beginning)))
    if (fulfils)
      this.#fail({ ...state, memory }, `${what} fulfils what nobody has verified: ${done.join(', ')}`)
  }

  // Observations.

  #observeAll(key: string, state: State): void {
    const { request, now, memory } = state
    for (const { observation, isLed } of this.#observationsOf(state)) {
      this.#tries += 1
      const event: Event = { kind: 'observation', observation }
      const outcome = decide(this.#flows, request, event, this.#around(now))
      const { to, does, isEarnest, fact } = this.#demandedOf(state, observation)
      const reached = outcome.kind === 'move' ? outcome.step : request.step
      this.#expect(state, `${observation.name} leads`, reached, to)
      if (fact !== undefined && (outcome.kind !== 'move' || outcome.facts[fact] === undefined))
        this.#fail(state, `${observation.name} did not note ${fact}`)
      if (outcome.kind !== 'move') continue
      this.#expectEffects(state, observation.name, outcome, does, true)
      const isByHand = observation.name === 'meta-issue-made' || observation.name === 'label-added'
      if (!isByHand) this.#checkFulfilment(state, observation.name, outcome, false)
      const { isStoppable: _stoppable, update: _update, ...kept } = memory
      const stoodAt = (observation.name === 'close-stopped' && request.facts.closedFrom) || request.step
      const isReply = ['requester-replied', 'close-stopped'].includes(observation.name)
      const led = isReply && to !== request.step ? { led: { to, from: stoodAt } } : {}
      const isVerified = isByHand && to !== request.step ? true : to === 'helping' ? false : kept.isVerified
      const opened = observation.name === 'ticket-reopened' ? { openedAt: now } : {}
      const answered = observation.name === 'public-reply-seen' ? { answeredAt: now } : {}
      const aside = observation.name === 'escalation-issue-opened' ? { aside: 'escalated' as const } : {}
      const next = this.#after(state, outcome, {
        ...{ ...kept, isVerified, ...led, ...opened, ...answered, ...aside },
      })
      if (outcome.facts.lastMove !== request.facts.lastMove)
        this.#checkUndo(state, next, [seenAs(observation)], outcome, engineer)
      if (isLed) this.#found(next, isEarnest ? key : undefined)
    }
  }

  /** Where a label needs the role: set by each of them, and by nobody who is known. */
  #observationsOf(state: State): readonly Observed[] {
    const all = observationsOf(state)
    if (!this.#world.labelApproves) return all
    const before = state.memory.approvers
    return all.flatMap((one) => {
      const { observation } = one
      if (observation.name !== 'label-added' || observation.label !== exceptionApproved) return [one]
      const setters = [engineer, manager, privacyPerson, 'unlinked', 'refused', 'bot'] as const
      return [
        one,
        ...setters.map((by) => ({ ...one, observation: { ...observation, approval: { by, before } } })),
      ]
    })
  }

  /** A label of the wrong person leads nowhere, and calls those who may. */
  #isApprovedBy({ memory }: State, observation: Observation): boolean {
    if (observation.name !== 'label-added' || observation.label !== exceptionApproved) return true
    if (!this.#world.labelApproves || observation.approval?.by === 'bot') return true
    const by = observation.approval?.by
    if (by === undefined || typeof by === 'string') return false
    return by.roles.includes('support-manager') && by.id !== memory.askedBy
  }

  #namesOf(decision: string, step: string, isAgain: boolean): readonly string[] {
    const hasProject = this.#world.settings?.['trust-safety-project'] !== false
    const led = `${decision} to ${step}`
    return [
      decision,
      led,
      ...(hasProject ? [] : [`${led} without a project`]),
      ...(isAgain ? [`${decision} again`] : []),
    ]
  }

  /** What has sent nothing is taken back by whoever may do it: all is as it was, and nothing is sent. All else stands. */
  #checkUndo(before: State, after: State, names: readonly string[], move: Move, by: Person): void {
    const flow = this.#flows[after.request.flow]
    if (this.#isClosed(after.request.step) || !flow?.anytime['undo-step']) {
      if (this.#demands.takenBack.length > 0 && !this.#isClosed(after.request.step))
        this.#fail(after, 'undo-step is missing')
      return
    }
    const undo = { reason: 'By mistake' }
    const { outcome } = this.#take(after, 'undo-step', by, undo)
    const [what = ''] = names
    const isHeld = this.#world.isEmbargoed && this.#demands.heedsEmbargo
    if (isHeld || !names.some((name) => this.#demands.takenBack.includes(name))) {
      if (outcome.kind === 'move') this.#fail(after, `${what} was taken back, and can't be`)
      return
    }
    const isSeveral = after.request.facts.repliedMoreThanOnce
    if (outcome.kind !== 'move') {
      if (!isSeveral) this.#fail(after, `${what} was not taken back: ${outcome.because}`)
      return
    }
    const { request } = before
    this.#expect(
      after,
      `${what} taken back leads`,
      `${outcome.flow}/${outcome.step}`,
      `${request.flow}/${request.step}`,
    )
    this.#expect(
      after,
      `${what} taken back stands`,
      `since ${outcome.stepSince}`,
      `since ${request.stepSince}`,
    )
    this.#expect(after, `${what} taken back knows`, knownIn(outcome.facts), knownIn(request.facts))
    const again = this.#isClosed(request.step) ? ['close'] : []
    const does = ['note', ...labelsBack(move), ...again]
    const done = outcome.effects.flatMap(rendered).filter((one) => one !== 'say' && !one.startsWith('ask '))
    this.#expect(after, `${what} taken back does`, done.join('; '), does.join('; '))
    const asked = (effects: Move['effects']) =>
      new Set(effects.flatMap((effect) => (effect.kind === 'thread' ? effect.mention : [])))
    this.#expect(
      after,
      `${what} taken back tells`,
      [...asked(outcome.effects)].join(),
      [...asked(move.effects)].join(),
    )
    const nobody = this.#take(after, 'undo-step', person('UNOB'), undo).outcome
    const stranger = this.#take(after, 'undo-step', person('UFSE', 'field-security'), undo).outcome
    this.#expect(after, `${what} taken back is called`, outcome.what, `Undo Step: ${move.what}`)
    if (nobody.kind === 'move' || stranger.kind === 'move')
      this.#fail(after, `${what} was taken back by a stranger`)
  }

  #demandedOf({ request, ...rest }: State, observation: Observation): Demanded {
    const { step, facts } = request
    const { seen, entering } = this.#demands
    const isClosed = this.#isClosed(step)
    const at = (from: string, what: string) =>
      seen.find(
        (one) => one.what === what && (one.from === from || one.from === (isClosed ? 'closed' : 'open')),
      )
    if (observation.name === 'close-stopped') {
      // What was closed by hand stays closed.
      const from = facts.closedOutside ? undefined : (facts.closedFrom ?? step)
      const to =
        from && (seen.find((one) => one.from === from && one.what === 'requester-replied')?.to ?? from)
      return { to: to ?? step, does: (to && to !== from && entering?.[to]?.(true)) || [], isEarnest: false }
    }
    // What a machine may have written reopens nothing.
    if (observation.name === 'requester-replied' && observation.looksAutomatic)
      return { to: step, does: [], isEarnest: false }
    if (observation.name === 'ticket-update-refused')
      return { to: observation.backTo ?? step, does: [], isEarnest: false }
    const what =
      observation.name === 'label-added'
        ? `label ${observation.label}`
        : observation.name === 'ticket-solved' && observation.how === 'forwarded'
          ? 'ticket forwarded'
          : observation.name
    // Of what is verified, reopened, or what the requester has heard of, a person decides.
    const isWorked =
      (this.#demands.verified ?? []).includes(step) ||
      facts.metaIssue !== undefined ||
      facts.sentSnippets !== undefined ||
      facts.reopenedAt !== undefined
    const isKnown =
      (observation.name === 'meta-issue-made' && facts.metaIssue !== undefined) ||
      (observation.name === 'checks-failed' && (isWorked || facts.checksFailedAt !== undefined))
    const found = isKnown ? undefined : at(step, what)
    if (found && !this.#isApprovedBy({ request, ...rest }, observation))
      return { to: step, does: ['ask support-manager'], isEarnest: false, fact: 'labelRefused' }
    const isEarnest = !['issue-closed', 'issue-reopened', 'ticket-solved', 'checks-failed'].includes(
      observation.name,
    )
    if (found?.to === 'where it stood')
      return { to: facts.closedFrom ?? this.#demands.entrances[0] ?? step, does: [], isEarnest }
    const { to = step, does = [], fact } = found ?? {}
    return { to, does, isEarnest, ...(fact !== undefined && { fact }) }
  }

  #after({ request, now }: State, outcome: Move, memory: Memory): State {
    const isElsewhere = outcome.step !== request.step
    const then = later(now, 1000)
    const { closedAt: _closedAt, ...kept } = request
    return {
      request: {
        ...kept,
        step: outcome.step,
        facts: outcome.facts,
        stepSince: isElsewhere ? now : kept.stepSince,
        ...(this.#isClosed(outcome.step) && { closedAt: now }),
      },
      now: then,
      memory: isElsewhere ? { ...memory, enteredAt: now } : memory,
    }
  }

  /** From every open state the request can be led to its end by those who work on it. */
  #checkWaysOut(): void {
    const ends = [...this.#seen].filter(([, { request }]) => this.#isClosed(request.step)).map(([key]) => key)
    const into = new Map<string, string[]>()
    for (const [from, to] of this.#ways) for (const one of to) into.set(one, [...(into.get(one) ?? []), from])
    const out = new Set(ends)
    for (const key of out) for (const before of into.get(key) ?? []) out.add(before)
    for (const [key, state] of this.#seen)
      if (!out.has(key) && state.memory.aside === undefined) this.#fail(state, 'there is no way out')
  }

  /** `isChatty`: the card's thread may say more. */
  #expectEffects(
    state: State,
    what: string,
    { effects }: Move,
    does: readonly string[],
    isChatty: boolean,
  ): void {
    const done = effects.flatMap(rendered)
    // Whoever was asked by the message that is no answer hears of it.
    const isToldOff = what.startsWith('not-an-answer')
    const isTold = (one: string) =>
      (!isToldOff || one !== 'ask privacy') &&
      (!isChatty || !['say', 'ask field-security'].includes(one) || does.includes(one))
    this.#expect(state, `${what} does`, done.filter(isTold).join('; '), does.join('; '))
  }

  #expect(state: State, what: string, is: string, has: string): void {
    if (is !== has) this.#fail(state, `${what} “${is}”, and has to “${has}”`)
  }

  #fail({ request: { step, facts }, now }: State, what: string): never {
    throw new NotAsDemanded(`${this.#name}/${step} at ${now}: ${what}. Known: ${JSON.stringify(facts)}`)
  }
}

const fulfilments = [
  'open meta:',
  'reply verification-succeeded',
  'reply verification-passed-deceased',
  'reply closed-deletion-complete',
  'start exports',
  '+Export Request::complied',
]

function memoryAfter(decision: string, memory: Memory, by: Person, isFirstOfTwo: boolean): Memory {
  const { isStoppable: _stoppable, update: _update, ...kept } = memory
  switch (decision) {
    case 'request-exception':
      return { ...kept, askedBy: by.id, approvers: [] }
    case 'ask-privacy':
      return { ...kept, askedBy: by.id }
    case 'approve-exception':
      return { ...kept, approvers: [...kept.approvers, by], isVerified: !isFirstOfTwo }
    case 'pass-verification':
    case 'continue':
    case 'confirm-e-mail':
      return { ...kept, isVerified: true }
    case 'pause-clocks':
      return { ...kept, aside: 'held' }
    default:
      return kept
  }
}

/** The requester has written, and nothing was decided since that led anywhere. */
function isFresh({ step, facts, memory }: Pick<Request, 'step' | 'facts'> & Pick<State, 'memory'>): boolean {
  const { lastReplyAt, noAnswerAt, lastMove } = facts
  if (lastReplyAt === undefined || lastReplyAt === noAnswerAt) return false
  const isLed = memory.led?.to === step && memory.approvers.length === 0
  return isLed || lastMove === undefined || lastMove.at <= lastReplyAt
}

/** Of several messages somebody has read all. */
function isRead({ repliedMoreThanOnce }: Facts, { others }: Input): boolean {
  return !repliedMoreThanOnce || !!others
}

function seenAs(observation: Observation): string {
  return observation.name === 'label-added' ? `label ${observation.label}` : observation.name
}

/** The labels that every issue bears here. */
const borne = ['account-deletion::personal', 'RequestReason::lost_2fa', 'data-access-request::denied']

/** The opposite of what was set and taken off, but for what was so already; in a scope only one label stands. */
function labelsBack({ effects, what }: Move): readonly string[] {
  const byHand = /^Label (.*) set in GitLab$/.exec(what)?.[1]
  const set = effects.flatMap((effect) => (effect.kind === 'labels' ? effect.add : []))
  const off = effects.flatMap((effect) => (effect.kind === 'labels' ? effect.remove : []))
  const scope = (label: string) => label.split('::')[0]
  const gone = borne.filter(
    (label) =>
      !set.includes(label) && (off.includes(label) || set.some((one) => scope(one) === scope(label))),
  )
  const come = [...set.filter((label) => !borne.includes(label)), ...(byHand === undefined ? [] : [byHand])]
  return [...gone.map((label) => `+${label}`), ...come.map((label) => `-${label}`)]
}

/** What is known, but for what was seen since and the moves themselves. */
function knownIn(facts: Facts): string {
  const { wayBack: _way, takenBack: _back, noAnswerAt: _no, lastReplyAt: _reply, ...known } = facts
  return JSON.stringify(Object.entries(known).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function isTicketAnswer({ effects }: Move): boolean {
  return effects.some(({ kind }) => kind === 'ticket-reply' || kind === 'forward-ticket')
}

function updateOf({ effects }: Move): NonNullable<Memory['update']> {
  for (const effect of effects)
    if (effect.kind === 'ticket-reply' || effect.kind === 'forward-ticket') {
      const { decidedAt, backTo } = effect
      return { decidedAt, ...(backTo !== undefined && { backTo }) }
    }
  throw new Error('no update')
}

function waitsFor({ roles }: Person): string {
  return roles.includes('support-manager') ? 'ask privacy' : 'ask support-manager'
}

/** What was filled in, the way in which it is taken first. */
function inputsOf(rule: Decision | undefined, { request, now }: State): readonly Input[] {
  const shown = (rule?.fields ?? []).filter(
    ({ onlyIf }) => onlyIf === undefined || [onlyIf].flat().some((flag) => request.facts[flag] === true),
  )
  return shown.reduce<readonly Input[]>(
    (inputs, field) =>
      inputs.flatMap((input) => valuesOf(field, now).map((value) => ({ ...input, [field.name]: value }))),
    [{}],
  )
}

function valuesOf(field: Field, now: string): readonly string[] {
  if (field.kind === 'choice') return field.options.map(({ value }) => value)
  if (field.kind === 'request-number') return ['124', '125']
  if (field.name === 'link') return [anIssue, 'nowhere']
  const draft = field.draft?.replace('{distribution day}', reportDay(now).text) ?? `The ${field.name}`
  if (field.name === 'confirmation') return [draft, 'It is planned.']
  return field.optional ? [draft, ''] : [draft]
}

interface Observed {
  readonly observation: Observation
  /** Whether what it leads to is looked at further. */
  readonly isLed: boolean
}

const exceptionApproved = 'Deletion Request::Exception Approved'

function observationsOf({ request, now: at, memory }: State): readonly Observed[] {
  const { facts, source, step } = request
  const by = byHand
  const isOpen = !['closed', 'solved', 'redirected'].includes(step)
  if (source === 'zendesk') {
    const issue = { iid: 7, url: anIssue, team: 'Abuse', project: 'abuse/desk', closed: false }
    return [
      { observation: { name: 'ticket-solved', how: 'solved', at }, isLed: true },
      { observation: { name: 'ticket-solved', how: 'merged', at }, isLed: false },
      { observation: { name: 'ticket-solved', how: 'forwarded', at }, isLed: true },
      { observation: { name: 'ticket-reopened', at }, isLed: true },
      { observation: { name: 'ticket-reopened', isByReply: true, at }, isLed: false },
      { observation: { name: 'requester-replied', at }, isLed: isOpen },
      { observation: { name: 'public-reply-seen', by, at }, isLed: false },
      { observation: { name: 'ticket-reply-kept-internal', from: 'copy', at }, isLed: false },
      { observation: { name: 'expert-issue-opened', issue, at }, isLed: step === 'waiting-on-expert' },
      ...(facts.expertIssue
        ? ([
            {
              observation: { name: 'expert-issue-seen', issue: { ...issue, answeredAt: at }, at },
              isLed: true,
            },
            {
              observation: { name: 'expert-issue-seen', issue: { ...issue, closed: true }, at },
              isLed: true,
            },
          ] as const)
        : []),
      ...(memory.update
        ? ([
            {
              observation: { name: 'ticket-update-refused', changes: [], ...memory.update, at },
              isLed: true,
            },
          ] as const)
        : []),
    ]
  }
  const link = { iid: 77, url: anIssue }
  const criterion = { name: 'Only owner', value: '1 of 1', source: 'api' }
  const evidence = (result: 'met' | 'contradicted') => ({ readAt: at, criteria: [{ ...criterion, result }] })
  const isAsked = memory.askedBy !== undefined && isOpen
  return [
    { observation: { name: 'requester-replied', at }, isLed: facts.repliedAfterClose === undefined },
    ...(isOpen
      ? []
      : ([
          {
            observation: { name: 'requester-replied', looksAutomatic: true, at },
            isLed: facts.repliedAfterClose === undefined,
          },
        ] as const)),
    {
      observation: { name: 'label-added', label: exceptionApproved, by, at },
      isLed: true,
    },
    { observation: { name: 'label-added', label: 'Awaiting::Challenge Answers', by, at }, isLed: true },
    { observation: { name: 'label-added', label: 'Account Verification Failed', by, at }, isLed: false },
    { observation: { name: 'label-removed', label: 'Awaiting::Challenge Answers', by, at }, isLed: false },
    { observation: { name: 'issue-closed', labels: [], by, at }, isLed: true },
    { observation: { name: 'checks-failed', at }, isLed: facts.checksFailedAt === undefined },
    { observation: { name: 'issue-reopened', by, at }, isLed: true },
    { observation: { name: 'snippet-sent', snippet: 'closed-no-response', by, at }, isLed: false },
    { observation: { name: 'assignee-changed', by, at }, isLed: false },
    {
      observation: { name: 'meta-issue-made', issue: { ...link, done: 0, total: 3, closed: false }, by, at },
      isLed: true,
    },
    ...(facts.metaIssue
      ? ([
          {
            observation: {
              name: 'meta-issue-seen',
              issue: { ...link, done: 3, total: 3, closed: false },
              at,
            },
            isLed: isOpen,
          },
          {
            observation: { name: 'meta-issue-seen', issue: { ...link, done: 0, total: 3, closed: true }, at },
            isLed: isOpen,
          },
        ] as const)
      : []),
    { observation: { name: 'evidence-gathered', evidence: evidence('met'), at }, isLed: isAsked },
    { observation: { name: 'evidence-gathered', evidence: evidence('contradicted'), at }, isLed: isAsked },
    {
      observation: { name: 'reinstatement-issue-opened', url: anIssue, at },
      isLed: step === 'security-review',
    },
    { observation: { name: 'escalation-issue-opened', url: anIssue, at }, isLed: isOpen },
    { observation: { name: 'exports-seen', exports: { done: 1, total: 1, failed: 0 }, at }, isLed: false },
    { observation: { name: 'duplicates-suggested', iids: [124], at }, isLed: false },
    { observation: { name: 'issue-unreadable', status: 404, at }, isLed: false },
    { observation: { name: 'issue-readable', at }, isLed: false },
    ...(memory.isStoppable ? ([{ observation: { name: 'close-stopped', at }, isLed: true }] as const) : []),
  ]
}

/** All that it does, whatever of it is done already. */
function wholeOf({ does }: Demand, { request: { facts } }: State, input: Input): readonly string[] {
  return typeof does === 'function' ? does(input, facts.lastReplyAt !== undefined, borne) : does
}

function rendered(effect: Effect): readonly string[] {
  switch (effect.kind) {
    case 'reply': {
      const replaced = Object.entries(effect.replacements).map(([key, value]) => ` ${key}=${value}`)
      return [`reply ${effect.snippet}${replaced.join('')}${effect.addition ? ` + ${effect.addition}` : ''}`]
    }
    case 'typed-reply':
      return [`write ${effect.text}`]
    case 'internal-note':
      return ['note']
    case 'labels':
      return [...effect.add.map((one) => `+${one}`), ...effect.remove.map((one) => `-${one}`)]
    case 'mark-duplicate':
      return [`duplicate of ${effect.of}`]
    case 'open-issue':
      return [`open ${effect.purpose}: ${effect.template}`]
    case 'feature-request-note':
      return ['note on the feature request']
    case 'start-exports':
      return ['start exports']
    case 'gather-evidence':
      return ['gather evidence']
    case 'ticket-reply':
      return [`comment ${effect.text}${effect.solve ? ' and solve' : ''}`]
    case 'redirect-ticket':
      return [`comment that points to the form for ${effect.to}, and solve`]
    case 'ticket-note':
      return ['note on the ticket']
    case 'forward-ticket':
      return ['forward to support']
    case 'open-expert-issue':
      return [`open issue with ${effect.team}: ${effect.question}`]
    case 'link-expert-issue':
      return ['link the issue']
    case 'thread':
      return [effect.mention.length > 0 ? `ask ${effect.mention.join(', ')}` : 'say']
    default:
      return [effect.kind]
  }
}

/** In UTC, without holidays. */
function endOf(length: Length['length'], start: string, promisedDay: string | undefined): string | undefined {
  if (length === 'promised day') return promisedDay && midnightAfter(promisedDay)
  if ('days' in length) return midnightAfter(later(start, length.days * day))
  let end = start
  for (let left = length.businessDays; left > 0; left -= 1) {
    end = later(end, day)
    while (isWeekend(end)) end = later(end, day)
  }
  return end
}

function midnightAfter(at: string): string {
  return `${later(`${at.slice(0, 10)}T00:00:00.000Z`, day).slice(0, 10)}T00:00:00.000Z`
}

function isWeekend(at: string): boolean {
  return [0, 6].includes(new Date(at).getUTCDay())
}

/** "Reports are distributed on Mondays & Thursdays": the next after this day. */
function reportDay(now: string): { readonly day: string; readonly text: string } {
  let at = later(now, day)
  while (![1, 4].includes(new Date(at).getUTCDay())) at = later(at, day)
  return { day: at.slice(0, 10), text: reportDayText.format(new Date(at)).replace(',', '') }
}

const reportDayText = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
})
