/** Cards that time alone has made untrue, and escalation: once shortly before a request's deadline, once when it is over. */
import type { Place, RunningClock } from '../engine/clocks.ts'
import type { Effect } from '../engine/effect.ts'
import type { Flow } from '../engine/flow.ts'
import { capital, type Role, requestName } from '../engine/request.ts'
import { dayText, instantText } from '../engine/time.ts'
import type { RequestRow, Store } from '../store/store.ts'
import { changesAtOf, deadlineOf, reminderAt } from './changes-at.ts'
import { type DeskContext, nowOf, placeOf } from './desk-context.ts'
import { addEffects, redraw } from './handle-event.ts'

/** Cards on which a clock says something else by now are drawn again, and whoever has to know is told, each once. */
export async function remind(context: DeskContext): Promise<void> {
  const due = await context.store.tables.requests.dueForRedraw(nowOf(context))
  for (const { id } of due) await remindOne(context, context.store, id)
  if (due.length > 0) context.wakeWorker()
}

async function remindOne(context: DeskContext, store: Store, id: string): Promise<void> {
  await store.transaction(async (tables) => {
    const row = await tables.requests.byId(id)
    if (!row) return
    for (const { name, effect } of remindersOf(context, row))
      if (await tables.settings.claimOnce(`${name}:${row.id}`, nowOf(context)))
        await addEffects(context, tables, row, [effect])
    const { changesAt: _changesAt, ...kept } = row
    const changesAt = changesAtOf(context, row)
    await tables.requests.update({ ...kept, ...(changesAt ? { changesAt } : {}) })
    await redraw(context, tables, row.id)
  })
}

interface Reminder {
  /** Each is given once. */
  readonly name: string
  readonly effect: Effect
}

function remindersOf(context: DeskContext, row: RequestRow): readonly Reminder[] {
  const flow = context.flows[row.flow]
  const place = placeOf(context)
  const clock = flow && deadlineOf(flow, row, place)
  if (!flow || !clock) return []
  return flow.source === 'gitlab'
    ? privacyReminders(flow, row, clock, place)
    : ticketReminders(flow, row, clock, place)
}

function privacyReminders(
  flow: Flow,
  row: RequestRow,
  clock: RunningClock,
  place: Place,
): readonly Reminder[] {
  const lastDay = dayText(clock.lastDay)
  const name = requestName(row)
  if (clock.isOver)
    return [
      {
        name: 'overdue',
        effect: call(
          'support-manager',
          `${name} is overdue: ${clock.because}, and the last day was ${lastDay}.`,
        ),
      },
    ]
  if (reminderAt(flow, row, place)) return []
  return [
    {
      name: 'due-soon',
      effect: call('support-manager', `${name} has to be fulfilled by ${lastDay}: ${clock.because}.`),
    },
  ]
}

/** Again for each clock that starts anew: after a reopen, and after every update that the requester got. */
function ticketReminders(
  flow: Flow,
  row: RequestRow,
  clock: RunningClock,
  place: Place,
): readonly Reminder[] {
  const name = capital(requestName(row))
  const end = instantText(clock.overAt, place.timeZone)
  const once = (what: string) => `${what}:${row.step}:${clock.startsAt}`
  if (!clock.isOver) {
    if (!('businessDays' in clock.length) || clock.length.businessDays > 1 || reminderAt(flow, row, place))
      return []
    return [
      {
        name: once('due-soon'),
        effect: call('field-security', `${name} has to be handled by ${end}: ${clock.because}.`),
      },
    ]
  }
  const text =
    flow.steps[row.step]?.tracks === 'expert-issue'
      ? `The requester of ${requestName(row)} has heard nothing since ${instantText(clock.startsAt, place.timeZone)}: Send Update tells them that it is being worked on.`
      : `${name} is overdue since ${end}: ${clock.because}.`
  return [{ name: once('overdue'), effect: call('field-security', text) }]
}

function call(role: Role, text: string): Effect {
  return { kind: 'thread', text, mention: [role] }
}
