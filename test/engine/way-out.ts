/** From every open state somebody can lead the request on. */
import { expect } from 'vitest'
import { fulfilmentClock, stepClock } from '../../src/engine/clocks.ts'
import type { Instant } from '../../src/engine/time.ts'
import { people } from './a-request.ts'
import {
  allFlows,
  circumstancesOf,
  filledWell,
  isClosed,
  later,
  linkOfAnIssue,
  ruleOf,
  type State,
  turn,
  type World,
} from './play.ts'

/** An open request can be led on by somebody, now or when its clock is over; and its 30 days come to an end. */
export function checkWayOut(world: World, state: State): void {
  if (isClosed(state.request)) return
  const running = withoutHold(world, state)
  const place = circumstancesOf(world, state.now, { kind: 'happening', happening: hold(state.now) })
  const fulfilment = fulfilmentClock(running.request, place)
  expect(fulfilmentClock(running.request, { ...place, now: fulfilment.overAt }).isOver).toBe(true)
  expect(fulfilment.overAt >= later(running.request.createdAt, 30 * 24), 'not before 30 days').toBe(true)
  const flow = allFlows[state.request.flow]
  const clock = flow && stepClock(flow, running.request, place)
  const ready = withAnswers(world, running)
  const times = [state.now, ...(clock && !clock.isOver ? [clock.overAt] : [])]
  const out = times.some((now) => leads(world, { ...ready, now }))
  expect(out, `a way out of ${state.request.flow}/${state.request.step}`).toBe(true)
}

const hold = (at: Instant) => ({ name: 'requester-replied', at }) as const

/** Somebody resumes the clocks. */
function withoutHold(world: World, state: State): State {
  const [manager] = people.filter(({ roles }) => roles.includes('support-manager'))
  const resume = ruleOf(state.request, 'resume-clocks')
  if (!manager || !resume) return state
  const input = filledWell(resume)
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
  const happening = { name: 'reinstatement-issue-opened', url: linkOfAnIssue, at: state.now } as const
  return turn(world, state, { kind: 'happening', happening }).after
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
    people.flatMap((by) =>
      [0, 1].flatMap((option) => {
        const input = filledWell(rule, option)
        const taken = turn(world, state, { kind: 'decision', decision, by, input, at: state.now })
        return taken.outcome.kind === 'move' ? [taken.after] : []
      }),
    ),
  )
}
