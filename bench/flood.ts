/** Sends prepared requests as fast as they are answered, over so many connections at a time. */
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Prepared {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How many were answered 200 in a second; throws when one was answered otherwise. */
export async function flood(
  port: number,
  messages: readonly Prepared[],
  connections: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const left = messages.values()
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      // One iterator for all of them: each takes the next that nobody has sent.
      for (const message of left) await send(agent, port, message)
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  agent.destroy()
  return messages.length / seconds
}

/** The same until nobody answers any more; tells of each message as its answer is read. */
export async function floodToTheEnd<Message extends Prepared>(
  port: number,
  messages: readonly Message[],
  { connections, onAnswer }: { readonly connections: number; readonly onAnswer: (to: Message) => void },
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const left = messages.values()
  await Promise.allSettled(
    Array.from({ length: connections }, async () => {
      for (const message of left) {
        await send(agent, port, message)
        onAnswer(message)
      }
    }),
  )
  agent.destroy()
}

/** Until the process that listens there is ready. */
export async function ready(port: number): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === 200) return
    await sleep(20)
  }
}

function send(agent: Agent, port: number, { path, headers, body }: Prepared): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ agent, port, path, host: '127.0.0.1', method: 'POST' },
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        response.resume()
        response.on('end', () => {
          if (response.statusCode === 200) resolve()
          else reject(new Error(`${path} was answered ${response.statusCode}`))
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
