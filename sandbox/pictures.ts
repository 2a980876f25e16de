/** What the pictures in docs/ show: a day of the sandbox, and for each picture the blocks that are drawn. */
import { createHash } from 'node:crypto'
import { lookActions } from '../src/views/home-value.ts'
import type { Sandbox } from './sandbox.ts'
import type { Block } from './slack/blocks.ts'
import { CHANNELS, PEOPLE } from './slack/people.ts'
import type { Message } from './slack/workspace.ts'
import { encryption } from './tickets.ts'

export interface Picture {
  /** Of the file in docs/, without `.png`. */
  readonly name: string
  /** The tab of the page on which it is. */
  readonly tab: string
  /** The element that is pictured. */
  readonly selector: string
  readonly blocks: readonly Block[]
}

/** The time at which the pictured sandbox opens. */
export const picturedAt = Date.parse('2026-03-10T10:30:00Z')

const DAY_MS = 86_400_000
const ada = PEOPLE.engineer.id

/** Closes the request that nobody answered, lets a day pass, asks for the numbers, and looks in the Home at what is unassigned. */
export async function playPictured(sandbox: Sandbox): Promise<readonly Picture[]> {
  const { slack, zendesk, clock, drain } = sandbox
  const { privacy, security } = CHANNELS
  await slack.click(ada, slack.card('#1 '), { button: 'Close No Response' }, { confirm: true })
  await drain()
  await clock.advance(DAY_MS)
  await slack.command(ada, privacy.name, '/privacy', 'stats')
  await slack.event({ type: 'app_home_opened', user: ada, tab: 'home' })
  await drain()
  await slack.select(ada, slack.home(ada)?.id ?? '', lookActions.filter, 'unassigned')
  await drain()
  const question = [...zendesk.tickets.values()].find(({ subject }) => subject === encryption.subject)
  const digest = slack.messages(privacy.name).findLast(({ text }) => text.startsWith('Privacy requests, '))
  const stats = slack.ephemerals(ada).at(-1)
  const home = slack.home(ada)
  if (!digest || !stats || !home) throw new Error('the pictured day has no digest, no numbers or no Home')
  const shown = (name: string, { name: tab }: { readonly name: string }, { ts, blocks }: Message) => ({
    ...{ name, tab: `# ${tab}`, selector: `#message-${ts.replace('.', '')}`, blocks },
  })
  return [
    shown('card', privacy, slack.card('#2 ')),
    shown('card-new', privacy, slack.card('#3 ')),
    shown('card-done', privacy, slack.card('#1 ')),
    shown('security-card', security, slack.card(`Security ticket ${question?.id}`)),
    shown('digest', privacy, digest),
    shown('report', privacy, stats),
    { name: 'home', tab: 'Home', selector: '.home', blocks: home.blocks },
  ]
}

/** A hash of all that is to be read in a picture: without ids, addresses of this machine, and the instant itself. */
export function hashOf({ blocks }: Picture): string {
  const unread = new Set(['block_id', 'action_id', 'value'])
  const text = JSON.stringify(blocks, (key, value: unknown) => (unread.has(key) ? undefined : value))
  const lasting = text
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, '')
    .replace(/<!date\^\d+/g, '<!date')
    .replace(/\/archives\/\w+\/p\d+/g, '')
    .replace(/\d{1,2}:\d\d/g, '')
  return createHash('sha256').update(lasting).digest('hex').slice(0, 16)
}
