/** GitLab's webhook: checked, stored, and only then answered 200. It is a hint to read the issue again, no more. */
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { type GitLabHint, readGitLabEvent } from './gitlab-event.ts'
import { readBody } from './read-body.ts'
import { isSignedBy, sameText } from './standard-webhook.ts'

export interface GitLabWebhook {
  /** The webhook's secret token, or its signing token (`whsec_…`). */
  readonly secret: string
  /** The service desk project by id or full path: hints about others are dropped. */
  readonly project: number | string
  readonly now: () => Date
  /** Stored durably before this resolves; false when the same key was stored before. */
  readonly receive: (entry: {
    readonly key: string
    readonly kind: 'gitlab-hint'
    readonly payload: GitLabHint
  }) => Promise<boolean>
  readonly limitBytes?: number
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

interface Answer {
  readonly status: number
  readonly line?: string
}

const mebibyte = 1024 * 1024

/** For `node:http`, on the route `POST /webhooks/gitlab`. */
export function gitlabWebhook(options: GitLabWebhook) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, line = '' } = await answerTo(options, request)
    const isReadWhole = status !== 405 && status !== 413
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(line),
      ...(status === 405 ? { allow: 'POST' } : {}),
      // What has not been read would be taken for the next request.
      ...(isReadWhole ? {} : { connection: 'close' }),
    })
    response.end(line)
  }
}

async function answerTo(options: GitLabWebhook, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'POST') return { status: 405, line: 'Only POST\n' }
  const body = await readBody(request, options.limitBytes ?? mebibyte)
  if (body === 'too-large') return { status: 413, line: 'The body is too large\n' }
  if (body === 'broken-off') return { status: 400, line: 'The body broke off\n' }
  if (!isAuthentic(options, request.headers, body)) {
    // GitLab counts a refusal as a failure and disables the webhook after a few: somebody has to look.
    options.log.warn({ route: 'webhooks/gitlab' }, 'A GitLab webhook had a wrong secret or signature')
    return { status: 401 }
  }
  const json = parsed(body)
  if (json === undefined) return { status: 400, line: 'The body is not JSON\n' }
  return take(options, json, keyOf(request.headers, body))
}

async function take(options: GitLabWebhook, json: unknown, key: string): Promise<Answer> {
  const { project, receive, log } = options
  const event = readGitLabEvent(json)
  if (event.kind === 'malformed') return { status: 400, line: `${event.because}\n` }
  if (event.kind === 'unwanted') return { status: 200 }
  const { hint, projectPath } = event
  if (!isProject(project, hint.projectId, projectPath)) {
    log.warn({ projectId: hint.projectId }, 'A GitLab webhook of another project was ignored')
    return { status: 200 }
  }
  try {
    const isNew = await receive({ key, kind: 'gitlab-hint', payload: hint })
    if (!isNew) log.info({ key }, 'A GitLab webhook came again')
    return { status: 200 }
  } catch (error) {
    log.error(
      { key, error: error instanceof Error ? error.name : typeof error },
      'A GitLab webhook was not stored',
    )
    return { status: 503, line: 'Not stored, send it again\n' }
  }
}

/** A signature, once there, has to be right: a token beside it does not make up for a wrong one. */
function isAuthentic({ secret, now }: GitLabWebhook, headers: IncomingHttpHeaders, body: Buffer): boolean {
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
function keyOf(headers: IncomingHttpHeaders, body: Buffer): string {
  const id = oneHeader(headers, 'webhook-id') ?? oneHeader(headers, 'idempotency-key') ?? ''
  return `gitlab:${/^[\x21-\x7e]{1,200}$/.test(id) ? id : createHash('sha256').update(body).digest('hex')}`
}

function isProject(ours: number | string, id: number, path: string | undefined): boolean {
  return String(ours) === String(id) || String(ours).toLowerCase() === path?.toLowerCase()
}

function oneHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
