/** The message shortcut “Attach to request”: a permalink and a typed summary go into the request's internal notes. */

import type { App, MessageShortcut, ViewOutput, ViewSubmitAction } from '@slack/bolt'
import { type Desk, worksAt } from '../desks/desk.ts'
import type { AnswerTo, WhoAnswer } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { answer, notOpened, unknownRequest } from '../views/answers.ts'
import { attachBlocks, attachCallback, attachModal, readAttachValue } from '../views/attach-modal.ts'
import { fieldInput } from '../views/button-value.ts'
import type { DeskQueries } from './desk.ts'
import { answerToSubmit, type Listening } from './listening.ts'

const noRole = 'Only people with a role at a desk can attach messages to its requests.'

/** Registers the shortcut and its modal. */
export function listenToAttach(app: App, { desk: queries, slack }: Listening): void {
  app.shortcut<MessageShortcut>(
    { type: 'message_action', callback_id: attachCallback },
    async ({ ack, shortcut }) => {
      await ack()
      const answerTo = answerToShortcut(shortcut)
      const who = await queries.whoIs(answerTo.userId, answerTo.teamId)
      const desks = desksOf(queries, who)
      if (desks.length === 0) {
        const because = 'refused' in who ? who.refused : noRole
        await queries.recordRefusal('', 'attach', answerTo.userId, because)
        return slack.answerPrivately(answerTo, answer(because))
      }
      const { channel, message_ts: ts, message } = shortcut
      const threadTs: unknown = message.thread_ts
      const view = attachModal(desks, {
        ...{ channel: channel.id, ts },
        ...(typeof threadTs === 'string' && threadTs !== ts && { threadTs }),
      })
      if (!(await slack.openModal(shortcut.trigger_id, view)))
        return slack.answerPrivately(answerTo, notOpened('choose the shortcut again'))
    },
  )

  app.view<ViewSubmitAction>(
    { callback_id: attachCallback, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const value = readAttachValue(view.private_metadata)
      const answerTo = answerToSubmit(body, value?.channel)
      if (!value) {
        await ack()
        return slack.answerPrivately(answerTo, unknownRequest())
      }
      const checked = await checkedSubmit(queries, view, answerTo)
      if ('errors' in checked) return ack({ response_action: 'errors', errors: { ...checked.errors } })
      const { state, summary } = checked
      await queries.receive('attach', ['submit', view.id, view.hash, body.user.id].join(':'), {
        requestId: state.request.id,
        permalink: queries.permalink(value),
        summary,
        answerTo,
      })
      await ack()
    },
  )
}

/** Those at which the person works, and whose requests have internal notes. */
function desksOf(queries: Pick<DeskQueries, 'desks' | 'isOn'>, who: WhoAnswer): readonly Desk[] {
  if ('refused' in who) return []
  const { roles } = who.person
  return queries.desks.filter((one) => queries.isOn(one) && one.internalNote && worksAt(one, roles))
}

type Checked =
  | { readonly state: CardState; readonly summary: string }
  | { readonly errors: Readonly<Record<string, string>> }

/** The role is asked for again: it may be gone since the modal was opened. */
async function checkedSubmit(
  queries: DeskQueries,
  view: ViewOutput,
  { userId, teamId }: AnswerTo,
): Promise<Checked> {
  const at = (block: string) => view.state.values[block]?.[fieldInput]
  const wrong = (sentence: string, block: string = attachBlocks.request) => ({
    errors: { [block]: sentence },
  })
  const who = await queries.whoIs(userId, teamId)
  const desks = desksOf(queries, who)
  const chosen = at(attachBlocks.desk)?.selected_option?.value
  const desk = desks.find(({ name }) => name === chosen) ?? (chosen === undefined ? desks[0] : undefined)
  if (!desk) {
    const because = 'refused' in who ? who.refused : noRole
    await queries.recordRefusal('', 'attach', userId, because)
    return wrong(because)
  }
  const number = /^\s*#?([1-9]\d{0,14})\s*$/.exec(at(attachBlocks.request)?.value ?? '')?.[1]
  if (number === undefined) return wrong('Enter its number, such as 123.')
  const state = await queries.cardStateByNumber(Number(number), desk)
  if (!state) return wrong(`I don’t know a ${desk.words.noun} with this number.`)
  const summary = (at(attachBlocks.summary)?.value ?? '').trim()
  return summary === '' ? wrong('Fill this in.', attachBlocks.summary) : { state, summary }
}

function answerToShortcut({ user, team, channel, response_url: responseUrl }: MessageShortcut): AnswerTo {
  return {
    userId: user.id,
    teamId: user.team_id ?? team?.id ?? '',
    channel: channel.id,
    ...(responseUrl !== '' && { responseUrl }),
  }
}
