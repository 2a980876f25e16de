/** One HTTP request to a Node listener without a socket between. */
import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface Got {
  readonly status: number
  readonly text: string
}

export function askInProcess(listener: RequestListener, { method, path, headers, text }: Sent): Promise<Got> {
  const { promise, resolve } = Promise.withResolvers<Got>()
  const chunks: Buffer[] = []
  const wire = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk)
      done()
    },
  })
  // What ServerResponse and IncomingMessage ask of a socket, a stream can answer.
  const socket = wire as unknown as Socket
  const request = new IncomingMessage(socket)
  Object.assign(request, { method, url: path, headers: withLength(headers, text), httpVersion: '1.0' })
  Object.assign(request, { httpVersionMajor: 1, httpVersionMinor: 0 })
  const response = new ServerResponse(request)
  // The real time of day would make every run another one.
  response.sendDate = false
  response.assignSocket(socket)
  response.on('finish', () => resolve(answerIn(Buffer.concat(chunks).toString('utf8'))))
  if (text !== '') request.push(Buffer.from(text))
  request.push(null)
  request.complete = true
  listener(request, response as ServerResponse & { req: IncomingMessage })
  return promise
}

function withLength(headers: Readonly<Record<string, string>>, text: string): Record<string, string> {
  return { ...headers, host: 'bot.simulation', 'content-length': String(Buffer.byteLength(text)) }
}

/** HTTP/1.0: the body is what follows the empty line. */
function answerIn(raw: string): Got {
  const end = raw.indexOf('\r\n\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(raw)?.[1])
  if (end < 0 || !Number.isInteger(status)) throw new Error(`no HTTP answer: ${raw.slice(0, 100)}`)
  return { status, text: raw.slice(end + 4) }
}
