/** What people, scenarios and readers need of a desk, whichever way its bot runs: as a process, or in virtual time. */
import type { LocalGitLab } from '../../sandbox/gitlab/gitlab.ts'
import type { BotEnvironment } from '../../sandbox/services.ts'
import type { Slack } from '../../sandbox/slack/slack.ts'
import type { LocalZendesk } from '../../sandbox/zendesk/zendesk.ts'

/** `restless`: something still waits after all the patience. */
export type Rest = 'at-rest' | 'died' | 'restless'

export interface Desk {
  readonly slack: Slack
  readonly gitlab: LocalGitLab
  readonly zendesk: LocalZendesk
  readonly folder: string
  readonly databaseFile: string
  readonly environment: BotEnvironment
  readonly now: () => Date
  readonly bot: {
    isAlive(): boolean
    /** When it has died. */
    readonly ended: Promise<unknown>
    /** What it has written last. */
    output(): string
  }
  /** Until nothing waits and nothing is asked any more. */
  rest(): Promise<Rest>
  kill(): Promise<unknown>
  /** The clock is moved on by so many milliseconds. */
  advance(ms: number): Promise<void>
  /** What is done meanwhile has happened so many milliseconds ago. */
  ago<T>(ms: number, act: () => T): T
}
