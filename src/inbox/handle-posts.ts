/** What somebody asks to see in the channel now: today's digest, the cards that wait. */
import { roleName } from '../engine/flow.ts'
import { slackActor } from '../engine/request.ts'
import { askForCards, refusesCards } from '../requests/backlog.ts'
import { askForDigest } from '../requests/digest.ts'
import { type Handler, refused, told, whoWorksAt } from './handler.ts'
import type { PostCardsEntry, PostDigestEntry } from './payloads.ts'

/** `/privacy digest post`: today's digest in the channel, now. */
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

/** A click on the message about cards that wait: the next ten, or all. */
export const handlePostCards: Handler<PostCardsEntry> = async (
  intake,
  _entry,
  { desk: name, howMany, answerTo },
) => {
  const { context } = intake
  const desk = context.desks.all.find((one) => one.name === name)
  if (!desk) return { write: async () => told(answerTo, 'This desk no longer exists. Nothing was changed.') }
  const who = await intake.whoIs(answerTo.userId, answerTo.teamId)
  const because = 'refused' in who ? who.refused : refusesCards(desk, who.person)
  if (because !== undefined)
    return refused(intake, answerTo, { decision: 'post-cards', because, details: { desk: name } })
  return {
    write: async (tables) => {
      const nothing = await askForCards(context, tables, desk, howMany, answerTo)
      return nothing === undefined ? undefined : told(answerTo, nothing)
    },
  }
}
