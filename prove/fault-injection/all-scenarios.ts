/** What the desk is in the middle of when a statement or a call fails: as when it is killed, and the digests. */
import type { Desk } from '../crash/desk.ts'
import { newRequester, sendForm } from '../crash/people-who-write.ts'
import { type Scenario, scenarios } from '../crash/scenarios.ts'
import { ticketScenarios } from '../crash/ticket-scenarios.ts'

/** `DIGEST_AT` of the desk; a little later it is due. */
export const digestAt = '23:00'

const beforeDigest = '22:57'

function goTo(desk: Desk, time: string): Promise<void> {
  const now = desk.now()
  return desk.advance(Date.parse(`${now.toISOString().slice(0, 10)}T${time}:30.000Z`) - now.getTime())
}

const digests: Scenario = {
  name: 'the digests',
  async prepare(desk) {
    const requester = newRequester(desk)
    const iid = sendForm(desk, requester)
    desk.zendesk.submitTicket('Is my data encrypted at rest?', { subject: 'A question' })
    await desk.rest()
    // The services are asked once more on the day, or the digest says that they can't be read; a later one would not.
    await goTo(desk, beforeDigest)
    await desk.rest()
    return { iid, requester }
  },
  async act(desk) {
    await goTo(desk, digestAt)
    return 'acknowledged'
  },
}

/** Its supervisor starts it again, as often as it takes. */
const restart: Scenario = {
  name: 'a start with a request that came in meanwhile',
  async prepare(desk) {
    desk.gitlab.webhooks.hold()
    const requester = newRequester(desk)
    return { requester, iid: sendForm(desk, requester) }
  },
  async act(desk) {
    await desk.kill()
    desk.gitlab.webhooks.release(() => [])
    return 'acknowledged'
  },
}

export const allScenarios: readonly Scenario[] = [...scenarios, ...ticketScenarios, digests, restart]
