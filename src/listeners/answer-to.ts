/** Where somebody who typed a command, clicked a button or submitted a modal is answered. */
import type { BlockAction, SlackViewAction, SlashCommand } from '@slack/bolt'
import type { AnswerTo } from './desk.ts'

export function answerToOf(typed: SlashCommand): AnswerTo {
  return {
    userId: typed.user_id,
    teamId: typed.team_id,
    channel: typed.channel_id,
    responseUrl: typed.response_url,
  }
}

export function answerToClick({ user, team, channel, response_url: responseUrl }: BlockAction): AnswerTo {
  return {
    userId: user.id,
    teamId: user.team_id ?? team?.id ?? '',
    ...(channel?.id !== undefined && { channel: channel.id }),
    ...(typeof responseUrl === 'string' && { responseUrl }),
  }
}

/** A modal knows no channel but the one that it was given when it was opened. */
export function answerToSubmit({ user, team }: SlackViewAction, channel: string | undefined): AnswerTo {
  return {
    userId: user.id,
    teamId: user.team_id ?? team?.id ?? '',
    ...(channel !== undefined && { channel }),
  }
}
