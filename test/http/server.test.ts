import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { clockWith } from '../../src/clock.ts'
import { type HttpServer, listenWith } from '../../src/http/server.ts'

const listen = listenWith(clockWith(() => new Date()))

async function aServer(): Promise<HttpServer> {
  const server = await listen((_request, response) => response.end('ok'), 0)
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
  const { port } = await aServer()
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const ask = () =>
    new Promise<string>((resolve, reject) => {
      socket.once('data', (data) => resolve(String(data).split('\r\n')[0] ?? ''))
      socket.once('close', () => reject(new Error('closed')))
      socket.write('GET / HTTP/1.1\r\nhost: desk.example.com\r\n\r\n')
    })

  const first = await ask()
  await new Promise((resolve) => setTimeout(resolve, 8_000))
  const second = await ask()

  expect([first, second]).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK'])
}, 20_000)
