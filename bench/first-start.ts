/**
 * The first start on a project in which so many requests are open already: until the last of them is taken in. The
 * local services are in this process, and answer at once; the counts are the bot's alone.
 */
import { pino } from 'pino'
import { openWorld } from '../sandbox/world.ts'
import { benchWorld } from './bench-world.ts'
import { countStatements } from './statements.ts'

interface FirstStart {
  readonly issues: number
  readonly statements: number
  /** That statements gave back. */
  readonly rows: number
  /** Of the whole process, the local services too. */
  readonly cpuSeconds: number
  /** In the channel, that of requests and the one about those that wait. */
  readonly messages: number
}

/** What was there before has been there for so long. */
const ageMs = 20 * 24 * 3_600_000

export async function firstStart(issues: number): Promise<FirstStart> {
  let behindMs = ageMs
  const now = () => new Date(Date.now() - behindMs)
  const world = await openWorld({ ...benchWorld, now, inProcess: true })
  try {
    for (let one = 0; one < issues; one += 1)
      world.gitlab.submitRequest({ description: formOf(one), email: `user${one}@example.com` })
    behindMs = 0
    const counting = countStatements()
    const before = process.cpuUsage()
    const app = await world.startApp({ log: pino({ level: 'error' }) })
    // Its own first round has begun; then one after the other until nothing is left.
    await app.drain()
    const { user, system } = process.cpuUsage(before)
    counting.end()
    const { statements, rows } = counting.counted()
    await app.stop()
    const messages = world.slack.messages('privacy-team_help').length
    return { issues, statements, rows, cpuSeconds: (user + system) / 1e6, messages }
  } finally {
    await world.close()
  }
}

/** The form of one requester of many. */
export function formOf(one: number): string {
  const entries = {
    'Request Type': 'GitLab.com Account Deletion',
    Username: `user${one}`,
    'Email Address': `user${one}@example.com`,
    'Country/Region': 'Netherlands',
    Comments: 'Please delete it.',
  }
  return Object.entries(entries)
    .map(([name, value]) => `**${name}:** ${value}`)
    .join('\n\n')
}
