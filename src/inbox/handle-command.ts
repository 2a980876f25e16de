/** The slash commands that change a request: `/privacy track`, `/privacy claim` and `/security claim`. */

import { requestName } from '../engine/flow.ts'
import { slackActor } from '../engine/request.ts'
import { redraw } from '../requests/ask-for-effects.ts'
import { postCard } from '../requests/handle-event.ts'
import { reconcile } from '../requests/reconcile.ts'
import { CallFailed } from '../services/call-failed.ts'
import type { Tables } from '../store/store.ts'
import { claimFor } from './handle-assign.ts'
import { type Handler, type Intake, refused, told, whoWorksAt } from './handler.ts'
import type { CommandEntry } from './payloads.ts'

export const handleCommand: Handler<CommandEntry> = async (intake, _entry, command) => {
  const { answerTo, source, iid } = command
  const who = await whoWorksAt(intake, intake.context.desks.of(command), answerTo)
  if ('refused' in who) {
    // The role was there when the command was typed, and is gone.
    const row = await intake.context.store.tables.requests.byNumber(iid, source)
    return refused(intake, answerTo, { row, decision: command.command, because: who.refused })
  }
  if (command.command === 'claim')
    return { write: async (tables) => told(answerTo, await claim(intake, tables, command)) }
  const track = await readToTrack(intake, command)
  return { write: async (tables) => told(answerTo, await track(tables)) }
}

/** Takes one in by hand; the answer says what came of it. */
async function readToTrack(
  { context, services }: Intake,
  { iid, source, answerTo }: CommandEntry,
): Promise<(tables: Tables) => Promise<string>> {
  const desk = context.desks.of({ source })
  const service = services[source]
  const name = requestName(desk, iid)
  if (!service) return async () => desk.words.serviceOff ?? 'Its service is off here.'
  try {
    const known = await context.store.tables.requests.byNumber(iid, source)
    const { snapshot } = await service.read(iid, known)
    if (!known && snapshot.seen.state === 'closed')
      return async () => `${name} is closed in ${desk.service}: there is nothing to track.`
    if (!known && snapshot.isOwn)
      return async () => `I opened ${name} for another request, so there is nothing to track.`
    return async (tables) => {
      const { kind, row } = await reconcile(context, tables, snapshot, { who: slackActor(answerTo.userId) })
      if (kind === 'opened') {
        await redraw(context, tables, row.id, { priority: 'awaited' })
        return `${name} is tracked now; its card is on its way to the channel.`
      }
      if (row?.cardWaitsSince !== undefined) await postCard(context, tables, row, 'awaited')
      else if (row && !row.card && !context.flows[row.flow]?.isCountedOnly)
        await redraw(context, tables, row.id, { priority: 'awaited' })
      return `${name} was tracked already.`
    }
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    const because = service.explain(error, iid, 'track')
    return async () => because
  }
}

async function claim(intake: Intake, tables: Tables, command: CommandEntry): Promise<string> {
  const { iid, source, from, answerTo } = command
  const row = await tables.requests.byNumber(iid, source)
  if (!row)
    return intake.context.desks.of({ source }).words.unknownToClaim.replaceAll('{number}', String(iid))
  return claimFor(intake, tables, row, { from, answerTo })
}
