import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { adminToken } from '../../sandbox/gitlab/gitlab.ts'
import { APP_TOKEN } from '../../sandbox/slack/slack.ts'
import { builtBundle } from '../config/built-bundle.ts'
import { asAnyUser, now, temporaryFolder, temporaryStore } from '../store/temporary-store.ts'
import { commandLine } from './command-line.ts'
import { answers, hook, newest, signedIn, surroundings } from './doctor-surroundings.ts'

describe('the doctor says per line what is right', () => {
  test('and ends with 0 where nothing is a problem', async () => {
    const { examine, env } = await surroundings()
    const path = String(env.DATABASE_URL).slice('file:'.length)

    expect(await examine({}, true)).toEqual({
      code: 0,
      lines: [
        'ok      Configuration: everything that is required is set',
        'ok      Time zone: there it is Mar 1, 9:00 AM UTC',
        `ok      Database: ${path} will be made at the first start`,
        'ok      Slack: signed in as U1 in https://desk.example.slack.com/',
        'ok      Slack scopes: all are granted',
        'ok      Slack channel privacy-team_help: private, and the bot is a member',
        'ok      SUPPORT_ENGINEERS: not set, so any full member of the channel holds the role',
        'ok      SUPPORT_MANAGERS: 1 person holds the role',
        'ok      PRIVACY_TEAM: 2 people hold the role',
        'ok      GitLab: signed in as privacy-desk-bot; the token expires on 2027-01-31',
        'ok      GitLab project support/personal-account-requests: readable',
        'ok      GitLab webhook: fires for issues and comments, confidential ones too',
        'ok      GitLab Service Desk: the newest request, #7 of 2026-11-22, is listed as a ticket',
        'ok      GitLab Support Bot: support-bot, who opened #7',
        'ok      GitLab templates of support/personal-account-requests: all that are needed are there',
        'ok      GitLab templates of security/trust-and-safety: all that are needed are there',
        'ok      GitLab feature request: gitlab-org/gitlab#330669 can be seen',
        'ok      GitLab labels: all 14 are there',
        'ok      Zendesk: off (no ZENDESK_URL), and with it the security desk',
        'ok      Clock: the same as Slack’s',
        'ok      Clock: the same as GitLab’s',
      ],
    })
    expect(existsSync(path)).toBe(false)
  })

  test('and ends with a summary', async () => {
    const { report } = await surroundings()

    const { text } = await report({ SUPPORT_MANAGERS: '' })

    expect(text).toMatch(/\n\nNo problems, 1 warning, \d+ checks fine\.\n$/)
  })

  test('and says that a supervisor would start other code than lies beside it', async () => {
    const { report } = await surroundings()
    const { bundle, change } = await builtBundle()

    expect((await report({}, bundle)).text).not.toContain('Build:')
    change()
    const { code, text } = await report({}, bundle)

    expect(text).toContain(
      'warn    Build: dist was built from other code than lies beside it. Fix: run npm run build, and restart the bot\n',
    )
    expect(code).toBe(0)
  })

  test('and ends with the problems once more where they lie between lines that are fine', async () => {
    const { report } = await surroundings()

    const { text } = await report({ PRIVACY_CHANNEL: 'nowhere' })

    expect(text).toMatch(
      /\n\n1 problem, 0 warnings, \d+ checks fine: the bot can’t work until the lines with “problem” are fixed:\n\nproblem Slack channel nowhere: not there.*\n$/,
    )
  })

  test('and changes nothing: it only reads', async () => {
    const { examine, slack, gitlab } = await surroundings()

    await examine()

    expect(gitlab.requests.filter(({ method }) => method !== 'GET')).toEqual([])
    const asked = new Set(slack.requests.map(({ path }) => path.replace('/api/', '')))
    expect([...asked].sort()).toEqual([
      'auth.test',
      'conversations.list',
      'usergroups.list',
      'usergroups.users.list',
    ])
  })
})

describe('the configuration', () => {
  test('is named variable by variable where it is wrong, and nobody is asked', async () => {
    const { code, out } = await commandLine(['doctor'], { GITLAB_PROJECT: 'not a project' })

    expect(code).toBe(1)
    const mend = 'Fix: set it as .env.example and config/desk.yaml explain'
    expect(out.split('\n')).toEqual([
      `problem Configuration: SLACK_BOT_TOKEN is missing. ${mend}`,
      `problem Configuration: GITLAB_TOKEN is missing. ${mend}`,
      `problem Configuration: GITLAB_PROJECT must be a project id or a full path such as group/project. ${mend}`,
      `problem Configuration: SLACK_SIGNING_SECRET is missing (or SLACK_APP_TOKEN, for Socket Mode). ${mend}`,
      '',
      '4 problems, 0 warnings, 0 checks fine: the bot can’t work until the lines with “problem” are fixed.',
      '',
    ])
  })

  test('that names a proxy is said, without its password, and the proxy is used', async () => {
    const { examine, slack } = await surroundings()
    const before = slack.requests.length

    const { lines } = await examine(
      { HTTP_PROXY: 'http://desk:a-password@127.0.0.1:1', NO_PROXY: 'a.example.com' },
      true,
    )

    expect(lines).toContain(
      'ok      Proxy: Slack, GitLab and Zendesk are asked through 127.0.0.1:1, but not a.example.com',
    )
    expect(lines.join()).toContain('problem Slack: slack auth.test: no connection (ECONNREFUSED).')
    expect([slack.requests.length - before, lines.join().includes('a-password')]).toEqual([0, false])
  })

  test('that has a variable under a wrong name is told the right one, where it is missing too', async () => {
    const { out } = await commandLine(['doctor'], {
      GITLAB_TOKN: 'glpat-secret',
      SLACK_WEBHOOK_URL: 'https://x',
    })

    expect(out.split('\n').slice(0, 2)).toEqual([
      'warn    Configuration: GITLAB_TOKN is set, but the bot doesn’t know it. Fix: rename it to GITLAB_TOKEN, or leave it out',
      'warn    Configuration: SLACK_WEBHOOK_URL is set, but the bot doesn’t know it. Fix: leave it out',
    ])
    expect(out).toContain('problem Configuration: GITLAB_TOKEN is missing.')
    expect(out).not.toContain('glpat-secret')
  })
})

describe('the clock of the machine', () => {
  const minutesLater = (count: number) => () => new Date(now().getTime() + count * 60_000)
  const mend = 'Fix: let this machine keep its time by a time server'

  test.each([
    [5, 'warn    Clock: 5 minutes ahead of Slack’s.', 0],
    [-4, 'warn    Clock: 4 minutes behind Slack’s.', 0],
    [6, 'problem Clock: 6 minutes ahead of Slack’s, so Slack’s clicks and commands are all refused.', 1],
    [
      27 * 24 * 60,
      'problem Clock: 27 days ahead of Slack’s, so Slack’s clicks and commands are all refused.',
      1,
    ],
    [-150, 'problem Clock: 3 hours behind Slack’s, so Slack’s clicks and commands are all refused.', 1],
    [-61, 'problem Clock: 61 minutes behind Slack’s, so Slack’s clicks and commands are all refused.', 1],
  ])('is told where it is ahead of Slack’s by %i minutes', async (ahead, line, code) => {
    const { examine } = await surroundings({ slack: minutesLater(-ahead) })

    expect(await examine()).toEqual({ code, lines: [`${line} ${mend}`] })
  })

  test('hinders nobody in Socket Mode, where nothing is signed', async () => {
    const { examine } = await surroundings({ slack: minutesLater(-61) })

    const { lines } = await examine({ SLACK_APP_TOKEN: APP_TOKEN })

    expect(lines).toEqual([`warn    Clock: 61 minutes ahead of Slack’s. ${mend}`])
  })

  test('is compared with GitLab’s', async () => {
    const { examine } = await surroundings({ gitlab: minutesLater(10) })

    expect(await examine()).toEqual({
      code: 0,
      lines: [`warn    Clock: 10 minutes behind GitLab’s. ${mend}`],
    })
  })

  test('is not spoken of where no answer has a date that can be read', async () => {
    const { examine } = await surroundings({ slack: () => new Date(Number.NaN) })

    const { lines } = await examine({}, true)

    expect(lines.filter((line) => line.includes('Clock'))).toEqual(['ok      Clock: the same as GitLab’s'])
  })
})

describe('the database', () => {
  test('that the bot has open is read beside it', async () => {
    const { examine } = await surroundings()
    const path = join(temporaryFolder(), 'desk.db')
    await temporaryStore(path)

    const { code, lines } = await examine({ DATABASE_URL: `file:${path}` }, true)

    expect(code).toBe(0)
    expect(lines).toContain(`ok      Database: ${path} opens; its audit log has 0 entries`)
  })

  test.each([
    [
      'an earlier version is brought up to date at the next start',
      "DELETE FROM kysely_migration WHERE name >= '015'",
      0,
      'ok      Database: PATH opens; its tables will be brought up to date at the next start',
    ],
    [
      'a later version that adds to them is worked with',
      "INSERT INTO kysely_migration VALUES ('016-more-beside', '2030-01-01T00:00:00.000Z')",
      0,
      'ok      Database: PATH opens; its audit log has 0 entries',
    ],
    [
      'a later version that changes them is a problem, as the bot refuses them',
      "INSERT INTO kysely_migration VALUES ('016-other-names', '2030-01-01T00:00:00.000Z')",
      1,
      "problem Database: The database's tables are of a later version of the bot (016-other-names): use that one. Fix: check DATABASE_URL",
    ],
  ])('whose tables are of %s', async (_which, change, code, line) => {
    const { examine } = await surroundings()
    const path = join(temporaryFolder(), 'desk.db')
    await (await temporaryStore(path)).close()
    await asAnyUser(path, change)

    const found = await examine({ DATABASE_URL: `file:${path}` }, true)

    expect(found.code).toBe(code)
    expect(found.lines).toContain(line.replace('PATH', path))
  })

  test('that is none is a problem', async () => {
    const { examine } = await surroundings()
    const path = join(temporaryFolder(), 'notes.txt')
    writeFileSync(path, 'A shopping list that is longer than the header of a database. '.repeat(20))

    expect(await examine({ DATABASE_URL: `file:${path}` })).toEqual({
      code: 1,
      lines: [
        `problem Database: The database ${path} can't be opened: file is not a database. Fix: check DATABASE_URL`,
      ],
    })
  })

  test('in memory is warned of', async () => {
    const { examine } = await surroundings()

    expect(await examine({ DATABASE_URL: ':memory:' })).toEqual({
      code: 0,
      lines: ['warn    Database: in memory, so that a stop loses everything. Fix: set DATABASE_URL'],
    })
  })
})

describe('Slack', () => {
  test('that refuses the token is a problem, and no further line is about it', async () => {
    const { examine, slack } = await surroundings()
    answers(slack, /auth\.test$/, { status: 200, body: { ok: false, error: 'invalid_auth' } })

    expect(await examine()).toEqual({
      code: 1,
      lines: ['problem Slack: slack auth.test: invalid_auth. Fix: check SLACK_BOT_TOKEN and SLACK_API_URL'],
    })
  })

  test('without a scope is a problem', async () => {
    const { examine, slack } = await surroundings()
    const headers = { 'x-oauth-scopes': 'chat:write, commands,users:read,channels:read' }
    answers(slack, /auth\.test$/, { status: 200, headers, body: signedIn })

    expect(await examine()).toEqual({
      code: 1,
      lines: [
        'problem Slack scopes that are not granted: usergroups:read, groups:read. Fix: add them under OAuth & Permissions and install the app again',
        'warn    Slack scope files:write is not granted: charts come as text where the workspace draws none itself. Fix: add it under OAuth & Permissions and install the app again',
      ],
    })
  })

  test('that does not tell the scopes is warned of', async () => {
    const { examine, slack } = await surroundings()
    answers(slack, /auth\.test$/, { status: 200, body: signedIn })

    expect(await examine()).toEqual({
      code: 0,
      lines: ['warn    Slack scopes: Slack does not say. Fix: compare them with manifest.yml'],
    })
  })

  test.each([
    [{}, 'problem', 'the bot is no member. Fix: invite the bot there: /invite @ and its name'],
    [{ is_member: true, is_archived: true }, 'problem', 'archived. Fix: unarchive it, or name another'],
    [
      { is_member: true, is_private: true, is_ext_shared: true },
      'warn',
      'shared with another organization. Fix: take one that only your own people see',
    ],
    [{ is_member: true, is_private: false }, 'warn', 'public in your workspace. Fix: make it private'],
  ])('channel %j', async (channel, verdict, text) => {
    const { examine, slack } = await surroundings()
    const channels = [{ id: 'C1', name: 'privacy-team_help', is_private: true, ...channel }]
    answers(slack, /conversations\.list$/, { status: 200, body: { ok: true, channels } })

    expect(await examine()).toEqual({
      code: verdict === 'problem' ? 1 : 0,
      lines: [`${verdict.padEnd(8)}Slack channel privacy-team_help: ${text}`],
    })
  })

  test.each(['paid_teams_only', 'plan_upgrade_required', 'missing_scope'])(
    'that has no user groups (%s) is warned of where a role names one, as the bot starts all the same',
    async (error) => {
      const { examine, slack } = await surroundings()
      answers(slack, /usergroups\.list$/, { status: 200, body: { ok: false, error } })
      const mend =
        'Fix: name people by their ids (U…), or take a plan with user groups and give the app usergroups:read'

      const byId = { SUPPORT_MANAGERS: 'U01MANAGER', PRIVACY_TEAM: 'U01PRIVACY' }
      expect(await examine(byId)).toEqual({ code: 0, lines: [] })
      expect(await examine({ ...byId, PRIVACY_TEAM: 'U01PRIVACY,@privacy-team' })).toEqual({
        code: 0,
        lines: [
          `warn    Slack user groups: refused (${error}), so no group holds a role. ${mend}`,
          'warn    PRIVACY_TEAM: not known to Slack, or no longer active: @privacy-team. Fix: correct the ids and handles',
        ],
      })
    },
  )

  test('channel that is not to be seen is a problem', async () => {
    const { examine } = await surroundings()

    expect(await examine({ PRIVACY_CHANNEL: 'nowhere' })).toEqual({
      code: 1,
      lines: [
        'problem Slack channel nowhere: not there, or private and the bot is no member. Fix: check its name, or invite the bot there: /invite @ and its name',
      ],
    })
  })

  test.each([
    [{ ok: true, url: 'wss://slack.example' }, 0, []],
    [
      { ok: false, error: 'missing_scope' },
      1,
      [
        'problem Slack Socket Mode: missing_scope. Fix: switch Socket Mode on and make an app-level token with the scope connections:write',
      ],
    ],
  ])('Socket Mode that answers %j', async (body, code, lines) => {
    const { examine, slack } = await surroundings()
    answers(slack, /apps\.connections\.open$/, { status: 200, body })

    expect(await examine({ SLACK_APP_TOKEN: 'xapp-1' })).toEqual({ code, lines })
    expect(slack.received('POST', /apps\.connections\.open$/)[0]?.headers.authorization).toBe('Bearer xapp-1')
  })
})

describe('the roles', () => {
  test.each([
    [
      { SUPPORT_MANAGERS: '@support-managers,@nobody,U000000' },
      0,
      'warn    SUPPORT_MANAGERS: not known to Slack, or no longer active: @nobody, U000000. Fix: correct the ids and handles',
    ],
    [
      { SUPPORT_ENGINEERS: 'S000000' },
      0,
      'warn    SUPPORT_ENGINEERS: not known to Slack, or no longer active: S000000, so only support managers can work requests. Fix: correct the ids and handles',
    ],
    [
      { SUPPORT_ENGINEERS: 'S000000', SUPPORT_MANAGERS: '@nobody' },
      1,
      'problem SUPPORT_ENGINEERS: not known to Slack, or no longer active: S000000, so nobody can work requests. Fix: correct the ids and handles',
      'warn    SUPPORT_MANAGERS: not known to Slack, or no longer active: @nobody, so nobody can approve an exception. Fix: correct the ids and handles',
    ],
    [
      { SUPPORT_ENGINEERS: 'S000000', SUPPORT_MANAGERS: '' },
      1,
      'problem SUPPORT_ENGINEERS: not known to Slack, or no longer active: S000000, so nobody can work requests. Fix: correct the ids and handles',
      'warn    SUPPORT_MANAGERS: not set, so nobody can approve an exception. Fix: set SUPPORT_MANAGERS',
    ],
    [
      { SUPPORT_MANAGERS: '' },
      0,
      'warn    SUPPORT_MANAGERS: not set, so nobody can approve an exception. Fix: set SUPPORT_MANAGERS',
    ],
    [
      { PRIVACY_TEAM: '' },
      0,
      'warn    PRIVACY_TEAM: not set, so nobody is asked where Privacy decides. Fix: set PRIVACY_TEAM',
    ],
    [
      { PRIVACY_TEAM: '', REQUIRE_PRIVACY_APPROVAL: 'true' },
      1,
      'problem PRIVACY_TEAM: not set, though REQUIRE_PRIVACY_APPROVAL asks for Privacy. Fix: set PRIVACY_TEAM',
    ],
  ])('%j', async (env, code, ...lines) => {
    const { examine } = await surroundings()

    expect(await examine(env)).toEqual({ code, lines })
  })

  const engineers = 'SUPPORT_ENGINEERS: its groups are empty, so'
  const managers =
    'warn    SUPPORT_MANAGERS: its groups are empty, so nobody can approve an exception. Fix: put somebody into them'
  const privacy =
    'PRIVACY_TEAM: its groups are empty, so nobody is asked where Privacy decides. Fix: put somebody into them'

  test.each([
    [
      'those who are named work requests',
      { SUPPORT_MANAGERS: 'U01MANAGER' },
      0,
      [
        `warn    ${engineers} only support managers can work requests. Fix: put somebody into them`,
        `warn    ${privacy}`,
      ],
    ],
    [
      'nobody works requests where nobody is named',
      {},
      1,
      [
        `problem ${engineers} nobody can work requests. Fix: put somebody into them`,
        managers,
        `warn    ${privacy}`,
      ],
    ],
    [
      'no exception is approved where Privacy has to',
      { SUPPORT_ENGINEERS: '', REQUIRE_PRIVACY_APPROVAL: 'true' },
      1,
      [managers, `problem ${privacy}`],
    ],
  ])('where groups are empty %s', async (_what, env, code, lines) => {
    const { examine, slack } = await surroundings()
    answers(slack, /usergroups\.users\.list$/, { status: 200, body: { ok: true, users: [] } })

    expect(await examine({ SUPPORT_ENGINEERS: '@support-engineers', ...env })).toEqual({ code, lines })
  })

  test('a person who has left no longer holds one', async () => {
    const { examine, slack } = await surroundings()
    answers(slack, /users\.info$/, {
      status: 200,
      body: { ok: true, user: { id: 'U777777', deleted: true } },
    })

    expect(await examine({ SUPPORT_MANAGERS: 'U777777' })).toEqual({
      code: 0,
      lines: [
        'warn    SUPPORT_MANAGERS: not known to Slack, or no longer active: U777777, so nobody can approve an exception. Fix: correct the ids and handles',
      ],
    })
  })
})

const noLabel = { status: 404, body: { message: '404 Label Not Found' } }

describe('GitLab', () => {
  test('that refuses the token is a problem, and no further line is about it', async () => {
    const { examine } = await surroundings()

    expect(await examine({ GITLAB_TOKEN: 'wrong' })).toEqual({
      code: 1,
      lines: [
        'problem GitLab: gitlab GET /api/v4/user: 401 (401 Unauthorized). Fix: check GITLAB_URL and GITLAB_TOKEN',
      ],
    })
  })

  test('token that may not write is a problem', async () => {
    const { examine, gitlab } = await surroundings()
    answers(gitlab, /personal_access_tokens\/self$/, { status: 200, body: { scopes: ['read_api'] } })

    expect(await examine()).toEqual({
      code: 1,
      lines: [
        'problem GitLab token of privacy-desk-bot: it lacks the scope api. Fix: make a token with the scope api',
      ],
    })
  })

  test.each([
    ['2026-04-01', 0, []],
    [
      '2026-03-31',
      0,
      [
        'warn    GitLab: GITLAB_TOKEN ends on Mar 31, in 30 days. Fix: make a new token, set GITLAB_TOKEN and start the bot again',
        'warn    GitLab: GITLAB_ADMIN_TOKEN ends on Mar 31, in 30 days. Fix: make a new token, set GITLAB_ADMIN_TOKEN and start the bot again',
      ],
    ],
    [
      '2026-03-01',
      1,
      [
        'problem GitLab: GITLAB_TOKEN ended on Mar 1. Fix: make a new token, set GITLAB_TOKEN and start the bot again',
      ],
    ],
  ])('tokens that end on %s are warned of from 30 days before', async (end, exit, said) => {
    const { examine, gitlab } = await surroundings()
    const body = { scopes: ['api'], expires_at: end }
    answers(gitlab, /personal_access_tokens\/self$/, { status: 200, body })

    const { code, lines } = await examine({ GITLAB_ADMIN_TOKEN: adminToken })

    expect([code, lines]).toEqual([exit, said])
  })

  test('administrator’s token that is over is a problem, and everything else is looked at', async () => {
    const { examine, gitlab } = await surroundings()
    const self = /personal_access_tokens\/self$/
    const ended = { status: 401, body: { message: '401 Unauthorized' } }
    gitlab.fail({ path: self, failure: { answer: { status: 200, body: { scopes: ['api'] } } } })
    answers(gitlab, self, ended)

    expect(await examine({ GITLAB_ADMIN_TOKEN: adminToken })).toEqual({
      code: 1,
      lines: [
        'problem GITLAB_ADMIN_TOKEN: gitlab GET /api/v4/personal_access_tokens/self: 401 (401 Unauthorized). Fix: make a new token, set GITLAB_ADMIN_TOKEN and start the bot again',
      ],
    })
  })

  test('project that is not to be seen is a problem', async () => {
    const { examine } = await surroundings()

    expect(await examine({ GITLAB_PROJECT: 'no/where' })).toEqual({
      code: 1,
      lines: [
        'problem GitLab project no/where: not there, or the token may not see it. Fix: check GITLAB_PROJECT, and make the bot’s account a member (Reporter)',
      ],
    })
  })

  test('project that was renamed is warned of, and looked at by its id', async () => {
    const { examine, gitlab } = await surroundings()
    const body = { id: 101, path_with_namespace: 'support/data-requests' }
    answers(gitlab, /\/projects\/[^/]+$/, { status: 200, body })

    expect(await examine()).toEqual({
      code: 0,
      lines: [
        'warn    GitLab project: the GitLab project support/personal-account-requests was renamed or moved, and is support/data-requests now. Work goes on by its id, 101. Fix: set GITLAB_PROJECT to support/data-requests and start the bot again, since somebody may make another project at the old path',
      ],
    })
    expect(gitlab.requests.map(({ path }) => path)).toContain('/api/v4/projects/101/hooks')
  })

  test.each([
    [{ project_access: null, group_access: { access_level: 20 } }, []],
    [
      { project_access: { access_level: 10 }, group_access: null },
      [
        'warn    GitLab project support/personal-account-requests: the bot’s account is no member that may label and close issues. Fix: make it a Reporter',
      ],
    ],
  ])('project with %j', async (permissions, lines) => {
    const { examine, gitlab } = await surroundings()
    const body = { id: 101, path_with_namespace: 'support/personal-account-requests', permissions }
    answers(gitlab, /\/projects\/[^/]+$/, { status: 200, body })

    expect(await examine()).toEqual({ code: 0, lines })
  })

  test.each([
    [
      [],
      'GitLab webhook: the project has none that ends in /webhooks/gitlab. Fix: add one in Settings → Webhooks, to https://…/webhooks/gitlab',
    ],
    [
      [{ ...hook, confidential_issues_events: false, confidential_note_events: false }],
      'GitLab webhook: does not fire for Confidential issues events, Confidential comments. Fix: tick them in Settings → Webhooks',
    ],
    [
      [{ ...hook, alert_status: 'temporarily_disabled' }],
      'GitLab webhook: GitLab has switched it off after failures (temporarily_disabled). Fix: see why in its recent events, then press Test',
    ],
  ])('webhooks %j', async (hooks, text) => {
    const { examine, gitlab } = await surroundings()
    answers(gitlab, /\/hooks$/, { status: 200, body: hooks })

    expect(await examine()).toEqual({ code: 0, lines: [`warn    ${text}`] })
  })

  test('webhook that the token may not see is said', async () => {
    const { examine, gitlab } = await surroundings()
    answers(gitlab, /\/hooks$/, { status: 403, body: { message: '403 Forbidden' } })

    expect(await examine()).toEqual({
      code: 0,
      lines: [
        'warn    GitLab webhook: the token may not see it (that takes a Maintainer). Fix: look at Settings → Webhooks of the project yourself',
      ],
    })
  })

  const told = (iid: number, response_status: string, about: object = { object_kind: 'work_item' }) => ({
    id: 1,
    trigger: 'confidential_issue_hooks',
    created_at: '2026-11-22T08:00:01.000Z',
    response_status,
    request_data: { object_attributes: { iid, action: 'open' }, ...about },
  })
  const note = { object_kind: 'note', object_attributes: { id: 5 }, work_item: { iid: 7 } }

  test.each([
    ['told of it', [told(7, '200')], 'ok      GitLab webhook: told of #7, answered 200'],
    ['told of a note on it', [told(0, '200', note)], 'ok      GitLab webhook: told of #7, answered 200'],
    [
      'was refused last',
      [told(7, '401'), told(7, '200')],
      'warn    GitLab webhook: its last delivery was answered 401. Fix: see it in the webhook’s recent events; 401 is a wrong GITLAB_WEBHOOK_SECRET',
    ],
    [
      'had no answer last',
      [told(7, 'internal error')],
      'warn    GitLab webhook: its last delivery was answered internal error. Fix: see it in the webhook’s recent events; 401 is a wrong GITLAB_WEBHOOK_SECRET',
    ],
    [
      'told of others alone',
      [told(3, '200')],
      'warn    GitLab webhook: has not told of the newest request, #7. Fix: see that Confidential issues events and Confidential comments are ticked; the poll serves meanwhile',
    ],
    [
      'told of one that REST does not list',
      [told(9, '200')],
      'problem GitLab Service Desk: the webhook told of #9, which REST does not list. Fix: update GitLab: the bot reads requests by REST, which has to list tickets as well',
    ],
    [
      'told of something that has no number',
      [told(7, '200', { object_kind: 'push', object_attributes: 'none' })],
      'warn    GitLab webhook: has not told of the newest request, #7. Fix: see that Confidential issues events and Confidential comments are ticked; the poll serves meanwhile',
    ],
  ])('webhook that %s', async (_what, deliveries, line) => {
    const { examine, gitlab } = await surroundings()
    answers(gitlab, /\/hooks$/, { status: 200, body: [{ ...hook, id: 4 }] })
    answers(gitlab, /\/hooks\/4\/events$/, { status: 200, body: deliveries })

    const { lines } = await examine({}, true)

    expect(lines.filter((one) => /told of|last delivery/.test(one))).toEqual([line])
  })

  test.each([
    [
      'an issue',
      [{ ...newest, type: 'ISSUE' }],
      'ok      GitLab Service Desk: the newest request, #7 of 2026-11-22, is listed as an issue',
    ],
    [
      'a request by its reply address',
      [{ ...newest, service_desk_reply_to: 'requester@example.com', author: { username: 'support-bot1' } }],
      'ok      GitLab Service Desk: the newest request, #7 of 2026-11-22, is listed as a ticket',
    ],
    [
      'only issues of colleagues',
      [{ ...newest, author: { username: 'ines.engineer' } }],
      'warn    GitLab Service Desk: no request among the newest 100 issues and tickets. Fix: nothing, if none has come yet; else see that GITLAB_PROJECT is the Service Desk project',
    ],
    [
      'nothing',
      [],
      'warn    GitLab Service Desk: no request among the newest 100 issues and tickets. Fix: nothing, if none has come yet; else see that GITLAB_PROJECT is the Service Desk project',
    ],
  ])('of which REST lists %s', async (_what, listed, line) => {
    const { examine, gitlab } = await surroundings()
    answers(gitlab, /projects\/[^/]+\/issues$/, { status: 200, body: listed })

    const { lines } = await examine({}, true)

    expect(lines.filter((one) => one.includes('GitLab Service Desk'))).toEqual([line])
  })

  test.each([
    [
      'known by the address of a request, whatever its name',
      [{ ...newest, service_desk_reply_to: 'r*****@e*****.c**', author: { username: 'desk-bot9' } }],
      'ok      GitLab Support Bot: desk-bot9, who opened #7',
    ],
    [
      'not known where no request has come yet',
      [],
      'warn    GitLab Support Bot: its account is not known yet, so replies count only where support-bot wrote them or opened the issue by e-mail. Fix: send a test request to the Service Desk address, then run the doctor again; an account of another name belongs under support-bot in desk.yaml',
    ],
    [
      'not known by its look alone',
      [{ ...newest, author: { username: 'support-bot1' } }],
      'warn    GitLab Support Bot: perhaps support-bot1, who opened #7, but GitLab shows no address that it came from, so what it writes counts as no reply. Fix: if it is, name support-bot1 under support-bot in desk.yaml; else nothing',
    ],
  ])('whose Support Bot is %s', async (_what, listed, line) => {
    const { examine, gitlab } = await surroundings()
    answers(gitlab, /projects\/[^/]+\/issues$/, { status: 200, body: listed })

    const { lines } = await examine({}, true)

    expect(lines.filter((one) => one.includes('GitLab Support Bot'))).toEqual([line])
  })

  test('without a webhook is polled, which is as good', async () => {
    const { examine } = await surroundings()

    const { code, lines } = await examine({ GITLAB_WEBHOOK_SECRET: '' }, true)

    expect(code).toBe(0)
    expect(lines).toContain(
      'ok      GitLab webhook: off (no GITLAB_WEBHOOK_SECRET); GitLab is read every 60 s',
    )
  })

  test('without its templates is warned of by name', async () => {
    const { examine, gitlab } = await surroundings()
    answers(gitlab, /templates\/issues\/Deletion/, {
      status: 404,
      body: { message: '404 Template Not Found' },
    })

    expect(await examine({ GITLAB_TRUST_SAFETY_PROJECT: '' })).toEqual({
      code: 0,
      lines: [
        'warn    GitLab templates of support/personal-account-requests: not to be seen are Deletion Meta Issue - GitLab-com, Deletion Meta Issue - Full, Deletion Meta Issue - Deceased, Deletion Meta Issue - Customers Portal, Deletion Meta Issue - Marketing. Fix: add them as .gitlab/issue_templates/NAME.md, or give the names they have in desk.yaml',
        'warn    GITLAB_TRUST_SAFETY_PROJECT is not set: a person must open reinstatement issues. Fix: set it, if the bot is to open them',
      ],
    })
  })

  test.each([
    [
      /labels\//,
      'ok      GitLab labels: none of the 14 is there yet; each is made when the bot first sets it',
    ],
    [
      /labels\/(Awaiting|.*lost_2fa)/,
      'ok      GitLab labels: 12 of 14 are there; made when the bot first sets them: “RequestReason::lost_2fa”, “Awaiting::Challenge Answers”',
    ],
  ])('whose labels %s are merely new has one line about them, and nothing to fix', async (path, line) => {
    const { examine, gitlab } = await surroundings()
    answers(gitlab, path, noLabel)
    answers(gitlab, /\/labels$/, { status: 200, body: [{ name: 'Answers Manual' }, { name: 'lost' }] })

    const { code, lines } = await examine({}, true)

    expect(code).toBe(0)
    expect(lines.filter((one) => one.includes('labels'))).toEqual([line])
  })

  test.each(['awaiting::challenge answers', 'Awaiting: Challenge-Answers', 'Awaiting::Challenge Answer'])(
    'that has the label “%s” instead of the handbook’s is told what to write',
    async (name) => {
      const { examine, gitlab } = await surroundings()
      answers(gitlab, /labels\/Awaiting/, noLabel)
      answers(gitlab, /\/labels$/, { status: 200, body: [{ name: 'challenge accepted' }, { name }] })

      expect(await examine()).toEqual({
        code: 0,
        lines: [
          `warn    GitLab labels: “Awaiting::Challenge Answers” isn’t there, but “${name}” is. Fix: if they mean the same, write "Awaiting::Challenge Answers": "${name}" under labels in desk.yaml; else nothing`,
        ],
      })
      const { query } = gitlab.requests.find(({ path }) => path.endsWith('/labels')) ?? {}
      expect(query?.get('search')).toBe('Challenge')
    },
  )

  test('that does not answer is a problem', async () => {
    const { examine, gitlab } = await surroundings()
    answers(gitlab, /\/hooks$/, { status: 502, body: '<html>Bad Gateway</html>' })

    const { code, lines } = await examine()

    expect(code).toBe(1)
    expect(lines).toEqual([
      expect.stringMatching(
        /^problem GitLab webhook: gitlab GET .*502.*Fix: see that GitLab answers, then try again$/,
      ),
      expect.stringMatching(
        /^problem GitLab Service Desk: gitlab GET .*502.*Fix: see that GitLab answers, then try again$/,
      ),
    ])
  })
})
