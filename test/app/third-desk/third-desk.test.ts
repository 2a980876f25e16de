/** A third desk, over a service of its own, is one folder: this one, and no file of src knows of it. */
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { movableClock } from '../../../sandbox/clock.ts'
import { fastFolder } from '../../../sandbox/fast-folder.ts'
import { noPolls } from '../../../sandbox/services.ts'
import { CHANNELS, PEOPLE } from '../../../sandbox/slack/people.ts'
import { startWorld } from '../../../sandbox/world.ts'
import { shippedDesks, shippedServices } from '../../../src/compose/shipped.ts'
import { textOf } from '../desk-world.ts'
import { folderService, readSlip, writeSlip } from './folder.ts'
import { library } from './library.ts'

const librarian = PEOPLE.member.id
const channel = CHANNELS.security.name
const createdAt = '2026-03-01T09:00:00.000Z'

async function aLibrary() {
  const folder = mkdtempSync(join(fastFolder, 'slips-'))
  writeSlip(folder, 7, { createdAt, state: 'opened', updatedAt: createdAt })
  const clock = movableClock('2026-03-01T10:00:00.000Z')
  const world = await startWorld({
    ...{ now: clock.now, log: pino({ level: 'silent' }), inProcess: true, zendesk: false, env: noPolls },
    app: {
      desks: (config) => [
        ...shippedDesks(config),
        {
          desk: library,
          channel,
          members: { librarian: { groups: [], handles: [], users: [librarian] } },
        },
      ],
      services: (parts) => ({
        ...shippedServices(parts),
        folder: folderService(folder, parts.context, parts.wakeInbox),
      }),
    },
  })
  onTestFinished(() => world.close())
  await world.settle()
  const messages = () => world.slack.messages(channel)
  const card = () => {
    const found = messages().find(({ text }) => text.startsWith('Slip 7'))
    if (!found) throw new Error('there is no card of slip 7')
    return found
  }
  return { ...world, world, folder, clock, messages, card }
}

test('its request is taken in from the folder, and has a card with its deadline in its own channel', async () => {
  const { card } = await aLibrary()

  expect(textOf(card())).toContain('Slip 7: Book request')
  expect(textOf(card())).toContain('Waits for a librarian')
  expect(card().text).toContain('Due Mar 6')
})

test('its button moves the request, and what was decided is done by its own service', async () => {
  const { slack, world, clock, card, folder } = await aLibrary()

  await slack.click(librarian, card(), { button: 'Lend' }, { confirm: true })
  await world.settle()
  clock.advance({ seconds: 2 })
  await world.settle()

  expect(readSlip(folder, 7).state).toBe('closed')
  expect(textOf(card())).toContain('Lent')
})

test('is for its own people: an engineer of another desk is refused', async () => {
  const { slack, world, card, folder } = await aLibrary()

  await slack.click(PEOPLE.engineer.id, card(), { button: 'Lend' }, { confirm: true })
  await world.settle()

  expect(readSlip(folder, 7).state).toBe('opened')
  expect(slack.ephemerals(PEOPLE.engineer.id).at(-1)?.text).toBe(
    `Only a librarian can use Lend. Ask <@${librarian}>.`,
  )
})

test('its digest is posted in its channel', async () => {
  const { messages } = await aLibrary()

  expect(messages().map(({ text }) => text)).toContain(
    'Slips, Sun, Mar 1: 1 to do. 1 open slip; since yesterday 1 asked.',
  )
})

test('its slash command is answered', async () => {
  const { slack } = await aLibrary()

  await slack.command(librarian, channel, '/library', 'list')

  await expect.poll(() => slack.ephemerals(librarian).at(-1)?.text).toBe('1 open slip, by due date')
})
