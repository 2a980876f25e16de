/**
 * Nobody who has written is told that they have not: by what left the bot, and when, which is narrower than what stands in
 * GitLab.
 */
import { replies } from '../../handbook/replies.ts'
import type { Evidence } from '../check.ts'
import type { OutgoingCall } from '../network.ts'
import { type CaseFile, decisionsBehind } from './case-file.ts'
import { type Counts, owe } from './tally.ts'

/** From the answer that was looked at to the note that was sent: in this time nobody can know, nor while GitLab's replicas lag. */
const blindMs = 130

export function judgeSilence(
  { world, findings }: Evidence,
  files: readonly CaseFile[],
  counts: Counts,
): void {
  const posted = world.network.calls.filter(isOfSilence)
  for (const file of files)
    for (const { at } of posted.filter(({ path }) => path.endsWith(`/issues/${file.iid}/notes`))) {
      const since = silentSince(file, at)
      const early = world.replies.find(
        (reply) =>
          reply.iid === file.iid &&
          reply.at > since &&
          reply.at < at - blindMs - world.conditions.mostLagMs(reply.at, at),
      )
      if (!owe(counts, 'replies to silence that are sent to silence', early === undefined))
        findings.broken.push(
          `${file.name} was told ${at - (early?.at ?? 0)} ms after a reply that nobody has written`,
        )
    }
}

const ofSilence = Object.values(replies).filter((text) => text.includes('We have not heard back from you'))

function isOfSilence({ service, method, text }: OutgoingCall): boolean {
  if (service !== 'gitlab' || method !== 'POST' || !/"internal":false/.test(text)) return false
  const { body } = JSON.parse(text) as { readonly body?: string }
  return ofSilence.some((reply) => body?.startsWith(reply.slice(0, 60)))
}

/** Whoever takes a reply for none, or sends what has to be answered, begins the silence anew. */
function silentSince(file: CaseFile, at: number): number {
  const begins = file.decisions.flatMap(({ toSilence, opensAfter }) =>
    toSilence && opensAfter && opensAfter.since !== 'creation' ? opensAfter.since : [],
  )
  const anew = ['Not an Answer', 'Undo Step', ...begins]
  const last = file.acts.findLast(
    (act) => act.at < at && anew.includes(act.button) && decisionsBehind(file, act).length > 0,
  )
  return last?.at ?? Number.NEGATIVE_INFINITY
}
