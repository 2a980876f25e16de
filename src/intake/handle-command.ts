/** The slash commands that change something: `/privacy track` and `/privacy claim`. */
import { CallFailed } from '../clients/call-failed.ts'
import { nowOf } from '../requests/desk-context.ts'
import { isClosed, redraw } from '../requests/handle-event.ts'
import { sight } from '../requests/sight.ts'
import type { InboxEntry } from '../store/store.ts'
import { entryDone, type Intake } from './intake.ts'
import type { CommandEntry } from './payloads.ts'
import { readIssue } from './read-issue.ts'
import { whoWorksHere } from './who-works-here.ts'

export async function handleCommand(intake: Intake, entry: InboxEntry, command: CommandEntry): Promise<void> {
  const who = await whoWorksHere(intake, command.answerTo)
  if ('refused' in who) return refuse(intake, entry, command, who.refused)
  const text = command.command === 'track' ? await track(intake, command) : await claim(intake, command)
  await entryDone(intake, entry)
  intake.context.wakeWorker()
  await intake.tell(command.answerTo, text)
}

/** The role was there when the command was typed, and is gone. */
async function refuse(
  intake: Intake,
  entry: InboxEntry,
  { command, iid, answerTo }: CommandEntry,
  because: string,
): Promise<void> {
  const at = nowOf(intake.context)
  await intake.context.store.transaction(async (tables) => {
    const row = await tables.requests.byIid(iid)
    await tables.audit.append({
      at,
      ...(row ? { requestId: row.id, iid } : {}),
      what: 'refused',
      who: `slack:${answerTo.userId}`,
      details: { decision: command, because },
    })
    await tables.inbox.done(entry.id, at)
  })
  await intake.tell(answerTo, because)
}

/** Takes an issue in by hand; the answer says what came of it. */
async function track(intake: Intake, { iid, answerTo }: CommandEntry): Promise<string> {
  const { context, reader } = intake
  try {
    const known = await context.store.tables.requests.byIid(iid)
    const sighting = await readIssue(reader, iid, known?.seen)
    if (!known && sighting.seen.state === 'closed')
      return `#${iid} is closed in GitLab: there is nothing to track.`
    const sighted = await context.store.transaction(async (tables) => {
      const result = await sight(context, tables, sighting, { who: `slack:${answerTo.userId}` })
      if (result.kind === 'known' && !result.row.card && result.row.flow !== 'invalid')
        await redraw(context, tables, result.row.id)
      return result
    })
    if (sighted.kind === 'opened') return `#${iid} is tracked now; its card is on its way to the channel.`
    return `#${iid} was tracked already.`
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    if (error.status === 404 || error.status === 403)
      return `GitLab shows no issue #${iid} to the bot (${error.status}): check the number, and that the bot’s token may read it.`
    return `GitLab can’t be read right now, so #${iid} was not tracked. Try again later.`
  }
}

async function claim({ context }: Intake, { iid, answerTo }: CommandEntry): Promise<string> {
  return context.store.transaction(async (tables) => {
    const row = await tables.requests.byIid(iid)
    if (!row) return `The bot does not know #${iid}. \`/privacy track ${iid}\` takes it in.`
    if (isClosed(context, row)) return `#${iid} is closed.`
    if (row.assignee === answerTo.userId) return `#${iid} is yours already.`
    await tables.requests.update({ ...row, assignee: answerTo.userId })
    await tables.audit.append({
      at: nowOf(context),
      requestId: row.id,
      iid,
      what: 'claimed',
      who: `slack:${answerTo.userId}`,
      details: row.assignee ? { from: `slack:${row.assignee}` } : {},
    })
    await redraw(context, tables, row.id)
    return row.assignee ? `#${iid} is yours now; <@${row.assignee}> had it before.` : `#${iid} is yours now.`
  })
}
