/** The one place where an error of ours is answered: to the person, with a reference that is also in the log. */

import type { App } from '@slack/bolt'
import { wentWrong } from '../views/answers.ts'
import { answerToSender } from './answer-to.ts'
import type { Listening } from './listening.ts'

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
