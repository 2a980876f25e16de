import { EventEmitter } from 'node:events'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { keepConnected } from '../../src/listeners/socket-connection.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { aCardState } from '../views/a-card-state.ts'
import { aSlackApp, eventually } from './a-desk.ts'

/** A client whose attempts fail as often as it is told, or never come to an end. */
function aClient(outcomes: ('fails' | 'hangs')[]) {
  const events = new EventEmitter()
  let attempts = 0
  return {
    attempts: () => attempts,
    drop: () => events.emit('disconnected'),
    client: {
      on: (event: string, listener: () => void) => events.on(event, listener),
      start: async () => {
        attempts += 1
        const outcome = outcomes.shift()
        if (outcome === 'fails') throw new Error('refused')
        if (outcome === 'hangs') await new Promise(() => {})
      },
      disconnect: async () => {
        events.emit('disconnected')
      },
    },
  }
}

const log = pino({ level: 'silent' })

describe('the Socket Mode connection', () => {
  test('is tried again, ever later but at least every 30 s, however often it fails', async () => {
    const { client, attempts } = aClient(Array.from({ length: 12 }, () => 'fails' as const))
    const waits: number[] = []
    const connection = keepConnected(client, log, async (ms, signal) => {
      if (ms === 15_000)
        await new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(new Error('over'))),
        )
      waits.push(ms)
    })

    await connection.start()

    await eventually(() => connection.isConnected()).toBe(true)
    expect(attempts()).toBe(13)
    expect(waits.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    await connection.stop()
  })

  test('is given up when Slack does not greet in time', async () => {
    const { client, attempts } = aClient(['hangs'])
    const connection = keepConnected(client, log, async () => {})

    await connection.start()

    await eventually(() => connection.isConnected()).toBe(true)
    expect(attempts()).toBe(2)
    await connection.stop()
  })

  test('is not tried again after the stop', async () => {
    const { client, attempts, drop } = aClient([])
    const connection = keepConnected(client, log, async () => {})
    await connection.start()

    await connection.stop()
    drop()

    expect(connection.isConnected()).toBe(false)
    expect(attempts()).toBe(1)
  })
})

describe('in Socket Mode', () => {
  test('a click comes through the socket; there is no HTTP route', async () => {
    const { app, slack, desk, card, url } = await aSlackApp({ socket: true })
    const state = aCardState()
    const ts = await card(state, requestCard(state))

    await slack.click(PEOPLE.engineer.id, ts, { button: 'Close No Response' }, { confirm: true })

    expect(app.isConnected()).toBe(true)
    expect(desk.received).toMatchObject([{ kind: 'decision', payload: { decision: 'close-no-response' } }])
    expect((await fetch(`${url}/slack/events`, { method: 'POST' })).status).toBe(404)
  })

  test('a lost connection is said, and made again', async () => {
    const { app, slack } = await aSlackApp({ socket: true })

    slack.socket.disconnect('refresh_requested')

    await eventually(() => slack.fake.received('POST', /apps\.connections\.open/).length).toBe(2)
    await eventually(() => app.isConnected()).toBe(true)
  })
})
