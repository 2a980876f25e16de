import { createHmac } from 'node:crypto'
import { type ClientRequest, createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Places, placesFor } from '../../src/http/places.ts'
import { gitlabWebhook } from '../../src/services/gitlab/webhook.ts'
import { zendeskWebhook } from '../../src/services/zendesk/webhook.ts'

const now = new Date('2026-11-22T09:00:00.000Z')
const secret = 'the-secret-of-both-webhooks'
const gitlabEvent = JSON.stringify({
  object_kind: 'issue',
  project: { id: 101 },
  object_attributes: { iid: 7, action: 'update' },
})
const zendeskEvent = JSON.stringify({ ticket_id: '123' })

interface Given {
  readonly zendesk?: Places
  readonly gitlab?: Places
}

/** Both routes; what they are to store waits until the test lets it. */
async function twoRoutes(given: Given = {}) {
  const warned: string[] = []
  const arrivals = anArrivals()
  const { promise: stored, resolve: store, reject: fail } = Promise.withResolvers<boolean>()
  // Where it fails, it may do so before anything waits for it.
  stored.catch(() => {})
  const options = {
    secret,
    now: () => now,
    receive: () => {
      arrivals.add()
      return stored
    },
    log: { info: () => {}, warn: (_: object, message: string) => void warned.push(message), error: () => {} },
  }
  const zendesk = zendeskWebhook({ ...options, ...both(given.zendesk) })
  const gitlab = gitlabWebhook({
    ...options,
    project: 101,
    ...both(given.gitlab),
  })
  const server = createServer((request, response) => {
    void (request.url === '/webhooks/zendesk' ? zendesk : gitlab)(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/`

  const deliver = async (path: string, headers: Record<string, string>, body: string) =>
    answerOf(await fetch(`${url}${path}`, { method: 'POST', headers, body }))
  return {
    zendeskUrl: `${url}zendesk`,
    warned,
    /** Resolves once so many wait to be stored. */
    waiting: arrivals.waitFor,
    store: () => store(true),
    fail: () => fail(new Error('disk full')),
    fromZendesk: (headers = signed(zendeskEvent), body = zendeskEvent) => deliver('zendesk', headers, body),
    fromGitLab: () => deliver('gitlab', { 'x-gitlab-token': secret }, gitlabEvent),
  }
}

/** A place for the body is one for what waits to be stored, too. */
const both = (places: Places | undefined) => (places ? { places, storing: places } : {})

function anArrivals() {
  let count = 0
  let isEnough = () => {}
  return {
    add: () => {
      count += 1
      isEnough()
    },
    waitFor: (number: number) =>
      new Promise<void>((resolve) => {
        isEnough = () => {
          if (count >= number) resolve()
        }
        isEnough()
      }),
  }
}

async function answerOf(response: Response) {
  const retryAfter = response.headers.get('retry-after')
  return { status: response.status, retryAfter, text: await response.text() }
}

function signed(body: string): Record<string, string> {
  const at = now.toISOString()
  return {
    'x-zendesk-webhook-signature-timestamp': at,
    'x-zendesk-webhook-signature': createHmac('sha256', secret).update(at).update(body).digest('base64'),
  }
}

const ok = { status: 200, retryAfter: null, text: '' }
const shed = { status: 503, retryAfter: '1', text: 'Too many at once\n' }

describe('a flood of webhooks', () => {
  for (const from of ['fromZendesk', 'fromGitLab'] as const)
    it(`is shed beyond its places, at once, and those that have one are stored (${from})`, async () => {
      const places = placesFor(100)
      const routes = await twoRoutes({ zendesk: places, gitlab: places })
      const hundred = Array.from({ length: 100 }, () => routes[from]())
      await routes.waiting(100)

      expect(await routes[from]()).toEqual(shed)
      expect(await routes[from]()).toEqual(shed)
      routes.store()

      expect(await Promise.all(hundred)).toEqual(Array.from({ length: 100 }, () => ok))
      expect(await routes[from]()).toEqual(ok)
    })

  it('of two thousand is heard while the first of them waits to be stored, and beyond that it is shed', async () => {
    const routes = await twoRoutes()
    const heard: Promise<unknown>[] = []
    // No more at once than have a place for their bodies.
    for (let count = 50; count <= 2_000; count += 50) {
      heard.push(...Array.from({ length: 50 }, () => routes.fromGitLab()))
      await routes.waiting(count)
    }

    expect([await routes.fromGitLab(), await routes.fromGitLab()]).toEqual([shed, shed])
    expect(routes.warned).toEqual(['Too many GitLab webhooks at once'])
    routes.store()

    expect(await Promise.all(heard)).toEqual(Array.from({ length: 2_000 }, () => ok))
  })

  it('is shed before any body is read, and the connection is not used again', async () => {
    const routes = await twoRoutes({ zendesk: placesFor(1) })
    const first = routes.fromZendesk()
    await routes.waiting(1)

    const answer = await new Promise((resolve, reject) => {
      const request = begun(routes.zendeskUrl, '')
      request.on('error', reject)
      request.on('response', ({ statusCode, headers }) => {
        resolve([statusCode, headers['retry-after'], headers.connection])
        request.destroy()
      })
    })

    expect(answer).toEqual([503, '1', 'close'])
    routes.store()
    expect(await first).toEqual(ok)
  })

  it('is shed by both routes together where they share their places', async () => {
    const shared = placesFor(2)
    const routes = await twoRoutes({ zendesk: shared, gitlab: shared })
    const two = [routes.fromZendesk(), routes.fromGitLab()]
    await routes.waiting(2)

    expect([await routes.fromZendesk(), await routes.fromGitLab()]).toEqual([shed, shed])
    routes.store()

    expect(await Promise.all(two)).toEqual([ok, ok])
  })

  it('at one route leaves the other alone where they do not', async () => {
    const routes = await twoRoutes({ zendesk: placesFor(1), gitlab: placesFor(1) })
    const one = routes.fromZendesk()
    await routes.waiting(1)
    const other = routes.fromGitLab()
    await routes.waiting(2)
    routes.store()

    expect([await one, await other]).toEqual([ok, ok])
  })

  it('is logged once, and again only when there was room in between', async () => {
    let isFull = true
    const routes = await twoRoutes({
      zendesk: {
        take: () => (isFull ? undefined : { isOfAnother: false, hasCome: () => {}, free: () => {} }),
      },
    })
    routes.store()

    const answers = []
    for (const full of [true, true, false, true, true]) {
      isFull = full
      answers.push(await routes.fromZendesk())
    }

    expect(answers).toEqual([shed, shed, ok, shed, shed])
    expect(routes.warned).toEqual(Array.from({ length: 2 }, () => 'Too many Zendesk webhooks at once'))
  })

  it('is over as soon as a place is free, however its request ended', async () => {
    const routes = await twoRoutes({ zendesk: placesFor(1) })
    routes.fail()
    const tooLarge = 'x'.repeat(1024 * 1024 + 1)

    const statuses = []
    for (const [headers, body] of [
      [{}, zendeskEvent],
      [signed('no JSON'), 'no JSON'],
      [signed('{}'), '{}'],
      [{}, tooLarge],
      [signed(zendeskEvent), zendeskEvent],
      [signed(zendeskEvent), zendeskEvent],
    ] as const)
      statuses.push(await routes.fromZendesk(headers, body))

    expect(statuses.map(({ status, text }) => [status, text])).toEqual([
      [401, ''],
      [400, 'The body is not JSON\n'],
      [400, 'Not a Zendesk ticket event: missing or malformed ticket_id\n'],
      [413, 'The body is too large\n'],
      [503, 'Not stored, send it again\n'],
      [503, 'Not stored, send it again\n'],
    ])
  })

  it('is not kept up by one who breaks off in the middle', async () => {
    const freed = Promise.withResolvers<void>()
    const one = placesFor(1)
    const routes = await twoRoutes({
      zendesk: {
        take: (cutOff) => {
          const place = one.take(cutOff)
          return (
            place && {
              ...place,
              free: () => {
                place.free()
                freed.resolve()
              },
            }
          )
        },
      },
    })
    routes.store()
    const request = begun(routes.zendeskUrl, '{"ticket_id"')
    request.on('error', () => {})
    request.flushHeaders()
    await new Promise((resolve) => request.on('socket', (socket) => socket.on('connect', resolve)))
    request.destroy()
    await freed.promise

    expect(await routes.fromZendesk()).toEqual(ok)
    expect(routes.warned).toEqual([])
  })

  it('of bodies that come slowly holds nobody up: the slowest is cut off for each that comes', async () => {
    const { zendesk, taken } = counted(placesFor(100))
    const routes = await twoRoutes({ zendesk })
    routes.store()
    const slow: ReturnType<typeof hanging>[] = []
    for (let count = 1; count <= 100; count += 1) {
      slow.push(hanging(routes.zendeskUrl))
      await taken(count)
    }

    expect([await routes.fromZendesk(), await routes.fromZendesk()]).toEqual([ok, ok])

    // The second found the place of the first free again.
    const cutOff = (await slow[0]?.ended) ?? ''
    expect(cutOff).toMatch(/^HTTP\/1\.1 408 /)
    expect(cutOff).toMatch(/^connection: close/im)
    expect(slow.map(({ answer }) => answer()).filter((answer) => answer !== '')).toHaveLength(1)
    expect(routes.warned).toEqual(['Too many Zendesk webhooks at once'])
  })

  it('of those that are being stored is shed, and none of them is cut off', async () => {
    const { zendesk, taken } = counted(placesFor(2))
    const routes = await twoRoutes({ zendesk })
    const one = routes.fromZendesk()
    await routes.waiting(1)
    const slow = hanging(routes.zendeskUrl)
    await taken(2)
    const other = routes.fromZendesk()
    await routes.waiting(2)

    expect(await slow.ended).toMatch(/^HTTP\/1\.1 408 /)
    expect(await routes.fromZendesk()).toEqual(shed)
    routes.store()
    expect(await Promise.all([one, other])).toEqual([ok, ok])
  })
})

/** The places, and when so many were taken. */
function counted(places: Places) {
  const arrivals = anArrivals()
  const zendesk: Places = {
    take: (cutOff) => {
      arrivals.add()
      return places.take(cutOff)
    },
  }
  return { zendesk, taken: arrivals.waitFor }
}

/** A connection on which a body begins and never ends, and what is answered on it. */
function hanging(url: string) {
  const { hostname, port, pathname } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.on('data', (chunk) => {
    answer += String(chunk)
  })
  socket.write(`POST ${pathname} HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000\r\n\r\n{`)
  const ended = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(answer))
    socket.on('error', () => resolve(answer))
  })
  return { answer: () => answer, ended }
}

/** Says that a body of a hundred bytes comes, and sends no more than this of it. */
function begun(url: string, beginning: string): ClientRequest {
  const request = httpRequest(url, { method: 'POST', headers: { 'content-length': 100 } })
  request.flushHeaders()
  if (beginning !== '') request.write(beginning)
  return request
}
