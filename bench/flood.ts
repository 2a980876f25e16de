/** Sends prepared requests as fast as they are answered, over so many connections at a time. */
import { Agent, request } from 'node:http'

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
