/** Ready: the database answers, the worker keeps up, and Slack is reachable. */

import type { Ready } from '../http/server.ts'
import type { SlackClient } from '../services/slack/client.ts'
import type { Store } from '../store/store.ts'

interface Watched {
  readonly store: Store
  readonly slack: Pick<SlackClient, 'whoAmI'>
  readonly isConnected: () => boolean
  readonly now: () => Date
}

/** A probe comes every few seconds; Slack is asked at most this often. */
const askEveryMs = 30_000
/** An effect that has been due for this long and was not even tried: the worker does not work. */
const lateMs = 120_000

export function readiness({ store, slack, isConnected, now }: Watched): () => Promise<Ready> {
  let asked: { readonly at: number; readonly reachable: Promise<boolean> } | undefined
  const slackIsReachable = () => {
    const at = now().getTime()
    if (!asked || at - asked.at >= askEveryMs || at < asked.at)
      asked = {
        at,
        reachable: slack.whoAmI().then(
          () => true,
          () => false,
        ),
      }
    return asked.reachable
  }
  return async () => {
    const because: string[] = []
    const nextDueAt = await store.tables.outbox.nextDueAt().catch(() => {
      because.push('the database does not answer')
      return undefined
    })
    if (nextDueAt !== undefined && now().getTime() - Date.parse(nextDueAt) > lateMs)
      because.push('the worker does not keep up')
    if (!isConnected()) because.push('the Socket Mode connection is down')
    else if (!(await slackIsReachable())) because.push('Slack is not reachable')
    return { isReady: because.length === 0, because }
  }
}
