/** What a newcomer finds: the examples of both desks, made by the bot's own work. */
import { pino } from 'pino'
import { afterAll, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'

/** By the instant at which it starts: it lives through some days of examples first. */
const sandboxes = new Map<string, Promise<Sandbox>>()
afterAll(async () => {
  for (const sandbox of sandboxes.values()) await (await sandbox).close()
})

function sandboxAt(now: string): Promise<Sandbox> {
  const sandbox =
    sandboxes.get(now) ??
    startSandbox({
      now: () => new Date(now),
      random: () => 0.5,
      log: pino({ level: 'silent' }),
      port: 0,
    })
  sandboxes.set(now, sandbox)
  return sandbox
}

test.each([
  [
    'a Tuesday morning',
    '2026-03-10T10:00:00.000Z',
    [
      'New: needs a first reply · overdue by 4 days',
      'New: needs a first reply · 3 hours left',
      'New: needs a first reply · 21 hours left',
      'New: needs a first reply · 23 hours left',
      'Security Compliance answered: reply to the requester · 1 day left',
    ],
  ],
  [
    'a Monday night',
    '2026-03-09T23:50:00.000Z',
    [
      'New: needs a first reply · overdue by 4 days',
      'New: needs a first reply · 5 minutes left',
      'New: needs a first reply · 21 hours left',
      'New: needs a first reply · 23 hours left',
      'Security Compliance answered: reply to the requester · 2 days left',
    ],
  ],
])(
  'on %s one ticket is overdue, one due today, one answered by an expert, and none decided',
  async (_day, now, lines) => {
    const { slack, zendesk } = await sandboxAt(now)

    await slack.command(PEOPLE.fieldSecurity.id, 'field-security', '/security', 'list')

    const answer = await vi.waitUntil(() => slack.ephemerals(PEOPLE.fieldSecurity.id).at(-1), 20_000)
    const listed = JSON.stringify(answer.blocks).matchAll(/ · ([^·]+ · [^·]+) · Unassigned/g)
    expect(Array.from(listed, ([, line]) => line?.replaceAll('*', ''))).toEqual(lines)
    expect(JSON.stringify(slack.card('Security Compliance: ').blocks)).toContain('last wrote')
    expect([...zendesk.tickets.values()].map(({ status }) => status)).toEqual(Array(7).fill('new'))
  },
  30_000,
)

test('every expert team of config/desk.yaml has a project with somebody who answers there', async () => {
  const { gitlab } = await sandboxAt('2026-03-10T10:00:00.000Z')

  const teams = gitlab.world.projects.filter(({ expert }) => expert !== undefined)

  expect(teams.map(({ name }) => name)).toEqual([
    'Security Operations',
    'Application Security',
    'Abuse',
    'Security Compliance',
  ])
  expect(teams.every(({ expert }) => gitlab.world.users.some(({ username }) => username === expert))).toBe(
    true,
  )
}, 30_000)
