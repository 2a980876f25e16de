/** What every listener is given. */

import type { ModalView } from '@slack/types'
import type { AnswerTo } from '../engine/request.ts'
import type { Log } from '../http/log.ts'
import type { Message } from '../views/block-kit.ts'
import type { DeskQueries } from './desk.ts'

/** The two things a listener says to Slack by itself; all else goes through the outbox. */
export interface SlackAnswers {
  /** False where Slack did not open it in time. */
  openModal(triggerId: string, view: ModalView): Promise<boolean>
  /** Where the person clicked if that is still open, else in the channel, else directly. */
  answerPrivately(to: AnswerTo, message: Message): Promise<void>
}

export interface Listening {
  readonly desk: DeskQueries
  readonly slack: SlackAnswers
  readonly log: Log
}
