/** Who is in the user group of Field Security, and who was in it when. */
import { GROUPS, PEOPLE } from '../../sandbox/slack/people.ts'
import type { History } from './history.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Two, so that they can get in each other's way. */
export const fieldSecurityTeam: readonly string[] = [PEOPLE.fieldSecurity.id, PEOPLE.secondPrivacy.id]

/** As Slack has it. */
interface Groups {
  setGroupMembers(handle: string, members: readonly string[]): void
}

export class FieldSecurity {
  readonly #slack: Groups
  readonly #time: VirtualTime
  readonly #history: History
  readonly #isFixed: boolean
  /** Oldest first; `at` in milliseconds since the run began. */
  readonly #changes: { readonly at: number; readonly members: readonly string[] }[] = []

  /** Without groups everybody is named in the settings, and nobody comes or goes. */
  constructor(slack: Groups, time: VirtualTime, history: History, hasGroups = true) {
    this.#slack = slack
    this.#time = time
    this.#history = history
    this.set(fieldSecurityTeam)
    this.#isFixed = !hasGroups
  }

  get members(): readonly string[] {
    return this.#changes.at(-1)?.members ?? []
  }

  set(members: readonly string[]): void {
    if (this.#isFixed) return
    this.#slack.setGroupMembers(GROUPS.fieldSecurity.handle, members)
    this.#changes.push({ at: this.#time.elapsed, members })
    this.#history.add(`Field Security is now ${members.join(', ')}`)
  }

  /** At any instant of this time. */
  held(userId: string, from: number, to: number): boolean {
    return this.#changes.some(
      ({ at, members }, index) =>
        members.includes(userId) &&
        at <= to &&
        (this.#changes[index + 1]?.at ?? Number.POSITIVE_INFINITY) >= from,
    )
  }
}
