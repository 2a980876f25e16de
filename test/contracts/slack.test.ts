/** Every message and modal that the whole bot sends, as it goes over the wire, by Slack's limits and its published schema. */
import type { KnownBlock, ModalView } from '@slack/types'
import { expect, test } from 'vitest'
import { interactive, optionsOf } from '../../sandbox/slack/blocks.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { requestTypes } from '../../src/flows/labels.ts'
import { channel, people, securityChannel, startWorld, type World } from '../app/desk-world.ts'
import { problemsWith, problemsWithModal, schemaIsHere } from '../views/block-kit-rules.ts'

/** Each button and each entry of a menu, as somebody with nothing better to do would try them: what opens is not submitted. */
async function tryAll(world: World, card: Message, by: string): Promise<void> {
  for (const { element } of interactive(card.blocks)) {
    // What asks for confirmation decides, and leaves nothing to try.
    if (element.action_id === undefined || element.url !== undefined || element.confirm) continue
    const choices = element.type === 'button' ? [undefined] : optionsOf(element).map(({ value }) => value)
    for (const choice of choices) {
      const act = { confirm: 'dialog' } as const
      if (choice === undefined) await world.slack.click(by, card, element.action_id, act)
      else await world.slack.select(by, card, element.action_id, choice, act)
      await world.drain()
    }
  }
}

interface OnTheWire {
  readonly path: string
  readonly text: string
  readonly blocks: readonly KnownBlock[] | undefined
  readonly view: ModalView | undefined
}

function sent({ slack }: World): readonly OnTheWire[] {
  return slack.fake.requests.map(({ path, body }) => {
    const given = Object(body) as Readonly<Record<string, unknown>>
    const parsed = (name: string) => {
      const value = given[name]
      return typeof value === 'string' ? JSON.parse(value) : value
    }
    return { path, text: String(given.text ?? ''), blocks: parsed('blocks'), view: parsed('view') }
  })
}

test(`all that goes to Slack from both desks is as Slack takes it${schemaIsHere ? '' : ' (its schema is not beside the repository)'}`, {
  timeout: 180_000,
}, async () => {
  const world = await startWorld({ zendesk: true })
  for (const type of [...Object.values(requestTypes), 'Something else']) {
    const iid = await world.request({ type })
    await tryAll(world, world.card(iid), people.engineer.id)
  }
  world.zendesk.submitTicket('Is it safe?', { attachments: ['poc.pdf'] })
  await world.drain()
  const ticket = world.slack.messages(securityChannel).at(-1)
  if (ticket) await tryAll(world, ticket, people.fieldSecurity.id)
  for (const text of ['list', 'show 1', 'stats', 'digest', 'help', 'nonsense', 'claim 1', 'track 1'])
    await world.slack.command(people.engineer.id, channel, '/privacy', text)
  for (const text of ['list', 'show 1', 'stats', 'batch', 'help', 'nonsense', 'claim 1'])
    await world.slack.command(people.fieldSecurity.id, securityChannel, '/security', text)
  await world.advance({ days: 31 })

  const all = sent(world)
  const messages = all.filter(({ path, blocks }) => blocks !== undefined && blocks.length > 0 && path !== '')
  const modals = all.flatMap(({ view }) => (view === undefined ? [] : [view]))
  expect(messages.flatMap(({ text, blocks = [] }) => problemsWith({ text, blocks }))).toEqual([])
  expect(modals.flatMap(problemsWithModal)).toEqual([])
  expect([messages.length > 50, modals.length > 15]).toEqual([true, true])
})
