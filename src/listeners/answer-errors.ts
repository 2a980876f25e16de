/** The one place where an error of ours is answered: to the person, with a reference that is also in the log. */
import type { App } from '@slack/bolt'
import { wentWrong } from '../views/answers.ts'
import { readButtonValue } from '../views/button-value.ts'
import type { AnswerTo } from './desk.ts'
import type { Listening } from './listening.ts'

export function answerErrors(app: App, { slack, log }: Listening, newReference: () => string): void {
  app.error(async ({ error, body }: { error: Error; body: unknown }) => {
    const reference = newReference()
    log.error(
      { reference, error: error.name, reason: error.message, stack: error.stack },
      'A listener failed',
    )
    const answerTo = answerToOf(body)
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

/** From whatever kind of payload it was. */
function answerToOf(body: unknown): AnswerTo | undefined {
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
