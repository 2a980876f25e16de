/** From every open state somebody can lead the request on. */

import { expect } from 'vitest'
import { clockOf, stepClock } from '../../src/engine/clocks.ts'
import { privacyRules } from '../../src/flows/desks.ts'
import { fieldSecurity, people } from './a-request.ts'
import { filledWell, linkOfAnIssue } from './decisions.ts'
import { turn } from './play.ts'
import { allFlows, environmentOf, isClosed, later, ruleOf, type State, type World } from './world.ts'

/** An open request can be led on by somebody, now or when its clock is over; and its 30 days come to an end. */
export function checkWayOut(world: World, state: State): void {
  if (isClosed(state.request)) return
  const running = withoutHold(world, state)
  const place = environmentOf(world, state.now)
  const { deadline } = privacyRules
  if (!deadline) throw new Error('there is no deadline')
  const days = clockOf(deadline, running.request, place)
  expect(clockOf(deadline, running.request, { ...place, now: days.overAt }).isOver).toBe(true)
  expect(days.overAt >= later(running.request.createdAt, 30 * 24), 'not before 30 days').toBe(true)
  const flow = allFlows[state.request.flow]
  const clock = flow && stepClock(flow, running.request, place)
  const ready = withAnswers(world, running)
  const times = [state.now, ...(clock && !clock.isOver ? [clock.overAt] : [])]
  const out = times.some((now) => leads(world, { ...ready, now }))
  expect(out, `a way out of ${state.request.flow}/${state.request.step}`).toBe(true)
}

/** A ticket can be led on at any time, and a report that was promised can be sent on its day. */
export function checkWayOutOfTicket(world: World, state: State): void {
  const { request, now } = state
  if (isClosed(request)) return
  expect(led(world, state), `a way out of ${request.step}`).toBe(true)
  const rule = ruleOf(request, 'report-sent')
  const flow = allFlows[request.flow]
  const clock = flow && stepClock(flow, request, environmentOf(world, now))
  if (!rule || !clock) return
  const onItsDay = clock.isOver ? now : later(clock.overAt, -0.001)
  const input = filledWell(rule, { ...world, now })
  const event = { kind: 'decision', decision: 'report-sent', by: fieldSecurity, input, at: onItsDay } as const
  expect(turn(world, { ...state, now: onItsDay }, event).outcome.kind, 'a report is sent on its day').toBe(
    'move',
  )
}

/** Somebody resumes the clocks. */
function withoutHold(world: World, state: State): State {
  const [manager] = people.filter(({ roles }) => roles.includes('support-manager'))
  const resume = ruleOf(state.request, 'resume-clocks')
  if (!manager || !resume) return state
  const input = filledWell(resume, { ...world, now: state.now })
  return turn(world, state, {
    kind: 'decision',
    decision: 'resume-clocks',
    by: manager,
    input,
    at: state.now,
  }).after
}

/** The issue that the bot has opened with Trust and Safety has its answer. */
function withAnswers(world: World, state: State): State {
  const observation = { name: 'reinstatement-issue-opened', url: linkOfAnIssue, at: state.now } as const
  return turn(world, state, { kind: 'observation', observation }).after
}

/** By a decision of its own step, which may take two people: to close it as spam is no way out in earnest. */
function leads(world: World, state: State): boolean {
  return after(world, state).some(
    (one) => isElsewhere(one, state) || (isApprovedOnce(one) && led(world, one)),
  )
}

function led(world: World, state: State): boolean {
  return after(world, state).some((one) => isElsewhere(one, state))
}

function isElsewhere({ request }: State, before: State): boolean {
  return request.flow !== before.request.flow || request.step !== before.request.step
}

function isApprovedOnce({ request }: State): boolean {
  return request.facts.approvals?.length === 1
}

/** What comes of each decision of the step when anybody takes it. */
function after(world: World, state: State): readonly State[] {
  const step = allFlows[state.request.flow]?.steps[state.request.step]
  return Object.entries(step?.decisions ?? {}).flatMap(([decision, rule]) =>
    [0, 1].flatMap((option) => {
      const input = filledWell(rule, { ...world, now: state.now }, option)
      return people.flatMap((by) => {
        const taken = turn(world, state, { kind: 'decision', decision, by, input, at: state.now })
        return taken.outcome.kind === 'move' ? [taken.after] : []
      })
    }),
  )
}
