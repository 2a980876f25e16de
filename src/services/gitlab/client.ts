/** The GitLab calls that the bot makes. Writes are sent once and never repeated here. */
import {
  IssueLabelEvents,
  IssueLinks,
  IssueNotes,
  IssueStateEvents,
  Issues,
  Projects,
  ProjectTemplates,
  Users,
} from '@gitbeaker/rest'
import { z } from 'zod'
import type { Instant } from '../../engine/time.ts'
import { ask, type Fetch, parse, wholeNumber } from '../ask.ts'
import { CallFailed } from '../call-failed.ts'
import {
  CarriedOutCommands,
  CreatedNote,
  Issue,
  LabelEvent,
  Note,
  type NoteCreated,
  Person,
  SeenProject,
  StateEvent,
  Template,
} from './answers.ts'
import type { MovedProjects } from './moved-projects.ts'
import {
  allPages,
  defaultTimeoutMs,
  eachPage,
  gitlabResourceOptions,
  issuesByUpdate,
  notesFrom,
} from './transport.ts'

/** A project's id or full path. */
export type Project = number | string

/** A change of an issue; what is left out stays. */
export interface IssueChange {
  readonly addLabels?: readonly string[]
  readonly removeLabels?: readonly string[]
  readonly state?: 'close' | 'reopen'
  readonly assigneeIds?: readonly number[]
}

/** An issue to be opened. */
export interface NewIssue {
  /** The service desk project unless given. */
  readonly project?: Project
  readonly title: string
  readonly description: string
  readonly labels?: readonly string[]
  readonly confidential: boolean
}

/**
 * The calls to GitLab with the bot's token. Without a project, a call is about the service desk project. Each throws
 * `CallFailed`.
 */
export interface GitLab {
  me(): Promise<Person>
  /** Undefined where nobody has this username. */
  user(username: string): Promise<Person | undefined>
  /** Undefined where it is not there, or this account may not see it. */
  project(project?: Project): Promise<SeenProject | undefined>
  issue(iid: number, project?: Project): Promise<Issue>
  /** Page by page, oldest update first; an issue that changes meanwhile may come twice but none is left out. */
  issuesUpdatedAfter(at: Instant): AsyncIterable<readonly Issue[]>
  /** Oldest first; `since` includes its own instant. */
  notes(
    iid: number,
    from?: { readonly afterId?: number; readonly since?: Instant },
    project?: Project,
  ): Promise<readonly Note[]>
  labelEvents(iid: number, afterId?: number): Promise<readonly LabelEvent[]>
  stateEvents(iid: number, afterId?: number): Promise<readonly StateEvent[]>
  /** One set operation: the same change again has the same result. */
  editIssue(iid: number, change: IssueChange): Promise<Issue>
  createNote(
    iid: number,
    note: { readonly body: string; readonly internal: boolean },
    project?: Project,
  ): Promise<NoteCreated>
  createIssue(issue: NewIssue): Promise<Issue>
  /** Returns the issues that this account itself opened in a project since then, oldest first. */
  ownIssuesSince(project: Project, since: Instant): Promise<readonly Issue[]>
  /** Related issues; a link that is there already counts as done. */
  linkIssues(iid: number, target: { readonly project: Project; readonly iid: number }): Promise<void>
  links(iid: number): Promise<readonly Issue[]>
  /** E-mail addresses of those who get the public notes of an issue, by its global id; undefined where they are not shown. */
  emailParticipants(issueId: number): Promise<readonly string[] | undefined>
  /** The text of an issue template, undefined where there is none of that name. */
  issueTemplate(project: Project, name: string): Promise<string | undefined>
}

/** The address of GitLab, the bot's token and the service desk project. */
export interface GitLabConnection {
  readonly url: string
  readonly token: string
  readonly project: Project
  readonly fetch: Fetch
  readonly timeoutMs?: number
  /** Projects that were renamed or moved, where several clients are to know of them. */
  readonly moved?: MovedProjects
}

/** A client that keeps how an issue stands after a change, until somebody takes it. */
export interface RememberingGitLab extends GitLab {
  takeLastAnswer(iid: number): Issue | undefined
}

/** Far more than are worked on at the same time. */
const mostAnswers = 100

/** Keeps answers in memory only, since an issue holds personal data; what nobody takes is pushed out by later ones. */
export function remembering(gitlab: GitLab): RememberingGitLab {
  const answers = new Map<number, Issue>()
  return {
    ...gitlab,
    async editIssue(iid, change) {
      // Of a change that fails nobody knows how the issue stands after it.
      answers.delete(iid)
      const issue = await gitlab.editIssue(iid, change)
      answers.set(iid, issue)
      for (const old of [...answers.keys()].slice(0, -mostAnswers)) answers.delete(old)
      return issue
    },
    takeLastAnswer(iid) {
      const issue = answers.get(iid)
      answers.delete(iid)
      return issue
    },
  }
}

/** Connects the calls; nothing is sent before the first of them. */
export function connectGitLab(to: GitLabConnection): GitLab {
  const options = gitlabResourceOptions(to)
  const issues = new Issues(options)
  const notes = new IssueNotes(options)
  const issueLinks = new IssueLinks(options)
  const labelEvents = new IssueLabelEvents(options)
  const stateEvents = new IssueStateEvents(options)
  const templates = new ProjectTemplates(options)
  const users = new Users(options)
  const projects = new Projects(options)
  const ofIid = (iid: number) => wholeNumber(iid, 'iid')

  return {
    me: async () => parse(Person, await users.showCurrentUser(), read('user')),

    user: async (username) => parse(z.array(Person), await users.all({ username }), read('users'))[0],

    project: async (project = to.project) =>
      unlessHidden(async () => parse(SeenProject, await projects.show(project), read('project'))),

    issue: async (iid, project = to.project) =>
      parse(Issue, await issues.show(ofIid(iid), { projectId: project }), read('issue')),

    issuesUpdatedAfter: (at) =>
      issuesByUpdate(
        (updatedAfter, page) => issues.all({ projectId: to.project, ...byUpdate, updatedAfter, ...page }),
        at,
      ),

    notes: async (iid, from = {}, project = to.project) => {
      const newestFirst = (page: object) =>
        notes.all(project, ofIid(iid), { orderBy: 'created_at', sort: 'desc', ...page })
      return notesFrom(eachPage(newestFirst, Note, 'notes'), from)
    },

    labelEvents: async (iid, afterId = 0) => {
      const all = await allPages(
        (page) => labelEvents.all(to.project, ofIid(iid), page),
        LabelEvent,
        'label events',
      )
      return all.filter((event) => event.id > afterId)
    },

    stateEvents: async (iid, afterId = 0) => {
      const all = await allPages(
        (page) => stateEvents.all(to.project, ofIid(iid), page),
        StateEvent,
        'state events',
      )
      return all.filter((event) => event.id > afterId)
    },

    editIssue: async (iid, change) =>
      parse(Issue, await issues.edit(to.project, ofIid(iid), edited(change)), wrote('PUT', 'issue')),

    createNote: async (iid, { body, internal }, project = to.project) => {
      const answer = await notes.create(project, ofIid(iid), body, { internal, showExpanded: true })
      return parse(
        answer.status === 202 ? CarriedOutCommands : CreatedNote,
        answer.data,
        wrote('POST', 'note'),
      )
    },

    createIssue: async ({ project = to.project, title, description, labels = [], confidential }) => {
      const more = labels.length > 0 ? { labels: labels.join(',') } : {}
      const answer = await issues.create(project, title, { description, confidential, ...more })
      return parse(Issue, answer, wrote('POST', 'issue'))
    },

    ownIssuesSince: (project, since) =>
      allPages(
        (page) => issues.all({ projectId: project, ...mine, createdAfter: since, ...page }),
        Issue,
        'issues',
      ),

    linkIssues: async (iid, target) => {
      try {
        await issueLinks.create(to.project, ofIid(iid), target.project, ofIid(target.iid))
      } catch (error) {
        // 409 "Issue(s) already assigned": the link is there.
        if (!(error instanceof CallFailed && error.status === 409 && error.kind === 'not-done')) throw error
      }
    },

    links: (iid) => allPages((page) => issueLinks.all(to.project, ofIid(iid), page), Issue, 'links'),

    emailParticipants: (issueId) => emailParticipants(to, issueId),

    issueTemplate: async (project, name) => {
      try {
        return parse(Template, await templates.show(project, 'issues', name), read('template')).content
      } catch (error) {
        if (error instanceof CallFailed && error.status === 404) return undefined
        throw error
      }
    },
  }
}

/** Undefined where GitLab hides it: 404, or 403 where the account is known to lack a right. */
async function unlessHidden<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof CallFailed && (error.status === 403 || error.status === 404)) return undefined
    throw error
  }
}

const byUpdate = { scope: 'all', state: 'all', orderBy: 'updated_at', sort: 'asc' } as const
const mine = { scope: 'created_by_me', state: 'all', orderBy: 'created_at', sort: 'asc' } as const

const read = (what: string) => ({ service: 'gitlab', method: 'GET', what }) as const
const wrote = (method: 'PUT' | 'POST', what: string) => ({ service: 'gitlab', method, what }) as const

/** Labels by name, so none may hold a comma (GitLab forbids it as well). */
function edited({ addLabels = [], removeLabels = [], state, assigneeIds }: IssueChange) {
  return {
    ...(addLabels.length > 0 ? { addLabels: addLabels.join(',') } : {}),
    ...(removeLabels.length > 0 ? { removeLabels: removeLabels.join(',') } : {}),
    ...(state ? { stateEvent: state } : {}),
    // 0 takes everyone off: https://docs.gitlab.com/api/issues/#update-an-issue
    ...(assigneeIds ? { assigneeIds: assigneeIds.length > 0 ? [...assigneeIds] : [0] } : {}),
  }
}

const participantsQuery =
  'query emailParticipants($id: WorkItemID!) { workItem(id: $id) { widgets { ... on WorkItemWidgetEmailParticipants { emailParticipants } } } }'

const Participants = z.object({
  data: z.object({
    workItem: z
      .object({ widgets: z.array(z.object({ emailParticipants: z.array(z.string()).nullish() })) })
      .nullish(),
  }),
})

/**
 * Reads the e-mail addresses of an issue's external participants by its global id, the requester's among them;
 * undefined where GitLab does not show them. Throws `CallFailed`. Asked by GET, which GitLab takes for whatever changes
 * nothing: https://docs.gitlab.com/api/graphql/ and app/controllers/graphql_controller.rb.
 */
async function emailParticipants(
  to: { readonly url: string; readonly token: string; readonly fetch: Fetch; readonly timeoutMs?: number },
  issueId: number,
): Promise<readonly string[] | undefined> {
  const url = new URL('api/graphql', `${to.url.replace(/\/+$/, '')}/`)
  const id = `gid://gitlab/WorkItem/${wholeNumber(issueId, 'id')}`
  url.search = new URLSearchParams({ query: participantsQuery, variables: JSON.stringify({ id }) }).toString()
  const { body } = await ask(
    { service: 'gitlab', fetch: to.fetch, timeoutMs: to.timeoutMs ?? defaultTimeoutMs },
    { method: 'GET', url, headers: { accept: 'application/json', 'private-token': to.token } },
  )
  const { data } = parse(Participants, body, { service: 'gitlab', method: 'GET', what: 'email participants' })
  return data.workItem?.widgets.find((one) => one.emailParticipants)?.emailParticipants ?? undefined
}
