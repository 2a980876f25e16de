/**
 * A click on a card's button, signed as Slack signs it, until the acknowledgement is read. The bot has by then found
 * the card's state and stored the decision; what follows (roles, GitLab, the decision) is worked off before the next
 * click, so that it disturbs neither side.
 */
import { readFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { pino } from 'pino'
import { PEOPLE } from '../sandbox/slack/people.ts'
import { startApp } from '../src/app.ts'
import { clockWith } from '../src/clock.ts'
import { loadConfig } from '../src/config/config.ts'
import { startBareBolt } from './bare-bolt.ts'
import { type Surroundings, startSurroundings } from './surroundings.ts'

const description =
  '**Request Type:** GitLab.com Account Deletion\n\n**Email Address:** requester@example.com\n'

export async function clickTimes({ warmUps, rounds }: { warmUps: number; rounds: number }) {
  const surroundings = await startSurroundings()
  const app = await startDesk(surroundings)
  const { botToken, signingSecret, apiUrl } = surroundings.slack
  const bolt = await startBareBolt({ port: 0, botToken, signingSecret, apiUrl })
  const inbox = countOf(surroundings.databaseFile)
  const times = { desk: [] as number[], bareBolt: [] as number[] }
  try {
    const { iid } = surroundings.gitlab.submitRequest({ description })
    await app.settle()
    const click = clicker(surroundings, iid)
    for (let round = -warmUps; round < rounds; round++) {
      const ofBareBolt = await click(bolt.port)
      const ofDesk = await click(app.port)
      inbox.expect(round + warmUps + 1)
      await app.settle()
      if (round < 0) continue
      times.bareBolt.push(ofBareBolt)
      times.desk.push(ofDesk)
    }
    return { ...times, clicked: warmUps + rounds, stored: inbox.count() }
  } finally {
    inbox.close()
    await bolt.stop()
    await app.stop()
    await surroundings.close()
  }
}

/** Each is a click of its own: Slack gives it a new action_ts. */
function clicker({ slack }: Surroundings, iid: number) {
  const card = slack.card(`#${iid} `)
  return async (port: number): Promise<number> => {
    slack.app = { url: `http://127.0.0.1:${port}/slack/events`, signingSecret: slack.signingSecret }
    const button = { button: 'Close No Response' }
    const { status, elapsedMs } = await slack.click(PEOPLE.engineer.id, card, button, { confirm: true })
    if (status !== 200) throw new Error(`a click was answered ${status}`)
    return elapsedMs
  }
}

async function startDesk({ env }: Surroundings) {
  const desk = readFileSync(new URL('../config/desk.yaml', import.meta.url), 'utf8')
  return startApp({
    config: loadConfig(env, desk),
    clock: clockWith(() => new Date()),
    random: Math.random,
    fetch: globalThis.fetch,
    log: pino({ level: 'error' }),
  })
}

/** Read from outside the bot: what this connection sees is committed. */
function countOf(databaseFile: string) {
  const database = new Sqlite(databaseFile, { readonly: true })
  const statement = database.prepare("SELECT count(*) FROM inbox WHERE kind = 'decision'").pluck()
  const count = () => Number(statement.get())
  return {
    count,
    close: () => database.close(),
    expect(clicks: number): void {
      if (count() !== clicks) throw new Error(`${clicks} clicks were acknowledged, ${count()} are stored`)
    },
  }
}
