import { describe, expect, test } from 'vitest'
import { PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import { privacy } from '../../src/desks/privacy.ts'
import { readCommand } from '../../src/listeners/read-command.ts'
import { aCardState } from '../views/a-card-state.ts'
import { textsOf } from '../views/block-kit-rules.ts'
import { aSlackApp, eventually } from './a-desk.ts'

const engineer = PEOPLE.engineer.id
const channel = 'privacy-team_help'

async function typed(text: string, userId: string = engineer, command = '/privacy') {
  const world = await aSlackApp()
  world.desk.states.set('r-1', aCardState())
  const answer = await world.slack.command(userId, channel, command, text)
  await eventually(() => world.slack.ephemerals(userId).length).toBe(1)
  const [message] = world.slack.ephemerals(userId)
  return {
    ...world,
    answer,
    message,
    shown: textsOf(message?.blocks)
      .map((one) => one.text)
      .join('\n'),
  }
}

describe('/privacy', () => {
  test.each([
    ['list', { name: 'list', filter: 'all', words: '' }],
    ['  LIST   overdue ', { name: 'list', filter: 'overdue', words: 'overdue' }],
    ['list mine', { name: 'list', filter: 'mine', words: 'mine' }],
    ['list waiting', { name: 'list', filter: 'waiting', words: 'waiting' }],
    ['list approval', { name: 'list', filter: 'approval', words: 'approval' }],
    ['list full deletion', { name: 'list', filter: { type: 'full-deletion' }, words: 'Full Deletion' }],
    [
      'list account-deletion',
      { name: 'list', filter: { type: 'account-deletion' }, words: 'GitLab.com Account Deletion' },
    ],
    [
      'list GitLab.com Account Deletion',
      { name: 'list', filter: { type: 'account-deletion' }, words: 'GitLab.com Account Deletion' },
    ],
    ['show 123', { name: 'show', number: 123 }],
    ['track #123', { name: 'track', number: 123 }],
    ['claim 123', { name: 'claim', number: 123 }],
    ['redirect-ticket 456 deletion', { name: 'redirect-ticket', ticket: 456, to: 'deletion' }],
    ['Redirect-Ticket  #456  ACCESS', { name: 'redirect-ticket', ticket: 456, to: 'access' }],
    ['redirect-ticket 456 both', { name: 'redirect-ticket', ticket: 456, to: 'both' }],
    ['redirect-ticket 456', { name: 'help' }],
    ['redirect-ticket deletion', { name: 'help' }],
    ['redirect-ticket 456 portal', { name: 'help' }],
    ['redirect-ticket 456 both now', { name: 'help' }],
    ['', { name: 'help' }],
    ['help', { name: 'help' }],
    ['list nonsense', { name: 'help' }],
    ['show', { name: 'help' }],
    ['show 0', { name: 'help' }],
    ['show -1', { name: 'help' }],
    ['show 12345678901234567890', { name: 'help' }],
    ['track 1 2', { name: 'help' }],
    ['__proto__', { name: 'help' }],
    ...[
      'show\u00a0123',
      'show 123.',
      'show 123,',
      'show “123”',
      "show '#123'",
      'show ‘#123’',
      'show «123»',
      'show issue 123',
      'Show: #123',
      'show １２３',
      'show \u200b123',
      'show 123 please',
      '/privacy show 123',
      '123',
      '#123',
    ].map((text): [string, object] => [text, { name: 'show', number: 123 }]),
    [
      'show <https://gitlab.example.com/a/b/-/issues/123|#123>',
      { name: 'show', number: 123, url: 'https://gitlab.example.com/a/b/-/issues/123' },
    ],
    [
      'claim https://gitlab.example.com/a/b/-/work_items/123#note_12.',
      { name: 'claim', number: 123, url: 'https://gitlab.example.com/a/b/-/work_items/123' },
    ],
    ['show https://gitlab.example.com/a/b/-/merge_requests/123', { name: 'help' }],
    ['track https://gitlab.example.com/a/b/-/issues/123', { name: 'help' }],
    ...['list “overdue”', 'list Overdue.', 'list over-due', 'list "OVERDUE"'].map(
      (text): [string, object] => [text, { name: 'list', filter: 'overdue', words: 'overdue' }],
    ),
    [
      'list "account deletion"',
      { name: 'list', filter: { type: 'account-deletion' }, words: 'GitLab.com Account Deletion' },
    ],
    ...[
      'redirect-ticket https://example.zendesk.com/agent/tickets/456 deletion',
      'redirect-ticket <https://example.zendesk.com/agent/tickets/456> deletion',
      'redirect-ticket deletion 456',
      'redirect ticket 456 deletion',
      'redirect-ticket ticket #456 “deletion”.',
    ].map((text): [string, object] => [text, { name: 'redirect-ticket', ticket: 456, to: 'deletion' }]),
    ['redirect-ticket https://gitlab.example.com/a/b/-/issues/456 deletion', { name: 'help' }],
  ])('understands %j', (text, command) => {
    expect(readCommand(text, privacy)).toEqual(command)
  })

  test('list answers privately with the open requests', async () => {
    const { desk, message, shown } = await typed('list overdue')

    expect(desk.listed).toEqual(['overdue'])
    expect(message?.text).toBe('1 open request (Overdue), by due date')
    expect(shown).toContain('|#123> · GitLab.com Account Deletion')
  })

  test('show answers with the request and its buttons', async () => {
    const { message, shown, slack } = await typed('show 123')

    expect(message?.text).toBe('#123 GitLab.com Account Deletion: details')
    expect(shown).toContain('*Deadlines*')
    if (!message) throw new Error('no answer')
    expect(slack.buttons(message)).toContain('Close No Response')
  })

  test('a button of the private answer works like the card’s', async () => {
    const { desk, slack, message } = await typed('show 123')
    if (!message) throw new Error('no answer')

    await slack.click(engineer, message, { button: 'Close No Response' }, { confirm: true })

    expect(desk.received).toMatchObject([{ payload: { decision: 'close-no-response' } }])
  })

  test('show of an issue that the bot does not know says how to take it in', async () => {
    expect((await typed('show 9')).message?.text).toBe('I’m not tracking #9. Start with `/privacy track 9`.')
  })

  test.each(['track', 'claim'] as const)('%s is stored before it is acknowledged', async (command) => {
    const { slack, desk } = await aSlackApp()

    const answer = await slack.command(engineer, channel, '/privacy', `${command} 77`)

    expect(answer).toMatchObject({ status: 200, body: undefined })
    expect(desk.received).toEqual([
      {
        kind: 'command',
        key: expect.stringMatching(/^command:\d/),
        payload: {
          command,
          source: 'gitlab',
          iid: 77,
          answerTo: {
            userId: engineer,
            teamId: TEAM.id,
            channel: 'C01PRIVACY',
            responseUrl: expect.any(String),
          },
        },
      },
    ])
  })

  test('redirect-ticket shows what is sent before anything is stored', async () => {
    const { slack, desk } = await aSlackApp()
    desk.redirect = {
      shown: {
        ...{ button: 'Redirect Ticket', ticket: 456, to: 'both', subject: 'My <data>', text: 'Greetings,' },
        ...{ recipients: ['Kim <kim@example.com>'], preview: 'abc', stamp: '2026-03-01T10:00:00.000Z' },
      },
    }

    const answer = await slack.command(engineer, channel, '/privacy', 'redirect-ticket 456 both')

    expect(answer).toMatchObject({ status: 200, body: undefined })
    await eventually(() => slack.openView(engineer)?.title).toBe('Redirect Ticket')
    expect(JSON.stringify(slack.openView(engineer)?.blocks)).toMatch(
      /Kim <kim@example.com>.*My <data>.*Greetings,/,
    )
    expect(desk.received).toEqual([])
  })

  test('redirect-ticket, confirmed, is stored before it is acknowledged', async () => {
    const { slack, desk } = await aSlackApp()
    desk.redirect = {
      shown: {
        ...{ button: 'Redirect Ticket', ticket: 456, to: 'both', subject: '', text: 'Greetings,' },
        ...{ recipients: [], preview: 'abc', stamp: '2026-03-01T10:00:00.000Z' },
      },
    }
    await slack.command(engineer, channel, '/privacy', 'redirect-ticket 456 both')
    await eventually(() => slack.openView(engineer)?.id).toBeDefined()

    const answer = await slack.submit(engineer, slack.openView(engineer)?.id ?? '')

    expect(answer.status).toBe(200)
    expect(desk.received).toEqual([
      {
        kind: 'redirect-ticket',
        key: expect.stringMatching(/^submit:/),
        payload: {
          ticket: 456,
          to: 'both',
          preview: 'abc',
          stamp: '2026-03-01T10:00:00.000Z',
          answerTo: { userId: engineer, teamId: TEAM.id, channel: 'C01PRIVACY' },
        },
      },
    ])
  })

  test('redirect-ticket that can’t be stored is not acknowledged when it is confirmed', async () => {
    const { slack, desk } = await aSlackApp()
    desk.redirect = {
      shown: {
        ...{ button: 'Redirect Ticket', ticket: 456, to: 'both', subject: '', text: 'Greetings,' },
        ...{ recipients: [], preview: 'abc', stamp: '2026-03-01T10:00:00.000Z' },
      },
    }
    await slack.command(engineer, channel, '/privacy', 'redirect-ticket 456 both')
    await eventually(() => slack.openView(engineer)?.id).toBeDefined()
    desk.broken = true

    const answer = await slack.submit(engineer, slack.openView(engineer)?.id ?? '')

    expect(answer.status).toBe(500)
  })

  test('redirect-ticket that is refused opens nothing', async () => {
    const { message, desk } = await typed('redirect-ticket 456 both')

    expect(message?.text).toBe('Ticket 456 is solved already.')
    expect(desk.received).toEqual([])
  })

  test.each(['list', 'show 123', 'track 123', 'claim 123', 'redirect-ticket 456 both'])(
    '%s is for people with a role',
    async (text) => {
      const { desk, message } = await typed(text, PEOPLE.member.id)

      expect(message?.text).toBe('Only support engineers, support managers and Privacy can do that.')
      expect(desk.received).toEqual([])
      expect(desk.listed).toEqual([])
    },
  )

  test('a guest is refused, and that stands in the audit log', async () => {
    const { message, desk } = await typed('list', PEOPLE.guest.id)

    expect(message?.text).toBe('Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.')
    expect(desk.refused).toMatchObject([{ decision: 'list', userId: PEOPLE.guest.id }])
  })

  test.each([
    ['what?', 'I don’t understand “what?”, so nothing was done.'],
    ['shwo 123', 'I don’t understand “shwo 123”, so nothing was done. Did you mean `/privacy show 123`?'],
    [
      'show me',
      'I don’t understand “me” after `/privacy show`, so nothing was done. Did you mean `/privacy show 123`?',
    ],
    [
      'redirect-tickets 456',
      'I don’t understand “redirect-tickets 456”, so nothing was done. Did you mean `/privacy redirect-ticket 456 deletion|access|both`?',
    ],
    [
      'track <!channel>',
      expect.stringMatching(
        /^I don’t understand “&lt;!channel&gt;” after `\/privacy track`, .*`\/privacy track 123`/,
      ),
    ],
    ['x'.repeat(3_000), expect.stringMatching(/^I don’t understand “x{199}…”, so nothing was done\.$/)],
    [
      'list deletion',
      'I don’t understand “deletion” after `/privacy list`, so nothing was done. Did you mean `/privacy list account-deletion`, `/privacy list full-deletion`, `/privacy list portal-deletion` or `/privacy list marketing-deletion`?',
    ],
    [
      'list overdeu',
      'I don’t understand “overdeu” after `/privacy list`, so nothing was done. Did you mean `/privacy list overdue`?',
    ],
    [
      'list by name',
      'I don’t understand “by name” after `/privacy list`, so nothing was done. Did you mean `/privacy list`?',
    ],
    ['show', '`/privacy show` needs more: `/privacy show 123`.'],
    [
      'redirect-ticket',
      '`/privacy redirect-ticket` needs more: `/privacy redirect-ticket 456 deletion|access|both`.',
    ],
  ])('the word that is not understood is quoted back with the nearest command: %j', async (text, told) => {
    const { message, shown, desk } = await typed(text)

    expect(message?.text).toEqual(told)
    expect(shown).toContain('`/privacy claim 123`')
    expect(desk.received).toEqual([])
  })

  test.each([
    ['show https://gitlab.example.com/desk/requests/-/issues/123', /^#123 GitLab.com Account Deletion/],
    [
      'show <https://gitlab.example.com/desk/requests/-/work_items/123#note_7|#123>',
      /^#123 GitLab.com Account Deletion/,
    ],
    ['show https://gitlab.example.com/another/-/issues/123', /^I’m not tracking #123/],
    ['claim https://gitlab.example.com/another/-/issues/123', /^I’m not tracking #123/],
  ])('an address names the issue of its own project alone: %j', async (text, told) => {
    const { message, desk } = await typed(text)

    expect(message?.text).toMatch(told)
    expect(desk.received).toEqual([])
  })

  test.each(['', 'help'])('empty input answers with usage: %j', async (text) => {
    const { message, shown } = await typed(text)

    expect(message?.text).toBe('How to use /privacy')
    expect(shown).toContain('`/privacy show 123`')
  })

  test('what can’t be stored is not acknowledged, and the person is told', async () => {
    const { slack, desk, told } = await aSlackApp()
    desk.broken = true

    const answer = await slack.command(engineer, channel, '/privacy', 'track 5')

    expect(answer.status).toBe(500)
    expect(told(engineer)[0]).toContain('ref-1')
  })
})
