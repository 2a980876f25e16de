import { createServer, type ServerOptions } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { clockWith } from '../../src/clock.ts'
import { type HttpServer, listenWith, readBody, requestListener } from '../../src/http/server.ts'

const clock = clockWith(() => new Date())
const listen = listenWith(clock)

/** It answers once the whole request is there. */
async function aServer(limits: ServerOptions = {}): Promise<HttpServer> {
  const server = await listenWith(clock, limits)((request, response) => {
    request.resume().once('end', () => response.end('ok'))
  }, 0)
  onTestFinished(() => server.close())
  return server
}

test('a port that is taken is told in one sentence', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, resolve))
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo

  const attempt = listen(() => {}, port)

  await expect(attempt).rejects.toThrow(
    `Port ${port} is taken by another process: stop that one, or set PORT to another.`,
  )
})

// Node itself says how long it keeps an idle connection: https://datatracker.ietf.org/doc/html/rfc2068#section-19.7.1.1
test('an idle connection is kept longer than the 60 s of the usual proxies', async () => {
  const { port } = await aServer()

  const response = await fetch(`http://127.0.0.1:${port}/`)
  await response.text()

  expect(response.headers.get('keep-alive')).toBe('timeout=75')
})

test('a connection that has been idle for longer than a request may take is still answered', async () => {
  const short = { requestTimeout: 200, headersTimeout: 200, connectionsCheckingInterval: 20 }
  const { port } = await aServer(short)
  const [idle, slow] = [aConnection(port), aConnection(port)]

  const first = await idle.says('GET / HTTP/1.1\r\nhost: desk.example.com\r\n\r\n')
  // Who began after that and never ends has run out of time: so long the other has been idle.
  const tooSlow = await slow.says('POST / HTTP/1.1\r\nhost: desk.example.com\r\ncontent-length: 9\r\n\r\n{')
  const second = await idle.says('GET / HTTP/1.1\r\nhost: desk.example.com\r\n\r\n')

  expect([first, tooSlow, second]).toEqual([
    'HTTP/1.1 200 OK',
    'HTTP/1.1 408 Request Timeout',
    'HTTP/1.1 200 OK',
  ])
})

describe('a route', () => {
  async function anAnswer(path: string): Promise<string> {
    const broken = () => Promise.reject(new Error('disk I/O error'))
    const { port, close } = await listen(
      requestListener({
        routes: { '/broken': broken },
        ready: async () => ({ isReady: true, because: [] }),
        metrics: async () => '',
        log: { error: () => {} },
      }),
      0,
    )
    onTestFinished(close)
    return aConnection(port).says(`GET ${path} HTTP/1.1\r\nhost: desk.example.com\r\n\r\n`)
  }

  test('that fails is answered with 500: whoever sent it knows that it was not taken', async () => {
    expect(await anAnswer('/broken')).toBe('HTTP/1.1 500 Internal Server Error')
  })
})

test('a body in pieces is read no further than its limit', async () => {
  const { port, close } = await listen(async (request, response) => {
    const body = await readBody(request, 8)
    response.end(typeof body === 'string' ? body : `${body.length} bytes`)
  }, 0)
  onTestFinished(close)
  const sent = async (...pieces: readonly string[]) =>
    (
      await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        body: new Blob([...pieces]).stream(),
        duplex: 'half',
      })
    ).text()

  expect(await sent('1234', '5678')).toBe('8 bytes')
  expect(await sent('1234', '56789')).toBe('too-large')
})

function aConnection(port: number) {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve('closed')))
  return {
    /** The first line of what is answered, or that the connection is closed. */
    says: (text: string) => {
      const answer = new Promise<string>((resolve) => {
        socket.once('data', (data) => resolve(String(data).split('\r\n')[0] ?? ''))
      })
      socket.write(text, () => {})
      return Promise.race([answer, closed])
    },
  }
}
