/** GitLab's webhook: a hint to read the issue again, no more. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { isSignedBy, sameText } from '../../http/standard-webhook.ts'
import { type Delivery, oneHeader, type ReadDelivery, type WebhookOptions, webhook } from '../webhook.ts'

interface GitLabEntry {
  readonly key: string
  readonly kind: 'gitlab-hint'
  readonly payload: GitLabHint
}

/** The secret and the project of the webhook, with the parts that every webhook is given. */
export interface GitLabWebhook extends WebhookOptions<GitLabEntry> {
  /** The webhook's secret token, or its signing token (`whsec_…`). */
  readonly secret: string
  /** The service desk project by id or full path: hints about others are dropped. */
  readonly project: number | string
  /** The id of that project, once it is known: a project that was renamed names itself by its new path. */
  readonly projectId?: () => number | undefined
  /** The bot's own account, once it is known: of its own changes it reads back what it has to. */
  readonly ownId?: () => number | undefined
}

/** Makes the `node:http` handler of the route `POST /webhooks/gitlab`. */
export function gitlabWebhook(options: GitLabWebhook) {
  return webhook<GitLabEntry>({
    ...options,
    sender: 'GitLab',
    isAuthentic: (delivery) => isAuthentic(options, delivery),
    read: (json, delivery) => read(options, json, delivery),
  })
}

function read(
  { project, projectId, log, ownId }: GitLabWebhook,
  json: unknown,
  delivery: Delivery,
): ReadDelivery<GitLabEntry> {
  const event = readGitLabEvent(json)
  if (event.kind !== 'hint') return event
  const { hint, projectPath, userId } = event
  if (hint.projectId !== projectId?.() && !isProject(project, hint.projectId, projectPath)) {
    log.warn({ projectId: hint.projectId }, 'A GitLab webhook of another project was ignored')
    return { kind: 'unwanted' }
  }
  // Not even its key is stored: sent again, it is told by its account again, and what follows from the bot's own change
  // is read back with the effect, after a crash too.
  if (userId !== undefined && userId === ownId?.()) return { kind: 'unwanted' }
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

// Of a GitLab webhook only the issue that is to be read again is taken, and nothing else of what it says.

/** Free of texts and names, so that it may be stored. */
interface GitLabHint {
  readonly iid: number
  readonly projectId: number
  readonly objectKind: 'issue' | 'work_item' | 'note'
  readonly action?: string
  readonly noteId?: number
}

type ReadEvent =
  | {
      readonly kind: 'hint'
      readonly hint: GitLabHint
      readonly projectPath: string | undefined
      /** The account that did it. */
      readonly userId: number | undefined
    }
  /** An event that the bot does not work with: never refused, since GitLab disables a webhook that is refused often. */
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'malformed'; readonly because: string }

const number = z.int().positive()
const word = z.string().regex(/^[a-z_]{1,40}$/)
const Project = z.object({ id: number, path_with_namespace: z.string().optional() })

const AnyEvent = z.object({ object_kind: z.string() })
/** Events of groups and of the whole instance name themselves so. https://docs.gitlab.com/administration/system_hooks/ */
const NamedEvent = z.object({ event_name: z.string(), object_kind: z.undefined().optional() })
/** A webhook of the group tells of what belongs to the group itself, too, as an epic does. */
const OfNoProject = z.object({ project: z.null().optional() })

const By = z.object({ id: number }).optional().catch(undefined)

const IssueEvent = z.object({
  user: By,
  project: Project,
  object_attributes: z.object({ iid: number, action: word.nullish() }),
})

const NoteKind = z.object({ object_attributes: z.object({ noteable_type: z.string() }) })

const Numbered = z.object({ iid: number })

/** A note on a work item names it as `issue` or as `work_item`. */
const NoteEvent = z.object({
  user: By,
  project: Project,
  // Before GitLab 16.11 a note's event names no action.
  object_attributes: z.object({ id: number, action: word.nullish() }),
  issue: Numbered.nullish(),
  work_item: Numbered.nullish(),
})

/**
 * Confidential or not, the body's `object_kind` is the same; only the header and `event_type` tell them apart.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/
 */
function readGitLabEvent(body: unknown): ReadEvent {
  const event = AnyEvent.safeParse(body)
  if (!event.success)
    return NamedEvent.safeParse(body).success ? { kind: 'unwanted' } : malformed(event.error)
  if (OfNoProject.safeParse(body).success) return { kind: 'unwanted' }
  const { object_kind: kind } = event.data
  if (kind === 'issue' || kind === 'work_item') return readIssueEvent(body, kind)
  if (kind === 'note') return readNoteEvent(body)
  return { kind: 'unwanted' }
}

/** A Service Desk request is an issue or, since early 2026, a ticket: a work item. */
function readIssueEvent(body: unknown, objectKind: 'issue' | 'work_item'): ReadEvent {
  const event = IssueEvent.safeParse(body)
  if (!event.success) return malformed(event.error)
  const { user, project, object_attributes: issue } = event.data
  return hintOf(user, project, { iid: issue.iid, objectKind, action: issue.action })
}

function readNoteEvent(body: unknown): ReadEvent {
  const noteKind = NoteKind.safeParse(body)
  if (!noteKind.success) return malformed(noteKind.error)
  const { noteable_type: on } = noteKind.data.object_attributes
  if (on !== 'Issue' && on !== 'WorkItem') return { kind: 'unwanted' }
  const event = NoteEvent.safeParse(body)
  const iid = event.data?.issue?.iid ?? event.data?.work_item?.iid
  if (!event.success || iid === undefined) return malformed(event.error, 'issue.iid')
  const { user, project, object_attributes: note } = event.data
  return hintOf(user, project, { iid, objectKind: 'note', action: note.action, noteId: note.id })
}

function hintOf(
  user: z.infer<typeof By>,
  project: z.infer<typeof Project>,
  found: Pick<GitLabHint, 'iid' | 'objectKind'> & { action: string | null | undefined; noteId?: number },
): ReadEvent {
  const { action, ...hint } = found
  return {
    kind: 'hint',
    hint: { ...hint, projectId: project.id, ...(action ? { action } : {}) },
    projectPath: project.path_with_namespace,
    userId: user?.id,
  }
}

/** Names the fields, never their values. */
function malformed(error: z.ZodError | undefined, missing?: string): ReadEvent {
  const wrong = error?.issues.map(({ path }) => path.join('.') || 'the body') ?? [missing]
  const fields = [...new Set(wrong)]
  return { kind: 'malformed', because: `Not a GitLab event: missing or malformed ${fields.join(', ')}` }
}
