/** Everything that changes the local GitLab. Each act moves `updated_at`, leaves its events and tells the watcher. */
import { carryOut } from './carry-out.ts'
import { redactQuickActions, takeQuickActions } from './quick-actions.ts'
import type { Issue, IssueType, Note, Project, User, World } from './world.ts'

export type IssueAction = 'open' | 'update' | 'close' | 'reopen'

/** Field name -> its value before and after, as in a webhook's `changes`. */
export type Changes = Readonly<Record<string, { readonly previous: unknown; readonly current: unknown }>>

export interface Watcher {
  issueChanged(issue: Issue, user: User, action: IssueAction, changes: Changes): void
  noteAdded(issue: Issue, note: Note): void
  /** After anything at all has changed in it, system notes and links as well. */
  touched(issue: Issue): void
}

export interface Edit {
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly addLabels?: readonly string[]
  readonly removeLabels?: readonly string[]
  readonly state?: 'close' | 'reopen' | undefined
  readonly assignees?: readonly User[] | undefined
  readonly confidential?: boolean | undefined
}

export interface NewIssue {
  readonly project: Project
  readonly author: User
  readonly title: string
  readonly description: string
  readonly labels?: readonly string[]
  readonly confidential?: boolean
  readonly requester?: string | undefined
  readonly type?: IssueType
}

/** `note` is missing where the body held nothing but quick actions. */
export interface Commented {
  readonly note?: Note
  readonly done: readonly string[]
}

export class Acts {
  readonly #world: World
  readonly #now: () => Date
  readonly #throttles: () => boolean
  readonly #lacksStateEvents: () => boolean
  readonly #watcher: Watcher
  readonly #lateStateEvents: (() => void)[] = []
  #lastId = 1000

  constructor(
    world: World,
    now: () => Date,
    switches: { readonly throttles: () => boolean; readonly lacksStateEvents: () => boolean },
    watcher: Watcher,
  ) {
    this.#world = world
    this.#now = now
    this.#throttles = switches.throttles
    this.#lacksStateEvents = switches.lacksStateEvents
    this.#watcher = watcher
  }

  open(given: NewIssue): Issue {
    const at = this.#at()
    const iids = this.#world.issues.filter((one) => one.project === given.project).map((one) => one.iid)
    const byEmail = given.requester !== undefined
    const { text, actions } = read(given.description, byEmail)
    const issue: Issue = {
      id: this.#id(),
      iid: Math.max(0, ...iids) + 1,
      type: given.type ?? 'issue',
      project: given.project,
      author: given.author,
      title: given.title.trim(),
      description: text,
      state: 'opened',
      labels: [],
      assignees: [],
      confidential: given.confidential ?? false,
      createdAt: at,
      updatedAt: at,
      closedAt: null,
      participants: given.requester ? [given.requester] : [],
      duplicateOf: undefined,
      notes: [],
      labelEvents: [],
      stateEvents: [],
      links: [],
      removed: false,
      hidden: false,
    }
    this.#world.issues.push(issue)
    this.#addLabels(issue, given.author, given.labels ?? [])
    this.#watcher.touched(issue)
    this.#watcher.issueChanged(issue, given.author, 'open', {})
    for (const action of actions) carryOut(this, this.#world, issue, given.author, action)
    return issue
  }

  comment(issue: Issue, author: User, body: string, { internal = false, byEmail = false } = {}): Commented {
    const { text, actions } = read(body, byEmail)
    const note = text.trim() === '' ? undefined : this.#note(issue, author, text, { internal, system: false })
    const done = actions.flatMap((action) => carryOut(this, this.#world, issue, author, action) ?? [])
    if (note) this.#watcher.noteAdded(issue, note)
    return { ...(note ? { note } : {}), done }
  }

  edit(issue: Issue, user: User, edit: Edit): void {
    const changes: Record<string, { previous: unknown; current: unknown }> = {}
    const before = { labels: [...issue.labels], updatedAt: issue.updatedAt, state: issue.state }
    this.#addLabels(issue, user, edit.addLabels ?? [])
    this.#removeLabels(issue, user, edit.removeLabels ?? [])
    if (before.labels.join() !== issue.labels.join())
      changes.labels = { previous: before.labels, current: [...issue.labels] }
    const { text, actions } = takeQuickActions(edit.description ?? issue.description)
    const given = { ...edit, title: edit.title?.trim(), description: text }
    for (const field of ['title', 'description', 'confidential'] as const) {
      const value = given[field]
      if (value === undefined || value === issue[field]) continue
      changes[field] = { previous: issue[field], current: value }
      Object.assign(issue, { [field]: value })
    }
    if (edit.assignees) {
      changes.assignees = { previous: issue.assignees, current: edit.assignees }
      issue.assignees = [...edit.assignees]
      this.systemNote(
        issue,
        user,
        `assigned to ${edit.assignees.map(({ username }) => `@${username}`).join(', ')}`,
      )
    }
    const action = this.#setState(issue, user, edit.state)
    if (action === 'update' && Object.keys(changes).length === 0) return
    // Labels and assignees stand in tables of their own, whose changes only touch the issue.
    if (action === 'update' && Object.keys(changes).every((field) => isBeside.has(field)))
      this.#touchThrottled(issue)
    else this.#touch(issue)
    changes.updated_at = { previous: before.updatedAt, current: issue.updatedAt }
    if (issue.state !== before.state)
      changes.state_id = { previous: stateId(before.state), current: stateId(issue.state) }
    this.#watcher.issueChanged(issue, user, action, changes)
    for (const one of actions) carryOut(this, this.#world, issue, user, one)
  }

  systemNote(issue: Issue, user: User, text: string): void {
    this.#note(issue, user, text, { system: true })
  }

  /** False where the two are linked already. */
  link(issue: Issue, to: Issue, user: User): boolean {
    if (issue.links.some((link) => link.to === to)) return false
    issue.links.push({ id: this.#id(), to })
    to.links.push({ id: this.#id(), to: issue })
    this.#note(issue, user, `marked this issue as related to #${to.iid}`, { system: true })
    this.#note(to, user, `marked this issue as related to #${issue.iid}`, { system: true })
    return true
  }

  #setState(issue: Issue, user: User, wanted: Edit['state']): IssueAction {
    if (wanted === 'close' && issue.state === 'opened') {
      issue.state = 'closed'
      issue.closedAt = this.#at()
      this.#stateEvent(issue, user, 'closed')
      return 'close'
    }
    if (wanted === 'reopen' && issue.state === 'closed') {
      issue.state = 'opened'
      issue.closedAt = null
      this.#stateEvent(issue, user, 'reopened')
      return 'reopen'
    }
    return 'update'
  }

  /** A scoped label (`scope::value`) takes the place of the others of its scope. */
  #addLabels(issue: Issue, user: User, labels: readonly string[]): void {
    for (const label of labels) {
      if (issue.labels.includes(label)) continue
      const scope = scopeOf(label)
      if (scope)
        this.#removeLabels(
          issue,
          user,
          issue.labels.filter((one) => scopeOf(one) === scope),
        )
      issue.labels.push(label)
      issue.labelEvents.push({ id: this.#id(), user, action: 'add', label, createdAt: this.#at() })
    }
  }

  #removeLabels(issue: Issue, user: User, labels: readonly string[]): void {
    for (const label of labels) {
      if (!issue.labels.includes(label)) continue
      issue.labels = issue.labels.filter((one) => one !== label)
      issue.labelEvents.push({ id: this.#id(), user, action: 'remove', label, createdAt: this.#at() })
    }
  }

  /** The state events that were missing are there, with the time of their change and later ids. */
  stateEventsCome(): void {
    for (const come of this.#lateStateEvents.splice(0)) come()
  }

  #stateEvent(issue: Issue, user: User, state: 'closed' | 'reopened'): void {
    const createdAt = this.#at()
    const come = () => issue.stateEvents.push({ id: this.#id(), user, state, createdAt })
    if (this.#lacksStateEvents()) {
      this.#lateStateEvents.push(come)
      return
    }
    come()
    this.#note(issue, user, state, { system: true })
  }

  #note(issue: Issue, author: User, body: string, { internal = false, system = false }): Note {
    const note: Note = { id: this.#id(), body, author, system, internal, createdAt: this.#at() }
    issue.notes.push(note)
    this.#touchThrottled(issue)
    return note
  }

  /** GitLab's `ThrottledTouch`: a note or a label moves `updated_at` at most once a minute. */
  #touchThrottled(issue: Issue): void {
    const sinceMs = Date.parse(this.#at()) - Date.parse(issue.updatedAt)
    if (!this.#throttles() || sinceMs > 60_000) this.#touch(issue)
    else this.#watcher.touched(issue)
  }

  /** Later than the last time even where the clock stands still; where it was set back, so is the time. */
  #touch(issue: Issue): void {
    const [last, now] = [Date.parse(issue.updatedAt), Date.parse(this.#at())]
    const isSetBack = last > now + 60_000
    issue.updatedAt = new Date(isSetBack ? now : Math.max(now, last + 1)).toISOString()
    this.#watcher.touched(issue)
  }

  #at(): string {
    return this.#now().toISOString()
  }

  #id(): number {
    this.#lastId += 1
    return this.#lastId
  }
}

/** What the requester mails in never acts: GitLab's Support Bot may not use quick actions. */
function read(text: string, byEmail: boolean): ReturnType<typeof takeQuickActions> {
  return byEmail ? { text: redactQuickActions(text), actions: [] } : takeQuickActions(text)
}

const isBeside: ReadonlySet<string> = new Set(['labels', 'assignees'])

function scopeOf(label: string): string | undefined {
  return label.includes('::') ? label.slice(0, label.lastIndexOf('::') + 2) : undefined
}

export function stateId(state: Issue['state']): number {
  return state === 'opened' ? 1 : 2
}
