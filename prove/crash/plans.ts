/** What people do with a request under load, step by step; each step is done again until it was acknowledged. */
import { type Acted, cardsOf, click, engineer, manager, type } from './acts.ts'
import type { Desk } from './desk.ts'
import { newRequester, sendForm } from './people-who-write.ts'
import type { Subject } from './scenarios.ts'

export interface Plan {
  readonly name: string
  readonly steps: readonly Step[]
}

type Step = (desk: Desk, iid: number) => Promise<Acted>

const reply: Step = async (desk, iid) => {
  if (cardsOf(desk, iid).length === 0) return 'not-acknowledged'
  desk.gitlab.requesterReplies(iid, 'I made it in 2019.')
  return 'acknowledged'
}

const press =
  (button: string, by: string): Step =>
  async (desk, iid) => {
    const acted = await click(desk, { iid, button, by })
    // A button that is not there or not open yet is waited for; one that is gone with the close was pressed.
    const isWaitedFor = acted === 'gone' || acted === 'told'
    return isWaitedFor && desk.gitlab.issue(iid).state === 'opened' ? 'not-acknowledged' : acted
  }

const claim: Step = async (desk, iid) =>
  cardsOf(desk, iid).length === 0 ? 'not-acknowledged' : type(desk, engineer.id, `claim ${iid}`)

export const plans: readonly Plan[] = [
  { name: 'answered and failed', steps: [reply, press('Fail Verification', engineer.id)] },
  { name: 'spam', steps: [press('Mark Spam', manager.id)] },
  { name: 'claimed', steps: [claim] },
]

/** One request that is worked on by its plan. */
export interface Case {
  readonly plan: Plan
  readonly subject: Subject & { readonly iid: number }
  done: number
  /** How often the bot was killed since it came in. */
  deaths: number
}

export function newCase(desk: Desk, plan: Plan): Case {
  const requester = newRequester(desk)
  return { plan, subject: { requester, iid: sendForm(desk, requester) }, done: 0, deaths: 0 }
}

export const isOver = ({ plan, done }: Case): boolean => done >= plan.steps.length

/** The next step, once. */
export async function goOn(desk: Desk, one: Case): Promise<void> {
  const step = one.plan.steps[one.done]
  if (step && (await step(desk, one.subject.iid)) !== 'not-acknowledged') one.done += 1
}
