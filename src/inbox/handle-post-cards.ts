/** A click on the message about cards that wait: the next ten, or all. */

import { askForCards, refusesCards } from '../requests/backlog.ts'
import { type Handler, refused, told } from './handler.ts'
import type { PostCardsEntry } from './payloads.ts'

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
