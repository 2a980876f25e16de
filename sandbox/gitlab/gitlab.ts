/** A local GitLab: the REST API over HTTP, webhooks, and the acts of the people who would use the real one. */
import { FakeServer } from '../fake-server.ts'
import type { WebhookSender } from '../webhook-sender.ts'
import { Acts, type Edit } from './acts.ts'
import { type IssueView, issueView } from './issue-view.ts'
import type { Paging } from './pages.ts'
import { Replica } from './replica.ts'
import { answer, type Served } from './routes.ts'
import {
  addExpertTeam,
  type ExpertTeam,
  featureRequest,
  firstWorld,
  serviceDeskProject,
  trustSafetyProject,
  usernames,
} from './seed.ts'
import { issueEvent, noteEvent } from './webhook-payloads.ts'
import { gitlabWebhooks, type Webhook } from './webhooks.ts'
import { type Issue, type IssueType, issueAt, type Note, projectAt, userNamed, type World } from './world.ts'

export type { ExpertTeam } from './seed.ts'
export { featureRequest, serviceDeskProject, trustSafetyProject, usernames }

export const botToken = 'local-gitlab-bot-token'
export const adminToken = 'local-gitlab-admin-token'

/** What the form's automation posts under the Support Bot's name when the checks have succeeded. */
export const autoResponse = `Thank you for your request. To verify that the account is yours, please answer the verification challenge questions below by replying to this e-mail within 7 calendar days.

1. When did you create the account, roughly?
2. Which groups and projects does it own?`

/** https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/email/handler/service_desk_handler.rb */
const templateWarning = `WARNING: The template file service_desk.md used for service desk issues is empty or could not be found.
Please check service desk settings and update the file to be used.
`

/** https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/email/handler/create_note_handler.rb */
function reopenedNote({ assignees }: Issue): string {
  const mentions = assignees.map(({ username }) => `@${username}`).join(' ')
  return `${mentions} :wave: This issue has been reopened because it received a new comment from an external participant.\n/reopen`.trimStart()
}

export interface Mail {
  readonly iid: number
  readonly to: readonly string[]
  readonly text: string
  readonly at: string
}

export interface Submission {
  readonly title?: string
  readonly description: string
  readonly email?: string
  readonly labels?: readonly string[]
  /** Without one there is no automatic response. */
  readonly autoResponse?: string | undefined
}

export interface StartGitLab {
  readonly now: () => Date
  readonly port?: number
  /** For delivering webhooks. */
  readonly fetch?: typeof globalThis.fetch
  /** Where it is said to be when it does not listen: it is reached by `fake.take`. */
  readonly origin?: string
}

export async function startGitLab(given: StartGitLab): Promise<LocalGitLab> {
  const gitlab = new LocalGitLab(given)
  await gitlab.fake.listen(given.port)
  return gitlab
}

export class LocalGitLab {
  readonly fake: FakeServer
  readonly world: World = firstWorld()
  readonly mails: Mail[] = []
  readonly webhooks: WebhookSender<Webhook>
  paging: Paging = {}
  notesPerMinute: number | undefined
  /** Labels that the bot's token may not set or take away: GitLab answers 200 and leaves them as they are. */
  lockedLabels: readonly string[] = []
  /** Usernames of whoever is no member of the project: as assignees GitLab answers 200 and leaves them out. */
  outsiders: readonly string[] = []
  /** Somebody else holds the row of each issue: a change of one answers 409, and nothing is written. */
  isLocked = false
  /** Maintenance mode: what would change something answers 403. */
  isReadOnly = false
  /** What a Service Desk request is made as; `issue` is the form before 2026. */
  serviceDeskType: IssueType = 'ticket'
  /** Whether a note or a label leaves `updated_at` as it is within a minute of the last change, as GitLab does. */
  throttlesTouches = true
  /** Whether an issue is closed and reopened without the event that says so, until it comes. */
  lacksStateEvents = false
  /** Whether a mail to a closed issue reopens it ("Reopen issues on a new note from an external participant"). */
  reopensOnExternalNote = false
  /** Whether the template of Service Desk issues is gone: GitLab says so under each of them. */
  lacksTemplate = false
  readonly #replica = new Replica()
  readonly #acts: Acts
  readonly #autoResponses = new Map<Issue, string>()
  readonly #now: () => Date

  constructor({ now, fetch = globalThis.fetch, origin }: StartGitLab) {
    this.#now = now
    this.webhooks = gitlabWebhooks({ now, fetch, instance: () => this.url })
    const switches = {
      throttles: () => this.throttlesTouches,
      lacksStateEvents: () => this.lacksStateEvents,
    }
    this.#acts = new Acts(this.world, now, switches, {
      issueChanged: (issue, user, action, changes) => {
        const { event, payload } = issueEvent(this.url, issue, user, action, changes)
        if (issue.project.serviceDesk) this.webhooks.fire(event, payload)
      },
      noteAdded: (issue, note) => {
        this.#mail(issue, note)
        const { event, payload } = noteEvent(this.url, issue, note)
        if (issue.project.serviceDesk) this.webhooks.fire(event, payload)
      },
      touched: (issue) => this.#replica.changed(issue, now().getTime()),
    })
    this.fake = new FakeServer((request) => answer(this.#served(), request), now, origin)
  }

  get url(): string {
    return this.fake.url
  }

  get webhook(): Webhook | undefined {
    return this.webhooks.webhook
  }

  /** Where the events of the service desk project go. */
  set webhook(webhook: Webhook | undefined) {
    this.webhooks.webhook = webhook
  }

  async close(): Promise<void> {
    await this.webhooks.settled()
    await this.fake.close()
  }

  /** Makes the project of an expert team, with somebody who answers there; one that is there stays. */
  addExpertTeam(team: ExpertTeam): void {
    addExpertTeam(this.world, team)
  }

  /** Somebody submits the form (or writes an e-mail): the issue comes from the Support Bot and is confidential. */
  submitRequest(given: Submission): Issue {
    const supportBot = userNamed(this.world, usernames.supportBot)
    const issue = this.#acts.open({
      project: this.#desk(),
      author: supportBot,
      title: given.title ?? 'Personal data request',
      description: given.description,
      labels: given.labels ?? [],
      confidential: true,
      requester: given.email ?? 'requester@example.com',
      type: this.serviceDeskType,
    })
    const text = 'autoResponse' in given ? given.autoResponse : autoResponse
    if (text) {
      this.#autoResponses.set(issue, text.trimEnd())
      this.#acts.comment(issue, supportBot, text, { byEmail: true })
    }
    if (this.lacksTemplate) this.#acts.comment(issue, supportBot, templateWarning)
    return issue
  }

  /** A reply by e-mail comes in as a public note of the Support Bot. */
  requesterReplies(iid: number, text: string): Note | undefined {
    const issue = this.issue(iid)
    const supportBot = userNamed(this.world, usernames.supportBot)
    const { note } = this.#acts.comment(issue, supportBot, text, { byEmail: true })
    if (this.reopensOnExternalNote && issue.state === 'closed')
      this.#acts.comment(issue, supportBot, reopenedNote(issue), { internal: true })
    return note
  }

  someoneComments(
    iid: number,
    username: string,
    text: string,
    { project, ...options }: { internal?: boolean; project?: string } = {},
  ): Note | undefined {
    return this.#acts.comment(this.issue(iid, project), userNamed(this.world, username), text, options).note
  }

  someoneLabels(iid: number, username: string, add: readonly string[], remove: readonly string[] = []): void {
    this.#edit(iid, username, { addLabels: add, removeLabels: remove })
  }

  someoneCloses(iid: number, username: string, project?: string): void {
    this.#edit(iid, username, { state: 'close' }, project)
  }

  someoneReopens(iid: number, username: string, project?: string): void {
    this.#edit(iid, username, { state: 'reopen' }, project)
  }

  /** The events of what was closed and reopened without one come late. */
  stateEventsCome(): void {
    this.#acts.stateEventsCome()
  }

  someoneAssigns(iid: number, username: string, assignees: readonly string[]): void {
    this.#edit(iid, username, { assignees: assignees.map((name) => userNamed(this.world, name)) })
  }

  /** Ticks the first open box of the description; false where none is left. */
  tickNext(iid: number, username: string = usernames.engineer): boolean {
    const { description } = this.issue(iid)
    const ticked = description.replace('- [ ] ', '- [x] ')
    this.#edit(iid, username, { description: ticked })
    return ticked !== description
  }

  /** Ticks the box whose line holds this text. */
  tickTask(iid: number, text: string, username: string = usernames.engineer): void {
    const lines = this.issue(iid).description.split('\n')
    const ticked = lines.map((line) => (line.includes(text) ? line.replace('- [ ] ', '- [x] ') : line))
    this.#edit(iid, username, { description: ticked.join('\n') })
  }

  /** Adds an issue template to a project, or changes it; without a text it is taken away. */
  setTemplate(name: string, text: string | undefined, project: string = serviceDeskProject): void {
    const owner = projectAt(this.world, project)
    if (!owner) throw new Error(`the local GitLab has no project ${project}`)
    const { [name]: _before, ...others } = owner.templates
    owner.templates = text === undefined ? others : { ...others, [name]: text }
  }

  /** Deletes an account, or brings it back: what it has written has no author meanwhile. */
  setGone(username: string, isGone = true): void {
    userNamed(this.world, username).isGone = isGone
  }

  /** Of the Service Desk project, as it is called now. */
  get projectPath(): string {
    return projectAt(this.world, serviceDeskProject)?.path ?? serviceDeskProject
  }

  /** Renames or moves the project: its old path redirects to its id from now on, and webhooks name the new one. */
  renameProject(path: string, to: string): void {
    const project = projectAt(this.world, path)
    if (!project) throw new Error(`the local GitLab has no project ${path}`)
    Object.assign(project, { formerPaths: [...(project.formerPaths ?? []), project.path], path: to })
  }

  /** Somebody makes a Service Desk project, with one issue, at the path of one that was renamed. */
  addProjectAt(path: string): Issue {
    const project = {
      ...{ id: 900 + this.world.projects.length, path, name: 'Another', serviceDesk: true, templates: {} },
      ...{ namespace: { id: 501, kind: 'group' as const }, lastActivityAt: this.#now().toISOString() },
    }
    this.world.projects.push(project)
    return this.#acts.open({
      ...{ project, author: userNamed(this.world, usernames.supportBot), title: 'Another', description: '' },
      ...{ labels: [], confidential: true, requester: 'stranger@example.com', type: this.serviceDeskType },
    })
  }

  /** Deletes the issue: 404 from now on. */
  remove(iid: number): void {
    this.issue(iid).removed = true
  }

  /** Takes the bot's right to read the issue: 404 from now on, as GitLab does not tell what there is. */
  hide(iid: number): void {
    this.issue(iid).hidden = true
  }

  /** Gives it back. */
  unhide(iid: number): void {
    this.issue(iid).hidden = false
  }

  /** From now on what is read is so many milliseconds old, a minute at most: GitLab reads from replicas. */
  lag(ms: number): void {
    this.#replica.lag(ms, this.world)
  }

  /** What somebody changes on this issue now is seen so many milliseconds later, a minute at most. */
  commitLate(iid: number, ms: number): void {
    this.#replica.hold(this.issue(iid), ms, this.world, this.#now().getTime())
  }

  get lagMs(): number {
    return this.#replica.lagMs
  }

  /** An issue of the service desk project, or of another. */
  issue(iid: number, project: string = serviceDeskProject): Issue {
    const found = projectAt(this.world, project)
    const issue = found && issueAt(this.world, found, iid)
    if (!issue) throw new Error(`the local GitLab has no issue ${project}#${iid}`)
    return issue
  }

  issueView(iid: number, project: string = serviceDeskProject): IssueView {
    return issueView(this.url, this.issue(iid, project))
  }

  #edit(iid: number, username: string, edit: Edit, project?: string): void {
    this.#acts.edit(this.issue(iid, project), userNamed(this.world, username), edit)
  }

  /** Public notes go to everyone on the issue, save a reply to the one who wrote it. */
  #mail(issue: Issue, note: Note): void {
    if (!issue.project.serviceDesk || note.internal || note.system || issue.participants.length === 0) return
    if (note.author.username === usernames.supportBot && note.body !== this.#autoResponses.get(issue)) return
    this.mails.push({ iid: issue.iid, to: [...issue.participants], text: note.body, at: note.createdAt })
  }

  #desk() {
    const desk = projectAt(this.world, serviceDeskProject)
    if (!desk) throw new Error('the local GitLab has no service desk project')
    return desk
  }

  #served(): Served {
    const { world, paging, notesPerMinute, lockedLabels, outsiders, isReadOnly, isLocked, url: base } = this
    const bot = { user: userNamed(world, usernames.bot), isAdmin: false }
    const admin = { user: userNamed(world, usernames.manager), isAdmin: true }
    const tokens = new Map([
      [botToken, bot],
      [adminToken, admin],
    ])
    const { acts, replica, now } = { acts: this.#acts, replica: this.#replica, now: this.#now }
    return {
      world,
      replica,
      acts,
      now,
      paging,
      notesPerMinute,
      lockedLabels,
      outsiders,
      isReadOnly,
      isLocked,
      tokens,
      base,
    }
  }
}
