/** `/privacy digest post`: today's digest in the channel, now. */

import { roleName } from '../engine/flow.ts'
import { slackActor } from '../engine/request.ts'
import { askForDigest } from '../requests/digest.ts'
import { type Handler, refused, told, whoWorksAt } from './handler.ts'
import type { PostDigestEntry } from './payloads.ts'

export const handlePostDigest: Handler<PostDigestEntry> = async (
  intake,
  _entry,
  { desk: name, answerTo },
) => {
  const { context } = intake
  const desk = context.desks.all.find((one) => one.name === name)
  if (!desk) return { write: async () => told(answerTo, 'This desk no longer exists. Nothing was posted.') }
  const who = await whoWorksAt(intake, desk, answerTo)
  const { whom } = desk.reminders
  const isLetIn = !('refused' in who) && who.person.roles.includes(whom)
  if (!isLetIn) {
    const because =
      'refused' in who
        ? who.refused
        : `Only ${roleName(desk, whom)} can post the digest. \`${desk.command.name} digest\` shows it to you.`
    return refused(intake, answerTo, { decision: 'post-digest', because, details: { desk: name } })
  }
  return {
    write: async (tables, at) => {
      await tables.audit.append({
        at,
        what: 'digest-asked',
        who: slackActor(answerTo.userId),
        details: { desk: name },
      })
      await askForDigest(context, tables, desk)
      return told(answerTo, 'The digest is on its way to the channel.')
    },
  }
}
