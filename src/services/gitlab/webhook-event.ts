/** What a GitLab webhook is about: which issue to read again, and nothing else of what it says. */
import { z } from 'zod'

/** Free of texts and names, so that it may be stored. */
export interface GitLabHint {
  readonly iid: number
  readonly projectId: number
  readonly objectKind: 'issue' | 'work_item' | 'note'
  readonly action?: string
  readonly noteId?: number
}

export type ReadEvent =
  | { readonly kind: 'hint'; readonly hint: GitLabHint; readonly projectPath: string | undefined }
  /** An event that the bot does not work with: never refused, since GitLab disables a webhook that is refused often. */
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'malformed'; readonly because: string }

const number = z.int().positive()
const word = z.string().regex(/^[a-z_]{1,40}$/)
const Project = z.object({ id: number, path_with_namespace: z.string().optional() })

const AnyEvent = z.object({ object_kind: z.string() })
/** Events of groups and of the whole instance name themselves so. https://docs.gitlab.com/administration/system_hooks/ */
const NamedEvent = z.object({ event_name: z.string(), object_kind: z.undefined().optional() })

const IssueEvent = z.object({
  project: Project,
  object_attributes: z.object({ iid: number, action: word.nullish() }),
})

const NoteKind = z.object({ object_attributes: z.object({ noteable_type: z.string() }) })

const Numbered = z.object({ iid: number })

/** A note on a work item names it as `issue` or as `work_item`. */
const NoteEvent = z.object({
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
export function readGitLabEvent(body: unknown): ReadEvent {
  const event = AnyEvent.safeParse(body)
  if (!event.success)
    return NamedEvent.safeParse(body).success ? { kind: 'unwanted' } : malformed(event.error)
  const { object_kind: kind } = event.data
  if (kind === 'issue' || kind === 'work_item') return readIssueEvent(body, kind)
  if (kind === 'note') return readNoteEvent(body)
  return { kind: 'unwanted' }
}

/** A Service Desk request is an issue or, since early 2026, a ticket: a work item. */
function readIssueEvent(body: unknown, objectKind: 'issue' | 'work_item'): ReadEvent {
  const event = IssueEvent.safeParse(body)
  if (!event.success) return malformed(event.error)
  const { project, object_attributes: issue } = event.data
  return hintOf(project, { iid: issue.iid, objectKind, action: issue.action })
}

function readNoteEvent(body: unknown): ReadEvent {
  const noteKind = NoteKind.safeParse(body)
  if (!noteKind.success) return malformed(noteKind.error)
  const { noteable_type: on } = noteKind.data.object_attributes
  if (on !== 'Issue' && on !== 'WorkItem') return { kind: 'unwanted' }
  const event = NoteEvent.safeParse(body)
  const iid = event.data?.issue?.iid ?? event.data?.work_item?.iid
  if (!event.success || iid === undefined) return malformed(event.error, 'issue.iid')
  const { project, object_attributes: note } = event.data
  return hintOf(project, { iid, objectKind: 'note', action: note.action, noteId: note.id })
}

function hintOf(
  project: z.infer<typeof Project>,
  found: Pick<GitLabHint, 'iid' | 'objectKind'> & { action: string | null | undefined; noteId?: number },
): ReadEvent {
  const { action, ...hint } = found
  return {
    kind: 'hint',
    hint: { ...hint, projectId: project.id, ...(action ? { action } : {}) },
    projectPath: project.path_with_namespace,
  }
}

/** Names the fields, never their values. */
function malformed(error: z.ZodError | undefined, missing?: string): ReadEvent {
  const wrong = error?.issues.map(({ path }) => path.join('.') || 'the body') ?? [missing]
  const fields = [...new Set(wrong)]
  return { kind: 'malformed', because: `Not a GitLab event: missing or malformed ${fields.join(', ')}` }
}
