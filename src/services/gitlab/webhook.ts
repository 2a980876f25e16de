/** GitLab's webhook: a hint to read the issue again, no more. */
import { createHash } from 'node:crypto'
import { isSignedBy, sameText } from '../../http/standard-webhook.ts'
import { type Delivery, oneHeader, type ReadDelivery, type WebhookOptions, webhook } from '../webhook.ts'
import { type GitLabHint, readGitLabEvent } from './webhook-event.ts'

interface GitLabEntry {
  readonly key: string
  readonly kind: 'gitlab-hint'
  readonly payload: GitLabHint
}

export interface GitLabWebhook extends WebhookOptions<GitLabEntry> {
  /** The webhook's secret token, or its signing token (`whsec_…`). */
  readonly secret: string
  /** The service desk project by id or full path: hints about others are dropped. */
  readonly project: number | string
}

/** For `node:http`, on the route `POST /webhooks/gitlab`. */
export function gitlabWebhook(options: GitLabWebhook) {
  return webhook<GitLabEntry>({
    ...options,
    sender: 'GitLab',
    isAuthentic: (delivery) => isAuthentic(options, delivery),
    read: (json, delivery) => read(options, json, delivery),
  })
}

function read({ project, log }: GitLabWebhook, json: unknown, delivery: Delivery): ReadDelivery<GitLabEntry> {
  const event = readGitLabEvent(json)
  if (event.kind !== 'hint') return event
  const { hint, projectPath } = event
  if (!isProject(project, hint.projectId, projectPath)) {
    log.warn({ projectId: hint.projectId }, 'A GitLab webhook of another project was ignored')
    return { kind: 'unwanted' }
  }
  return { kind: 'entry', entry: { key: keyOf(delivery), kind: 'gitlab-hint', payload: hint } }
}

/** A signature, once there, has to be right: a token beside it does not make up for a wrong one. */
function isAuthentic({ secret, now }: GitLabWebhook, { headers, body }: Delivery): boolean {
  const signature = oneHeader(headers, 'webhook-signature')
  if (signature !== undefined) {
    const id = oneHeader(headers, 'webhook-id')
    const timestamp = oneHeader(headers, 'webhook-timestamp')
    return isSignedBy(secret, { id, timestamp, signature, body }, now())
  }
  const token = oneHeader(headers, 'x-gitlab-token')
  return secret !== '' && token !== undefined && sameText(token, secret)
}

/**
 * The delivery's own id, the same when GitLab sends it again; `X-Gitlab-Webhook-UUID` is a new one each time.
 * Without an id, the same bytes are the same delivery.
 */
function keyOf({ headers, body }: Delivery): string {
  const id = oneHeader(headers, 'webhook-id') ?? oneHeader(headers, 'idempotency-key') ?? ''
  return `gitlab:${/^[\x21-\x7e]{1,200}$/.test(id) ? id : createHash('sha256').update(body).digest('hex')}`
}

function isProject(ours: number | string, id: number, path: string | undefined): boolean {
  return String(ours) === String(id) || String(ours).toLowerCase() === path?.toLowerCase()
}
