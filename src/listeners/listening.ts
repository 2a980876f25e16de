/** The parts that every listener is given, and where people are answered. */

import type { App, BlockAction, SlackViewAction, SlashCommand } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import type { AnswerTo } from '../engine/request.ts'
import type { Log } from '../http/log.ts'
import { notOpened, refusalModal, wentWrong } from '../views/answers.ts'
import type { Message } from '../views/block-kit.ts'
import { readButtonValue } from '../views/button-value.ts'
import type { Chart, ChartForm } from '../views/chart.ts'
import type { DeskQueries } from './desk.ts'

/** The few things that a listener says to Slack by itself; all else goes through the outbox. */
export interface SlackAnswers {
  /** False where Slack did not open it in time. `on-top`: over the modal in which the person clicked. */
  openModal(triggerId: string, view: ModalView, place?: PlaceOfModal): Promise<boolean>
  /** Answers where the person clicked if that is still open, else in the channel, else directly. */
  answerPrivately(to: AnswerTo, message: Message): Promise<void>
  /** The same with a chart, in the best form that the workspace takes. */
  answerWithChart(to: AnswerTo, chart: Chart, draw: (form: ChartForm) => Message): Promise<void>
}

/** Where a modal opens: alone, or over the modal in which the person clicked, which is there again afterward. */
export type PlaceOfModal = 'alone' | 'on-top'

/** The parts that every listener is given. */
export interface Listening {
  readonly desk: DeskQueries
  readonly slack: SlackAnswers
  readonly log: Log
}

/** A click that may open a modal, and where whoever clicked is answered else. */
export interface Clicked {
  readonly answerTo: AnswerTo
  readonly triggerId: string
  readonly place: PlaceOfModal
}

/**
 * Tells a person why their click does nothing: in a small modal, where they look; privately where Slack opens none any
 * more.
 */
export async function refuse(
  { slack }: Pick<Listening, 'slack'>,
  { answerTo, triggerId, place }: Clicked,
  message: Message,
): Promise<void> {
  if (await slack.openModal(triggerId, refusalModal(message), place)) return
  await slack.answerPrivately(answerTo, message)
}

/** Opens a modal; where Slack does not in time, the person is told so privately. */
export async function open(
  { slack }: Pick<Listening, 'slack'>,
  { answerTo, triggerId, place }: Clicked,
  view: ModalView,
): Promise<void> {
  if (!(await slack.openModal(triggerId, view, place))) await slack.answerPrivately(answerTo, notOpened())
}

/** Returns where the person who typed a command is answered. */
export function answerToCommand(typed: SlashCommand): AnswerTo {
  return {
    userId: typed.user_id,
    teamId: typed.team_id,
    channel: typed.channel_id,
    responseUrl: typed.response_url,
  }
}

/** Returns where the person who clicked a button is answered. */
export function answerToClick({ user, team, channel, response_url: responseUrl }: BlockAction): AnswerTo {
  return {
    userId: user.id,
    teamId: user.team_id ?? team?.id ?? '',
    ...(channel?.id !== undefined && { channel: channel.id }),
    ...(typeof responseUrl === 'string' && { responseUrl }),
  }
}

/** Returns where a modal opens that a click asks for. */
export function placeOfClick({ view }: Pick<BlockAction, 'view'>): PlaceOfModal {
  return view?.type === 'modal' ? 'on-top' : 'alone'
}

/**
 * Returns where the person who submitted a modal is answered. A modal knows no channel but the one that it was given
 * when it was opened.
 */
export function answerToSubmit({ user, team }: SlackViewAction, channel: string | undefined): AnswerTo {
  return {
    userId: user.id,
    teamId: user.team_id ?? team?.id ?? '',
    ...(channel !== undefined && { channel }),
  }
}

/** Returns where the sender of a payload of any kind is answered, or undefined where it names nobody. */
function answerToSender(body: unknown): AnswerTo | undefined {
  const userId = textAt(body, 'user', 'id') ?? textAt(body, 'user_id')
  if (userId === undefined) return undefined
  const channel =
    textAt(body, 'channel', 'id') ??
    textAt(body, 'channel_id') ??
    readButtonValue(textAt(body, 'view', 'private_metadata'))?.channel
  const responseUrl = textAt(body, 'response_url')
  return {
    userId,
    teamId: textAt(body, 'user', 'team_id') ?? textAt(body, 'team_id') ?? '',
    ...(channel !== undefined && { channel }),
    ...(responseUrl !== undefined && { responseUrl }),
  }
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Readonly<Record<string, unknown>>)[key]
  }
  return typeof at === 'string' && at !== '' ? at : undefined
}

/** Answers the errors of all listeners: the person gets a reference that is also in the log, and Slack gets a 500. */
export function answerErrors(app: App, { slack, log }: Listening, newReference: () => string): void {
  app.error(async ({ error, body }: { error: Error; body: unknown }) => {
    const reference = newReference()
    log.error(
      { reference, error: error.name, reason: error.message, stack: error.stack },
      'A listener failed',
    )
    const answerTo = answerToSender(body)
    if (answerTo) {
      await slack.answerPrivately(answerTo, wentWrong(reference)).catch((second: unknown) => {
        log.error(
          { reference, reason: second instanceof Error ? second.message : '' },
          'The person could not be told',
        )
      })
    }
    // Not acknowledged, it is answered with 500: Slack tells the person, too.
    throw error
  })
}
