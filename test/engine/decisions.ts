/** Decisions as people take them: by somebody who may or may not, filled in well or badly. */

import { promisedDay } from '../../src/engine/clocks.ts'
import type { Event, Input } from '../../src/engine/event.ts'
import type { Decision, Field } from '../../src/engine/flow.ts'
import type { Person } from '../../src/engine/request.ts'
import { type Instant, weekdayText } from '../../src/engine/time.ts'
import { people } from './a-request.ts'
import {
  type Attempt,
  allFlows,
  calendar,
  chosen,
  isClosed,
  later,
  ruleOf,
  type State,
  type World,
} from './world.ts'

const someone: Person = { id: 'USOM', roles: [] }

export const linkOfAnIssue = 'https://gitlab.example/trust/safety/-/issues/7'

export function decisionOf(
  world: World,
  { request }: State,
  attempt: Attempt & { kind: 'decide' },
  at: Instant,
): Event {
  const flow = allFlows[request.flow]
  const place = isClosed(request) ? (request.facts.closedFrom ?? request.step) : request.step
  const own = Object.keys(flow?.steps[place]?.decisions ?? {})
  const names = {
    step: own,
    card: [...own, ...Object.keys(flow?.anytime ?? {})],
    flow: Object.values(flow?.steps ?? {}).flatMap(({ decisions }) => Object.keys(decisions)),
  }
  const decision = chosen(names[attempt.from], attempt.which) ?? 'no-such-decision'
  const rule = ruleOf(request, decision)
  const may = people.filter(({ roles }) => roles.some((role) => rule?.by.includes(role)))
  const by = chosen(attempt.anybody || may.length === 0 ? people : may, attempt.who) ?? someone
  const fields = rule?.fields ?? []
  const input = Object.fromEntries(
    fields.map((field, index) => [
      field.name,
      filled(field, attempt.filledWith[index] ?? 0, { ...world, now: at }),
    ]),
  )
  const { shownAt: shown, readAfterHours } = attempt
  const shownAt = shown === undefined ? undefined : chosen(Object.keys(flow?.steps ?? {}), shown)
  return {
    kind: 'decision',
    decision,
    by,
    input,
    at,
    ...(shownAt === undefined ? {} : { shownAt }),
    ...(readAfterHours === undefined ? {} : { stamp: later(at, -readAfterHours) }),
  }
}

interface Moment {
  readonly now: Instant
  readonly timeZone: string
}

function filled(field: Field, number: number, moment: Moment): string {
  if (field.kind === 'choice')
    return chosen([...field.options.map(({ value }) => value), 'none such'], number) ?? ''
  if (field.kind === 'request-number') return chosen(['124', '125', '123', '999', 'x'], number) ?? ''
  return chosen([draftOf(field, moment) ?? linkOfAnIssue, 'It is so', '', 'Well,\n/close'], number) ?? ''
}

/** As the form shows it when it opens. */
function draftOf({ draft }: Field & { kind: 'text' }, { now, timeZone }: Moment): string | undefined {
  return draft?.replace('{distribution day}', () => weekdayText(promisedDay({ now, timeZone, calendar })))
}

/** Everything in as a person would fill it in who wants the decision to be taken. */
export function filledWell(rule: Decision, moment: Moment, option = 0): Input {
  const fields = rule.fields ?? []
  return Object.fromEntries(
    fields.map((field) => [field.name, filled(field, field.kind === 'choice' ? option : 0, moment)]),
  )
}
