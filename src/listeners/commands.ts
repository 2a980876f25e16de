/** The desks' slash commands: all answers are private to the asker. */

import type { App, SlashCommand } from '@slack/bolt'
import { isSameAddress } from '../desks/address.ts'
import { type Desk, stepOf } from '../desks/desk.ts'
import type { AnswerTo, Person } from '../engine/request.ts'
import {
  answer,
  linesShown,
  type NotUnderstood,
  notKnown,
  notOpened,
  requestList,
  usage,
} from '../views/answers.ts'
import { batchAnswer } from '../views/batch-message.ts'
import type { Message } from '../views/block-kit.ts'
import { redirectModal } from '../views/redirect-modal.ts'
import { requestDetails } from '../views/request-details.ts'
import { holderBeside, takeOverModal } from '../views/take-over-modal.ts'
import { type DeskQueries, whoMayAsk } from './desk.ts'
import { answerToCommand, type Listening } from './listening.ts'
import { type Command, type RedirectTicketCommand, readCommand, unclear } from './read-command.ts'
import { isReport, type ReportCommand, report } from './report-commands.ts'

/** Those that change something. */
type Change = Extract<Command, { readonly name: 'track' | 'claim' }>
type Question = Exclude<Command, Change | RedirectTicketCommand | ReportCommand>

/** Registers the slash commands of all desks. */
export function listenToCommands(app: App, { desk: queries, slack }: Listening): void {
  for (const desk of queries.desks)
    app.command(desk.command.name, async ({ ack, command: typed }) => {
      const command = readCommand(typed.text ?? '', desk)
      if (queries.isOn(desk) && isChange(command))
        return change({ desk, queries, slack }, command, typed, ack)
      if (queries.isOn(desk) && isReport(command))
        return report({ desk, queries, slack }, command, typed, ack)
      await ack()
      const answerTo = answerToCommand(typed)
      if (queries.isOn(desk) && command.name === 'redirect-ticket')
        return openRedirect({ desk, queries, slack }, command, typed.trigger_id, answerTo)
      await slack.answerPrivately(
        answerTo,
        await privateAnswer(queries, desk, command, typed.text ?? '', answerTo),
      )
    })
}

interface Changing {
  readonly desk: Desk
  readonly queries: DeskQueries
  readonly slack: Listening['slack']
}

function isChange(command: Command): command is Change {
  return command.name === 'track' || command.name === 'claim'
}

/** Stored first, answered when it is done; whoever would take a colleague's request is asked before. */
async function change(
  { desk, queries, slack }: Changing,
  command: Change,
  typed: SlashCommand,
  ack: () => Promise<void>,
): Promise<void> {
  const answerTo = answerToCommand(typed)
  const who = await whoMayAsk(queries, desk, command, answerTo)
  if (!('refused' in who) && !(await isOfDesk(queries, desk, command))) {
    await ack()
    return slack.answerPrivately(answerTo, notKnown(desk, command.number))
  }
  if (!('refused' in who) && command.name === 'claim') {
    const state = await queries.cardStateByNumber(command.number, desk)
    const from = state && holderBeside(state.request, answerTo.userId)
    if (state && from !== undefined && stepOf(state)?.isClosed !== true) {
      await ack()
      const view = takeOverModal(state, from, answerTo.channel)
      if (await slack.openModal(typed.trigger_id, view)) return
      return slack.answerPrivately(answerTo, notOpened('run the command again'))
    }
  }
  if (!('refused' in who)) await store(queries, desk, command, `command:${typed.trigger_id}`, answerTo)
  await ack()
  if ('refused' in who) await slack.answerPrivately(answerTo, answer(who.refused))
}

/** A number that was taken from an address: that of another project names another issue. */
async function isOfDesk(queries: DeskQueries, desk: Desk, { number, url }: Change): Promise<boolean> {
  if (url === undefined) return true
  const state = await queries.cardStateByNumber(number, desk)
  return state !== undefined && isSameAddress(url, state.request.url)
}

async function store(
  queries: DeskQueries,
  { source }: Desk,
  command: Change,
  key: string,
  answerTo: AnswerTo,
): Promise<void> {
  const { name, number } = command
  await queries.receive('command', key, { command: name, source, iid: number, answerTo })
}

/** Opens the preview: nothing is decided before the person has seen what is sent, and to whom. */
async function openRedirect(
  { desk, queries, slack }: Changing,
  command: RedirectTicketCommand,
  triggerId: string,
  answerTo: AnswerTo,
): Promise<void> {
  const who = await whoMayAsk(queries, desk, command, answerTo)
  if ('refused' in who) return slack.answerPrivately(answerTo, answer(who.refused))
  const previewed = await queries.previewRedirect(command.ticket, command.to, answerTo)
  if ('because' in previewed) return slack.answerPrivately(answerTo, answer(previewed.because))
  if (!(await slack.openModal(triggerId, redirectModal(previewed.shown, answerTo.channel))))
    return slack.answerPrivately(answerTo, notOpened('run the command again'))
}

async function privateAnswer(
  queries: DeskQueries,
  desk: Desk,
  command: Command,
  text: string,
  answerTo: AnswerTo,
): Promise<Message> {
  if (!queries.isOn(desk)) return answer(desk.words.off ?? 'This desk is not switched on here.')
  if (command.name === 'help' || command.name === 'redirect-ticket' || isChange(command) || isReport(command))
    return usage(desk.command, notUnderstood(text, desk))
  const who = await whoMayAsk(queries, desk, command, answerTo)
  return 'refused' in who ? answer(who.refused) : answerOf(queries, desk, command, who.person)
}

/** Undefined where nothing but help was asked for. */
function notUnderstood(text: string, desk: Desk): NotUnderstood | undefined {
  const said = text.trim()
  return said === '' || said.toLowerCase() === 'help' ? undefined : unclear(said, desk)
}

async function answerOf(
  queries: DeskQueries,
  desk: Desk,
  command: Question,
  person: Person,
): Promise<Message> {
  switch (command.name) {
    case 'list': {
      const { first, count } = await queries.list(desk, command.filter, person, linesShown)
      return requestList(desk, first, command.words, count)
    }
    case 'show': {
      const state = await queries.cardStateByNumber(command.number, desk)
      return state && (command.url === undefined || isSameAddress(command.url, state.request.url))
        ? requestDetails(state, await queries.recentLog(state.request.id))
        : notKnown(desk, command.number)
    }
    case 'batch':
      return batchAnswer(await queries.nextBatches())
    default:
      return usage(desk.command)
  }
}
