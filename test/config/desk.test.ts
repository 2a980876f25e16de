import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readDesk } from '../../src/config/desk.ts'
import { checkedUntil } from '../../src/config/us-holidays.ts'

const shipped = readFileSync(new URL('../../config/desk.yaml', import.meta.url), 'utf8')

function deskOf(yaml: string) {
  const result = readDesk(yaml)
  if ('problems' in result) throw new Error(result.problems.join('\n'))
  return result.desk
}

function problemsOf(yaml: string): readonly string[] {
  const result = readDesk(yaml)
  return 'problems' in result ? result.problems : []
}

const from1To60 = 'must be a whole number from 1 to 60'

const defaults = {
  people: [],
  aliases: { fields: {}, types: {} },
  templates: {},
  labels: {},
  supportBot: { usernames: ['support-bot'], automaticResponses: { texts: [], beginnings: [] } },
  zendeskMacros: {},
  formUrl: 'https://support.gitlab.io/personal-data-request/',
  featureRequest: 'gitlab-org/gitlab#330669',
  expertTeams: [],
  securityUpdateBusinessDays: 5,
  stuckAfterDays: 7,
  labelApproves: 'yes',
  holidays: { also: [] },
  rateLimits: {
    gitlabNotes: { perMinute: 60 },
    slackPosts: { perSecond: 1, burst: 20 },
    zendeskUpdates: { perMinute: 100 },
  },
}

describe('config/desk.yaml', () => {
  it('ships with all four expert teams and the limits of the services', () => {
    const desk = deskOf(shipped)

    expect(desk.expertTeams.map(({ name }) => name)).toEqual([
      'Security Operations',
      'Application Security',
      'Abuse',
      'Security Compliance',
    ])
    expect({ ...desk, expertTeams: [], supportBot: defaults.supportBot }).toEqual({
      ...defaults,
      aliases: {
        fields: { type: [], username: [], email: [], country: [], comment: [] },
        types: {
          'account-deletion': [],
          'full-deletion': [],
          'deceased-user': [],
          'portal-deletion': [],
          'marketing-deletion': [],
          'data-access': [],
          'data-export': [],
          'general-question': [],
        },
      },
    })
    expect(desk.supportBot.usernames).toEqual(['support-bot'])
    expect(desk.supportBot.automaticResponses.beginnings).toContain(
      'Thank you for your support request! We are tracking your request as ticket',
    )
  })

  it.each([
    '',
    '# nothing but a comment',
    'fields:\nlabels:\nsupport-bot:\nzendesk-macros:\nexpert-teams:\nrate-limits:\nholidays:\nsecurity-update-business-days:\nstuck-after-days:\nlabel-approves:',
    'holidays: { also: , checked-until: }',
  ])('may leave sections out or empty: %j', (yaml) => {
    expect(deskOf(yaml)).toEqual(defaults)
  })

  it('takes what a team changes', () => {
    const desk = deskOf(`
people: [{ slack: U1ADA, gitlab: ada.l, zendesk: 361234 }]
fields: { type: [Anliegen] }
types: { data-access: [Auskunft] }
templates: { Account Reinstatement: Reinstate }
labels: { "deletion request::denied": "deletion::denied" }
support-bot: { usernames: [desk-bot], automatic-responses: { texts: [Got it.], beginnings: [] } }
zendesk-macros: { deletion: 360001, access: 360002 }
form-url: https://example.com/form
feature-request: false
expert-teams: [{ name: Abuse, project: sec/abuse, labels: [desk], template: Question }]
security-update-business-days: 3
stuck-after-days: 10
label-approves: with-role
holidays: { also: [2026-12-24, "2027-01-02"], checked-until: 2031-12-31 }
rate-limits: { gitlab-notes-per-minute: 300, slack-posts-per-second: 0.5 }
`)

    expect(desk).toEqual({
      people: [{ slack: 'U1ADA', accounts: { gitlab: 'ada.l', zendesk: '361234' } }],
      aliases: { fields: { type: ['Anliegen'] }, types: { 'data-access': ['Auskunft'] } },
      templates: { 'Account Reinstatement': 'Reinstate' },
      labels: { 'deletion request::denied': 'deletion::denied' },
      supportBot: { usernames: ['desk-bot'], automaticResponses: { texts: ['Got it.'], beginnings: [] } },
      zendeskMacros: { deletion: 360001, access: 360002 },
      formUrl: 'https://example.com/form',
      featureRequest: undefined,
      expertTeams: [{ name: 'Abuse', project: 'sec/abuse', labels: ['desk'], template: 'Question' }],
      securityUpdateBusinessDays: 3,
      stuckAfterDays: 10,
      labelApproves: 'with-role',
      holidays: { also: ['2026-12-24', '2027-01-02'], checkedUntil: '2031-12-31' },
      rateLimits: {
        gitlabNotes: { perMinute: 300 },
        slackPosts: { perSecond: 0.5, burst: 20 },
        zendeskUpdates: { perMinute: 100 },
      },
    })
  })

  it.each([
    ['colour: red', 'desk.yaml: colour is not known'],
    ['fields: { telephone: [] }', 'desk.yaml: fields.telephone is not known'],
    ['types: { deletion: [] }', 'desk.yaml: types.deletion is not known'],
    ['templates: { Other Issue: x }', 'desk.yaml: templates."Other Issue" is not known'],
    [
      'labels: { "deletion request::Denied": x }',
      'desk.yaml: labels."deletion request::Denied" is not known',
    ],
    ['expert-teams: [{ name: A, project: a/b, chat: c }]', 'desk.yaml: expert-teams[0].chat is not known'],
    ['expert-teams: [{ name: A }]', 'desk.yaml: expert-teams[0].project must be string'],
    [
      'expert-teams: [{ name: A, project: ops }]',
      'desk.yaml: expert-teams[0].project must be a project path such as group/project',
    ],
    [
      'expert-teams: [{ name: A, project: a/b, labels: ["x,y"] }]',
      'desk.yaml: expert-teams[0].labels[0] must hold no comma and be one line',
    ],
    [
      'labels: { "Invalid Request::Spam": "a,b" }',
      'desk.yaml: labels."Invalid Request::Spam" must hold no comma and be one line',
    ],
    [
      'labels: { "Invalid Request::Spam": " " }',
      'desk.yaml: labels."Invalid Request::Spam" must not be empty',
    ],
    ['fields: { type: Anliegen }', 'desk.yaml: fields.type must be array'],
    ['support-bot: { usernames: [] }', 'desk.yaml: support-bot.usernames must name one'],
    ['zendesk-macros: { access: "12" }', 'desk.yaml: zendesk-macros.access must be number'],
    ['form-url: support.gitlab.test', 'desk.yaml: form-url must be an http or https URL'],
    [
      'feature-request: "330669"',
      'desk.yaml: feature-request must be an issue such as group/project#123, or false',
    ],
    [
      `expert-teams: [{ name: ${'A'.repeat(76)}, project: a/b }]`,
      'desk.yaml: expert-teams[0].name must have at most 75 characters',
    ],
    ['holidays: { also: 2026-12-24 }', 'desk.yaml: holidays.also must be array'],
    ['holidays: { also: [20261224] }', 'desk.yaml: holidays.also[0] must be string'],
    ['holidays: { also: [24.12.2026] }', 'desk.yaml: holidays.also[0] must be a day such as 2026-12-24'],
    [
      'holidays: { also: [2026-12-24, 2026-02-30] }',
      'desk.yaml: holidays.also[1] must be a day such as 2026-12-24',
    ],
    ['holidays: { checked-until: 2031 }', 'desk.yaml: holidays.checked-until must be string'],
    [
      'holidays: { checked-until: later }',
      'desk.yaml: holidays.checked-until must be a day such as 2026-12-24',
    ],
    [
      `holidays: { checked-until: ${checkedUntil} }`,
      `desk.yaml: holidays.checked-until must be later than ${checkedUntil}: until then this version has been compared with the official list`,
    ],
    ['holidays: { extra: [] }', 'desk.yaml: holidays.extra is not known'],
    ['security-update-business-days: 0', `desk.yaml: security-update-business-days ${from1To60}`],
    ['security-update-business-days: 61', `desk.yaml: security-update-business-days ${from1To60}`],
    ['security-update-business-days: 2.5', `desk.yaml: security-update-business-days ${from1To60}`],
    ['security-update-business-days: five', `desk.yaml: security-update-business-days ${from1To60}`],
    ['stuck-after-days: 0', `desk.yaml: stuck-after-days ${from1To60}`],
    ['label-approves: no', 'desk.yaml: label-approves must be yes or with-role'],
    ['label-approves: true', 'desk.yaml: label-approves must be yes or with-role'],
    ['stuck-after-days: a week', `desk.yaml: stuck-after-days ${from1To60}`],
    ['rate-limits: { slack-burst: 0 }', 'desk.yaml: rate-limits.slack-burst must be number to be >=1'],
    ['just words', 'desk.yaml: the file must be object'],
    ['form-url: *nowhere', 'desk.yaml: the file must be object'],
    ['form-url: a\nform-url: b', 'desk.yaml, line 2, is no valid YAML (DUPLICATE_KEY)'],
  ])('is refused with its path for %j', (yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([problem])
  })

  it('is refused when two types or fields share a name', () => {
    expect(
      problemsOf(
        'types: { data-export: [data  ACCESS], data-access: [Mine] }\nfields: { comment: [E-Mail] }',
      ),
    ).toEqual([
      'desk.yaml: fields.comment[0] is also a name of email',
      'desk.yaml: types.data-export[0] is also a name of data-access',
    ])
  })

  it('is refused when two labels share a name', () => {
    const yaml =
      'labels: { "account-deletion::personal": "Account Verification Failed", "Export Request::complied": x }'

    expect(problemsOf(yaml)).toEqual([
      'desk.yaml: labels."account-deletion::personal" has the same name as "Account Verification Failed"',
    ])
  })

  it('is refused when an account or a person stands twice in the list of people', () => {
    const yaml = `people:
  - { slack: U1ADA, gitlab: ada, zendesk: 7 }
  - { slack: U1BEN, gitlab: Ada, zendesk: 7 }
  - { slack: U1ADA }`

    expect(problemsOf(yaml)).toEqual([
      'desk.yaml: people[2].slack is also that of people[0]',
      'desk.yaml: people[1].gitlab is also that of people[0]',
      'desk.yaml: people[1].zendesk is also that of people[0]',
    ])
  })

  it.each([
    ['{ slack: ada }', 'desk.yaml: people[0].slack must be a Slack user id such as U012ABCDEF'],
    ['{ gitlab: ada }', 'desk.yaml: people[0].slack must be string'],
    [
      '{ slack: U1ADA, gitlab: "@ada" }',
      'desk.yaml: people[0].gitlab must be a GitLab username without its @',
    ],
    [
      '{ slack: U1ADA, zendesk: ada@example.com }',
      'desk.yaml: people[0].zendesk must be the id of a Zendesk agent, a number',
    ],
    ['{ slack: U1ADA, email: a@example.com }', 'desk.yaml: people[0].email is not known'],
  ])('is refused where a person in it can’t be read: %s', (person, problem) => {
    expect(problemsOf(`people: [${person}]`)).toEqual([problem])
  })

  it('is refused when two expert teams share a name', () => {
    const yaml = 'expert-teams: [{ name: Abuse, project: a/b }, { name: " abuse", project: c/d }]'

    expect(problemsOf(yaml)).toEqual(['desk.yaml: expert-teams[1].name is also the name of expert-teams[0]'])
  })

  it('takes the longest name of an expert team that a Slack menu shows', () => {
    const name = 'A'.repeat(75)

    expect(deskOf(`expert-teams: [{ name: ${name}, project: a/b }]`).expertTeams).toEqual([
      { name, project: 'a/b', labels: [], template: undefined },
    ])
  })
})
