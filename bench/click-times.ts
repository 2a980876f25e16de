/**
 * A click on a card's button that is carried out at once, signed as Slack signs it, until the acknowledgement is read.
 * The bot has by then found the card's state and stored the click; what follows (roles, GitLab, the card) is worked off
 * before the next click, so that it disturbs neither side.
 */
import Sqlite from 'better-sqlite3'
import { pino } from 'pino'
import { PEOPLE } from '../sandbox/slack/people.ts'
import { startWorld } from '../sandbox/world.ts'
import { startBareBolt } from './bare-bolt.ts'
import { benchWorld } from './bench-world.ts'

const description =
  '**Request Type:** GitLab.com Account Deletion\n\n**Email Address:** requester@example.com\n'

export async function clickTimes({ warmUps, rounds }: { warmUps: number; rounds: number }) {
  const desk = await startWorld({
    ...benchWorld,
    log: pino({ level: 'error' }),
    app: { random: Math.random },
  })
  const { botToken, signingSecret, apiUrl } = desk.slack
  const bolt = await startBareBolt({ port: 0, botToken, signingSecret, apiUrl })
  const inbox = countOf(desk.databaseFile)
  const times = { desk: [] as number[], bareBolt: [] as number[] }
  try {
    const { iid } = desk.gitlab.submitRequest({ description })
    await desk.settle()
    const click = clicker(desk, iid)
    for (let round = -warmUps; round < rounds; round++) {
      const ofBareBolt = await click(`http://127.0.0.1:${bolt.port}`)
      const ofDesk = await click(desk.url)
      inbox.expect(round + warmUps + 1)
      await desk.settle()
      if (round < 0) continue
      times.bareBolt.push(ofBareBolt)
      times.desk.push(ofDesk)
    }
    return { ...times, clicked: warmUps + rounds, stored: inbox.count() }
  } finally {
    inbox.close()
    await bolt.stop()
    await desk.close()
  }
}

/** Each is a click of its own: Slack gives it a new action_ts. */
function clicker({ slack }: Pick<Awaited<ReturnType<typeof startWorld>>, 'slack'>, iid: number) {
  const card = slack.card(`#${iid} `)
  return async (url: string): Promise<number> => {
    slack.app = { url: `${url}/slack/events`, signingSecret: slack.signingSecret }
    const { status, elapsedMs } = await slack.click(PEOPLE.engineer.id, card, { button: 'Claim' })
    if (status !== 200) throw new Error(`a click was answered ${status}`)
    return elapsedMs
  }
}

/** Read from outside the bot: what this connection sees is committed. */
function countOf(databaseFile: string) {
  const database = new Sqlite(databaseFile, { readonly: true })
  const statement = database.prepare("SELECT count(*) FROM inbox WHERE kind = 'assign'").pluck()
  const count = () => Number(statement.get())
  return {
    count,
    close: () => database.close(),
    expect(clicks: number): void {
      if (count() !== clicks) throw new Error(`${clicks} clicks were acknowledged, ${count()} are stored`)
    },
  }
}
