import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ModalView } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { filledIn } from '../../sandbox/slack/inputs.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { type Slack, startSlack } from '../../sandbox/slack/slack.ts'
import { clientOf, refusal } from './slack-client.ts'

let clock = new Date('2026-03-02T10:00:00.000Z')
let slack: Slack
let client: WebClient

beforeEach(async () => {
  clock = new Date('2026-03-02T10:00:00.000Z')
  slack = await startSlack({ now: () => clock })
  client = clientOf(slack)
})
afterEach(() => slack.close())

const changed = { type: 'section', text: { type: 'plain_text', text: 'The ticket has changed.' } } as const

const modal: ModalView = {
  type: 'modal',
  title: { type: 'plain_text', text: 'Start' },
  submit: { type: 'plain_text', text: 'Start' },
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      label: { type: 'plain_text', text: 'Reason' },
      element: { type: 'plain_text_input', action_id: 'text' },
    },
  ],
}

describe('modals', () => {
  test('a trigger opens one modal, once', async () => {
    const trigger_id = slack.space.newTrigger(PEOPLE.engineer.id)

    const { view } = await client.views.open({ trigger_id, view: modal })

    expect(slack.openView(PEOPLE.engineer.id)?.id).toBe(view?.id)
    expect(await refusal(client.views.open({ trigger_id, view: modal }))).toBe('exchanged_trigger_id')
  })

  test('a trigger lives three seconds', async () => {
    const trigger_id = slack.space.newTrigger(PEOPLE.engineer.id)
    clock = new Date(clock.getTime() + 3001)

    expect(await refusal(client.views.open({ trigger_id, view: modal }))).toBe('expired_trigger_id')
    expect(await refusal(client.views.open({ trigger_id: 'made-up', view: modal }))).toBe(
      'invalid_trigger_id',
    )
    expect(slack.openView(PEOPLE.engineer.id)).toBeUndefined()
  })

  test('an update with the hash of an older state is refused', async () => {
    const opened = await client.views.open({
      trigger_id: slack.space.newTrigger(PEOPLE.engineer.id),
      view: modal,
    })
    const view_id = opened.view?.id ?? ''
    const title = { type: 'plain_text', text: 'Later' } as const

    await client.views.update({ view_id, view: { ...modal, title } })

    expect(slack.openView(PEOPLE.engineer.id)?.title).toBe('Later')
    const stale = client.views.update({ view_id, hash: opened.view?.hash ?? '', view: modal })
    expect(await refusal(stale)).toBe('hash_conflict')
    expect(await refusal(client.views.update({ view_id: 'V0', view: modal }))).toBe('not_found')
  })

  test('a view that comes again after a submit keeps what was typed where block and action are the same', async () => {
    const app = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({ response_action: 'update', view: { ...modal, blocks: [changed, ...modal.blocks] } }),
      )
    })
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
    const { port } = app.address() as AddressInfo
    slack.app = { url: `http://127.0.0.1:${port}`, signingSecret: slack.signingSecret }
    const opened = await client.views.open({
      trigger_id: slack.space.newTrigger(PEOPLE.engineer.id),
      view: modal,
    })
    const id = opened.view?.id ?? ''

    await slack.submit(PEOPLE.engineer.id, id, { Reason: 'lost phone' })

    const view = slack.openView(PEOPLE.engineer.id)
    expect(view?.id).toBe(id)
    expect(view?.hash).not.toBe(opened.view?.hash)
    expect(view?.blocks.map(({ type }) => type)).toEqual(['section', 'input'])
    expect(view && filledIn(view, {})).toEqual({
      reason: { text: { type: 'plain_text_input', value: 'lost phone' } },
    })
    app.close()
  })

  test('at most three modals stand on each other', async () => {
    const trigger = () => slack.space.newTrigger(PEOPLE.engineer.id)
    await client.views.open({ trigger_id: trigger(), view: modal })
    await client.views.push({ trigger_id: trigger(), view: modal })
    await client.views.push({ trigger_id: trigger(), view: modal })

    expect(await refusal(client.views.push({ trigger_id: trigger(), view: modal }))).toBe(
      'push_limit_reached',
    )
  })

  test.each([
    ['a title of 25', { ...modal, title: { type: 'plain_text' as const, text: 'x'.repeat(25) } }],
    ['private metadata of 3001', { ...modal, private_metadata: 'x'.repeat(3001) }],
    ['101 blocks', { ...modal, blocks: Array.from({ length: 101 }, () => ({ type: 'divider' as const })) }],
    ['an input without submit', { ...modal, submit: undefined }],
  ])('a modal with %s is refused', async (_what, view) => {
    const trigger_id = slack.space.newTrigger(PEOPLE.engineer.id)

    expect(await refusal(client.views.open({ trigger_id, view: view as ModalView }))).toBe(
      'invalid_arguments',
    )
  })
})
