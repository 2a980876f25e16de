/** What the bot does by itself, each one round: look at GitLab, look at the clocks, keep house. */

import type { Config } from '../config/config.ts'
import type { Desk } from '../desks/desk.ts'
import type { Log } from '../http/log.ts'
import { postBatchWhenDue } from '../requests/batches.ts'
import type { CardStateParts } from '../requests/card-states.ts'
import { digestWhenDue } from '../requests/digest.ts'
import { purgeWhenDue } from '../requests/purge.ts'
import { remind } from '../requests/remind.ts'
import { handbookName } from '../services/gitlab/label-names.ts'
import { poll } from '../services/gitlab/poll.ts'
import { watchExperts } from '../services/gitlab/watch-experts.ts'
import { watchExports } from '../services/gitlab/watch-exports.ts'
import { pollZendesk } from '../services/zendesk/poll.ts'
import type { TicketReader } from '../services/zendesk/ticket-reader.ts'
import type { Connections } from './connections.ts'

export interface RoundParts {
  readonly config: Config
  readonly connections: Connections
  readonly cards: CardStateParts
  readonly isOn: (desk: Desk) => boolean
  readonly tickets?: TicketReader
  readonly gitlabOwnId: () => Promise<number>
  readonly wakeInbox: () => void
  readonly log: Pick<Log, 'warn'>
}

/** https://developer.zendesk.com/api-reference/ticketing/ticket-management/search/#results-limit */
const mostFound = 1000

export interface Rounds {
  lookAtGitLab(): Promise<void>
  /** The queue of tickets; nothing where there is no Zendesk. */
  lookAtZendesk(): Promise<void>
  lookAtClocks(): Promise<void>
  keepHouse(): Promise<void>
}

export function roundsOf(parts: RoundParts): Rounds {
  const { config, connections, cards, wakeInbox, log, tickets } = parts
  const { context } = cards
  const { gitlab, exports } = connections
  return {
    lookAtGitLab: async () => {
      const handbookLabel = (name: string) => handbookName(name, config.desk.labels)
      await poll({ context, gitlab, handbookLabel, wakeInbox })
      await watchExports({
        context,
        gitlab,
        exports,
        aliases: config.desk.aliases,
        wakeInbox,
        onFailure: ({ iid }, error) =>
          log.warn({ iid, error: String(error) }, 'the exports could not be read'),
      })
      await watchExperts({
        context,
        gitlab,
        ownId: parts.gitlabOwnId,
        wakeInbox,
        onFailure: ({ iid }, error) =>
          log.warn({ ticket: iid, error: String(error) }, 'the expert issue could not be read'),
      })
    },
    lookAtZendesk: async () => {
      if (!tickets) return
      const found = await pollZendesk({ context, reader: tickets, wakeInbox })
      if (found >= mostFound)
        log.warn({ found }, 'Zendesk finds no more tickets than these: narrow ZENDESK_QUERY')
    },
    lookAtClocks: async () => {
      await remind(context)
      const { digestAt } = config
      for (const desk of context.desks.all.filter(parts.isOn)) {
        if (desk.command.also.includes('batch')) await postBatchWhenDue({ ...cards, digestAt })
        await digestWhenDue({ context, digestAt, desk })
      }
    },
    keepHouse: async () => {
      await context.store.checkpoint()
      await purgeWhenDue(context, config.retentionDays)
    },
  }
}
