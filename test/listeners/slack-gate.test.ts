import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { slackSignature } from '../../sandbox/slack/deliver.ts'
import { type Places, placesFor } from '../../src/http/places.ts'
import { slackGate } from '../../src/listeners/slack-gate.ts'

const signingSecret = 'the-signing-secret-of-the-tests'
const now = new Date('2026-03-02T10:00:00.000Z')
const seconds = now.getTime() / 1000
const form = 'application/x-www-form-urlencoded'

/** A gate, and what came through it. */
async function aGate({ limitBytes = 1000, places }: { limitBytes?: number; places?: Places } = {}) {
  const passed: string[] = []
  const logged: string[] = []
  const gate = slackGate({
    route: '/slack/events',
    signingSecret,
    wallClock: () => now,
    limitBytes,
    ...(places && { places }),
    log: { warn: (_fields, message) => void logged.push(message) },
    pass: (request, response) => {
      passed.push(String((request as { rawBody?: Buffer }).rawBody))
      response.writeHead(200).end()
    },
  })
  const server = createServer((request, response) => void gate(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.closeAllConnections())
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`
  const post = async (body: string, headers: Readonly<Record<string, string>> = {}, timestamp = seconds) => {
    const signed = {
      'content-type': form,
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': slackSignature(signingSecret, timestamp, body),
    }
    return (await fetch(url, { method: 'POST', headers: { ...signed, ...headers }, body })).status
  }
  return { post, passed, logged, url }
}

describe('the gate before Bolt', () => {
  it('lets through what Slack has signed, as it came', async () => {
    const { post, passed } = await aGate()

    expect(await post('payload=%7B%7D')).toBe(200)
    expect(passed).toEqual(['payload=%7B%7D'])
  })

  it('refuses what is signed for the future or of the past', async () => {
    const { post, passed, logged } = await aGate()

    expect([await post('a=1', {}, seconds + 301), await post('a=1', {}, seconds - 301)]).toEqual([401, 401])
    expect(passed).toEqual([])
    expect(logged).toHaveLength(2)
  })

  it.each(['payload=null', 'payload=7', 'payload=%7B%22half', 'payload=%7B%7D&payload=%7B%7D'])(
    'refuses the signed body %s, which Bolt would stumble over',
    async (body) => {
      const { post, passed } = await aGate()

      expect(await post(body)).toBe(400)
      expect(passed).toEqual([])
    },
  )

  it('refuses a signed body that says it is JSON and is not', async () => {
    const { post, passed } = await aGate()

    expect(await post('null', { 'content-type': 'application/json' })).toBe(400)
    expect(await post('a=1', { 'content-type': `${form}; charset=utf-8` })).toBe(400)
    expect(passed).toEqual([])
  })

  it('answers the check of the certificate, which is unsigned, and passes nothing on', async () => {
    const { post, passed } = await aGate()

    expect(await post('ssl_check=1&payload=%7B%7D', { 'x-slack-signature': '' })).toBe(200)
    expect(passed).toEqual([])
  })

  it('refuses a body over its limit', async () => {
    const { post, passed } = await aGate()

    expect(await post('x'.repeat(1001))).toBe(413)
    expect(passed).toEqual([])
  })
})

const mebibyte = 1024 * 1024

describe('bodies whose signature is not checked yet', () => {
  it('are held of as many connections as there are places, and a click gets through', async () => {
    const { post, passed, logged, url } = await aGate({ limitBytes: mebibyte, places: placesFor(20) })
    const { hostname, port, pathname } = new URL(url)
    const almost = Buffer.alloc(mebibyte - 1, 'x')
    let open = 60
    const answers: string[] = []
    const { promise: cutOff, resolve } = Promise.withResolvers<void>()
    for (let count = 0; count < 60; count += 1) {
      const socket = connect(Number(port), hostname)
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => {})
      socket.on('data', (chunk) => answers.push(String(chunk).split('\r\n')[0] ?? ''))
      socket.on('close', () => {
        open -= 1
        if (open === 20) resolve()
      })
      socket.write(`POST ${pathname} HTTP/1.1\r\nHost: desk\r\nContent-Length: ${mebibyte}\r\n\r\n`)
      socket.write(almost)
    }
    await cutOff

    expect(await post('payload=%7B%7D')).toBe(200)
    expect(passed).toHaveLength(1)
    // Where more was on its way, the connection may be gone before its answer is read.
    expect(answers.filter((answer) => answer !== 'HTTP/1.1 408 Request Timeout')).toEqual([])
    expect(open).toBeLessThanOrEqual(20)
    expect(logged).toEqual(['Too many requests to the Slack route at once'])
  })

  it('hold a place only until they are here: whatever Bolt does with what is signed', async () => {
    const { post, logged } = await aGate({ places: placesFor(1) })

    expect([await post('a=1'), await post('a=1', {}, seconds + 301), await post('x'.repeat(1001))]).toEqual([
      200, 401, 413,
    ])
    expect(await post('payload=%7B%7D')).toBe(200)
    expect(logged).toEqual(['A request to the Slack route was not signed by Slack, or is not of now'])
  })
})
