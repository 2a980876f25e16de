import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Config, ConfigError, loadConfig } from '../../src/config/config.ts'
import { readDesk } from '../../src/config/desk.ts'
import { variableNames } from '../../src/config/environment.ts'

type Env = Readonly<Record<string, string | undefined>>

const required = {
  SLACK_BOT_TOKEN: 'xoxb-111-bot',
  SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
  GITLAB_TOKEN: 'glpat-111',
  GITLAB_PROJECT: 'gitlab-com/personal-requests',
}

const zendesk = {
  ZENDESK_URL: 'https://example.zendesk.com/',
  ZENDESK_EMAIL: 'desk@example.com',
  ZENDESK_TOKEN: 'zd-token-1',
}

const load = (env: Env = {}, deskYaml = ''): Config => loadConfig({ ...required, ...env }, readDesk(deskYaml))

function problemsOf(env: Env, deskYaml = ''): readonly string[] {
  try {
    load(env, deskYaml)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('what no log may hold', () => {
  const variables = readFileSync('.env.example', 'utf8').matchAll(/^(?:# )?([A-Z_]*(?:TOKEN|SECRET))=/gm)

  it.each([...variables].map(([, name]) => name ?? ''))('is what %s holds', (name) => {
    const value = `${{ SLACK_BOT_TOKEN: 'xoxb-', SLACK_APP_TOKEN: 'xapp-' }[name] ?? ''}9f86d081884c7d659a2feaa0c55ad015`
    const others = name.startsWith('ZENDESK') ? { ZENDESK_URL: 'https://example.zendesk.com' } : {}
    const client = name === 'ZENDESK_CLIENT_SECRET' ? { ZENDESK_CLIENT_ID: 'desk' } : {}
    const agent = name.startsWith('ZENDESK') && name !== 'ZENDESK_CLIENT_SECRET' ? zendesk : {}

    expect(load({ ...others, ...client, ...agent, [name]: value }).secrets).toContain(value)
  })

  it('is the password of a proxy, and nothing of one without', () => {
    const { secrets } = load({
      HTTPS_PROXY: 'http://desk:s3cret-pass@proxy:3128',
      HTTP_PROXY: 'http://proxy:3128',
    })

    expect(secrets).toEqual([...Object.values(required).slice(0, 3), 's3cret-pass'])
  })

  it('is the password of the database, as it is and as it is written in an address', () => {
    const databaseUrl = 'postgres://desk:s3cret%2Fpass@db.example/desk'

    const { secrets, databaseUrl: taken } = load({ DATABASE_URL: databaseUrl })

    expect(taken).toBe(databaseUrl)
    expect(secrets).toEqual([...Object.values(required).slice(0, 3), 's3cret%2Fpass', 's3cret/pass'])
  })
})

describe('the configuration', () => {
  it('needs four variables; the others have their defaults', () => {
    const { desk: _, secrets: _ours, ...config } = load()

    const nobody = { groups: [], handles: [], users: [] }
    expect(config).toEqual({
      slack: {
        botToken: 'xoxb-111-bot',
        signingSecret: '0123456789abcdef0123456789abcdef',
        apiUrl: 'https://slack.com/api/',
        privacyChannel: 'privacy-team_help',
        securityChannel: 'field-security',
      },
      gitlab: {
        url: 'https://gitlab.com',
        token: 'glpat-111',
        project: 'gitlab-com/personal-requests',
        pollSeconds: 60,
      },
      roles: {
        'support-engineer': nobody,
        'support-manager': nobody,
        privacy: nobody,
        'field-security': nobody,
      },
      reportAt: { weekday: 1, hour: 9, minute: 0 },
      unfurlLinks: false,
      requirePrivacyApproval: false,
      undoSeconds: 0,
      timezone: 'UTC',
      digestAt: { hour: 9, minute: 0 },
      digestDays: { weekdays: [1, 2, 3, 4, 5, 6, 7], lessHolidays: false },
      databaseUrl: 'file:data/privacy-desk.db',
      port: 3000,
      logLevel: 'info',
      retentionDays: 90,
      warnings: [],
    })
  })

  it('takes every variable', () => {
    const {
      desk: _,
      secrets: _ours,
      ...config
    } = load({
      ...zendesk,
      SLACK_APP_TOKEN: 'xapp-1-A',
      SLACK_API_URL: 'http://127.0.0.1:4000/api/',
      PRIVACY_CHANNEL: '#privacy',
      SECURITY_CHANNEL: 'C012AB3CD',
      SUPPORT_ENGINEERS: 'S01ABC, @support.engineers ,U01ABC',
      SUPPORT_MANAGERS: '@support-managers,',
      PRIVACY_TEAM: 'W01ABC',
      FIELD_SECURITY: 'U02ABC,U03ABC',
      REQUIRE_PRIVACY_APPROVAL: 'true',
      GITLAB_URL: 'https://gitlab.example.com/git/',
      GITLAB_PROJECT: '278964',
      GITLAB_ADMIN_TOKEN: 'glpat-222',
      GITLAB_WEBHOOK_SECRET: '  a-secret-of-our-own  ',
      GITLAB_POLL_SECONDS: '5',
      GITLAB_TRUST_SAFETY_PROJECT: 'security/trust.and-safety/ops',
      ZENDESK_WEBHOOK_SECRET: 'another-secret-of-ours',
      ZENDESK_QUERY: 'type:ticket',
      ZENDESK_POLL_SECONDS: '7',
      ZENDESK_SUPPORT_GROUP: '36000012345678901',
      DATABASE_URL: 'file:///var/lib/desk.db',
      TIMEZONE: 'Europe/Berlin',
      DIGEST_AT: '23:05',
      DIGEST_DAYS: 'Mon-Fri',
      PORT: '0',
      LOG_LEVEL: 'debug',
      UNDO_SECONDS: '30',
      REPORT_AT: '',
      MODE: 'live',
      RETENTION_DAYS: '30',
    })

    expect(config).toEqual({
      slack: {
        botToken: 'xoxb-111-bot',
        signingSecret: '0123456789abcdef0123456789abcdef',
        appToken: 'xapp-1-A',
        apiUrl: 'http://127.0.0.1:4000/api/',
        privacyChannel: 'privacy',
        securityChannel: 'C012AB3CD',
      },
      gitlab: {
        url: 'https://gitlab.example.com/git',
        token: 'glpat-111',
        project: 278964,
        adminToken: 'glpat-222',
        webhookSecret: 'a-secret-of-our-own',
        pollSeconds: 5,
        trustSafetyProject: 'security/trust.and-safety/ops',
      },
      zendesk: {
        url: 'https://example.zendesk.com',
        email: 'desk@example.com',
        token: 'zd-token-1',
        webhookSecret: 'another-secret-of-ours',
        query: 'type:ticket',
        pollSeconds: 7,
        supportGroup: '36000012345678901',
      },
      roles: {
        'support-engineer': { groups: ['S01ABC'], handles: ['support.engineers'], users: ['U01ABC'] },
        'support-manager': { groups: [], handles: ['support-managers'], users: [] },
        privacy: { groups: [], handles: [], users: ['W01ABC'] },
        'field-security': { groups: [], handles: [], users: ['U02ABC', 'U03ABC'] },
      },
      unfurlLinks: false,
      requirePrivacyApproval: true,
      undoSeconds: 30,
      timezone: 'Europe/Berlin',
      digestAt: { hour: 23, minute: 5 },
      digestDays: { weekdays: [1, 2, 3, 4, 5], lessHolidays: false },
      databaseUrl: 'file:///var/lib/desk.db',
      port: 0,
      logLevel: 'debug',
      retentionDays: 30,
      warnings: [],
    })
  })

  it('needs no signing secret in Socket Mode', () => {
    const { slack } = load({ SLACK_SIGNING_SECRET: undefined, SLACK_APP_TOKEN: 'xapp-1-A' })

    expect([slack.appToken, 'signingSecret' in slack]).toEqual(['xapp-1-A', false])
  })

  it('takes a signing token that holds a key as a webhook secret', () => {
    const signingToken = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

    const { gitlab } = load({ GITLAB_WEBHOOK_SECRET: signingToken })

    expect(gitlab.webhookSecret).toEqual(signingToken)
  })

  it('counts a variable that is empty as not set', () => {
    expect(load({ PORT: '', TIMEZONE: '  ', SLACK_APP_TOKEN: '' })).toEqual(load())
  })

  it('says at start that a variable looks like one of ours and is none, and beside what is missing', () => {
    const unknown = 'PRIVACY_CHANEL is set, but the bot doesn’t know it: did you mean PRIVACY_CHANNEL?'

    expect(load({ PRIVACY_CHANEL: 'C01ABC' }).warnings).toEqual([unknown])
    expect(() => loadConfig({ ...required, GITLAB_TOKEN: '', GITLAB_TOKN: 'x' }, readDesk(''))).toThrow(
      /- GITLAB_TOKEN is missing\n- GITLAB_TOKN is set, but the bot doesn’t know it: did you mean GITLAB_TOKEN\?$/,
    )
  })

  it.each([
    ['', ['FIELD_SECURITY is not set: nobody can decide on security tickets.']],
    [' , ', ['FIELD_SECURITY is not set: nobody can decide on security tickets.']],
    ['@field-security', []],
    ['S01ABC', []],
    ['U01ABC', []],
  ])('warns where nobody could decide on tickets: FIELD_SECURITY=%j', (FIELD_SECURITY, warnings) => {
    expect(load({ ...zendesk, FIELD_SECURITY }).warnings).toEqual(warnings)
  })

  it.each([
    ['type:ticket recipient:security@gitlab.com status<solved', 'security@gitlab.com'],
    ['recipient:"security@example.com" type:ticket', 'security@example.com'],
    ['type:ticket group:Security', undefined],
    ['type:ticket -recipient:sales@example.com', undefined],
  ])('reads in the query %j to whom the mails are', (ZENDESK_QUERY, recipient) => {
    expect(load({ ...zendesk, ZENDESK_QUERY }).zendesk?.recipient).toBe(recipient)
  })

  it('may name one channel twice where no tickets come in', () => {
    const { slack } = load({ PRIVACY_CHANNEL: 'desk', SECURITY_CHANNEL: 'desk' })

    expect([slack.privacyChannel, slack.securityChannel]).toEqual(['desk', 'desk'])
  })
})

describe('the configuration is refused', () => {
  const url = 'must be an http or https URL without credentials, query or fragment'
  const database = 'must be a SQLite file such as file:data/privacy-desk.db, or begin with postgres://'
  const postgres = 'must name a PostgreSQL database as postgres://USER:PASSWORD@HOST:PORT/DATABASE'
  const seconds = 'must be a whole number from 1 to 3600'
  const project = 'must be a project id or a full path such as group/project'
  const token = 'must be one token without spaces'
  const short = 'must have at least 16 characters'
  const signing = 'begins with whsec_, but what follows is not base64 of 24 to 64 bytes'
  const entry = (number: number) =>
    `has an entry (number ${number}) that is no user group id (S…), handle (@…) or user id (U…)`

  it.each<[string, string | undefined, string]>([
    ['SLACK_BOT_TOKEN', undefined, 'is missing'],
    ['SLACK_BOT_TOKEN', 'xoxp-not-a-bot', 'must be a bot token, which begins with xoxb-'],
    ['SLACK_BOT_TOKEN', 'xoxb-', 'must be a bot token, which begins with xoxb-'],
    ['SLACK_BOT_TOKEN', 'xoxb-a b', 'must be a bot token, which begins with xoxb-'],
    ['SLACK_SIGNING_SECRET', undefined, 'is missing (or SLACK_APP_TOKEN, for Socket Mode)'],
    ['SLACK_SIGNING_SECRET', 'short-secret', short],
    ['SLACK_APP_TOKEN', 'xoxb-not-an-app', 'must be an app-level token, which begins with xapp-'],
    ['SLACK_API_URL', 'slack.test', url],
    ['PRIVACY_CHANNEL', 'Privacy Team', 'must be the name or the id of a Slack channel'],
    ['SECURITY_CHANNEL', '<!channel>', 'must be the name or the id of a Slack channel'],
    ['SUPPORT_ENGINEERS', 'S01ABC,engineers', entry(2)],
    ['SUPPORT_MANAGERS', 'C01ABC', entry(1)],
    ['PRIVACY_TEAM', 'privacy@example.com', entry(1)],
    ['FIELD_SECURITY', '@', entry(1)],
    ['REQUIRE_PRIVACY_APPROVAL', 'yes', 'must be true or false'],
    ['GITLAB_URL', 'ftp://gitlab.test', url],
    ['GITLAB_URL', 'https://user:word@gitlab.test', url],
    ['GITLAB_URL', 'https://gitlab.test/?a=1', url],
    ['GITLAB_TOKEN', undefined, 'is missing'],
    ['GITLAB_TOKEN', 'glpat 111', token],
    ['GITLAB_PROJECT', undefined, 'is missing'],
    ['GITLAB_PROJECT', 'personal-requests', project],
    ['GITLAB_PROJECT', 'https://gitlab.test/a/b', project],
    ['GITLAB_ADMIN_TOKEN', 'glpat 222', token],
    ['GITLAB_WEBHOOK_SECRET', 'fifteen-letters', short],
    ['GITLAB_WEBHOOK_SECRET', 'whsec_not/base64!', signing],
    ['GITLAB_WEBHOOK_SECRET', `whsec_${Buffer.alloc(23).toString('base64')}`, signing],
    ['GITLAB_WEBHOOK_SECRET', `whsec_${Buffer.alloc(65).toString('base64')}`, signing],
    [
      'SLACK_SIGNING_SECRET',
      '8f742231b10e8888abcd99yyyzzz85a5',
      "is the example of Slack's documentation: take the app's own",
    ],
    [
      'GITLAB_WEBHOOK_SECRET',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      "is the example of the Standard Webhooks: take the webhook's own",
    ],
    ['GITLAB_POLL_SECONDS', '0', seconds],
    ['GITLAB_POLL_SECONDS', '1e3', seconds],
    ['GITLAB_TRUST_SAFETY_PROJECT', 'trust and safety', project],
    ['DATABASE_URL', 'postgres://desk@db', postgres],
    ['DATABASE_URL', 'postgres:desk', postgres],
    ['DATABASE_URL', 'postgres://desk:a/b#c@db:x/desk', postgres],
    ['DATABASE_URL', 'mysql://db', database],
    ['DATABASE_URL', 'file:', database],
    ['TIMEZONE', 'Europe/Nowhere', 'must be an IANA time zone such as Europe/Berlin'],
    ['TIMEZONE', '+02:00', 'must be an IANA time zone such as Europe/Berlin'],
    ['DIGEST_AT', '24:00', 'must be a time of day such as 09:00'],
    ['DIGEST_AT', '9:00', 'must be a time of day such as 09:00'],
    ['DIGEST_DAYS', 'Mo-Fr', 'must be days such as Mon-Fri, or Mon,Wed,Fri, or business-days'],
    ['DIGEST_DAYS', 'mon-fri', 'must be days such as Mon-Fri, or Mon,Wed,Fri, or business-days'],
    ['DIGEST_DAYS', 'Mon-', 'must be days such as Mon-Fri, or Mon,Wed,Fri, or business-days'],
    ['DIGEST_DAYS', 'Mon;Fri', 'must be days such as Mon-Fri, or Mon,Wed,Fri, or business-days'],
    ['DIGEST_DAYS', 'weekdays', 'must be days such as Mon-Fri, or Mon,Wed,Fri, or business-days'],
    ['DIGEST_DAYS', 'Mon-Fri-Sun', 'must be days such as Mon-Fri, or Mon,Wed,Fri, or business-days'],
    ['PORT', '65536', 'must be a whole number from 0 to 65535'],
    ['PORT', '-1', 'must be a whole number from 0 to 65535'],
    ['LOG_LEVEL', 'loud', 'must be trace, debug, info, warn, error, fatal or silent'],
    ['UNDO_SECONDS', 'ten', 'must be a whole number from 0 to 3600'],
    ['REPORT_AT', 'Monday 09:00', 'must be a day and a time such as "Mon 09:00", or empty'],
    ['MODE', 'dry-run', 'asks for a mode that is not available in this version'],
    ['MODE', 'shadow', 'asks for a mode that is not available in this version'],
    ['MODE', 'test', 'must be live'],
    ['RETENTION_DAYS', '0', 'must be a whole number from 1 to 3650'],
  ])('because of %s=%s', (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([`${name} ${problem}`])
  })

  it.each<[string, string, string]>([
    ['ZENDESK_URL', 'example.zendesk.test', url],
    ['ZENDESK_EMAIL', 'desk@example.com/token', 'must be an e-mail address'],
    ['ZENDESK_TOKEN', 'zd token', token],
    ['ZENDESK_WEBHOOK_SECRET', 'fifteen-letters', short],
    [
      'ZENDESK_WEBHOOK_SECRET',
      'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==',
      "is Zendesk's published test secret: take the webhook's own",
    ],
    ['ZENDESK_POLL_SECONDS', '3601', seconds],
    ['ZENDESK_SUPPORT_GROUP', 'support', 'must be the number of a Zendesk group'],
  ])('because of %s=%s', (name, value, problem) => {
    expect(problemsOf({ ...zendesk, [name]: value })).toEqual([`${name} ${problem}`])
  })

  it('because Zendesk is configured by half', () => {
    expect(problemsOf({ ZENDESK_URL: zendesk.ZENDESK_URL })).toEqual([
      'ZENDESK_CLIENT_ID is missing, though ZENDESK_URL is set',
      'ZENDESK_CLIENT_SECRET is missing, though ZENDESK_URL is set',
    ])
    expect(problemsOf({ ZENDESK_WEBHOOK_SECRET: 'another-secret-of-ours' })).toEqual([
      'ZENDESK_URL is missing, though ZENDESK_WEBHOOK_SECRET is set',
      'ZENDESK_CLIENT_ID is missing, though ZENDESK_WEBHOOK_SECRET is set',
      'ZENDESK_CLIENT_SECRET is missing, though ZENDESK_WEBHOOK_SECRET is set',
    ])
  })

  const client = { ZENDESK_CLIENT_ID: 'privacy-desk', ZENDESK_CLIENT_SECRET: 'a-client-secret-of-ours' }
  const twoWays = 'keep the OAuth client, leave out the API token'

  it.each<[string, Env, readonly string[]]>([
    [
      'a client without its secret',
      { ...client, ZENDESK_CLIENT_SECRET: '' },
      ['ZENDESK_CLIENT_SECRET is missing, though ZENDESK_CLIENT_ID is set'],
    ],
    [
      'a secret without its client',
      { ...client, ZENDESK_CLIENT_ID: ' ' },
      ['ZENDESK_CLIENT_ID is missing, though ZENDESK_CLIENT_SECRET is set'],
    ],
    [
      'an address without its API token',
      { ZENDESK_EMAIL: 'desk@example.com' },
      ['ZENDESK_TOKEN is missing, though ZENDESK_EMAIL is set'],
    ],
    [
      'both whole',
      { ...zendesk, ...client },
      [
        `Zendesk has two ways to sign in, ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET set beside ZENDESK_EMAIL and ZENDESK_TOKEN: ${twoWays}`,
      ],
    ],
    [
      'half of each',
      { ZENDESK_CLIENT_SECRET: client.ZENDESK_CLIENT_SECRET, ZENDESK_TOKEN: 'zd-token-1' },
      [`Zendesk has two ways to sign in, ZENDESK_CLIENT_SECRET set beside ZENDESK_TOKEN: ${twoWays}`],
    ],
    [
      'a client secret that the webhook has, too',
      { ...client, ZENDESK_WEBHOOK_SECRET: client.ZENDESK_CLIENT_SECRET },
      ['ZENDESK_WEBHOOK_SECRET is the same as ZENDESK_CLIENT_SECRET: each needs a secret of its own'],
    ],
    [
      'a client secret that is short',
      { ...client, ZENDESK_CLIENT_SECRET: 'fifteen-letters' },
      ['ZENDESK_CLIENT_SECRET must have at least 16 characters'],
    ],
    [
      'a client with a space',
      { ...client, ZENDESK_CLIENT_ID: 'privacy desk' },
      ['ZENDESK_CLIENT_ID must be one identifier without spaces'],
    ],
  ])('because of how it signs in to Zendesk: %s', (_what, env, problems) => {
    expect(problemsOf({ ZENDESK_URL: zendesk.ZENDESK_URL, ...env })).toEqual(problems)
  })

  it('but not because an OAuth client signs in to Zendesk', () => {
    const { zendesk: loaded } = load({ ZENDESK_URL: zendesk.ZENDESK_URL, ...client })

    expect(loaded).toMatchObject({ clientId: 'privacy-desk', clientSecret: 'a-client-secret-of-ours' })
    expect(loaded).not.toHaveProperty('token')
  })

  it.each([
    [{ PRIVACY_CHANNEL: 'desk', SECURITY_CHANNEL: '#desk' }],
    [{ PRIVACY_CHANNEL: '#field-security' }],
    [{ SECURITY_CHANNEL: 'privacy-team_help' }],
    [{ PRIVACY_CHANNEL: 'C012AB3CD', SECURITY_CHANNEL: 'C012AB3CD' }],
  ])('because tickets would be shown in the privacy channel: %j', (channels) => {
    expect(problemsOf({ ...zendesk, ...channels })).toEqual([
      'SECURITY_CHANNEL is the same as PRIVACY_CHANNEL: tickets are for Field Security only',
    ])
  })

  it('because two secrets are the same', () => {
    expect(
      problemsOf({
        ...zendesk,
        GITLAB_ADMIN_TOKEN: required.GITLAB_TOKEN,
        GITLAB_WEBHOOK_SECRET: required.SLACK_SIGNING_SECRET,
        ZENDESK_WEBHOOK_SECRET: required.SLACK_SIGNING_SECRET,
      }),
    ).toEqual([
      'GITLAB_ADMIN_TOKEN is the same as GITLAB_TOKEN: each needs a secret of its own',
      'GITLAB_WEBHOOK_SECRET is the same as SLACK_SIGNING_SECRET: each needs a secret of its own',
      'ZENDESK_WEBHOOK_SECRET is the same as SLACK_SIGNING_SECRET: each needs a secret of its own',
    ])
  })

  it('with every problem in one message', () => {
    const env = { GITLAB_PROJECT: 'a/b', PORT: 'http', MODE: 'shadow', ZENDESK_EMAIL: 'a@b.co' }

    expect(() => loadConfig(env, readDesk('form-url: 7\nlabels: { Spam: x }'))).toThrow(
      new ConfigError([
        'SLACK_BOT_TOKEN is missing',
        'GITLAB_TOKEN is missing',
        'PORT must be a whole number from 0 to 65535',
        'MODE asks for a mode that is not available in this version',
        'SLACK_SIGNING_SECRET is missing (or SLACK_APP_TOKEN, for Socket Mode)',
        'ZENDESK_URL is missing, though ZENDESK_EMAIL is set',
        'ZENDESK_TOKEN is missing, though ZENDESK_EMAIL is set',
        'desk.yaml: labels.Spam is not known',
        'desk.yaml: form-url must be string',
      ]),
    )
    expect(new ConfigError(['A is missing', 'B is missing']).message).toBe(
      "The configuration can't be used:\n- A is missing\n- B is missing",
    )
  })

  it('without any value in the message', () => {
    const canary = 'c4n4ry value?'
    const env = Object.fromEntries(variableNames.map((name) => [name, canary]))
    const deskYaml = [
      `fields: { type: ${canary} }`,
      `types: { data-access: [{ a: ${canary} }] }`,
      `templates: { Account Reinstatement: ['${canary}', 1] }`,
      `labels: { deletion request::denied: "${canary},", Account Verification Failed: "${canary}," }`,
      `support-bot: { usernames: ${canary}, automatic-responses: ${canary} }`,
      `zendesk-macros: { deletion: ${canary} }`,
      `form-url: ${canary}`,
      `feature-request: ${canary}`,
      `expert-teams: [{ name: ${canary}, project: ${canary}, labels: ${canary} }]`,
      `security-update-business-days: ${canary}`,
      `holidays: { also: ['${canary}'], checked-until: ${canary} }`,
      `rate-limits: { slack-burst: ${canary} }`,
    ].join('\n')

    const problems = problemsOf(env, deskYaml)

    const refused = variableNames.filter((name) => problems.some((problem) => problem.startsWith(`${name} `)))
    const anyText = ['ZENDESK_QUERY', 'NO_PROXY']
    expect(refused).toEqual(variableNames.filter((name) => !anyText.includes(name)))
    for (const line of deskYaml.split('\n')) {
      expect(problems.join('\n')).toContain(`desk.yaml: ${line.slice(0, line.indexOf(':'))}`)
    }
    expect(problems.join('\n')).not.toContain('c4n4ry')
  })

  it('without a value in the message when the file is no YAML', () => {
    expect(problemsOf({}, 'form-url: "c4n4ry\nlabels: [')).toEqual([
      'desk.yaml, line 2, is no valid YAML (MISSING_CHAR)',
    ])
  })
})

describe('a proxy', () => {
  it.each<[string, Env, object | undefined]>([
    ['none', {}, undefined],
    ['none, but exceptions from it', { NO_PROXY: 'example.com' }, undefined],
    ['one', { HTTPS_PROXY: 'http://proxy:3128' }, { https: 'http://proxy:3128' }],
    ['without a scheme', { HTTP_PROXY: 'proxy.example.com:3128' }, { http: 'http://proxy.example.com:3128' }],
    [
      'in small letters, which win',
      { https_proxy: 'http://small', HTTPS_PROXY: 'http://large', no_proxy: '.local', NO_PROXY: '' },
      { https: 'http://small', no: '.local' },
    ],
    [
      'with a name and a password',
      { HTTPS_PROXY: 'http://desk:pa%40ss@proxy:3128', HTTP_PROXY: '' },
      { https: 'http://desk:pa%40ss@proxy:3128' },
    ],
  ])('is read: %s', (_what, env, proxy) => {
    expect(load(env).proxy).toEqual(proxy)
  })

  it.each(['socks5://proxy:1080', 'http://', 'ftp://proxy', 'http://a b', 'http://proxy:99999'])(
    'is refused: %s',
    (value) => {
      expect(problemsOf({ HTTPS_PROXY: value })).toEqual([
        'HTTPS_PROXY must be the http or https URL of a proxy',
      ])
    },
  )
})

describe('.env.example', () => {
  const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n')
  const isVariable = (line: string) => /^(?:# )?[A-Z_]+=/.test(line)

  it('lists every variable in its order, each with a comment over it', () => {
    const listed = lines.filter(isVariable).map((line) => line.replace(/^# /, '').replace(/=.*$/, ''))

    expect(listed).toEqual(variableNames)
    for (const [index, line] of lines.entries()) {
      if (isVariable(line)) expect(lines[index - 1]).toMatch(/^# .+[.)]$/)
    }
  })

  it('shows the defaults', () => {
    const shown = lines.filter((line) => line.startsWith('# ') && isVariable(line) && !line.endsWith('='))
    const env: Env = Object.fromEntries(
      shown.map((line) => [line.slice(2, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
    const examples = ['SUPPORT_ENGINEERS', 'SUPPORT_MANAGERS', 'PRIVACY_TEAM', 'FIELD_SECURITY', 'REPORT_AT']

    const withoutExamples = Object.fromEntries(
      Object.entries(env).filter(([name]) => !examples.includes(name)),
    )

    expect(load(withoutExamples)).toEqual(load())
    expect(problemsOf(env)).toEqual([])
  })
})
