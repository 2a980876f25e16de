/** Two people decide in the same millisecond: one decision is taken, whole, and the other person is told. */
import { GROUPS, PEOPLE } from '../../sandbox/slack/people.ts'
import { type Acted, cardsOf, click, engineer, openModal } from '../crash/acts.ts'
import type { DeskOfProcesses } from '../crash/desk-of-processes.ts'
import { judge } from '../crash/judge.ts'
import { type Outside, outsideOf } from '../crash/outside.ts'
import { newRequester, sendForm } from '../crash/people-who-write.ts'
import type { Subject } from '../crash/scenarios.ts'
import { count, type Tally } from '../crash/tally.ts'

type Request = Subject & { readonly iid: number }

interface Wish {
  readonly name: string
  readonly by: string
  /** Up to the click that counts; what is returned is that click. */
  ready(desk: DeskOfProcesses, request: Request): Promise<() => Promise<Acted>>
}

const managers = [PEOPLE.manager.id, PEOPLE.member.id] as const

const decides =
  (button: string, entries: Readonly<Record<string, string>>) =>
  (by: string): Wish => ({
    name: button,
    by,
    async ready(desk, { iid }) {
      const opened = await openModal(desk, { iid, button, by })
      if (typeof opened === 'string') throw new Error(`no modal opened for ${by}: ${opened}`)
      return async () => {
        const { status } = await desk.slack.submit(by, opened.viewId, entries)
        return status === 200 ? 'acknowledged' : 'not-acknowledged'
      }
    },
  })

const approve = decides('Approve Exception', { Reason: 'Both agreed.' })
const fail = decides('Fail Verification', {})

const pairs: readonly (readonly [Wish, Wish])[] = [
  [approve(managers[0]), approve(managers[1])],
  [approve(managers[0]), fail(managers[1])],
  [fail(managers[0]), fail(managers[1])],
]

export async function twoManagers(desk: DeskOfProcesses, times: number, tally: Tally): Promise<void> {
  desk.slack.setGroupMembers(GROUPS.managers.handle, [...managers])
  const alone = {
    'Approve Exception': await oneAlone(desk, approve(managers[0])),
    'Fail Verification': await oneAlone(desk, fail(managers[0])),
  } as Readonly<Record<string, Outside>>
  for (let time = 0; time < times; time++)
    for (const pair of pairs) {
      // Whoever is first in the same millisecond.
      const wishes = time % 2 === 0 ? pair : pair.toReversed()
      await together(desk, wishes, alone, tally)
    }
}

async function oneAlone(desk: DeskOfProcesses, wish: Wish): Promise<Outside> {
  const request = await underReview(desk)
  await (await wish.ready(desk, request))()
  await desk.rest()
  return named(await outsideOf(desk, request), wish.by)
}

async function together(
  desk: DeskOfProcesses,
  wishes: readonly Wish[],
  alone: Readonly<Record<string, Outside>>,
  tally: Tally,
): Promise<void> {
  const request = await underReview(desk)
  const acts: (() => Promise<Acted>)[] = []
  for (const wish of wishes) acts.push(await wish.ready(desk, request))
  const acted = await Promise.all(acts.map((act) => act()))
  await desk.rest()

  const where = `${wishes.map(({ name }) => name).join(' and ')} together on #${request.iid}`
  if (acted.some((one) => one !== 'acknowledged')) tally.broken.push(`${where}: answered ${acted.join(', ')}`)
  const outside = await outsideOf(desk, request)
  // Against whichever came through: everything of it, and nothing of the other.
  const judged = wishes.map(({ name, by }) => {
    const wanted = alone[name]
    return wanted && judge(wanted, named(outside, by), 0)
  })
  const isOne = judged.some(
    (one) => one && one.missing.length + one.duplicated.length + one.broken.length === 0,
  )
  if (!isOne) tally.duplicated.push(`${where}: ${outside.done.map((line) => line.slice(0, 60)).join(' | ')}`)
  tally.runs += 1
  tally.effectsChecked += outside.done.length + outside.once.length
  count(
    tally.reached,
    `in the same millisecond: ${wishes
      .map(({ name }) => name)
      .sort()
      .join(' / ')}`,
  )
}

async function underReview(desk: DeskOfProcesses): Promise<Request> {
  const requester = newRequester(desk)
  const request = { requester, iid: sendForm(desk, requester) }
  desk.gitlab.requesterReplies(request.iid, 'I made it in 2019.')
  await desk.rest()
  await click(desk, { iid: request.iid, button: 'Request Exception', by: engineer.id })
  await desk.rest()
  if (cardsOf(desk, request.iid).length !== 1) throw new Error(`#${request.iid} has no card`)
  return request
}

/** Which of the two it was makes no difference. */
function named(outside: Outside, by: string): Outside {
  const names: readonly string[] = [
    by,
    ...Object.values(PEOPLE)
      .filter(({ id }) => id === by)
      .map(({ realName }) => realName),
  ]
  const plain = (text: string) => names.reduce((so, name) => so.replaceAll(name, 'WHO'), text)
  return {
    ...outside,
    done: outside.done.map(plain),
    once: outside.once.map(plain),
    said: outside.said.map(plain),
    card: plain(outside.card),
  }
}
