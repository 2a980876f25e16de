/** The weekly report: once a week in each desk's channel, over restarts, with a chart. */
import { describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { channel, securityChannel, startWorld, textOf, type World } from './desk-world.ts'

/** A Sunday. */
const startsAt = '2026-03-01T10:00:00.000Z'

function reports(world: World, where: string = channel): readonly Message[] {
  return world.slack.messages(where).filter(({ text }) => text.includes(': the last week'))
}

describe('The weekly report', () => {
  test('is posted on Monday at nine, with what came in and a chart', async () => {
    const world = await startWorld({ startsAt })
    await world.request()

    await world.advance({ hours: 22 })
    expect(reports(world)).toEqual([])
    await world.advance({ hours: 1, minutes: 1 })

    expect(reports(world).map(textOf)).toEqual([expect.stringContaining('1 request came in.')])
    expect(reports(world)[0]?.blocks.map(({ type }) => type)).toContain('data_visualization')
  })

  test('comes once a week however often the bot restarts, and again the week after', async () => {
    const world = await startWorld({ startsAt })
    await world.request()
    await world.advance({ hours: 24 })
    await world.restart()
    await world.advance({ hours: 3 })
    await world.restart()

    expect(reports(world)).toHaveLength(1)
    for (let day = 0; day < 7; day += 1) await world.advance({ hours: 24 })

    expect(reports(world)).toHaveLength(2)
  })

  test('comes when the bot is back that was down then, unless that is days later', async () => {
    const world = await startWorld({ startsAt })
    await world.request()
    await world.stop()
    world.clock.advance({ hours: 30 })
    await world.restart()
    expect(reports(world)).toHaveLength(1)

    await world.stop()
    world.clock.advance({ hours: 10 * 24 })
    await world.restart()

    expect(reports(world)).toHaveLength(1)
  })

  test('says nothing of the weeks before the bot was there', async () => {
    const world = await startWorld({ startsAt: '2026-03-02T12:00:00.000Z' })
    await world.request()
    await world.advance({ hours: 1 })

    expect(reports(world)).toEqual([])
  })

  test('is off where REPORT_AT is empty', async () => {
    const world = await startWorld({ startsAt, env: { REPORT_AT: '' } })
    await world.request()
    await world.advance({ hours: 48 })

    expect(reports(world)).toEqual([])
  })

  test('comes at the day and time that are set, in the time zone of the desk', async () => {
    const world = await startWorld({
      startsAt,
      env: { REPORT_AT: 'Tue 08:30', TIMEZONE: 'America/New_York' },
    })
    await world.request()
    await world.advance({ hours: 51, minutes: 29 })
    expect(reports(world)).toEqual([])

    await world.advance({ minutes: 2 })

    expect(reports(world)).toHaveLength(1)
  })

  test('of the other desk stands in the other channel', async () => {
    const world = await startWorld({ startsAt, zendesk: true })
    world.zendesk.submitTicket('Is it encrypted?', { subject: 'A question' })
    await world.drain()
    await world.advance({ hours: 24 })

    expect(reports(world, securityChannel).map(({ text }) => text)).toEqual([
      expect.stringContaining('Security tickets: the last week: 1 ticket came in'),
    ])
  })

  test('is a picture with words where the workspace draws no charts, and text where it takes none', async () => {
    const world = await startWorld({ startsAt })
    await world.request()
    world.slack.space.terms.unknownBlocks = ['data_visualization']
    await world.advance({ hours: 24 })
    expect(reports(world)[0]?.blocks.map(({ type }) => type)).toContain('image')

    world.slack.space.terms.missingScopes = ['files:write']
    await world.advance({ hours: 24 })
    await world.request()
    for (let day = 1; day < 7; day += 1) await world.advance({ hours: 24 })

    expect(textOf(reports(world).at(-1) ?? { text: '', blocks: [] })).toContain('█')
    expect(reports(world)).toHaveLength(2)
  })

  test('holds nothing of a requester', async () => {
    const world = await startWorld({ startsAt })
    await world.request()
    await world.advance({ hours: 24 })

    expect(JSON.stringify(reports(world))).not.toMatch(/requester@example\.com|quiet\.owner/)
  })
})
