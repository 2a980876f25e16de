/** What handles the inbox, and what reads GitLab for it. */

import type { Config } from '../config/config.ts'
import type { Snippets } from '../flows/snippets.ts'
import { identityHash } from '../form/identity-hash.ts'
import { snippetIn } from '../form/snippet-in.ts'
import type { Log } from '../http/log.ts'
import type { Intake } from '../inbox/handler.ts'
import { atMostOnceSince } from '../queue/at-most-once-since.ts'
import type { Forgotten } from '../requests/after-restore.ts'
import type { DeskContext } from '../requests/desk-context.ts'
import type { GitLab } from '../services/gitlab/client.ts'
import { handbookName } from '../services/gitlab/label-names.ts'
import type { IssueReader } from '../services/gitlab/read-issue.ts'
import { memoize } from '../services/memoize.ts'
import type { TicketReader } from '../services/zendesk/ticket-reader.ts'
import { answer } from '../views/answers.ts'
import type { Connections } from './connections.ts'
import { replyRuleOf } from './reply-rule.ts'

export interface IntakeParts {
  readonly config: Config
  readonly connections: Connections
  readonly context: DeskContext
  readonly snippets: Snippets
  readonly gitlabOwnId: () => Promise<number>
  /** Absent: everything Zendesk is off. */
  readonly tickets?: TicketReader
  readonly whoIs: Intake['whoIs']
  readonly vacancy: Intake['vacancy']
  /** Searches the queue of tickets now. */
  readonly pollZendesk: () => Promise<void>
  readonly log: Pick<Log, 'warn'>
}

export function wireIntake(parts: IntakeParts): Intake {
  const { connections, context, whoIs, vacancy, log, tickets: reader } = parts
  const { slack } = connections
  return {
    context,
    reader: readerOf(parts),
    ...(reader && { tickets: { reader, lookAtQueue: atMostOnceSince(context.now, parts.pollZendesk) } }),
    whoIs,
    vacancy,
    tell: async (to, text) => {
      await slack.answerPrivately(to, answer(text)).catch((error: unknown) => {
        log.warn({ userId: to.userId, error: String(error) }, 'a person could not be answered')
      })
    },
  }
}

export function ticketReaderOf(
  { zendesk: config }: Config,
  { zendesk }: Connections,
  forgotten: Forgotten | undefined,
): TicketReader | undefined {
  if (!config || !zendesk) return undefined
  const { url, query, supportGroup } = config
  return {
    zendesk,
    url,
    query,
    ownId: memoize(async () => (await zendesk.me()).id),
    ...(supportGroup === undefined ? {} : { supportGroup }),
    ...(forgotten && { forgotten }),
  }
}

function readerOf({
  config,
  connections: { gitlab },
  context,
  snippets,
  gitlabOwnId,
}: IntakeParts): IssueReader & {
  readonly gitlab: GitLab
} {
  const {
    desk,
    gitlab: { token },
  } = config
  return {
    gitlab,
    now: context.now,
    ownId: gitlabOwnId,
    ...replyRuleOf(desk),
    aliases: desk.aliases,
    handbookLabel: (name) => handbookName(name, desk.labels),
    hash: identityHash(token),
    snippetIn: snippetIn(snippets),
    ...(context.forgotten && { forgotten: context.forgotten }),
  }
}
