/**
 * Extend Deadline: nothing in how a request stands would refuse it a second time, so whatever handles one click twice
 * shows. Whoever was not told that it was taken looks at the card before they do it again.
 */
import { cardsOf, decideFromMenu, privacy } from './acts.ts'
import { shown } from './outside.ts'
import { newRequester, sendForm } from './people-who-write.ts'
import type { Scenario } from './scenarios.ts'

export const extendDeadline: Scenario = {
  name: 'Extend Deadline',
  async prepare(desk) {
    const requester = newRequester(desk)
    const iid = sendForm(desk, requester)
    await desk.rest()
    return { iid, requester }
  },
  async act(desk, { iid = 0 }) {
    await desk.rest()
    if (/ extended “[^”]+” by 7 days/.test(shown(desk, cardsOf(desk, iid).at(-1)))) return 'gone'
    const entries = { Deadline: 'fulfilment', 'Extend by': '7', Reason: 'Many came at once.' }
    return decideFromMenu(desk, { iid, button: 'Extend Deadline', by: privacy.id }, entries)
  },
}
