/** Open requests in a database with which the bot starts, as if it had taken them in on the days before. */
import { CHANNELS, PEOPLE, TEAM } from '../sandbox/slack/people.ts'
import { openStore } from '../src/store/open-store.ts'
import type { RequestRow } from '../src/store/store.ts'

const dayMs = 24 * 3_600_000

/** A third of them has somebody, and they are between a day and four weeks old. */
function openRequest(number: number): Omit<RequestRow, 'version'> {
  const createdAt = new Date(Date.now() - (1 + (number % 28)) * dayMs).toISOString()
  return {
    ...{ id: requestId(number), source: 'gitlab', number, url: `https://gitlab.example/${number}` },
    ...{ flow: 'account-deletion', step: 'awaiting-answers', stepSince: createdAt, createdAt, facts: {} },
    ...(number % 3 === 0 && { assignee: PEOPLE.engineer.id }),
    seen: {
      ...{ state: 'opened', labels: [], noteId: 0, labelEventId: 0, stateEventId: 0, assigneeIds: [] },
      ...{ updatedAt: createdAt, readAt: { first: createdAt, last: createdAt } },
    },
    card: { channel: CHANNELS.privacy.id, ts: `1700000000.${String(number).padStart(6, '0')}` },
  }
}

export function requestId(number: number): string {
  return `request-${number}`
}

/** The decision that a button alone takes on any of them, and for which nothing is read in GitLab. */
export const plainDecision = {
  button: 'Answers Received',
  decision: 'answers-received',
  step: 'awaiting-answers',
} as const

/** `databaseUrl`: of an empty database, in which so many open requests are afterwards, and where it is asked for a decision on each that waits to be handled. */
export async function writeOpenRequests(
  databaseUrl: string,
  count: number,
  { isDecided = false, from = 1 } = {},
): Promise<void> {
  const store = await openStore({ databaseUrl, now: () => new Date() })
  await store.transaction(async ({ requests, inbox }) => {
    const receivedAt = new Date().toISOString()
    for (let number = from; number < from + count; number += 1) {
      await requests.insert(openRequest(number))
      if (!isDecided) continue
      const { decision, step: shownAt } = plainDecision
      const answerTo = { userId: PEOPLE.engineer.id, teamId: TEAM.id }
      const payload = { requestId: requestId(number), decision, shownAt, input: {}, answerTo }
      await inbox.put({ key: `bench-${number}`, kind: 'decision', payload, receivedAt })
    }
  })
  await store.close()
}
