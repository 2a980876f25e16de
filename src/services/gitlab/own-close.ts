/** The bot has closed an issue whose request a colleague had reopened meanwhile: the request follows. */

import { toInstant } from '../../engine/time.ts'
import type { Entry } from '../effect-handler.ts'
import type { Issue } from './answers.ts'
import { type EffectContext, requestNow } from './effect-context.ts'
import { handbookName } from './label-names.ts'

/** The bot's own changes are no news when GitLab is read, so nobody else would ever tell the request. */
export async function tellOwnClose(
  context: EffectContext,
  entry: Entry,
  { labels }: Pick<Issue, 'labels'>,
): Promise<void> {
  const { id, closedAt } = await requestNow(context, entry)
  if (closedAt !== undefined) return
  const entries = await context.store.tables.outbox.ofRequest(id)
  // The requester's answer reopens what was being closed: that is on its way behind this.
  if (entries.some(({ work, position }) => work.kind === 'reopen' && position > entry.position)) return
  const names = labels.map((name) => handbookName(name, context.labelNames))
  const happening = {
    name: 'issue-closed',
    labels: names,
    by: 'bot',
    at: toInstant(context.now()),
  } as const
  await context.happened(id, happening, `effect:${entry.opId}:closed`)
}
