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
  #isKept = false

  /** From now on what was is kept, for as long as a replica may show it. */
  lag(ms: number, world: World): void {
    this.lagMs = Math.min(ms, mostLagMs)
    if (this.#isKept || ms === 0) return
    this.#isKept = true
    for (const issue of world.issues) this.changed(issue, Number.NEGATIVE_INFINITY)
  }

  /** Told after each change. */
  changed(issue: Issue, at: number): void {
    if (!this.#isKept) return
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
    if (this.lagMs === 0 || sinceWrite < Math.min(stickyMs, this.lagMs)) return world
    return { ...world, issues: world.issues.flatMap((issue) => this.#asOf(issue, at - this.lagMs)) }
  }

  /** Whether somebody may see it is asked of the primary. */
  #asOf(issue: Issue, at: number): readonly Issue[] {
    const versions = this.#versions.get(issue)
    if (!versions) return [issue]
    const version = versions.findLast((one) => one.at <= at)?.issue
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
