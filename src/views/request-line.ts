/** One request as one line of a list. */
import { stepOf } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import type { CardState } from '../requests/card-states.ts'
import { leftText } from './clock-text.ts'
import { escaped, link, who } from './escape.ts'

/** `#123 · GitLab.com Account Deletion · Awaiting answers · 9 days left · U1 · card`, without the type where there is but one. */
export function requestLine(state: CardState): string {
  const { desk, request, flow, clocks, cardUrl } = state
  const due = clocks[0]
  return [
    link(request.url, requestName(desk, request.iid)),
    ...(desk.flows.length > 1 ? [escaped(flow.title, 60)] : []),
    escaped(stepOf(state)?.title ?? request.step, 60),
    due === undefined ? 'no deadline' : leftText(due, state),
    request.assignee === undefined ? 'claimed by nobody' : who(request.assignee),
    cardUrl === undefined ? 'no card' : link(cardUrl, 'card'),
  ].join(' · ')
}

/** Earliest deadline first; at the same instant by number. */
export function byDueDate(states: readonly CardState[]): readonly CardState[] {
  const due = (state: CardState) => state.clocks[0]?.overAt ?? '9999'
  return states.toSorted((a, b) => {
    if (due(a) !== due(b)) return due(a) < due(b) ? -1 : 1
    return a.request.iid - b.request.iid
  })
}
