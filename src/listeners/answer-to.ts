/** Where somebody who typed a command, clicked a button or submitted a modal is answered. */

import type { BlockAction, SlackViewAction, SlashCommand } from '@slack/bolt'
import type { AnswerTo } from '../engine/request.ts'
import { readButtonValue } from '../views/button-value.ts'

export function answerToCommand(typed: SlashCommand): AnswerTo {
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

/** Whoever sent a payload of whatever kind; undefined where it names nobody. */
export function answerToSender(body: unknown): AnswerTo | undefined {
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
