/** The list of a distribution day in Field Security's channel. */
import { describe, expect, it } from 'vitest'
import { anEffectDesk, type EffectDesk, securityChannel } from '../effect-desk.ts'

const minute = 60_000
const name = 'batch:2026-11-30'
const batch = { kind: 'batch', day: '2026-11-30' } as const
const posts = /chat\.postMessage$/

async function aDeskWithList() {
  const list = { text: '2 to send' }
  const desk = await anEffectDesk({
    drawBatch: async (day) => (day === batch.day && list.text !== '' ? { ...list, blocks: [] } : undefined),
  })
  return { desk, list }
}

const shown = ({ slack }: EffectDesk) => slack.messages('field-security').map(({ text }) => text)

describe('the list of a distribution day', () => {
  it('is posted in Field Security’s channel, and its place is kept', async () => {
    const { desk } = await aDeskWithList()
    await desk.toDo(name, batch)

    await desk.workFor(minute)

    expect(shown(desk)).toEqual(['2 to send'])
    const [message] = desk.slack.messages('field-security')
    expect(JSON.parse((await desk.store.tables.settings.get(name)) ?? '')).toEqual({
      channel: securityChannel,
      ts: message?.ts,
    })
  })

  it('is posted when it was only wished for so far', async () => {
    const { desk } = await aDeskWithList()
    await desk.store.tables.settings.set(name, '')
    await desk.toDo(name, batch)

    await desk.workFor(minute)

    expect(shown(desk)).toEqual(['2 to send'])
  })

  it('is updated details', async () => {
    const { desk, list } = await aDeskWithList()
    await desk.toDo(name, batch)
    await desk.workFor(minute)
    list.text = '1 to send'
    await desk.toDo(name, batch)

    await desk.workFor(minute)

    expect(shown(desk)).toEqual(['1 to send'])
    expect(desk.slack.fake.received('POST', posts)).toHaveLength(1)
  })

  it('is posted anew when somebody deleted it', async () => {
    const { desk } = await aDeskWithList()
    await desk.toDo(name, batch)
    await desk.workFor(minute)
    const [old] = desk.slack.messages('field-security')
    desk.slack.space.replace(old ?? expect.unreachable(), { deleted: true })
    await desk.toDo(name, batch)

    await desk.workFor(minute)

    expect(shown(desk)).toEqual(['2 to send'])
    expect(await desk.store.tables.settings.get(name)).toContain(
      desk.slack.messages('field-security')[0]?.ts ?? '?',
    )
  })

  it('is not posted when there is nothing to list', async () => {
    const { desk, list } = await aDeskWithList()
    list.text = ''
    await desk.toDo(name, batch)

    await desk.workFor(minute)

    expect(shown(desk)).toEqual([])
    expect(await desk.store.tables.settings.get(name)).toBeUndefined()
  })

  it('asks for no card, and is no entry of the audit log: it only shows what is known', async () => {
    const { desk } = await aDeskWithList()
    await desk.toDo(name, batch)

    await desk.workFor(minute)

    expect(await desk.store.tables.outbox.unfinishedCount()).toBe(0)
    expect(await desk.store.tables.audit.page(0, 10)).toEqual([])
    expect(desk.slack.messages('privacy-team_help')).toEqual([])
  })

  it('never gives up', async () => {
    const { desk } = await aDeskWithList()
    const answer = { status: 200, body: { ok: false, error: 'not_in_channel' } }
    desk.slack.fake.fail({ times: Number.POSITIVE_INFINITY, failure: { answer } })
    await desk.toDo(name, batch)

    await desk.workFor(60 * minute)
    desk.slack.fake.heal()
    await desk.workFor(5 * minute)

    expect(shown(desk)).toEqual(['2 to send'])
  })
})
