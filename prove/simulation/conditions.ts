/**
 * What the services do of their own accord, as their vendors describe it: forms, limits, plans, rights, replicas.
 * Everything that has no fixed size at the vendor's is drawn from the whole range that the vendor has.
 */
import { serviceDeskProject, usernames } from '../../sandbox/gitlab/gitlab.ts'
import { mostLagMs } from '../../sandbox/gitlab/replica.ts'
import type { Services } from '../../sandbox/services.ts'
import { CHANNELS, OTHER_TEAM_ID, PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import { labels } from '../../src/flows/labels.ts'
import { type Faults, forEver, hung } from './faults.ts'
import { fieldSecurityTeam } from './field-security.ts'
import type { History } from './history.ts'
import type { OutgoingCall } from './network.ts'
import type { Prng } from './prng.ts'
import { supportManagers } from './two-roles.ts'
import type { VirtualTime } from './virtual-time.ts'

const inForm = {
  ticket: 'GitLab: a Service Desk request was a ticket',
  issue: 'GitLab: a Service Desk request was an issue, as before 2026',
} as const
const warned = 'GitLab: the Support Bot said that its template is missing'
const reopened = 'GitLab: a mail reopened a closed issue, and the Support Bot said so'
const lagged = 'GitLab: a replica that lags was read'
const committedLate = 'GitLab: a change was committed later than younger ones'
const readOnly = 'GitLab: a write was refused in maintenance mode'
const unlabelled = 'GitLab: a label was left out of a 200'
const locked = 'GitLab: a change was refused, since somebody held the row (409)'
const authorless = 'GitLab: something was shown whose author has no account any more'
const renamed = 'GitLab: the project was asked for by a path that it has no longer'
const switchedOff = 'GitLab: the webhook was switched off after failures'
const tooManyNotes = 'GitLab: its own limit of notes was met'
const tooManyCalls = 'Slack: its own limit of a channel or a method was met'
const archived = 'Slack: a channel was archived'
const withoutScope = 'Slack: a scope was missing'
const withoutPlan = 'Slack: the plan had no user groups'
const inGrid = 'Slack: somebody of an Enterprise Grid acted'

const noGroups = ['paid_teams_only', 'plan_upgrade_required'] as const

/** Each has to have come in a batch of runs. */
export const conditions: readonly string[] = [
  ...Object.values(inForm),
  ...[warned, reopened, lagged, committedLate, readOnly, unlabelled, tooManyNotes],
  ...[locked, authorless, renamed, switchedOff, hung, forEver],
  ...[tooManyCalls, archived, withoutScope, withoutPlan, inGrid],
]

/** On a plan without user groups everybody is named. */
export const rolesByName = {
  SUPPORT_ENGINEERS: [PEOPLE.engineer.id, PEOPLE.secondEngineer.id].join(),
  SUPPORT_MANAGERS: supportManagers.join(),
  PRIVACY_TEAM: [PEOPLE.privacy.id, PEOPLE.secondPrivacy.id].join(),
  FIELD_SECURITY: fieldSecurityTeam.join(),
} as const

interface Parts {
  readonly services: Services
  readonly time: VirtualTime
  readonly prng: Prng
  readonly history: History
  readonly faults: Pick<Faults, 'breakForEver'>
  readonly hasUserGroups: boolean
}

export class Conditions {
  readonly #parts: Parts
  readonly #ends = new Set<() => void>()
  #isOver = false
  /** Oldest first; `at` in milliseconds since the run began. */
  readonly #lags: { readonly at: number; readonly ms: number }[] = []
  #failures = 0
  #offUntil = 0

  constructor(parts: Parts) {
    this.#parts = parts
    const { services, prng, hasUserGroups } = parts
    const { gitlab, slack } = services
    gitlab.serviceDeskType = prng.weighted([
      [3, 'ticket'],
      [1, 'issue'],
    ])
    gitlab.lacksTemplate = prng.chance(0.3)
    gitlab.reopensOnExternalNote = prng.chance(0.4)
    // GitLab.com has 60, an instance of one's own what its administrator sets.
    gitlab.notesPerMinute = prng.pick([60, 10, 1])
    slack.space.terms.limits = { postBurst: prng.pick([1, 3, 20]) }
    if (!hasUserGroups) slack.space.terms.noUserGroups = prng.pick(noGroups)
    if (prng.chance(0.3)) this.#moveIntoGrid()
  }

  /** Something sets in, for seconds or minutes, or GitLab's replicas fall behind or catch up. */
  change(): void {
    const { prng } = this.#parts
    prng.weighted<() => void>([
      [3, () => this.#lag(prng.chance(0.3) ? 0 : prng.between(0, mostLagMs))],
      [1.5, () => this.#maintain()],
      [2, () => this.#lockLabels()],
      [1, () => this.#lockRows()],
      [1, () => this.#deleteAccount()],
      [0.5, () => this.#rename()],
      [1.5, () => this.#archive()],
      [1, () => this.#withhold()],
      [0.7, () => this.#endPlan()],
      [1.2, () => this.#breakForEver()],
    ])()
  }

  /** What somebody changes on this issue now may be committed as late as GitLab ends a request that hangs. */
  committing(iid: number): void {
    const { prng, services, history } = this.#parts
    if (!prng.chance(0.15)) return
    services.gitlab.commitLate(iid, prng.between(0, mostLagMs))
    history.count(committedLate)
  }

  /** All that a person can set right is set right, and replicas catch up. */
  end(): void {
    this.#isOver = true
    this.#lag(0)
    for (const end of this.#ends) end()
  }

  /** Carries a call out, at times in the moment in which a colleague saves the same issue: GitLab refuses one of the two. */
  async carryOut<T>(
    { service, method }: Pick<OutgoingCall, 'service' | 'method'>,
    take: () => Promise<T>,
  ): Promise<T> {
    const { services, prng } = this.#parts
    const { gitlab } = services
    const isSaving = service === 'gitlab' && method === 'PUT' && !this.#isOver && prng.chance(0.05)
    if (!isSaving || gitlab.isLocked) return take()
    gitlab.isLocked = true
    try {
      return await take()
    } finally {
      gitlab.isLocked = false
    }
  }

  /** Whether the desks' channels are open and the app may write. */
  get canPost(): boolean {
    const { space } = this.#parts.services.slack
    const desks = [CHANNELS.privacy.name, CHANNELS.security.name]
    const areOpen = desks.every((name) => space.channel(name)?.isArchived !== true)
    return areOpen && !space.terms.missingScopes.includes('chat:write')
  }

  /** How old, in this time, an answer of GitLab was at most. */
  mostLagMs(from: number, to: number): number {
    const inForce = this.#lags.filter(
      ({ at }, index) => at <= to && (this.#lags[index + 1]?.at ?? Number.POSITIVE_INFINITY) >= from,
    )
    return Math.max(0, ...inForce.map(({ ms }) => ms))
  }

  submitted(): void {
    const { gitlab } = this.#parts.services
    this.#parts.history.count(inForm[gitlab.serviceDeskType])
    if (gitlab.lacksTemplate) this.#parts.history.count(warned)
  }

  /** Told what a service answered of itself, no fault between. */
  answered({ service, method, text }: OutgoingCall, status: number, answer: string): void {
    const { history, services } = this.#parts
    const { gitlab } = services
    if (service === 'gitlab') {
      if (method === 'GET' && gitlab.lagMs > 0) history.count(lagged)
      if (status === 429) history.count(tooManyNotes)
      if (isResourceLock(status, answer)) history.count(locked)
      if (/"(?:author|user)":null/.test(answer)) history.count(authorless)
      if (status === 301 || (status === 405 && answer.includes('moved projects'))) history.count(renamed)
      if (isReadOnly(status, answer)) history.count(readOnly)
      if (method === 'PUT' && gitlab.lockedLabels.some((label) => asked(text).includes(label)))
        history.count(unlabelled)
    }
    if (service !== 'slack') return
    if (status === 429) history.count(tooManyCalls)
    if (answer.includes('"error":"is_archived"')) history.count(archived)
    if (answer.includes('"error":"missing_scope"')) history.count(withoutScope)
    if (/"error":"(?:paid_teams_only|plan_upgrade_required)"/.test(answer)) history.count(withoutPlan)
  }

  replied(wasClosed: boolean): void {
    if (wasClosed && this.#parts.services.gitlab.reopensOnExternalNote) this.#parts.history.count(reopened)
  }

  #moveIntoGrid(): void {
    const { people } = this.#parts.services.slack.space
    const members = people.filter(({ kind }) => kind === 'member')
    for (const person of members)
      people[people.indexOf(person)] = {
        ...person,
        teamId: this.#parts.prng.pick(['', OTHER_TEAM_ID, TEAM.id]),
        gridTeams: [OTHER_TEAM_ID, TEAM.id],
      }
    this.#parts.history.count(inGrid)
  }

  #lag(ms: number): void {
    const { services, time, history } = this.#parts
    services.gitlab.lag(ms)
    this.#lags.push({ at: time.elapsed, ms })
    history.add(`GitLab's replicas lag by ${ms} ms`)
  }

  #maintain(): void {
    const { gitlab } = this.#parts.services
    gitlab.isReadOnly = true
    this.#setIn('GitLab is read-only', () => {
      gitlab.isReadOnly = false
    })
  }

  #lockLabels(): void {
    const { services, prng } = this.#parts
    services.gitlab.lockedLabels = labels.filter(() => prng.chance(0.5))
    this.#setIn('the bot may not use some labels', () => {
      services.gitlab.lockedLabels = []
    })
  }

  #lockRows(): void {
    const { gitlab } = this.#parts.services
    gitlab.isLocked = true
    this.#setIn('somebody holds the rows of the issues', () => {
      gitlab.isLocked = false
    })
  }

  /** Of a colleague: for good in GitLab, and here for so long that it is read. */
  #deleteAccount(): void {
    const { services, prng } = this.#parts
    const username = prng.pick([usernames.engineer, usernames.manager])
    services.gitlab.setGone(username)
    this.#setIn(`${username} has no account`, () => services.gitlab.setGone(username, false))
  }

  /** For good: GITLAB_PROJECT goes on naming the old path. */
  #rename(): void {
    const { gitlab } = this.#parts.services
    if (gitlab.projectPath !== serviceDeskProject) return
    gitlab.renameProject(serviceDeskProject, `${serviceDeskProject}-renamed`)
    this.#parts.history.add('from now on: the project has another path')
  }

  /** Whether GitLab sends its webhooks: after four failures one after the other it waits, at first a minute, then ever longer. */
  get sendsWebhooks(): boolean {
    const isOff = this.#parts.time.elapsed < this.#offUntil
    if (isOff) this.#parts.history.count(switchedOff)
    return !isOff
  }

  /** How a webhook of GitLab's was answered. */
  delivered(isTaken: boolean): void {
    this.#failures = isTaken ? 0 : this.#failures + 1
    if (this.#failures < failuresBeforeOff) return
    const doubled = firstOffMs * 2 ** (this.#failures - failuresBeforeOff)
    this.#offUntil = this.#parts.time.elapsed + Math.min(doubled, longestOffMs)
  }

  /** A bug of the service's own, met by whatever is written on one request. */
  #breakForEver(): void {
    const { services, prng, faults } = this.#parts
    const iids = services.gitlab.world.issues
      .filter(({ project }) => project.serviceDesk)
      .map(({ iid }) => iid)
    const tickets = [...services.zendesk.tickets.keys()]
    const broken = [
      ...iids.flatMap((iid) => [
        { service: 'gitlab', method: 'POST', path: new RegExp(`/issues/${iid}/notes$`) } as const,
        { service: 'gitlab', method: 'PUT', path: new RegExp(`/issues/${iid}$`) } as const,
      ]),
      ...tickets.map(
        (id) => ({ service: 'zendesk', method: 'PUT', path: new RegExp(`/tickets/${id}\\.json$`) }) as const,
      ),
    ]
    if (broken.length > 0) faults.breakForEver(prng.pick(broken))
  }

  #archive(): void {
    const { services, prng } = this.#parts
    const { name } = prng.pick([CHANNELS.privacy, CHANNELS.security])
    services.slack.space.archive(name)
    this.#setIn(`#${name} is archived`, () => services.slack.space.archive(name, false))
  }

  #withhold(): void {
    const { services, prng } = this.#parts
    const { terms } = services.slack.space
    terms.missingScopes = [prng.pick(['usergroups:read', 'users:read', 'chat:write', 'groups:read'])]
    this.#setIn(`Slack wants ${terms.missingScopes.join()}`, () => {
      terms.missingScopes = []
    })
  }

  #endPlan(): void {
    const { services, prng, hasUserGroups } = this.#parts
    const { terms } = services.slack.space
    if (!hasUserGroups) return
    terms.noUserGroups = prng.pick(noGroups)
    this.#setIn(`Slack says ${terms.noUserGroups}`, () => {
      terms.noUserGroups = undefined
    })
  }

  #setIn(what: string, undo: () => void): void {
    const { time, prng, history } = this.#parts
    history.add(`from now on: ${what}`)
    const end = () => {
      if (!this.#ends.delete(end)) return
      history.add(`no more: ${what}`)
      undo()
    }
    this.#ends.add(end)
    time.after(prng.pick([10_000, 60_000, 300_000]), end)
  }
}

/**
 * "Webhooks that fail four consecutive times are temporarily disabled … for one minute … extended on each subsequent
 * failure up to 24 hours": https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks
 */
const failuresBeforeOff = 4
const firstOffMs = 60_000
const longestOffMs = 24 * 3_600_000

/** https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/api/api.rb, `rescue_from ActiveRecord::StaleObjectError` */
export function isResourceLock(status: number, answer: string): boolean {
  return status === 409 && answer.includes('Resource lock')
}

/** https://docs.gitlab.com/administration/maintenance_mode/ */
export function isReadOnly(status: number, answer: string): boolean {
  return status === 403 && answer.includes('read-only instance')
}

/** The labels of a change, as they are asked for. */
function asked(text: string): readonly string[] {
  const { add_labels: add, remove_labels: remove } = JSON.parse(text || '{}') as Record<string, unknown>
  return [add, remove].flatMap((list) => String(list ?? '').split(','))
}
