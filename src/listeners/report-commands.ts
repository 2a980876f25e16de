/** The commands that tell of a whole desk, and all of one request: `digest`, `digest post`, `stats`, `audit 123`. */

import type { SlashCommand } from '@slack/bolt'
import { isSameAddress } from '../desks/address.ts'
import type { Desk } from '../desks/desk.ts'
import type { AnswerTo } from '../engine/request.ts'
import { answer, notKnown, notOpened } from '../views/answers.ts'
import { digestMessage } from '../views/digest-message.ts'
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
  const state = await queries.cardStateByNumber(number, desk)
  if (!state || (url !== undefined && !isSameAddress(url, state.request.url)))
    return slack.answerPrivately(answerTo, notKnown(desk, number))
  const view = auditModal(state, await queries.wholeLog(state.request.id))
  if (!(await slack.openModal(triggerId, view)))
    return slack.answerPrivately(answerTo, notOpened('run the command again'))
}
