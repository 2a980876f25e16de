/** What an effect needs is known before the first effect of its decision goes out: else nothing of it is done. */
import { describe, expect, it } from 'vitest'
import { featureRequest, serviceDeskProject, trustSafetyProject } from '../../sandbox/gitlab/gitlab.ts'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import { people, startWorld, type World } from './desk-world.ts'
import { aRequest, chooseInMenu, type InWorld, optionsOf, requesterWrites } from './flow-acts.ts'
import {
  addedTo,
  agent,
  aTicket,
  decideOnTicket,
  mailsOf,
  openOnTicket,
  ticketCardText,
  type WithTicket,
} from './ticket-acts.ts'

const projectOf = ({ gitlab }: World, path: string) => {
  const project = gitlab.world.projects.find((one) => one.path === path)
  if (!project) throw new Error(`there is no project ${path}`)
  return project
}

const written = ({ gitlab }: World) => gitlab.fake.requests.filter(({ method }) => method !== 'GET')

/** Each decision that opens an issue, up to the click that takes it. */
const openings: readonly (readonly [
  decision: string,
  template: string,
  () => Promise<InWorld & { click: () => Promise<unknown> }>,
])[] = [
  ...(
    [
      ['Portal Account Deletion', 'Deletion Meta Issue - Customers Portal', 'Start Deletion'],
      ['Marketing or Sales Account Deletion', 'Deletion Meta Issue - Marketing', 'Start Deletion'],
    ] as const
  ).map(([type, template, button]) => {
    return [`${button} of ${type}`, template, async () => clicking(await aRequest(type), button)] as const
  }),
  ...(
    [
      ['GitLab.com Account Deletion', 'Deletion Meta Issue - GitLab-com'],
      ['Full Deletion', 'Deletion Meta Issue - Full'],
    ] as const
  ).map(([type, template]) => {
    return [
      `Start Deletion of ${type}`,
      template,
      async () => {
        const given = await aRequest(type)
        await requesterWrites(given)
        await given.world.decide(given.iid, 'Pass Verification', { 'The account is': 'active' })
        return clicking(given, 'Start Deletion')
      },
    ] as const
  }),
  [
    'Start Deletion of a deceased user',
    'Deletion Meta Issue - Deceased',
    async () => {
      const given = await aRequest('GitLab.com Account Deletion - Deceased User')
      await requesterWrites(given)
      await given.world.click(given.iid, 'Pass Verification')
      return clicking(given, 'Start Deletion')
    },
  ],
  [
    'Start Report of Data Access',
    'personal_data_access_request',
    async () => {
      const given = await aRequest('Data Access Request')
      await requesterWrites(given)
      await given.world.click(given.iid, 'Confirm E-mail')
      return clicking(given, 'Start Report')
    },
  ],
  [
    'Escalate to Privacy',
    'Privacy Escalation Meta Issue',
    async () => {
      const given = await aRequest('General Question')
      return {
        ...given,
        click: async () => {
          const view = await chooseInMenu(given, 'Escalate to Privacy')
          if (!view) return
          await given.world.slack.submit(people.engineer.id, view.id, {
            'Your question for Privacy': 'May we?',
          })
          await given.world.drain()
        },
      }
    },
  ],
]

function clicking(given: InWorld, button: string) {
  return { ...given, click: () => given.world.click(given.iid, button) }
}

describe('an issue that a decision opens', () => {
  it.each(openings)(
    '%s is refused while its template is not there, and nothing is sent',
    async (_decision, template, ready) => {
      const { world, iid, click } = await ready()
      const before = { changes: world.changes(iid), card: world.cardText(iid), writes: written(world).length }
      const was = projectOf(world, serviceDeskProject).templates[template]
      world.gitlab.setTemplate(template, undefined)

      await click()

      expect(world.told(people.engineer.id).at(-1)).toContain(
        `, and nothing was sent or changed. The project ${serviceDeskProject} has no issue template “${template}” that the bot’s account can read. Ask somebody with write access there to add .gitlab/issue_templates/${template}.md, or your admins to correct the name in config/desk.yaml, then choose`,
      )
      expect(world.changes(iid)).toEqual(before.changes)
      expect(world.cardText(iid)).toBe(before.card)
      expect(written(world)).toHaveLength(before.writes)

      world.gitlab.setTemplate(template, was)
      await click()

      expect(world.cardText(iid)).not.toContain('FAILED')
      expect(written(world).length).toBeGreaterThan(before.writes)
    },
  )

  it.each<[string, (world: World) => void, string]>([
    [
      'is archived',
      (world) => Object.assign(projectOf(world, serviceDeskProject), { archived: true }),
      'is archived',
    ],
    [
      'takes no issues',
      (world) => Object.assign(projectOf(world, serviceDeskProject), { withoutIssues: true }),
      'has issues switched off, or the bot’s account can’t use them',
    ],
    [
      'is not to be seen',
      ({ gitlab }) =>
        gitlab.fake.fail({
          path: /\/projects\/[^/]+$/,
          times: Number.POSITIVE_INFINITY,
          failure: { answer: { status: 404, body: { message: '404 Project Not Found' } } },
        }),
      'isn’t there, or the bot’s account can’t see it',
    ],
  ])('is refused where the project %s', async (_what, spoil, because) => {
    const { world, iid } = await aRequest('Portal Account Deletion')
    spoil(world)

    await world.click(iid, 'Start Deletion')

    expect(world.told(people.engineer.id).at(-1)).toContain(`The project ${serviceDeskProject} ${because}`)
    expect(written(world)).toEqual([])
  })

  it.each([
    ['answers 502', { answer: { status: 502, body: 'Bad Gateway' } }],
    ['drops the connection', { drop: 'connection' }],
    ['answers 429', { answer: { status: 429, body: {} } }],
  ] as const)('is refused while GitLab %s, and done by the same click later', async (_how, failure) => {
    const { world, iid } = await aRequest('Portal Account Deletion')
    world.gitlab.fake.fail({ path: /\/templates\//, times: Number.POSITIVE_INFINITY, failure })

    await world.click(iid, 'Start Deletion')
    const told = world.told(people.engineer.id).at(-1)
    const meanwhile = written(world).length
    world.gitlab.fake.heal()
    await world.click(iid, 'Start Deletion')

    expect(told).toBe(
      `Start Deletion wasn’t done on #${iid}, and nothing was sent or changed. GitLab can’t be read right now, so I can’t check whether this can be done. Wait a few minutes, then choose Start Deletion again.`,
    )
    expect(meanwhile).toBe(0)
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  const env = { GITLAB_TRUST_SAFETY_PROJECT: trustSafetyProject }

  it('of a blocked account is refused where Trust and Safety has no template: the requester is told nothing', async () => {
    const given = await aRequest('GitLab.com Account Deletion', { env })
    const { world, iid } = given
    await requesterWrites(given)
    const view = await world.openModal(iid, 'Pass Verification')
    world.gitlab.setTemplate('Account Reinstatement', undefined, trustSafetyProject)

    await world.slack.submit(people.engineer.id, view?.id ?? '', { 'The account is': 'blocked' })
    await world.drain()

    expect(world.told(people.engineer.id).at(-1)).toContain(
      `The project ${trustSafetyProject} has no issue template “Account Reinstatement”`,
    )
    expect(world.changes(iid)).toEqual([])
  })

  it('is not offered with the answer that needs it, which says why, and no other answer is chosen for it', async () => {
    const given = await aRequest('GitLab.com Account Deletion', { env })
    const { world, iid } = given
    await requesterWrites(given)
    world.gitlab.setTemplate('Account Reinstatement', undefined, trustSafetyProject)

    const view = await world.openModal(iid, 'Pass Verification')

    expect(optionsOf(view, 'The account is')).toEqual(['Active'])
    expect(JSON.stringify(view?.blocks)).not.toContain('initial_option')
    expect(JSON.stringify(view?.blocks)).toContain(
      `“Blocked or banned” can’t be chosen now. The project ${trustSafetyProject} has no issue template “Account Reinstatement”`,
    )
  })

  it('is not needed by the other answer of the same decision', async () => {
    const given = await aRequest('GitLab.com Account Deletion', { env })
    const { world, iid } = given
    await requesterWrites(given)
    world.gitlab.setTemplate('Account Reinstatement', undefined, trustSafetyProject)

    await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })

    expect(world.cardText(iid)).toContain('Ready: start the deletion')
  })
})

describe('the feature request of a deceased user', () => {
  it('that the bot may not see: the requester is not told that it begins', async () => {
    const given = await aRequest('GitLab.com Account Deletion - Deceased User')
    const { world, iid } = given
    await requesterWrites(given)
    await world.click(iid, 'Pass Verification')
    const path = new RegExp(`/issues/${featureRequest.iid}$`)
    world.gitlab.fake.fail({ path, times: Number.POSITIVE_INFINITY, failure: { answer: { status: 404 } } })

    await world.click(iid, 'Start Deletion')

    expect(world.told(people.engineer.id).at(-1)).toContain(
      'The bot’s account can’t see the feature request gitlab-org/gitlab#330669. Ask its owners to let the bot’s account comment there',
    )
    expect(world.changes(iid)).toEqual([])
  })
})

describe('an expert team', () => {
  const question = {
    Team: appSec.name,
    'Question for the team': 'Is it known?',
  }
  it('without a project, where no other has one: nobody is asked for a question, and the requester is told nothing', async () => {
    const given = await aTicket()

    const view = await openOnTicket(given, 'Engage Expert')

    expect(view).toBeUndefined()
    expect(given.world.told(agent).at(-1)).toMatch(
      /^Engage Expert wasn’t done on ticket .* isn’t there, or the bot’s account can’t see it\./,
    )
    expect(addedTo(given)).toEqual([])
    expect(mailsOf(given)).toEqual([])
  })

  it('is offered beside others that are not, each with its reason', async () => {
    const given = await aTicket()
    given.world.gitlab.addExpertTeam(appSec)

    const view = await openOnTicket(given, 'Engage Expert')

    expect(optionsOf(view, 'Team')).toEqual([appSec.name])
    expect(JSON.stringify(view?.blocks)).toContain('“Abuse” can’t be chosen now. The project ')
  })

  it('that is gone between the question and its submit: the requester is not told that somebody looks', async () => {
    const given = await aTicket()
    const { world } = given
    world.gitlab.addExpertTeam(appSec)
    const view = await openOnTicket(given, 'Engage Expert')
    Object.assign(projectOf(world, appSec.project), { withoutIssues: true })

    await world.slack.submit(agent, view?.id ?? '', question)
    await world.drain()

    expect(world.told(agent).at(-1)).toContain(`The project ${appSec.project} has issues switched off`)
    expect(addedTo(given)).toEqual([])
    expect(mailsOf(given)).toEqual([])
  })
})

describe('a ticket that Zendesk does not let be solved', () => {
  const field = { id: 77, type: 'tagger', title: 'Root cause', required: true }
  const reply = (given: WithTicket) =>
    decideOnTicket(given, 'Reply', { 'Reply to the requester': 'It is encrypted.' })

  it('before a required field is filled in: the answer is refused with its name before anybody types one', async () => {
    const given = await aTicket()
    given.world.zendesk.account.fields = [field]

    const view = await openOnTicket(given, 'Reply')

    expect(view).toBeUndefined()
    expect(given.world.told(agent).at(-1)).toBe(
      `Reply wasn’t done on ticket ${given.ticket}, and nothing was sent or changed. Zendesk won’t let ticket ${given.ticket} be solved until “Root cause” is filled in. Fill it in on the ticket in Zendesk, then choose Reply again.`,
    )
    expect(mailsOf(given)).toEqual([])
    expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
  })

  it.each([
    ['Assignee', 'assignee'],
    ['Group', 'group'],
  ])('before it has a required %s, where Zendesk assigns nothing by itself', async (title, type) => {
    const given = await aTicket()
    given.world.zendesk.account.fields = [{ id: 34, type, title, required: true }]
    given.world.zendesk.account.assignsOnSolve = false

    await openOnTicket(given, 'Reply')

    expect(given.world.told(agent).at(-1)).toContain(
      `Zendesk won’t let ticket ${given.ticket} be solved until “${title}” is filled in.`,
    )
    expect(mailsOf(given)).toEqual([])
  })

  it.each([
    ['Zendesk assigns it to whoever solves it', 200],
    ['the account may not read the settings', 403],
  ])('is answered without an assignee where %s', async (_why, status) => {
    const given = await aTicket()
    given.world.zendesk.account.fields = [{ id: 34, type: 'assignee', title: 'Assignee', required: true }]
    if (status === 403)
      given.world.zendesk.fake.fail({ path: /account\/settings/, failure: { answer: { status, body: {} } } })

    await reply(given)

    expect(mailsOf(given)).toHaveLength(1)
  })

  it('is answered once somebody has filled it in', async () => {
    const given = await aTicket()
    given.world.zendesk.account.fields = [field]
    given.world.zendesk.someoneFillsIn(given.ticket, 77, 'none')

    await reply(given)

    expect(mailsOf(given)).toHaveLength(1)
  })

  it('is answered where the account may not read the fields: then Zendesk alone knows', async () => {
    const given = await aTicket()
    given.world.zendesk.fake.fail({ path: /ticket_fields/, failure: { answer: { status: 403, body: {} } } })

    await reply(given)

    expect(mailsOf(given)).toHaveLength(1)
  })
})

it('a decision that needs nothing asks for nothing', async () => {
  const world = await startWorld()
  const iid = await world.request()
  const before = world.gitlab.fake.requests.length

  await world.decide(iid, 'Start', { 'Account type': 'free', 'Reason in the requester’s comment': 'none' })

  const asked = world.gitlab.fake.requests.slice(before).map(({ path }) => path)
  expect(asked.filter((path) => /templates|projects\/[^/]+$/.test(path))).toEqual([])
})
