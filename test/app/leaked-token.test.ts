/** Whoever has read one delivery of GitLab's secret token can send hints about any number. */
import { expect, test } from 'vitest'
import { gitlabWebhookSecret } from '../../sandbox/services.ts'
import { startWorld, type World } from './desk-world.ts'

async function hintAbout(world: World, iid: number): Promise<number> {
  const body = {
    object_kind: 'issue',
    project: { id: 1, path_with_namespace: 'support/personal-account-requests' },
    object_attributes: { iid, action: 'update' },
  }
  const headers = { 'content-type': 'application/json', 'x-gitlab-token': gitlabWebhookSecret }
  const url = `${world.url}/webhooks/gitlab`
  return (await world.fetch(url, { method: 'POST', body: JSON.stringify(body), headers })).status
}

async function remembered(world: World): Promise<readonly string[]> {
  const [row] = await world.inDatabase<{ value: string }>(
    "select value from kv where name = 'gitlab-unread-issues'",
  )
  return Object.keys(JSON.parse(row?.value ?? '{}'))
}

test('numbers far above all that are known are not remembered, and that is said', async () => {
  const world = await startWorld()
  await world.request()

  for (let iid = 1_000_000; iid < 1_000_040; iid += 1) await hintAbout(world, iid)
  await hintAbout(world, 50)
  await world.settle()

  expect(await remembered(world)).toEqual(['50'])
  expect(await (await world.fetch(`${world.url}/metrics`)).text()).toContain(
    'privacy_desk_dropped_total{kind="unread-issue"} 40',
  )
  expect(world.logged.some((line) => line.includes('is not remembered'))).toBe(true)
})

test('of the others so many are, and a request that is known is always', async () => {
  const world = await startWorld()
  for (let count = 0; count < 3; count += 1) await world.request()
  const iid = world.gitlab.submitRequest({ description: '' }).iid
  await world.drain()
  const at = '2026-03-01T10:00:00.000Z'
  const many = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [index + 1_000, { since: at, again: '2027' }]),
  )
  await world.inDatabase(
    `insert into kv (name, value, set_at) values ('gitlab-unread-issues', '${JSON.stringify(many)}', '${at}')
     on conflict (name) do update set value = excluded.value`,
  )
  world.gitlab.fake.fail({
    path: /\/issues\/(?:1|9)$/,
    times: Number.POSITIVE_INFINITY,
    failure: { answer: { status: 404 } },
  })

  await hintAbout(world, iid + 5)
  await hintAbout(world, 1)
  await world.drain()

  expect(await remembered(world)).toHaveLength(201)
  expect(await remembered(world)).toContain('1')
})

test('where fifty thousand wait, the next is turned away and counted, and clicks are not', async () => {
  const world = await startWorld()
  const iid = await world.request()
  await world.inDatabase(
    `with recursive n (i) as (select 1 union all select i + 1 from n where i < 50000)
     insert into inbox (key, kind, payload, received_at, due_at, attempts, subject)
     select 'many:' || i, 'gitlab-hint', '{}', '2026', '2999', 0, 'many:' || i from n`,
  )

  const beyond = await hintAbout(world, 40)
  await world.decide(iid, 'Start', {
    'Account type': 'Free account',
    'Reason in the requester’s comment': 'None',
  })
  const metrics = await (await world.fetch(`${world.url}/metrics`)).text()
  await world.inDatabase("update inbox set finished_at = '2026' where key = 'many:7'")

  expect([beyond, await hintAbout(world, 40)]).toEqual([503, 200])
  expect(metrics).toMatch(/privacy_desk_dropped_total\{kind="webhook"\} \d+/)
  expect((await world.audit()).filter(({ what }) => what === 'decided')).toHaveLength(1)
})
