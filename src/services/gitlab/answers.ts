/** GitLab's answers, in our form: only the fields used. https://docs.gitlab.com/api/issues/ */

import { z } from 'zod'
import type { Instant } from '../../engine/time.ts'
import { AnyInstant } from '../ask.ts'

/** A user as GitLab names one in issues, notes and events. */
export interface Person {
  readonly id: number
  readonly username: string
}

/** The place of an issue: its number and its page. */
export interface IssueAddress {
  readonly projectId: number
  readonly iid: number
}

/** An issue. https://docs.gitlab.com/api/issues/ */
export interface Issue {
  readonly id: number
  readonly iid: number
  readonly projectId: number
  readonly title: string
  readonly description: string
  /** `opened` or `closed`; anything newer is passed on as it is. */
  readonly state: string
  readonly labels: readonly string[]
  readonly author: Person
  readonly assignees: readonly Person[]
  readonly confidential: boolean
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly closedAt?: Instant
  readonly webUrl: string
  readonly serviceDeskReplyTo?: string
  readonly duplicatedTo?: IssueAddress
  readonly taskCompletion?: { readonly count: number; readonly done: number }
  /** How many notes people and bots have written on it, public and internal ones; GitLab's own lines are none. */
  readonly userNotes?: number
}

/** A project, as the bot's account sees it. https://docs.gitlab.com/api/projects/ */
export interface SeenProject {
  readonly id: number
  /** With its groups: `support/personal-account-requests`. */
  readonly path: string
  readonly isArchived: boolean
  /** Issues are switched on, and this account may use them. */
  readonly hasIssues: boolean
  /** The account's access level there, as GitLab's number; undefined where GitLab does not say. */
  readonly level?: number
}

/** A note on an issue: a comment, or GitLab's own line about a change. https://docs.gitlab.com/api/notes/ */
export interface Note {
  readonly id: number
  readonly body: string
  readonly author: Person
  readonly system: boolean
  readonly internal: boolean
  readonly createdAt: Instant
}

/** A label that was set or taken off. https://docs.gitlab.com/api/resource_label_events/ */
export interface LabelEvent {
  readonly id: number
  readonly userId?: number
  readonly username?: string
  /** `add` or `remove`. */
  readonly action: string
  /** Missing where the label itself has been deleted since. */
  readonly label?: string
  readonly createdAt: Instant
}

/** An issue that was closed or reopened. https://docs.gitlab.com/api/resource_state_events/ */
export interface StateEvent {
  readonly id: number
  readonly userId?: number
  /** `closed` or `reopened`. */
  readonly state: string
  readonly createdAt: Instant
}

/** A note with text, or a body of nothing but quick actions: these have been carried out and there is no note. */
export type NoteCreated =
  | { readonly id: number; readonly body: string; readonly createdAt: Instant }
  | { readonly commandsOnly: true; readonly summary: string }

const Access = z.object({ access_level: z.number() }).nullish()

/** The schema of a project. GitLab says `issues_enabled` for the account that asks (lib/api/entities/project.rb). */
export const SeenProject = z
  .object({
    id: z.number(),
    path_with_namespace: z.string(),
    archived: z.boolean().default(false),
    issues_enabled: z.boolean().default(true),
    issues_access_level: z.string().optional(),
    permissions: z.object({ project_access: Access, group_access: Access }).optional(),
  })
  .transform(
    ({ id, path_with_namespace: path, permissions, ...raw }): SeenProject => ({
      id,
      path,
      isArchived: raw.archived,
      hasIssues: raw.issues_enabled && raw.issues_access_level !== 'disabled',
      ...(permissions && {
        level: Math.max(
          permissions.project_access?.access_level ?? 0,
          permissions.group_access?.access_level ?? 0,
        ),
      }),
    }),
  )

/** The schema of a user. */
export const Person = z
  .object({ id: z.number(), username: z.string() })
  .transform(({ id, username }): Person => ({ id, username }))

/** Whoever wrote or opened something and has no account any more: GitLab says null. No account has this number or no name. */
export const nobody: Person = { id: 0, username: '' }

const Author = Person.nullish().transform((person) => person ?? nobody)

const rawIssue = z.object({
  id: z.number(),
  iid: z.number(),
  project_id: z.number(),
  title: z.string(),
  description: z.string().nullish(),
  state: z.string(),
  labels: z.array(z.string()),
  author: Author,
  assignees: z.array(Person).nullish(),
  confidential: z.boolean().nullish(),
  created_at: AnyInstant,
  updated_at: AnyInstant,
  closed_at: AnyInstant.nullish(),
  web_url: z.string(),
  service_desk_reply_to: z.string().nullish(),
  task_completion_status: z.object({ count: z.number(), completed_count: z.number() }).nullish(),
  user_notes_count: z.number().nullish(),
  _links: z.object({ closed_as_duplicate_of: z.string().nullish() }).nullish(),
})

/** The schema of an issue. */
export const Issue = rawIssue.transform((raw): Issue => {
  const duplicatedTo = addressIn(raw._links?.closed_as_duplicate_of ?? '')
  const tasks = raw.task_completion_status
  return {
    id: raw.id,
    iid: raw.iid,
    projectId: raw.project_id,
    title: raw.title,
    description: raw.description ?? '',
    state: raw.state,
    labels: raw.labels,
    author: raw.author,
    assignees: raw.assignees ?? [],
    // Where the field is missing, the careful reading.
    confidential: raw.confidential ?? true,
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    webUrl: raw.web_url,
    ...(raw.closed_at ? { closedAt: raw.closed_at } : {}),
    ...(raw.service_desk_reply_to ? { serviceDeskReplyTo: raw.service_desk_reply_to } : {}),
    ...(duplicatedTo ? { duplicatedTo } : {}),
    ...(tasks ? { taskCompletion: { count: tasks.count, done: tasks.completed_count } } : {}),
    ...(typeof raw.user_notes_count === 'number' ? { userNotes: raw.user_notes_count } : {}),
  }
})

/** REST tells what an issue duplicates only as the API address of the other issue. */
function addressIn(url: string): IssueAddress | undefined {
  const found = /\/projects\/(\d+)\/issues\/(\d+)$/.exec(url)
  return found ? { projectId: Number(found[1]), iid: Number(found[2]) } : undefined
}

/** The schema of a note. */
export const Note = z
  .object({
    id: z.number(),
    body: z.string().nullish(),
    author: Author,
    system: z.boolean(),
    internal: z.boolean().nullish(),
    confidential: z.boolean().nullish(),
    created_at: AnyInstant,
  })
  .transform(
    (raw): Note => ({
      id: raw.id,
      body: raw.body ?? '',
      author: raw.author,
      system: raw.system,
      // `confidential` is the name before GitLab 15.5.
      internal: raw.internal ?? raw.confidential ?? false,
      createdAt: raw.created_at,
    }),
  )

/** The schema of the answer to a note with text. */
export const CreatedNote = z
  .object({ id: z.number(), body: z.string(), created_at: AnyInstant })
  .transform((raw): NoteCreated => ({ id: raw.id, body: raw.body, createdAt: raw.created_at }))

/** The schema of the answer to a note of nothing but quick actions. */
export const CarriedOutCommands = z
  .object({ summary: z.union([z.string(), z.array(z.string())]).nullish() })
  .transform((raw): NoteCreated => ({ commandsOnly: true, summary: [raw.summary ?? ''].flat().join(' ') }))

/** The schema of a label event. */
export const LabelEvent = z
  .object({
    id: z.number(),
    user: z.object({ id: z.number(), username: z.string().optional() }).nullish(),
    action: z.string(),
    label: z.object({ name: z.string() }).nullish(),
    created_at: AnyInstant,
  })
  .transform(
    (raw): LabelEvent => ({
      id: raw.id,
      action: raw.action,
      createdAt: raw.created_at,
      ...(raw.user ? { userId: raw.user.id } : {}),
      ...(raw.user?.username === undefined ? {} : { username: raw.user.username }),
      ...(raw.label ? { label: raw.label.name } : {}),
    }),
  )

/** The schema of a state event. */
export const StateEvent = z
  .object({
    id: z.number(),
    user: z.object({ id: z.number() }).nullish(),
    state: z.string(),
    created_at: AnyInstant,
  })
  .transform(
    (raw): StateEvent => ({
      id: raw.id,
      state: raw.state,
      createdAt: raw.created_at,
      ...(raw.user ? { userId: raw.user.id } : {}),
    }),
  )

/** The schema of an issue template. https://docs.gitlab.com/api/project_templates/ */
export const Template = z.object({ content: z.string() })
