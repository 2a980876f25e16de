/** What the desk is in the middle of when the bot is killed. */
import {
  type Acted,
  askForCards,
  cardsOf,
  click,
  decide,
  engineer,
  manager,
  type OnCard,
  type,
  typeAndConfirm,
} from './acts.ts'
import type { Desk } from './desk.ts'
import { newRequester, type Requester, sendForm } from './people-who-write.ts'

/** What it is about: what of the world belongs to it is found by these. */
export interface Subject {
  readonly iid?: number
  readonly requester?: Requester
  readonly ticket?: number
}

export interface Scenario {
  readonly name: string
  /** Its desk is at a later day afterward: what shows a date is played there before it. */
  readonly movesDay?: true
  /** Up to the moment before; the bot lives. */
  prepare(desk: Desk): Promise<Subject>
  /** What the bot is killed in. Done again where it was not acknowledged. */
  act(desk: Desk, subject: Subject): Promise<Acted>
}

const dayMs = 24 * 3_600_000
const minuteMs = 60_000
const by = engineer.id

async function request(desk: Desk, { answered = true, daysAgo = 0 } = {}): Promise<OnCard & Subject> {
  const requester = newRequester(desk)
  const iid = desk.ago(daysAgo * dayMs, () => sendForm(desk, requester))
  if (answered) desk.gitlab.requesterReplies(iid, 'I made it in 2019.')
  await settled(desk)
  // Of those that come in long after they were sent ten have a card at once.
  if (cardsOf(desk, iid).length === 0) await askForCards(desk)
  return { iid, requester, by, button: '' }
}

async function settled(desk: Desk): Promise<void> {
  const rest = await desk.rest()
  if (rest !== 'at-rest')
    throw new Error(`the preparation did not come to rest: ${rest}\n${desk.bot.output()}`)
}

/** On a machine with much to do a modal may come too late for Slack: whoever wanted it clicks again. */
async function taken(desk: Desk, act: () => Promise<Acted>): Promise<void> {
  for (let time = 0; time < mostTimes; time += 1) {
    const acted = await act()
    await settled(desk)
    if (acted === 'acknowledged') return
  }
  throw new Error(`the preparation was never acknowledged\n${desk.bot.output()}`)
}

const mostTimes = 3

const on = ({ iid = 0 }: Subject, button: string, who = by): OnCard => ({ iid, button, by: who })

const newRequest: Scenario = {
  name: 'new request',
  async prepare(desk) {
    const requester = newRequester(desk)
    desk.gitlab.webhooks.hold()
    return { requester, iid: sendForm(desk, requester) }
  },
  async act({ gitlab }) {
    gitlab.webhooks.release()
    await gitlab.webhooks.settled()
    return 'acknowledged'
  },
}

const requesterReplies: Scenario = {
  name: 'the requester replies',
  async prepare(desk) {
    const subject = await request(desk, { answered: false })
    // GitLab does not mark a change within a minute of the last one, and this desk has one poll at each start.
    await desk.advance(2 * minuteMs)
    await settled(desk)
    return subject
  },
  async act({ gitlab }, { iid = 0 }) {
    gitlab.requesterReplies(iid, 'I made it in 2019.')
    await gitlab.webhooks.settled()
    return 'acknowledged'
  },
}

const closeNoResponse: Scenario = {
  name: 'Close No Response',
  prepare: (desk) => request(desk, { answered: false, daysAgo: 9 }),
  act: (desk, subject) => click(desk, on(subject, 'Close No Response')),
}

const failVerification: Scenario = {
  name: 'Fail Verification',
  prepare: (desk) => request(desk),
  act: (desk, subject) => click(desk, on(subject, 'Fail Verification')),
}

const requestException: Scenario = {
  name: 'Request Exception, with its evidence',
  prepare: (desk) => request(desk),
  act: (desk, subject) => click(desk, on(subject, 'Request Exception')),
}

const approveException: Scenario = {
  name: 'Approve Exception',
  async prepare(desk) {
    const subject = await request(desk)
    await taken(desk, () => click(desk, on(subject, 'Request Exception')))
    return subject
  },
  act: (desk, subject) =>
    decide(desk, on(subject, 'Approve Exception', manager.id), { Reason: 'Both agreed.' }),
}

const startDeletion: Scenario = {
  name: 'Start Deletion',
  async prepare(desk) {
    const subject = await request(desk)
    await taken(desk, () => decide(desk, on(subject, 'Pass Verification'), { 'The account is': 'active' }))
    return subject
  },
  act: (desk, subject) => click(desk, on(subject, 'Start Deletion')),
}

const closeDuplicate: Scenario = {
  name: 'Close Duplicate',
  async prepare(desk) {
    await request(desk, { answered: false })
    return request(desk, { answered: false })
  },
  // The one before is the one that stays.
  act: (desk, subject) =>
    decide(desk, on(subject, 'Close Duplicate'), { 'Which issue stays open?': `#${(subject.iid ?? 0) - 1}` }),
}

const claim: Scenario = {
  name: '/privacy claim',
  prepare: (desk) => request(desk, { answered: false }),
  act: (desk, { iid }) => type(desk, by, `claim ${iid}`),
}

const redirectTicket: Scenario = {
  name: '/privacy redirect-ticket',
  // To an address that is not Field Security's: no card stands for it.
  prepare: async ({ zendesk }) => ({
    ticket: zendesk.submitTicket('Please delete my account.', { recipient: 'support@example.com' }).id,
  }),
  act: (desk, { ticket }) => typeAndConfirm(desk, by, `redirect-ticket ${ticket} deletion`),
}

export const scenarios: readonly Scenario[] = [
  newRequest,
  requesterReplies,
  closeNoResponse,
  failVerification,
  requestException,
  approveException,
  startDeletion,
  closeDuplicate,
  claim,
  redirectTicket,
]
