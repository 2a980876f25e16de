/**
 * A Socket Mode connection that is kept up. The client's own reconnect waits five seconds and more, and where it
 * fails nobody catches it, which ends the process (@slack/socket-mode 3, SocketModeClient#delayReconnectAttempt).
 */

import type { Clock } from '../clock.ts'
import type { Log } from '../http/log.ts'

/** The part of SocketModeClient that is used; it must not reconnect by itself. */
export interface SocketClient {
  start(): Promise<unknown>
  disconnect(): Promise<void>
  on(event: 'disconnected', listener: () => void): unknown
}

/** A connection that is taken up again whenever it is lost. */
export interface SocketConnection {
  /** Resolves after the first attempt, whatever came of it; the later ones go on until `stop`. */
  start(): Promise<void>
  stop(): Promise<void>
  isConnected(): boolean
}

const longestWaitMs = 30_000
/** Slack greets within a second of the connection. */
const greetingMs = 15_000

/** Keeps the client connected from `start` to `stop`, with a growing wait between attempts of at most 30 s. */
export function keepConnected(client: SocketClient, log: Log, sleep: Clock['sleep']): SocketConnection {
  const stopping = new AbortController()
  let connected = false
  let failures = 0
  let running: Promise<void> = Promise.resolve()
  let ended = () => {}
  client.on('disconnected', () => {
    connected = false
    ended()
  })

  async function attempt(): Promise<void> {
    try {
      await withinTime(client, sleep)
      connected = true
      failures = 0
    } catch (error) {
      failures += 1
      log.warn(
        { failures, reason: error instanceof Error ? error.name : 'unknown' },
        'No Socket Mode connection to Slack',
      )
    }
  }

  async function goOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (connected) await new Promise<void>((resolve) => (ended = resolve))
      await sleep(Math.min(longestWaitMs, 250 * 2 ** Math.min(failures, 10)), stopping.signal).catch(() => {})
      if (!stopping.signal.aborted) await attempt()
    }
  }

  return {
    async start() {
      await attempt()
      running = goOn()
    },
    async stop() {
      stopping.abort()
      await client.disconnect()
      ended()
      await running
    },
    isConnected: () => connected,
  }
}

async function withinTime(client: SocketClient, sleep: Clock['sleep']): Promise<void> {
  const settled = new AbortController()
  const greeted = client.start().finally(() => settled.abort())
  const late = sleep(greetingMs, settled.signal).then(
    async () => {
      greeted.catch(() => {})
      await client.disconnect()
      throw new Error('Slack did not greet in time')
    },
    () => {},
  )
  await Promise.race([greeted, late.then(() => greeted)])
}
