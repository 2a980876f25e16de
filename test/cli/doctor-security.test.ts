/** What the doctor says of the security desk: Zendesk, its channel, its role, the expert teams and the calendar. */
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  type LocalZendesk,
  startZendesk,
  supportGroupId,
  zendeskClientId,
  zendeskClientSecret,
  zendeskEmail,
  zendeskToken,
} from '../../sandbox/zendesk/zendesk.ts'
import { checkCalendar } from '../../src/cli/doctor/check-clocks.ts'
import { checkExpertTeams } from '../../src/cli/doctor/check-gitlab.ts'
import { checkZendesk } from '../../src/cli/doctor/check-zendesk.ts'
import { lineOf } from '../../src/cli/doctor/finding.ts'
import { gitlabReads } from '../../src/cli/doctor/gitlab-reads.ts'
import { loadConfig } from '../../src/config/config.ts'
import { readDesk } from '../../src/config/desk.ts'
import { connectGitLab } from '../../src/services/gitlab/client.ts'
import { now } from '../store/temporary-store.ts'
import { answers, surroundings } from './doctor-surroundings.ts'

/** The projects that config/desk.yaml ships with. */
const shippedTeams = /gitlab-com%2Fgl-security[^/]+$/

async function aSecurityDesk({ hasTeams = true } = {}) {
  const around = await surroundings()
  const zendesk = await startZendesk({ now })
  onTestFinished(() => zendesk.close())
  const found = { status: 200, body: { id: 500, path_with_namespace: 'gl-security/team' } }
  if (hasTeams) answers(around.gitlab, shippedTeams, found)
  const on = {
    ZENDESK_URL: zendesk.url,
    ZENDESK_CLIENT_ID: zendeskClientId,
    ZENDESK_CLIENT_SECRET: zendeskClientSecret,
    ZENDESK_SUPPORT_GROUP: String(supportGroupId),
    FIELD_SECURITY: '@field-security',
  }
  const examine = (override = {}, all = false) => around.examine({ ...on, ...override }, all)
  return { ...around, zendesk, on, examine }
}

describe('the security desk', () => {
  test('has a line for everything that it needs', async () => {
    const { examine, zendesk } = await aSecurityDesk()
    zendesk.submitTicket('Do you encrypt backups?')
    zendesk.suspendMail('Win a prize')

    const { code, lines } = await examine({}, true)

    expect(code).toBe(0)
    expect(lines.filter((line) => !line.startsWith('ok '))).toEqual([])
    expect(lines).toEqual(
      expect.arrayContaining([
        'ok      Slack channel field-security: private, and the bot is a member',
        'ok      FIELD_SECURITY: an active full member holds the role',
        'ok      Expert team Security Operations: issues can be opened in gl-security/team',
        'ok      Expert team Application Security: issues can be opened in gl-security/team',
        'ok      Expert team Abuse: issues can be opened in gl-security/team',
        'ok      Expert team Security Compliance: issues can be opened in gl-security/team',
      ]),
    )
    expect(lines.slice(-10)).toEqual([
      'ok      Zendesk: signed in as agent',
      'ok      Zendesk queue: ZENDESK_QUERY finds 1 ticket',
      'ok      Zendesk webhook: off (no ZENDESK_WEBHOOK_SECRET); Zendesk is read every 60 s',
      'ok      Zendesk support group: Support',
      'ok      Zendesk fields: a ticket can be solved without filling in any',
      'ok      Zendesk suspended mails: can be counted; to security@gitlab.com there are 1',
      'ok      Clock: the same as Slack’s',
      'ok      Clock: the same as GitLab’s',
      'ok      Clock: the same as Zendesk’s',
      'ok      US federal holidays are checked until Dec 31, 2030',
    ])
  })

  test('is only read: nothing is changed in any service', async () => {
    const { examine, zendesk, gitlab } = await aSecurityDesk()

    await examine()

    const asked = [...zendesk.fake.requests, ...gitlab.requests].filter(
      ({ path }) => path !== '/oauth/tokens',
    )
    expect(asked.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('is off without ZENDESK_URL, and one line says so', async () => {
    const { examine, on } = await aSecurityDesk()
    const without = Object.fromEntries(Object.keys(on).map((name) => [name, '']))

    const { code, lines } = await examine(without, true)

    expect(code).toBe(0)
    expect(lines.filter((line) => /zendesk|security desk|field|expert|holidays/i.test(line))).toEqual([
      'ok      Zendesk: off (no ZENDESK_URL), and with it the security desk',
    ])
  })

  test('with a webhook secret is told by webhook, and reads besides', async () => {
    const { examine } = await aSecurityDesk()

    const env = { ZENDESK_WEBHOOK_SECRET: 'a-secret-of-the-zendesk-webhook', ZENDESK_POLL_SECONDS: '30' }
    const { lines } = await examine(env, true)

    expect(lines).toContain('ok      Zendesk webhook: its secret is set; besides, Zendesk is read every 30 s')
  })
})

describe('a queue of more tickets than one search of Zendesk gives', () => {
  test.each([
    [1000, 'ok      Zendesk queue: ZENDESK_QUERY finds 1000 tickets'],
    [1234, 'ok      Zendesk queue: ZENDESK_QUERY finds 1234 tickets'],
  ])('%i of them: %s', async (count, line) => {
    const { examine, zendesk } = await aSecurityDesk()
    for (let one = 0; one < count; one++) zendesk.submitTicket('Do you encrypt backups?')

    const { lines } = await examine({}, true)

    expect(lines).toContain(line)
  })

  test('more than the bot reads: how many it does not see', async () => {
    const { examine, zendesk } = await aSecurityDesk()
    answers(zendesk.fake, /search\/count/, { status: 200, body: { count: 51_234 } })

    const { lines } = await examine({}, true)

    expect(lines).toContain(
      'warn    Zendesk queue: ZENDESK_QUERY finds 51,234 tickets, and the bot reads 50,000 of them, so 1,234 are not seen. Fix: narrow ZENDESK_QUERY',
    )
  })
})

describe('Zendesk', () => {
  test.each([
    [
      200,
      { user: { role: 'end-user' } },
      'problem Zendesk: zendesk GET user: signed in as nobody who works there.',
    ],
    [401, { error: 'Couldn’t authenticate you' }, 'problem Zendesk: zendesk GET /api/v2/users/me.json: 401.'],
    [
      200,
      { user: { id: 6001, role: 'agent', only_private_comments: true } },
      'problem Zendesk: the account may write only internal comments, so no answer reaches a requester.',
    ],
  ])('that answers %i %j is a problem, and no further line is about it', async (status, body, line) => {
    const { examine, zendesk } = await aSecurityDesk()
    answers(zendesk.fake, /users\/me/, { status, body })

    const mend = line.includes('internal comments') ? mendOfRole : mendOfClient
    expect(await examine()).toEqual({ code: 1, lines: [`${line} Fix: ${mend}`] })
  })

  test.each<[string, (zendesk: LocalZendesk) => void, object, string]>([
    [
      'another secret',
      () => {},
      { ZENDESK_CLIENT_SECRET: 'a-secret-of-somewhere-else' },
      '401 (invalid_client)',
    ],
    [
      'a client that may only read',
      ({ oauth }) => {
        oauth.allowedScopes = ['read']
      },
      {},
      '400 (invalid_scope)',
    ],
  ])('that gives %s no access token is a problem', async (_what, change, env, told) => {
    const { examine, zendesk } = await aSecurityDesk()
    change(zendesk)

    expect(await examine(env)).toEqual({
      code: 1,
      lines: [`problem Zendesk: zendesk POST /oauth/tokens: ${told}. Fix: ${mendOfClient}`],
    })
  })

  const withApiToken = {
    ...{ ZENDESK_CLIENT_ID: '', ZENDESK_CLIENT_SECRET: '' },
    ...{ ZENDESK_EMAIL: zendeskEmail, ZENDESK_TOKEN: zendeskToken },
  }

  test('with an API token is warned of, with the days that are left', async () => {
    const { examine } = await aSecurityDesk()

    const { code, lines } = await examine(withApiToken)

    expect(code).toBe(0)
    expect(lines).toEqual([
      `warn    Zendesk API token: Zendesk’s API tokens end on Apr 30, 2027, in 425 days. Fix: ${mendOfApiToken}`,
    ])
  })

  test('with an API token on the day that these end is a problem, and nothing further is asked', async () => {
    const { zendesk } = await aSecurityDesk()
    const signIn = { email: zendeskEmail, token: zendeskToken }
    const config = { url: zendesk.url, ...signIn, query: 'type:ticket', pollSeconds: 60 }
    const lastDay = () => new Date('2027-04-30T00:00:00.000Z')

    const findings = await checkZendesk({ zendesk: config, timezone: 'UTC' }, fetch, lastDay)

    expect(findings.map(({ verdict, text }) => [verdict, text])).toEqual([
      ['ok', 'Zendesk: signed in as agent'],
      ['problem', 'Zendesk API token: Zendesk’s API tokens ended on Apr 30'],
    ])
  })

  test('with an API token that is wrong names its variables', async () => {
    const { examine } = await aSecurityDesk()

    const { lines } = await examine({ ...withApiToken, ZENDESK_TOKEN: 'another-token' })

    expect(lines[0]).toBe(
      'problem Zendesk: zendesk GET /api/v2/users/me.json: 401. Fix: check ZENDESK_URL, ZENDESK_EMAIL and ZENDESK_TOKEN',
    )
  })

  const mendOfApiToken =
    'make an OAuth client and set ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET instead of ZENDESK_EMAIL and ZENDESK_TOKEN'
  const mendOfClient =
    'check ZENDESK_URL, ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET, and that the client is confidential and allowed the scopes read tickets:write'
  const mendOfRole = 'give it a role that may write public comments'

  test('that refuses the query is a problem', async () => {
    const { examine, zendesk } = await aSecurityDesk()
    answers(zendesk.fake, /search/, { status: 422, body: { error: 'invalid' } })

    const { code, lines } = await examine()

    expect(code).toBe(1)
    expect(lines).toEqual([expect.stringMatching(/^problem Zendesk queue: .*422.*Fix: check ZENDESK_QUERY$/)])
  })

  test.each<[string, object, (zendesk: LocalZendesk) => void, string]>([
    [
      'no support group',
      { ZENDESK_SUPPORT_GROUP: '' },
      () => {},
      'ZENDESK_SUPPORT_GROUP: not set, so Redirect: Support is not offered. Fix: set it to the id of the support group',
    ],
    [
      'a support group that is not there',
      { ZENDESK_SUPPORT_GROUP: '77' },
      () => {},
      'Zendesk support group 77: not there, so Redirect: Support can’t be carried out. Fix: check ZENDESK_SUPPORT_GROUP',
    ],
    [
      'a support group that was deleted',
      {},
      (zendesk) => {
        zendesk.groups = zendesk.groups.map((group) => ({ ...group, deleted: true }))
      },
      `Zendesk support group ${supportGroupId}: not there, so Redirect: Support can’t be carried out. Fix: check ZENDESK_SUPPORT_GROUP`,
    ],
    [
      'suspended mails that it may not see',
      {},
      (zendesk) => {
        zendesk.seesSuspended = false
      },
      'Zendesk suspended mails: not counted, as the account may not see them. Fix: give the account access to suspended tickets, or look at them in Zendesk yourself',
    ],
    [
      'a query without a recipient',
      { ZENDESK_QUERY: 'type:ticket status<solved' },
      () => {},
      'Zendesk suspended mails: not counted, as ZENDESK_QUERY names no recipient. Fix: put recipient: and the address into ZENDESK_QUERY, or look at them in Zendesk yourself',
    ],
  ])('with %s is warned of', async (_what, env, change, text) => {
    const { examine, zendesk } = await aSecurityDesk()
    change(zendesk)

    expect(await examine(env)).toEqual({ code: 0, lines: [`warn    ${text}`] })
  })
})

describe('its channel', () => {
  test.each([
    [
      {},
      1,
      'problem Slack channel field-security: the bot is no member. Fix: invite the bot there: /invite @ and its name',
    ],
    [
      { is_member: true, is_ext_shared: true },
      0,
      'warn    Slack channel field-security: shared with another organization. Fix: take one that only your own people see',
    ],
    [
      { is_member: true, is_private: false },
      0,
      'warn    Slack channel field-security: public in your workspace. Fix: make it private',
    ],
  ])('%j', async (channel, code, line) => {
    const { examine, slack } = await aSecurityDesk()
    const channels = [
      { id: 'C1', name: 'privacy-team_help', is_private: true, is_member: true },
      { id: 'C2', name: 'field-security', is_private: true, ...channel },
    ]
    answers(slack, /conversations\.list$/, { status: 200, body: { ok: true, channels } })

    expect(await examine()).toEqual({ code, lines: [line] })
  })

  test('that is not to be seen is a problem', async () => {
    const { examine } = await aSecurityDesk()

    expect(await examine({ SECURITY_CHANNEL: 'nowhere' })).toEqual({
      code: 1,
      lines: [
        'problem Slack channel nowhere: not there, or private and the bot is no member. Fix: check its name, or invite the bot there: /invite @ and its name',
      ],
    })
  })

  test('that is the privacy channel keeps the bot from starting', async () => {
    const { examine } = await aSecurityDesk()

    expect(await examine({ SECURITY_CHANNEL: 'privacy-team_help' })).toEqual({
      code: 1,
      lines: [
        'problem Configuration: SECURITY_CHANNEL is the same as PRIVACY_CHANNEL: tickets are for Field Security only. Fix: set it as .env.example and config/desk.yaml explain',
      ],
    })
  })
})

describe('Field Security', () => {
  const nobody =
    'warn    FIELD_SECURITY: no active full member holds the role, so nobody can decide on security tickets. Fix: put somebody into its groups, or name them'

  test('that is not set is warned of once', async () => {
    const { examine } = await aSecurityDesk()

    expect(await examine({ FIELD_SECURITY: '' })).toEqual({
      code: 0,
      lines: [
        'warn    FIELD_SECURITY: not set, so nobody can decide on security tickets. Fix: set FIELD_SECURITY',
      ],
    })
  })

  test.each([
    ['deactivated', { deleted: true }],
    ['an app', { is_bot: true }],
    ['a guest', { is_restricted: true }],
    ['a guest of one channel', { is_ultra_restricted: true }],
    ['of another organization', { is_stranger: true }],
  ])('whose only member is %s is held by nobody', async (_what, user) => {
    const { examine, slack } = await aSecurityDesk()
    answers(slack, /users\.info$/, { status: 200, body: { ok: true, user: { id: 'U01FIELDSEC', ...user } } })

    expect(await examine()).toEqual({ code: 0, lines: [nobody] })
  })

  test('whose group is empty is held by nobody', async () => {
    const { examine, slack } = await aSecurityDesk()
    answers(slack, /usergroups\.users\.list$/, { status: 200, body: { ok: true, users: [] } })

    expect(await examine()).toEqual({
      code: 0,
      lines: [
        'warn    SUPPORT_MANAGERS: its groups are empty, so nobody can approve an exception. Fix: put somebody into them',
        'warn    PRIVACY_TEAM: its groups are empty, so nobody is asked where Privacy decides. Fix: put somebody into them',
        nobody,
      ],
    })
  })

  test('may be held by a person who is named', async () => {
    const { examine } = await aSecurityDesk()

    expect(await examine({ FIELD_SECURITY: 'U01FIELDSEC' })).toEqual({ code: 0, lines: [] })
  })

  test('whose entries Slack does not know is held by nobody', async () => {
    const { examine } = await aSecurityDesk()

    expect(await examine({ FIELD_SECURITY: '@no-such-group,U01NOBODY' })).toEqual({
      code: 0,
      lines: [
        'warn    FIELD_SECURITY: not known to Slack, or no longer active: @no-such-group, U01NOBODY. Fix: correct the ids and handles',
        nobody,
      ],
    })
  })
})

const noLabel = { status: 404, body: { message: '404 Label Not Found' } }

describe('an expert team', () => {
  async function aTeam(project: object | undefined, team = '') {
    const around = await aSecurityDesk()
    const config = loadConfig(
      { ...around.env, ...around.on },
      readDesk(`expert-teams: [{ name: Abuse, project: sec/abuse, labels: [desk, urgent]${team} }]`),
    )
    const found = { status: 200, body: { id: 500, path_with_namespace: 'sec/abuse', ...project } }
    const notFound = { status: 404, body: { message: '404 Project Not Found' } }
    answers(around.gitlab, /sec%2Fabuse$/, project ? found : notFound)
    const examine = async () => {
      answers(around.gitlab, /\/labels\//, { status: 200, body: { name: 'a label' } })
      const client = connectGitLab({ ...config.gitlab, fetch })
      const findings = await checkExpertTeams(config, client, gitlabReads(config.gitlab, fetch))
      return findings.map((finding) => lineOf(finding).trimEnd())
    }
    return { ...around, examine }
  }
  const levels = (project: number | null, group: number | null = null) => ({
    permissions: {
      project_access: project === null ? null : { access_level: project },
      group_access: group === null ? null : { access_level: group },
    },
  })
  const fine = ['ok      Expert team Abuse: issues can be opened in sec/abuse']

  test.each<[object | undefined, readonly string[]]>([
    [
      undefined,
      [
        'warn    Expert team Abuse: the project sec/abuse isn’t there, or the bot’s account can’t see it. Fix: ask its owners to make the bot’s account a member (Reporter), or your admins to correct its name in the configuration',
      ],
    ],
    [{}, fine],
    [levels(20), fine],
    [levels(10, 15), fine],
    [
      levels(10),
      [
        'warn    Expert team Abuse: the bot’s account may set no labels in sec/abuse. Fix: make it a Reporter',
      ],
    ],
    [
      levels(null),
      [
        'warn    Expert team Abuse: the bot’s account is no member of sec/abuse, so that perhaps it may open no issues there. Fix: make it a Reporter',
      ],
    ],
    [
      { archived: true },
      [
        'warn    Expert team Abuse: the project sec/abuse is archived, so no issue can be opened there. Fix: ask its owners to unarchive it, or your admins to name another project in the configuration',
      ],
    ],
    [
      { issues_access_level: 'disabled' },
      [
        'warn    Expert team Abuse: the project sec/abuse has issues switched off, or the bot’s account can’t use them. Fix: ask its owners to switch issues on or make the bot’s account a member (Reporter), or your admins to name another project in the configuration',
      ],
    ],
  ])('with the project %j', async (project, lines) => {
    const { examine } = await aTeam(project)

    expect(await examine()).toEqual(lines)
  })

  test('without its template is warned of by name, and a label that is merely new is no matter', async () => {
    const { examine, gitlab } = await aTeam({}, ', template: Question')
    answers(gitlab, /labels\/urgent$/, noLabel)
    answers(gitlab, /\/labels$/, { status: 200, body: [{ name: 'urging' }] })
    answers(gitlab, /templates\/issues\/Question$/, {
      status: 404,
      body: { message: '404 Template Not Found' },
    })

    expect(await examine()).toEqual([
      'warn    Expert team Abuse: the project sec/abuse has no issue template “Question” that the bot’s account can read. Fix: ask somebody with write access there to add .gitlab/issue_templates/Question.md, or your admins to correct the name in config/desk.yaml',
    ])
  })

  test('whose label is there in another spelling is told so', async () => {
    const { examine, gitlab } = await aTeam({})
    answers(gitlab, /labels\/urgent$/, noLabel)
    answers(gitlab, /\/labels$/, { status: 200, body: [{ name: 'Urgent' }] })

    expect(await examine()).toEqual([
      'warn    Expert team Abuse: “urgent” isn’t there, but “Urgent” is. Fix: if they mean the same, name the team’s label "Urgent" in desk.yaml; else nothing',
    ])
  })

  test('with its template is as it should be', async () => {
    const { examine, gitlab } = await aTeam({}, ', template: Question')
    answers(gitlab, /templates\/issues\/Question$/, { status: 200, body: { name: 'Question', content: '?' } })

    expect(await examine()).toEqual(fine)
  })

  test('is needed for Engage Expert', async () => {
    const { env, on } = await aSecurityDesk()
    const config = loadConfig({ ...env, ...on }, readDesk(''))
    const client = connectGitLab({ ...config.gitlab, fetch })

    const [finding] = await checkExpertTeams(config, client, gitlabReads(config.gitlab, fetch))

    expect(finding).toEqual({
      verdict: 'warn',
      text: 'Expert teams: none, so Engage Expert is not offered',
      mend: 'name them in desk.yaml',
    })
  })

  test('as the shipped file names it is an example: a project that is not there is no reason to fail', async () => {
    const { examine } = await aSecurityDesk({ hasTeams: false })

    const { code, lines } = await examine()

    expect(code).toBe(0)
    const names = ['Security Operations', 'Application Security', 'Abuse', 'Security Compliance']
    expect(lines).toEqual(
      names.map((name) =>
        expect.stringMatching(`^warn    Expert team ${name}: the project gitlab-com/.* isn’t there, or`),
      ),
    )
  })
})

describe('the calendar', () => {
  const required = {
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: 'a-signing-secret',
    GITLAB_TOKEN: 'a-gitlab-token',
    GITLAB_PROJECT: 'a/b',
    ZENDESK_URL: 'https://example.zendesk.com',
    ZENDESK_EMAIL: zendeskEmail,
    ZENDESK_TOKEN: zendeskToken,
    TIMEZONE: 'Asia/Tokyo',
  }
  const linesAt = (at: string, deskYaml = '') =>
    checkCalendar(loadConfig(required, readDesk(deskYaml)), new Date(at)).map((finding) =>
      lineOf(finding).trimEnd(),
    )
  const mend =
    'Fix: take a newer version, or compare the next years with the list of the US Office of Personnel Management and set holidays in desk.yaml'

  test('is as it should be while 60 days of it are left', () => {
    expect(linesAt('2030-11-01T14:59:00.000Z')).toEqual([
      'ok      US federal holidays are checked until Dec 31',
    ])
  })

  test('is warned of from the day in the time zone on which fewer are left', () => {
    expect(linesAt('2030-11-01T15:00:00.000Z')).toEqual([
      `warn    US federal holidays are checked until Dec 31. ${mend}`,
    ])
  })

  test('reaches as far as the team itself has compared it', () => {
    expect(linesAt('2030-12-01T00:00:00.000Z', 'holidays: { checked-until: 2032-12-31 }')).toEqual([
      'ok      US federal holidays are checked until Dec 31, 2032',
    ])
  })
})
