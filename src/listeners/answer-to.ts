/** Where somebody who typed a command is answered. */
import type { SlashCommand } from '@slack/bolt'
import type { AnswerTo } from './desk.ts'

export function answerToOf(typed: SlashCommand): AnswerTo {
  return {
    userId: typed.user_id,
    teamId: typed.team_id,
    channel: typed.channel_id,
    responseUrl: typed.response_url,
  }
}
