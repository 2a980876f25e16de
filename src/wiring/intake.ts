/** What handles the inbox, and what reads GitLab for it. */
import type { Config } from '../config.ts'
import { handbookName } from '../flows/labels.ts'
import { snippetIn } from '../flows/snippet-in.ts'
import type { Snippets } from '../flows/snippets.ts'
import { identityHash } from '../intake/identity-hash.ts'
import type { Intake } from '../intake/intake.ts'
import type { IssueReader } from '../intake/read-issue.ts'
import type { DeskContext } from '../requests/desk-context.ts'
import { answer } from '../views/answers.ts'
import type { Connections } from './connections.ts'
import { replyRuleOf } from './reply-rule.ts'

export interface IntakeParts {
  readonly config: Config
  readonly connections: Connections
  readonly context: DeskContext
  readonly snippets: Snippets
  readonly whoIs: Intake['whoIs']
  readonly log: { warn(fields: object, message: string): void }
}

export function wireIntake({ config, connections, context, snippets, whoIs, log }: IntakeParts): Intake {
  const { slack, zendesk } = connections
  return {
    context,
    reader: readerOf(config, connections, snippets),
    ...(zendesk && { zendesk }),
    whoIs,
    tell: async (to, text) => {
      await slack.answerPrivately(to, answer(text)).catch((error: unknown) => {
        log.warn({ userId: to.userId, error: String(error) }, 'a person could not be answered')
      })
    },
  }
}

function readerOf(
  { desk, gitlab: { token } }: Config,
  { gitlab }: Connections,
  snippets: Snippets,
): IssueReader {
  return {
    gitlab,
    ownId: once(async () => (await gitlab.me()).id),
    ...replyRuleOf(desk),
    aliases: desk.aliases,
    handbookLabel: (name) => handbookName(name, desk.labels),
    hash: identityHash(token),
    snippetIn: snippetIn(snippets),
  }
}

/** Asked once and kept; what failed is asked again. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined
  return () => {
    kept ??= ask().catch((error: unknown) => {
      kept = undefined
      throw error
    })
    return kept
  }
}
