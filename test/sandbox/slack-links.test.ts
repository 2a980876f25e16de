/** Links that people post in the local Slack: what the app is told, what it shows for them, and the pane of one reader. */
import { beforeEach, expect, test } from 'vitest'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import { type Slack, slackInProcess } from '../../sandbox/slack/slack.ts'
import { asTyped } from '../../sandbox/slack/work-objects.ts'

const { engineer, stranger } = PEOPLE
const channel = CHANNELS.privacy.name
const url = 'http://gitlab.example:8080/desk/-/issues/7'
const object = {
  entity_type: 'slack#/entities/task',
  url,
  app_unfurl_url: `${url}#note_1`,
  external_ref: { id: 'r7', type: 'privacy' },
  entity_payload: {
    attributes: { title: { text: '#7' } },
    actions: { primary_actions: [{ text: 'Decide', action_id: 'decide', value: 'r7' }] },
  },
}

let slack: Slack
let heard: Readonly<Record<string, unknown>>[]

beforeEach(() => {
  heard = []
  slack = slackInProcess({ now: () => new Date('2026-03-02T10:00:00.000Z'), origin: 'http://slack.local' })
  slack.space.terms.unfurlDomains = ['gitlab.example:8080']
  slack.app = {
    url: 'http://bot.local/slack/events',
    signingSecret: slack.signingSecret,
    fetch: async (_url, init) => {
      const body = String(init?.body)
      heard.push(JSON.parse(body.startsWith('{') ? body : (new URLSearchParams(body).get('payload') ?? '')))
      return new Response('')
    },
  }
})

const call = async (method: string, given: object): Promise<unknown> => {
  const { text } = await slack.fake.take({
    method: 'POST',
    url: `/api/${method}`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${slack.botToken}` },
    text: JSON.stringify(given),
  })
  return JSON.parse(text)
}

const lastEvent = () => (heard.at(-1)?.event ?? {}) as Readonly<Record<string, unknown>>

/** Posts the link and shows it as an object; gives the message and the event. */
async function shown() {
  await slack.post(engineer.id, channel, `${url}#note_1`)
  const { unfurl_id, source } = lastEvent()
  await call('chat.unfurl', { unfurl_id, source, metadata: { entities: [object] } })
  return slack.space.messages.at(-1) ?? expect.fail('no message')
}

test('what is typed is kept as Slack keeps it: no mention, no markup, and an address is a link', () => {
  expect(asTyped(`<!channel> a & b ${url}?a=1&b=2 <${url}>`)).toBe(
    `&lt;!channel&gt; a &amp; b <${url}?a=1&amp;b=2> &lt;<${url}>&gt;`,
  )
})

test('the app is told of the links to its domains, each once, and of no other', async () => {
  await slack.post(engineer.id, channel, `${url} and ${url}, see https://elsewhere.example/7`)
  await slack.post(engineer.id, channel, 'http://gitlab.example/desk/-/issues/7')

  expect(heard).toHaveLength(1)
  expect(heard[0]?.event).toMatchObject({
    type: 'link_shared',
    user: engineer.id,
    channel: CHANNELS.privacy.id,
    message_ts: slack.space.messages[0]?.ts,
    links: [{ domain: 'gitlab.example:8080', url }],
  })
})

test('what the app shows stands below the message, found by channel and time or by the id of the event', async () => {
  const message = await shown()
  expect(message.unfurl?.entities).toMatchObject([{ url }])

  await slack.post(engineer.id, channel, url)
  const other = slack.space.messages.at(-1)
  await call('chat.unfurl', {
    channel: other?.channel,
    ts: other?.ts,
    unfurls: { [url]: { blocks: [{ type: 'divider' }] } },
  })
  expect(slack.space.messages.at(-1)?.unfurl).toEqual({
    unfurls: { [url]: { blocks: [{ type: 'divider' }] } },
  })
})

test('what is no Work Object is dropped with a warning', async () => {
  await slack.post(engineer.id, channel, url)
  const message = slack.space.messages.at(-1)
  const untitled = { ...object, entity_payload: { attributes: {} } }

  expect(
    await call('chat.unfurl', {
      channel: message?.channel,
      ts: message?.ts,
      metadata: { entities: [untitled] },
    }),
  ).toEqual({ ok: true, warning: 'invalid_metadata_format' })
  expect(slack.space.messages.at(-1)?.unfurl).toBeUndefined()
})

test('a pane is filled for whoever opened it, and a click in it says which link it is of', async () => {
  const message = await shown()

  await slack.openPane(engineer.id, message, url)
  const { trigger_id, ...asked } = lastEvent()
  expect(asked).toMatchObject({
    type: 'entity_details_requested',
    user: engineer.id,
    entity_url: url,
    app_unfurl_url: `${url}#note_1`,
    external_ref: { id: 'r7', type: 'privacy' },
  })
  await call('entity.presentDetails', { trigger_id, metadata: object })
  await slack.clickPane(engineer.id, 'decide')

  expect(slack.space.openPanes.get(engineer.id)?.entity?.url).toBe(url)
  expect(heard.at(-1)).toMatchObject({
    type: 'block_actions',
    user: { id: engineer.id },
    container: { type: 'entity_detail', entity_url: url, message_ts: message.ts },
    actions: [{ action_id: 'decide', value: 'r7' }],
  })
  slack.closePane(engineer.id)
  expect(() => slack.clickPane(engineer.id, 'decide')).toThrow('no pane open')
})

test('whoever is not in the channel opens no pane of its messages', async () => {
  const message = await shown()

  expect(() => slack.openPane(stranger.id, message, url)).toThrow('is not in #')
})
