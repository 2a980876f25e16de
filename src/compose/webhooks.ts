/** The routes on which GitLab and Zendesk say that something may have changed; each is there only with its secret. */

import type { Config } from '../config/config.ts'
import type { Log } from '../http/log.ts'
import type { Route } from '../http/server.ts'
import { gitlabWebhook } from '../services/gitlab/webhook.ts'
import { zendeskWebhook } from '../services/zendesk/webhook.ts'
import type { Store } from '../store/store.ts'

export interface WebhookParts {
  readonly config: Config
  readonly store: Store
  readonly now: () => Date
  readonly wakeInbox: () => void
  readonly log: Log
}

export function webhookRoutes({
  config: { gitlab, zendesk },
  store,
  now,
  wakeInbox,
  log,
}: WebhookParts): Readonly<Record<string, Route | undefined>> {
  const receive = async (entry: { key: string; kind: string; payload: unknown }) => {
    const isNew = await store.tables.inbox.put({ ...entry, receivedAt: now().toISOString() })
    wakeInbox()
    return isNew
  }
  const given = { now, log, receive }
  return {
    '/webhooks/gitlab':
      gitlab.webhookSecret === undefined
        ? undefined
        : gitlabWebhook({ ...given, secret: gitlab.webhookSecret, project: gitlab.project }),
    '/webhooks/zendesk':
      zendesk?.webhookSecret === undefined
        ? undefined
        : zendeskWebhook({ ...given, secret: zendesk.webhookSecret }),
  }
}
