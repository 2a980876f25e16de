/** The local Slack and a client connected to it, closed when the test ends. */

import { onTestFinished } from 'vitest'
import { type Slack, startSlack } from '../../../sandbox/slack/slack.ts'
import { type Clock, clockWith } from '../../../src/clock.ts'
import { CallFailed } from '../../../src/services/call-failed.ts'
import { connectSlack } from '../../../src/services/slack/client.ts'

export async function aSlack(given: { timeoutMs?: number; now?: () => Date; sleep?: Clock['sleep'] } = {}) {
  const clock = clockWith(given.now ?? (() => new Date('2026-03-02T10:00:00.000Z')))
  const local: Slack = await startSlack(clock)
  onTestFinished(() => local.close())
  const client = connectSlack({
    token: local.botToken,
    apiUrl: local.apiUrl,
    fetch,
    timeoutMs: given.timeoutMs ?? 5000,
    sleep: given.sleep ?? clock.sleep,
  })
  return { local, client }
}

/** The failure of a call that must fail, without what only helps in a log. */
export async function failureOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof CallFailed)) throw new Error(`Not a CallFailed: ${String(error)}`)
  const { service, kind, status, retryAfterSeconds } = error
  return { service, kind, status, retryAfterSeconds }
}
