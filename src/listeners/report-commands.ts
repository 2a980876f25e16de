/** The commands that tell of a whole desk, and all of one request: `digest`, `digest post`, `stats`, `audit 123`. */

import type { SlashCommand } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { isSameAddress } from '../desks/address.ts'
import type { Desk } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import { type AnswerTo, capital } from '../engine/request.ts'
import { answer, notKnown, notOpened } from '../views/answers.ts'
import { digestMessage } from '../views/digest-message.ts'
import { titleText } from '../views/request-card.ts'
import { auditModal } from '../views/request-modals.ts'
import { statsChart, statsMessage } from '../views/stats-message.ts'
import { type DeskQueries, whoMayAsk } from './desk.ts'
import { answerToCommand, type Listening } from './listening.ts'
import type { Command } from './read-command.ts'

/** The commands of this file. */
export type ReportCommand = Extract<Command, { readonly name: 'digest' | 'post-digest' | 'stats' | 'audit' }>

/** True for the commands of this file. */
export function isReport(command: Command): command is ReportCommand {
  return ['digest', 'post-digest', 'stats', 'audit'].includes(command.name)
}

interface Asked {
  readonly desk: Desk
  readonly queries: DeskQueries
  readonly slack: Listening['slack']
}

/** Answers privately; what posts in the channel is stored before it is acknowledged. */
export async function report(
  asked: Asked,
  command: ReportCommand,
  typed: SlashCommand,
  ack: () => Promise<void>,
): Promise<void> {
  const { desk, queries, slack } = asked
  const answerTo = answerToCommand(typed)
  const who = await whoMayAsk(queries, desk, command, answerTo)
  if ('refused' in who) {
    await ack()
    return slack.answerPrivately(answerTo, answer(who.refused))
  }
  if (command.name === 'post-digest')
    await queries.receive('post-digest', `command:${typed.trigger_id}`, { desk: desk.name, answerTo })
  await ack()
  switch (command.name) {
    case 'digest':
      return slack.answerPrivately(answerTo, digestMessage(await queries.digest(desk)))
    case 'stats':
      return answerStats(asked, command.days, answerTo)
    case 'audit':
      return openAudit(asked, command, typed.trigger_id, answerTo)
    case 'post-digest':
      return undefined
  }
}

async function answerStats({ desk, queries, slack }: Asked, days: number, answerTo: AnswerTo): Promise<void> {
  const state = await queries.stats(desk, days)
  const chart = statsChart(state)
  if (!chart) return slack.answerPrivately(answerTo, statsMessage(state))
  return slack.answerWithChart(answerTo, chart, (form) => statsMessage(state, form))
}

async function openAudit(
  { desk, queries, slack }: Asked,
  { number, url }: Extract<ReportCommand, { readonly name: 'audit' }>,
  triggerId: string,
  answerTo: AnswerTo,
): Promise<void> {
  const view = await auditOf(queries, desk, { number, url })
  if (!view) return slack.answerPrivately(answerTo, notKnown(desk, number))
  if (!(await slack.openModal(triggerId, view)))
    return slack.answerPrivately(answerTo, notOpened('run the command again'))
}

/** Undefined where the log has nothing. Of what was purged no address is known, so only its number finds it. */
async function auditOf(
  queries: DeskQueries,
  desk: Desk,
  { number, url }: { readonly number: number; readonly url: string | undefined },
): Promise<ModalView | undefined> {
  const state = await queries.cardStateByNumber(number, desk)
  if (url !== undefined && !(state && isSameAddress(url, state.request.url))) return undefined
  if (state)
    return auditModal({ desk, number, title: titleText(state) }, await queries.wholeLog(state.request.id))
  const log = await queries.purgedLog(desk, number)
  const title = `${capital(requestName(desk, number))}, no longer tracked`
  return log.length === 0 ? undefined : auditModal({ desk, number, title }, log)
}
