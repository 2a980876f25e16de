/** Escalation before the 30 days end: once when three days are left, once when they are over. */
import { fulfilmentClock } from '../engine/clocks.ts'
import type { Effect } from '../engine/effect.ts'
import { dayText } from '../engine/time.ts'
import type { RequestRow, Store } from '../store/store.ts'
import { changesAtOf, reminderAt } from './changes-at.ts'
import { type DeskContext, nowOf } from './desk-context.ts'
import { addEffects, redraw } from './handle-event.ts'

/** Cards whose clocks have ended are drawn again, and whoever has to know is told, each once. */
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
        await addEffects(context, tables, row.id, [effect])
    const { changesAt: _changesAt, ...kept } = row
    const changesAt = changesAtOf(context, row)
    await tables.requests.update({ ...kept, ...(changesAt ? { changesAt } : {}) })
    await redraw(context, tables, row.id)
  })
}

function remindersOf(context: DeskContext, row: RequestRow): { name: string; effect: Effect }[] {
  const place = { now: nowOf(context), timeZone: context.timeZone }
  const clock = fulfilmentClock(row, place)
  const lastDay = dayText(clock.lastDay)
  if (clock.isOver)
    return [
      {
        name: 'overdue',
        effect: call(`#${row.iid} is overdue: ${clock.because}, and the last day was ${lastDay}.`),
      },
    ]
  if (reminderAt(row, place)) return []
  return [
    { name: 'due-soon', effect: call(`#${row.iid} has to be fulfilled by ${lastDay}: ${clock.because}.`) },
  ]
}

function call(text: string): Effect {
  return { kind: 'thread', text, mention: ['support-manager'] }
}
