/** The same signed submit of a preview and the same webhook, ten times: one after the other, together, and after a restart. */
import type { Delivery } from '../../sandbox/webhook-sender.ts'
import { engineer, openModal } from '../crash/acts.ts'
import type { DeskOfProcesses } from '../crash/desk-of-processes.ts'
import { judge } from '../crash/judge.ts'
import { type Outside, outsideOf } from '../crash/outside.ts'
import { newRequester, sendForm } from '../crash/people-who-write.ts'
import type { Subject } from '../crash/scenarios.ts'
import { count, type Tally } from '../crash/tally.ts'

type Request = Subject & { readonly iid: number }
type Send = () => Promise<number | string>
type Way = (desk: DeskOfProcesses, send: Send) => Promise<readonly (number | string)[]>

const times = 10
const acrossAKill = 'before and after kill -9'

const ways: Readonly<Record<string, Way>> = {
  once: async (_desk, send) => [await send()],
  'one after the other': (_desk, send) => inTurn(send, times),
  together: (_desk, send) => Promise.all(Array.from({ length: times }, send)),
  [acrossAKill]: async (desk, send) => {
    const before = await inTurn(send, times / 2)
    await desk.restart()
    return [...before, ...(await inTurn(send, times / 2))]
  },
}

export async function sameDeliveries(desk: DeskOfProcesses, rounds: number, tally: Tally): Promise<void> {
  for (const [what, deliver] of Object.entries({ click: clickTimes, webhook: webhookTimes })) {
    const untouched = await deliver(desk, 'once', tally)
    for (let round = 0; round < rounds; round++)
      for (const way of Object.keys(ways).slice(1)) {
        const where = `the same ${what} ${times} times, ${way}`
        const judged = judge(untouched, await deliver(desk, way, tally), way === acrossAKill ? 1 : 0)
        for (const kind of ['missing', 'duplicated', 'broken'] as const)
          tally[kind].push(...judged[kind].map((one) => `${where}: ${one}`))
        tally.runs += 1
        tally.effectsChecked += judged.checked
        count(tally.reached, where)
      }
  }
}

async function clickTimes(desk: DeskOfProcesses, way: string, tally: Tally): Promise<Outside> {
  const request = newRequest(desk)
  desk.gitlab.requesterReplies(request.iid, 'I made it in 2019.')
  await desk.rest()
  const opened = await openModal(desk, { iid: request.iid, button: 'Fail Verification', by: engineer.id })
  if (typeof opened === 'string') throw new Error(`the preview of #${request.iid} did not open: ${opened}`)
  const payload = desk.slack.submitPayload(engineer.id, opened.viewId)
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  await sendAll(desk, way, async () => (await desk.slack.deliverSigned(body)).status, tally)
  return outsideOf(desk, request)
}

/** Of a request whose card is not there yet. */
async function webhookTimes(desk: DeskOfProcesses, way: string, tally: Tally): Promise<Outside> {
  const { webhooks } = desk.gitlab
  webhooks.hold()
  const request = newRequest(desk)
  const [delivery] = webhooks.deliveries.slice(-2)
  webhooks.release(() => [])
  if (!delivery) throw new Error('GitLab sends no webhook')
  await sendAll(desk, way, () => post(desk, delivery), tally)
  return outsideOf(desk, request)
}

async function sendAll(desk: DeskOfProcesses, way: string, send: Send, tally: Tally): Promise<void> {
  const statuses = (await ways[way]?.(desk, send)) ?? []
  if (statuses.some((status) => status !== 200)) tally.broken.push(`${way}: answered ${statuses.join(', ')}`)
  await desk.rest()
}

async function post({ url }: DeskOfProcesses, { headers, body }: Delivery): Promise<number | string> {
  try {
    return (await fetch(`${url}/webhooks/gitlab`, { method: 'POST', headers, body })).status
  } catch {
    return 'no answer'
  }
}

async function inTurn(send: Send, howOften: number): Promise<readonly (number | string)[]> {
  const statuses: (number | string)[] = []
  for (let time = 0; time < howOften; time++) statuses.push(await send())
  return statuses
}

function newRequest(desk: DeskOfProcesses): Request {
  const requester = newRequester(desk)
  return { requester, iid: sendForm(desk, requester) }
}
