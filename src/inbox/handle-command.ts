/** The slash commands that change something: `/privacy track` and `/privacy claim`. */

import { aboutRequest, capital, requestName, ticketOf } from '../engine/request.ts'
import { nowOf } from '../requests/desk-context.ts'
import { isClosed, redraw } from '../requests/handle-event.ts'
import { sight } from '../requests/sight.ts'
import { CallFailed } from '../services/call-failed.ts'
import { readIssue } from '../services/gitlab/read-issue.ts'
import type { InboxEntry } from '../store/store.ts'
import { entryDone, type Intake } from './intake.ts'
import type { CommandEntry } from './payloads.ts'
import { whoWorksHere } from './who-works-here.ts'

export async function handleCommand(intake: Intake, entry: InboxEntry, command: CommandEntry): Promise<void> {
  const who = await whoWorksHere(intake, command.answerTo, command.source)
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
  { command, source, iid, answerTo }: CommandEntry,
  because: string,
): Promise<void> {
  const at = nowOf(intake.context)
  await intake.context.store.transaction(async (tables) => {
    const row = await tables.requests.byIid(iid, source)
    await tables.audit.append({
      at,
      ...(row ? aboutRequest(row) : {}),
      what: 'refused',
      who: `slack:${answerTo.userId}`,
      details: { ...(row ? ticketOf(row) : {}), decision: command, because },
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

async function claim({ context }: Intake, { iid, source, answerTo }: CommandEntry): Promise<string> {
  const name = requestName({ iid, source })
  return context.store.transaction(async (tables) => {
    const row = await tables.requests.byIid(iid, source)
    if (!row) return unknownText(name, { iid, source })
    if (isClosed(context, row)) return `${capital(name)} is closed.`
    if (row.assignee === answerTo.userId) return `${capital(name)} is yours already.`
    await tables.requests.update({ ...row, assignee: answerTo.userId })
    await tables.audit.append({
      at: nowOf(context),
      ...aboutRequest(row),
      what: 'claimed',
      who: `slack:${answerTo.userId}`,
      details: { ...ticketOf(row), ...(row.assignee ? { from: `slack:${row.assignee}` } : {}) },
    })
    await redraw(context, tables, row.id)
    const before = row.assignee ? `; <@${row.assignee}> had it before.` : '.'
    return `${capital(name)} is yours now${before}`
  })
}

function unknownText(name: string, { iid, source }: Pick<CommandEntry, 'iid' | 'source'>): string {
  return source === 'gitlab'
    ? `The bot does not know ${name}. \`/privacy track ${iid}\` takes it in.`
    : `The bot does not know ${name}: it is not in the Field Security queue, or it was solved long ago.`
}
