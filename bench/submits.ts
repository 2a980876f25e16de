/**
 * Submits of a decision's modal, signed as Slack signs them: the click that counts, since the one before it, which opens
 * the modal, changes nothing and is answered without a look at anything. Each is about a request of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { formOf, slackSignature } from '../sandbox/slack/deliver.ts'
import { PEOPLE } from '../sandbox/slack/people.ts'
import type { OpenWorld } from '../sandbox/world.ts'
import { buttonValueText, readButtonValue } from '../src/views/button-value.ts'
import type { Prepared } from './flood.ts'
import { plainDecision, requestId, writeOpenRequests } from './open-requests.ts'

export interface Submit extends Prepared {
  /** The name under which the bot stores it. */
  readonly key: string
}

/** Of the request whose card has the button. */
export const description =
  '**Request Type:** GitLab.com Account Deletion\n\n**Email Address:** requester@example.com\n'

/** Above the number of the request whose modal is opened. */
const firstNumber = 1_001

/** Writes the database of a bot that is to get so many submits. */
export function requestsFor(submits: number): (file: string) => Promise<void> {
  return (file) => writeOpenRequests(`file:${file}`, submits, { from: firstNumber })
}

/** Opens one modal at the bot that runs; each submit that is made is that of another modal like it. */
export async function submitsOf(
  world: OpenWorld,
  port: number,
  iid: number,
): Promise<(count: number) => readonly Submit[]> {
  const { slack } = world
  const person = PEOPLE.engineer.id
  world.botListensAt(port)
  const card = await come(() => slack.card(`#${iid} `))
  await slack.click(person, card, { button: plainDecision.button })
  const { id } = await come(() => slack.openView(person) ?? notYet())
  const payload = slack.submitPayload(person, id)
  const shown = payload.view as { readonly hash: string; readonly private_metadata: string }
  const value = readButtonValue(shown.private_metadata)
  if (!value) throw new Error('the modal is none of a decision')
  let made = 0
  return (count) =>
    Array.from({ length: count }, () => {
      const id = `V${made}`
      const metadata = buttonValueText({ ...value, requestId: requestId(firstNumber + made) })
      const view = { ...shown, id, root_view_id: id, private_metadata: metadata }
      made += 1
      const body = formOf('interactive', { ...payload, view })
      const timestamp = Math.floor(Date.now() / 1000)
      return {
        key: ['submit', id, shown.hash, person].join(':'),
        path: '/slack/events',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': String(timestamp),
          'x-slack-signature': slackSignature(slack.signingSecret, timestamp, body),
        },
        body,
      }
    })
}

function notYet(): never {
  throw new Error('nothing has come')
}

const patienceMs = 30_000

/** Looks until it is there. */
async function come<T>(look: () => T): Promise<T> {
  const startedAt = performance.now()
  for (;;) {
    try {
      return look()
    } catch (error) {
      if (performance.now() - startedAt > patienceMs) throw error
      await sleep(20)
    }
  }
}
