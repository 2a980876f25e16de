/** Socket Mode: one WebSocket a connection, an envelope for each thing that happens, an ack for each envelope. */
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import type { AppAnswer, Kind } from './deliver.ts'
import { APP_ID } from './people.ts'

/** How long an envelope waits for its ack: Slack gives up after three seconds. */
const ACK_MS = 3000

export type SocketMode = ReturnType<typeof socketMode>

export function socketMode(server: Server) {
  const sockets = new Set<WebSocket>()
  const waiting = new Map<string, (body: unknown) => void>()
  const tickets = new Set<string>()
  const web = new WebSocketServer({ noServer: true })

  server.on('upgrade', (request, socket, head) => {
    const ticket = new URL(request.url ?? '/', 'http://local').searchParams.get('ticket') ?? ''
    if (tickets.delete(ticket)) web.handleUpgrade(request, socket, head, (connection) => greet(connection))
    else socket.destroy()
  })

  function greet(connection: WebSocket): void {
    sockets.add(connection)
    connection.on('close', () => sockets.delete(connection))
    connection.on('message', (data) => acknowledged(String(data)))
    connection.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.size,
        connection_info: { app_id: APP_ID },
        debug_info: { host: 'sandbox', approximate_connection_time: 18_060 },
      }),
    )
  }

  function acknowledged(text: string): void {
    const { envelope_id, payload } = JSON.parse(text) as { envelope_id: string; payload?: unknown }
    waiting.get(envelope_id)?.(payload)
    waiting.delete(envelope_id)
  }

  return {
    /** The address that apps.connections.open gives out; it opens one connection. */
    newAddress(httpUrl: string): string {
      const ticket = randomUUID()
      tickets.add(ticket)
      return `${httpUrl.replace(/^http/, 'ws')}/link/?ticket=${ticket}`
    },
    isConnected: (): boolean => [...sockets].some((one) => one.readyState === one.OPEN),
    connections: (): number => sockets.size,
    /** Sends an envelope and waits for its ack; status 0 stands for an envelope that nobody acknowledged. */
    async send(kind: Kind, payload: unknown): Promise<AppAnswer> {
      const [connection] = [...sockets].filter((one) => one.readyState === one.OPEN)
      const started = performance.now()
      const envelope_id = randomUUID()
      const acked = new Promise<Pick<AppAnswer, 'status' | 'body'>>((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(envelope_id)
          resolve({ status: 0, body: undefined })
        }, ACK_MS)
        waiting.set(envelope_id, (body) => {
          clearTimeout(timer)
          resolve({ status: 200, body: isEmpty(body) ? undefined : body })
        })
      })
      connection?.send(
        JSON.stringify({
          envelope_id,
          type: kind,
          payload,
          accepts_response_payload: kind !== 'events_api',
          ...(kind === 'events_api' && { retry_attempt: 0, retry_reason: '' }),
        }),
      )
      return { ...(await acked), elapsedMs: performance.now() - started }
    },
    /** Tells every connection to go, as Slack does every few hours. */
    disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled'): void {
      for (const one of sockets)
        one.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }))
    },
    close(): void {
      for (const one of sockets) one.terminate()
      web.close()
    },
  }
}

function isEmpty(body: unknown): boolean {
  return body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0)
}
