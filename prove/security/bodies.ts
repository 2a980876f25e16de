/** Requests that are too much: too large, too slow, too many headers. */

import { connect } from 'node:net'
import { gitlabWebhookSecret } from '../../sandbox/services.ts'
import type { Findings } from './findings.ts'
import { type SecuredDesk, startSecuredDesk } from './secured-desk.ts'

const mebibyte = 1024 * 1024
/** What lies in the buffers of both kernels and of Node when the server has stopped reading. */
const buffersBytes = 8 * mebibyte
const routes = ['/slack/events', '/webhooks/gitlab', '/webhooks/zendesk'] as const

/** A slow sender is waited for about 45 seconds, so it goes beside the rest. */
export async function proveBodies(findings: Findings, isPatient: boolean): Promise<void> {
  const desk = await startSecuredDesk()
  try {
    const slow = isPatient ? Promise.all(routes.map((path) => slowEnds(findings, desk, path))) : undefined
    for (const path of routes) {
      await declared(findings, desk, path)
      await chunked(findings, desk, path)
      await manyHeaders(findings, desk, path)
    }
    if ((await fetch(`${desk.url}/healthz`)).status !== 200)
      findings.broken('the bot does not answer afterwards')
    await slow
  } finally {
    await desk.close()
  }
}

interface Talk {
  readonly answer: string
  /** What the sender could get rid of. */
  readonly sentBytes: number
  readonly ended: boolean
}

/** Sends as long as the other side takes it; ends when that side ends, or after the patience. */
function talk(
  desk: SecuredDesk,
  head: string,
  more: () => Buffer | undefined,
  patienceMs: number,
): Promise<Talk> {
  const { promise, resolve } = Promise.withResolvers<Talk>()
  const socket = connect(desk.port, '127.0.0.1')
  let answer = ''
  const late = setTimeout(() => end(false), patienceMs)
  const end = (ended: boolean) => {
    clearTimeout(late)
    resolve({ answer, sentBytes: socket.bytesWritten, ended })
    socket.destroy()
  }
  const go = () => {
    for (let chunk = more(); chunk; chunk = more()) if (!socket.write(chunk)) return
  }
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('drain', go)
  socket.on('error', () => end(true))
  socket.on('close', () => end(true))
  socket.write(head)
  go()
  return promise
}

const headOf = (path: string, headers: string) =>
  `POST ${path} HTTP/1.1\r\nHost: desk\r\nX-Gitlab-Token: ${gitlabWebhookSecret}\r\n${headers}\r\n`

function floodOf(total: number, chunk: Buffer): () => Buffer | undefined {
  let left = total
  return () => {
    left -= chunk.length
    return left > 0 ? chunk : undefined
  }
}

function judge({ tried, reach, broken }: Findings, what: string, { answer, sentBytes }: Talk): void {
  tried()
  if (!answer.startsWith('HTTP/1.1 413')) broken(`${what}: not answered 413`, answer)
  else reach('a body over the limit was refused')
  if (sentBytes > buffersBytes) broken(`${what}: ${sentBytes} bytes were taken`)
}

async function declared(findings: Findings, desk: SecuredDesk, path: string): Promise<void> {
  const head = headOf(path, `Content-Length: ${64 * mebibyte}\r\n`)
  judge(findings, `${path}, declared`, await flooded(desk, head, Buffer.alloc(64 * 1024, 'x')))
}

async function chunked(findings: Findings, desk: SecuredDesk, path: string): Promise<void> {
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 'x'), Buffer.from('\r\n')])
  const head = headOf(path, 'Transfer-Encoding: chunked\r\n')
  judge(findings, `${path}, in chunks`, await flooded(desk, head, chunk))
}

/**
 * Who closes while the other side still sends resets the connection, and an answer that was not read by then is lost: on
 * a busy machine it may take several times to hear one.
 */
async function flooded(desk: SecuredDesk, head: string, chunk: Buffer): Promise<Talk> {
  let said: Talk
  let left = 5
  do {
    said = await talk(desk, head, floodOf(64 * mebibyte, chunk), 20_000)
    left -= 1
  } while (said.answer === '' && said.ended && left > 0)
  return said
}

async function manyHeaders(findings: Findings, desk: SecuredDesk, path: string): Promise<void> {
  const many = Array.from({ length: 5_000 }, (_none, index) => `X-${index}: ${'y'.repeat(20)}\r\n`).join('')
  for (const headers of [many, `X-Long: ${'y'.repeat(200_000)}\r\n`]) {
    findings.tried()
    const { answer } = await talk(desk, headOf(path, headers), () => undefined, 5_000)
    if (/^HTTP\/1\.1 (431|400)/.test(answer) || answer === '')
      findings.reach('a flood of headers was refused')
    else findings.broken(`${path}: a flood of headers is taken`, answer)
  }
}

async function slowEnds(findings: Findings, desk: SecuredDesk, path: string): Promise<void> {
  const heads = [headOf(path, 'Content-Length: 1000\r\n'), `POST ${path} HTTP/1.1\r\nHost: desk\r\nX-`]
  const talks = heads.map((head) => talk(desk, head, () => undefined, 55_000))
  for (const { ended } of await Promise.all(talks)) {
    findings.tried()
    if (ended) findings.reach('a slow sender was ended')
    else findings.broken(`${path}: a slow sender is waited for without end`)
  }
}
