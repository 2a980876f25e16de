/** A proxy as they stand in front of many networks, and the whole bot behind it. */
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { noPolls } from '../../sandbox/services.ts'
import { APP_TOKEN } from '../../sandbox/slack/slack.ts'
import { startWorld } from '../../sandbox/world.ts'
import { networkThrough, type ProxySettings } from '../../src/http/outgoing.ts'
import { connectGitLab } from '../../src/services/gitlab/client.ts'
import { failureOf } from '../services/local.ts'

/** Forwards what is `http`, and opens a tunnel for the rest; `refuses` answers so instead. */
async function aProxy({ refuses }: { refuses?: number } = {}) {
  const asked: string[] = []
  const server = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${new URL(incoming.url ?? '').host}`)
    if (refuses !== undefined) return void outgoing.writeHead(refuses).end()
    const { host, ...headers } = incoming.headers
    const onward = request(incoming.url ?? '', { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket) => {
    const { host, pathname, search } = new URL(incoming.url ?? '')
    asked.push(`socket ${host}`)
    const headers = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const [name = '', port] = host.split(':')
    const onward = connect(Number(port), name, () => {
      onward.write(`GET ${pathname}${search} HTTP/1.1\r\n${headers.join('')}\r\n`)
      onward.pipe(socket).pipe(onward)
    })
    for (const one of [onward, socket]) one.on('error', () => one.destroy())
  })
  server.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    asked.push(`CONNECT ${incoming.url}`)
    if (refuses !== undefined) return void socket.end(`HTTP/1.1 ${refuses} No\r\n\r\n`)
    const [host, port] = (incoming.url ?? '').split(':')
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.write(head)
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
  })
  const url = await listening(server)
  return { url, asked }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const now = () => new Date('2026-03-02T10:00:00.000Z')
const hostOf = (url: string) => new URL(url).host

describe('the whole bot behind a proxy', () => {
  async function started(env: (proxy: string) => Readonly<Record<string, string>>) {
    const proxy = await aProxy()
    const world = await startWorld({
      ...{ now, log: pino({ level: 'silent' }) },
      env: { ...noPolls, SLACK_APP_TOKEN: APP_TOKEN, ...env(proxy.url) },
    })
    onTestFinished(world.close)
    await world.settle()
    const { services } = world
    const hosts = Object.values(services).map(({ url }) => hostOf(url))
    return { ...proxy, services, hosts }
  }

  test('asks Slack, GitLab and Zendesk through it, and Socket Mode goes through it, too', async () => {
    const { asked, services, hosts } = await started((url) => ({ HTTP_PROXY: url }))

    expect(hosts.filter((host) => !asked.some((one) => one.endsWith(host)))).toEqual([])
    expect(asked).toContain(`socket ${hostOf(services.slack.url)}`)
    expect(services.slack.socket.connections()).toBe(1)
  })

  test('takes the names in small letters, too', async () => {
    const { asked } = await started((url) => ({ http_proxy: url }))

    expect(asked.length).toBeGreaterThan(0)
  })

  test('goes by it whatever what NO_PROXY names', async () => {
    const { asked, services } = await started((url) => ({
      HTTP_PROXY: url,
      NO_PROXY: 'example.com, 127.0.0.1',
    }))

    expect(asked).toEqual([])
    expect(services.slack.socket.connections()).toBe(1)
  })
})

describe('a proxy', () => {
  async function gitlabThrough(proxy: ProxySettings, url: string) {
    const { fetch: through, dispatcher } = networkThrough(proxy, fetch)
    onTestFinished(() => dispatcher?.close())
    return connectGitLab({ url, token: 'a-gitlab-token', project: 1, fetch: through, timeoutMs: 2_000 })
  }

  test('is asked for a tunnel to what is https', async () => {
    const { url, asked } = await aProxy()
    const gitlab = await gitlabThrough({ https: url }, 'https://gitlab.invalid')

    await failureOf(gitlab.me())

    expect(asked).toEqual(['CONNECT gitlab.invalid:443'])
  })

  test.each([403, 407, 502])('that answers %i carried nothing out: it is tried later', async (status) => {
    const { url } = await aProxy({ refuses: status })
    const gitlab = await gitlabThrough({ https: url }, 'https://gitlab.invalid')

    const failed = await failureOf(gitlab.createNote(1, { body: 'Hello', internal: true }))

    expect([failed.kind, failed.message]).toEqual([
      'later',
      expect.stringContaining(`the proxy let it not through (${status})`),
    ])
  })

  test('that is not there carried nothing out either', async () => {
    const gitlab = await gitlabThrough({ https: 'http://127.0.0.1:1' }, 'https://gitlab.invalid')

    expect((await failureOf(gitlab.createNote(1, { body: 'Hello', internal: true }))).kind).toBe('later')
  })
})
