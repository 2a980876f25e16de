/** Try Again: GitLab had refused a part of a decision, somebody has mended that, and the bot is killed while it goes on. */
import { onceSeen } from '../../sandbox/slack/once-seen.ts'
import { cardsOf, click, engineer, press } from './acts.ts'
import type { Desk } from './desk.ts'
import { newRequester, sendForm } from './people-who-write.ts'
import type { Scenario } from './scenarios.ts'

const by = engineer.id

export const tryAgain: Scenario = {
  name: 'Try Again',
  async prepare(desk) {
    const requester = newRequester(desk)
    const iid = sendForm(desk, requester)
    desk.gitlab.requesterReplies(iid, 'I made it in 2019.')
    await desk.rest()
    desk.gitlab.fake.fail({ method: 'PUT', failure: { answer: { status: 403 } } })
    await click(desk, { iid, button: 'Fail Verification', by })
    // What has failed waits for a person: it never comes to rest by itself.
    await onceSeen(desk.slack, () => isOffered(desk, iid) || undefined)
    return { iid, requester }
  },
  act: (desk, { iid = 0 }) => press(desk, { iid, button: 'Try Again', by }),
}

function isOffered(desk: Desk, iid: number): boolean {
  const card = cardsOf(desk, iid).at(-1)
  return card !== undefined && desk.slack.buttons(card).includes('Try Again')
}
