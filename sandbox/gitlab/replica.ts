/**
 * GitLab's read replicas: what one that lags still shows. One that is more than a minute behind is not asked any more,
 * and for half a minute after somebody's write the primary answers them, unless the replica has caught up before.
 * https://gitlab.com/gitlab-org/gitlab/-/tree/master/lib/gitlab/database/load_balancing (`max_replica_lag_time` of
 * `configuration.rb`, `EXPIRATION` of `sticking.rb`)
 */
import type { Issue, User, World } from './world.ts'

export const mostLagMs = 60_000
const stickyMs = 30_000

interface Version {
  readonly at: number
  readonly issue: Issue
}

export class Replica {
  /** How far it is behind. */
  lagMs = 0
  readonly #versions = new Map<Issue, Version[]>()
  readonly #wroteAt = new Map<User, number>()
  /** Whose latest change is not committed yet. */
  readonly #held = new Map<Issue, { readonly from: number; readonly until: number }>()
  #isKept = false

  /** From now on what was is kept, for as long as a replica may show it. */
  lag(ms: number, world: World): void {
    this.lagMs = Math.min(ms, mostLagMs)
    if (ms > 0) this.#keep(world)
  }

  /**
   * What changes on this issue at this instant is committed so much later, and bears the time of its beginning: whoever
   * asks by `updated_at` may have seen younger changes of others by then. Whoever else changes it has waited for that.
   */
  hold(issue: Issue, ms: number, world: World, at: number): void {
    this.#keep(world)
    this.#held.set(issue, { from: at, until: at + Math.min(ms, mostLagMs) })
  }

  #keep(world: World): void {
    if (this.#isKept) return
    this.#isKept = true
    for (const issue of world.issues) this.changed(issue, Number.NEGATIVE_INFINITY)
  }

  /** Told after each change. */
  changed(issue: Issue, at: number): void {
    if (!this.#isKept) return
    if (at > (this.#held.get(issue)?.from ?? at)) this.#held.delete(issue)
    const versions = this.#versions.get(issue) ?? []
    const youngestOld = versions.findLastIndex((one) => one.at < at - mostLagMs)
    this.#versions.set(issue, [...versions.slice(Math.max(0, youngestOld)), { at, issue: copyOf(issue) }])
  }

  wrote(user: User, at: number): void {
    this.#wroteAt.set(user, at)
  }

  /** What this user is shown: the world itself where nothing lags. */
  shownTo(user: User, world: World, at: number): World {
    const sinceWrite = at - (this.#wroteAt.get(user) ?? Number.NEGATIVE_INFINITY)
    const lagMs = sinceWrite < Math.min(stickyMs, this.lagMs) ? 0 : this.lagMs
    if (lagMs === 0 && this.#held.size === 0) return world
    return { ...world, issues: world.issues.flatMap((issue) => this.#asOf(issue, at, lagMs)) }
  }

  /** Up to when what has changed on it is shown: all of it where nothing lags. */
  #shownUntil(issue: Issue, at: number, lagMs: number): number | undefined {
    const held = this.#held.get(issue)
    if (held && at >= held.until) this.#held.delete(issue)
    else if (held) return Math.min(held.from - 1, at - lagMs)
    return lagMs === 0 ? undefined : at - lagMs
  }

  /** Whether somebody may see it is asked of the primary. */
  #asOf(issue: Issue, at: number, lagMs: number): readonly Issue[] {
    const until = this.#shownUntil(issue, at, lagMs)
    const versions = this.#versions.get(issue)
    if (!versions || until === undefined) return [issue]
    const version = versions.findLast((one) => one.at <= until)?.issue
    return version ? [Object.assign(version, { removed: issue.removed, hidden: issue.hidden })] : []
  }
}

function copyOf(issue: Issue): Issue {
  const { labels, assignees, participants, notes, labelEvents, stateEvents, links } = issue
  return {
    ...issue,
    ...{ labels: [...labels], assignees: [...assignees], participants: [...participants] },
    ...{ notes: [...notes], labelEvents: [...labelEvents], stateEvents: [...stateEvents], links: [...links] },
  }
}
