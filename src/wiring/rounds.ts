/** What the bot does by itself, each one round: look at GitLab, look at the clocks, keep house. */
import type { Config } from '../config.ts'
import { poll } from '../intake/poll.ts'
import { watchExports } from '../intake/watch-exports.ts'
import type { CardStateParts } from '../requests/card-states.ts'
import { digestWhenDue } from '../requests/digest.ts'
import { purgeWhenDue } from '../requests/purge.ts'
import { remind } from '../requests/remind.ts'
import { digestMessage } from '../views/digest-message.ts'
import type { Connections } from './connections.ts'

export interface RoundParts {
  readonly config: Config
  readonly connections: Connections
  readonly cards: CardStateParts
  readonly channel: string
  readonly wakeInbox: () => void
  readonly log: { warn(fields: object, message: string): void }
}

export interface Rounds {
  lookAtGitLab(): Promise<void>
  lookAtClocks(): Promise<void>
  keepHouse(): Promise<void>
}

export function roundsOf({ config, connections, cards, channel, wakeInbox, log }: RoundParts): Rounds {
  const { context } = cards
  const { gitlab, exports } = connections
  return {
    lookAtGitLab: async () => {
      await poll({ context, gitlab, wakeInbox })
      await watchExports({
        context,
        gitlab,
        exports,
        aliases: config.desk.aliases,
        wakeInbox,
        onFailure: ({ iid }, error) =>
          log.warn({ iid, error: String(error) }, 'the exports could not be read'),
      })
    },
    lookAtClocks: async () => {
      await remind(context)
      await digestWhenDue({ ...cards, digestAt: config.digestAt, channel, draw: digestMessage })
    },
    keepHouse: async () => {
      await context.store.checkpoint()
      await purgeWhenDue(context, config.retentionDays)
    },
  }
}
