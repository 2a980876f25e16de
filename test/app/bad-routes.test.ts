import { describe, expect, it } from 'vitest'
import { startWorld, type World } from './desk-world.ts'

async function ask(world: World, path: string, init: RequestInit = {}) {
  const response = await fetch(world.url + path, init)
  return { status: response.status, text: await response.text(), headers: response.headers }
}

describe('what operators ask', () => {
  it('/healthz answers 200 as long as the process runs, whatever Slack and GitLab do', async () => {
    const world = await startWorld({ sockets: true })
    world.slack.fake.fail({ times: Infinity, failure: { drop: 'connection' } })
    world.gitlab.fake.fail({ times: Infinity, failure: { drop: 'connection' } })

    const { status, text } = await ask(world, '/healthz')

    expect({ status, text }).toEqual({ status: 200, text: 'ok\n' })
  })

  it('/readyz answers 200 when the database answers, the worker runs and Slack is reachable', async () => {
    const world = await startWorld({ sockets: true })

    const { status, text } = await ask(world, '/readyz')

    expect({ status, text }).toEqual({ status: 200, text: 'ready\n' })
  })

  it('/readyz answers 503 and why when Slack is not reachable, and 200 again once it is', async () => {
    const world = await startWorld({ sockets: true })
    await world.settle()
    world.slack.fake.fail({ path: /auth\.test/, times: Infinity, failure: { answer: { status: 500 } } })

    const down = await ask(world, '/readyz')
    world.slack.fake.heal()
    await world.advance({ seconds: 31 })
    const up = await ask(world, '/readyz')

    expect({ status: down.status, text: down.text }).toEqual({
      status: 503,
      text: 'Slack is not reachable\n',
    })
    expect({ status: up.status, text: up.text }).toEqual({ status: 200, text: 'ready\n' })
  })

  it('a probe every few seconds does not ask Slack each time', async () => {
    const world = await startWorld({ sockets: true })
    const before = world.slack.fake.received('POST', /auth\.test/).length

    for (let probe = 0; probe < 10; probe++) await ask(world, '/readyz')

    expect(world.slack.fake.received('POST', /auth\.test/).length - before).toBe(1)
  })

  it('/metrics is Prometheus text and names nobody', async () => {
    const world = await startWorld({ sockets: true })
    await world.request()

    const { status, text, headers } = await ask(world, '/metrics')

    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(text).toMatch(/^# HELP /m)
    expect(text).toMatch(/^# TYPE /m)
    expect(text).not.toMatch(/requester|quiet\.owner|example\.com/)
  })
})

describe('what is not there', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/nothing'],
    ['GET', '/webhooks/zendesk'],
    ['POST', '/healthz'],
    ['POST', '/webhooks/gitlab/'],
    ['GET', '/__proto__'],
    ['GET', '/constructor'],
    ['GET', '//healthz'],
    ['GET', '/slack/events'],
    ['DELETE', '/slack/events'],
  ])('%s %s is answered 404', async (method, path) => {
    const world = await startWorld({ sockets: true })

    const { status } = await ask(world, path, { method })

    expect(status).toBe(404)
  })

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])(
    '%s on the webhook is answered 405 with what is allowed',
    async (method) => {
      const world = await startWorld({ sockets: true })

      const { status, headers } = await ask(world, '/webhooks/gitlab', { method })

      expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'POST' })
    },
  )

  it('without GITLAB_WEBHOOK_SECRET the webhook route answers 404 and polling alone serves', async () => {
    const world = await startWorld({ sockets: true, env: { GITLAB_WEBHOOK_SECRET: '' }, webhook: false })

    const { status } = await ask(world, '/webhooks/gitlab', { method: 'POST', body: '{}' })
    const iid = await world.request()

    expect(status).toBe(404)
    expect(world.slack.buttons(world.card(iid))).toContain('Start')
  })
})
