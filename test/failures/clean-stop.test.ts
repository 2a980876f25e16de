/** A clean stop takes nothing new at once, and is over within its limit whatever the services do. */
import { expect, test } from 'vitest'
import { formCopy, people, snippet, startWorld, type World } from '../app/desk-world.ts'
import { engaged } from '../app/ticket-acts.ts'

/** Instead of seven seconds. The services answer only after ten, as one does that takes two or nine a call. */
const stopWithinMs = 300
/** With what is written afterwards, and a machine that is busy. */
const soonMs = 3_000
/** How the project is asked for, which an issue that is to be opened needs. */
const wanted = /\/projects\/[^/]+$/
const hanging = { times: Number.POSITIVE_INFINITY, failure: { hang: true } } as const

async function msOf(work: Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work
  return performance.now() - from
}

async function statuses(world: World): Promise<readonly string[]> {
  const rows = await world.inDatabase<{ status: string }>("select status from outbox where kind = 'reply'")
  return rows.map(({ status }) => status)
}

test('a reply in flight is given up at the limit, looked up at the next start, and sent once', async () => {
  const world = await startWorld({ stopWithinMs })
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'My answers')
  await world.settle()
  const path = new RegExp(`/issues/${iid}/notes$`)
  world.gitlab.fake.fail({ method: 'POST', path, failure: { applied: true, hang: true } })
  const card = world.card(iid)
  await world.slack.click(people.engineer.id, card, { button: 'Fail Verification' }, { confirm: true })
  await expect.poll(() => world.gitlab.fake.received('POST', path).length).toBe(1)

  expect(await msOf(world.stop())).toBeLessThan(soonMs)
  expect(await statuses(world)).toEqual(['unknown'])
  await world.restart()
  await world.passTime(4, 30)

  const mails = world.gitlab.mails.filter(({ text }) => text === snippet('closed-verification-failed'))
  expect(mails).toHaveLength(1)
  expect(world.gitlab.issue(iid).state).toBe('closed')
})

test('nothing new is taken while something is still being finished', async () => {
  const world = await startWorld({ stopWithinMs })
  const { iid } = world.gitlab.submitRequest({ description: formCopy() })
  await world.drain()
  world.gitlab.fake.fail({ path: /\/issues\/\d+$/, ...hanging })
  world.gitlab.requesterReplies(iid, 'My answers')
  await expect.poll(() => world.gitlab.fake.received('GET', /\/issues\/\d+$/).length).toBeGreaterThan(1)

  const stopped = world.stop()
  await expect(world.fetch(`${world.url}/readyz`)).rejects.toThrow('fetch failed')
  const again = world.stop()

  expect(await msOf(Promise.all([stopped, again]))).toBeLessThan(soonMs)
})

test('a round of the poll that hangs, with tickets that wait for experts, holds up nothing', async () => {
  const { world } = await engaged({ stopWithinMs })
  world.gitlab.fake.fail({ method: 'GET', ...hanging })
  world.zendesk.fake.fail({ method: 'GET', ...hanging })
  const before = world.gitlab.fake.requests.length
  void world.settle().catch(() => undefined)
  await expect.poll(() => world.gitlab.fake.requests.length).toBeGreaterThan(before)

  expect(await msOf(world.stop())).toBeLessThan(soonMs)
})

test('a decision for which a service is asked that hangs is refused to nobody: the next start makes it', async () => {
  const world = await startWorld({ stopWithinMs })
  const iid = await world.request({ type: 'Portal Account Deletion' })
  const isAsked = () => world.gitlab.fake.received('GET', wanted).length
  const before = isAsked()
  const issues = world.gitlab.world.issues.length
  world.gitlab.fake.fail({ method: 'GET', path: wanted, ...hanging })
  const card = world.card(iid)
  await world.slack.click(people.engineer.id, card, { button: 'Start Deletion' }, { confirm: true })
  await expect.poll(isAsked).toBeGreaterThan(before)

  await world.stop()
  world.gitlab.fake.heal()
  await world.restart()
  await world.advance({ seconds: 5 })

  expect(world.told(people.engineer.id)).toEqual([])
  expect((await world.audit()).filter(({ what }) => what === 'refused')).toEqual([])
  expect(world.gitlab.world.issues).toHaveLength(issues + 1)
})
