/** What comes later than it should: failed checks after the card, and requests that are late when they are first seen. */
import { describe, expect, it } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { channel, formCopy, people, startWorld, type World } from './desk-world.ts'
import { aRequest, menuOf, requesterWrites } from './flow-acts.ts'

const invalid = 'account-deletion::invalid'

const digests = (world: World) =>
  world.slack.messages(channel).filter(({ text }) => text.startsWith('Privacy requests, '))

async function retitle(world: World, iid: number) {
  const issue = world.gitlab.issue(iid)
  Object.assign(issue, { title: `Invalid Request Received: ${issue.title}` })
  world.gitlab.someoneComments(iid, usernames.engineer, 'The checks have run.', { internal: true })
}

const marks: readonly (readonly [string, (world: World, iid: number) => void])[] = [
  ['label', (world, iid) => world.gitlab.someoneLabels(iid, usernames.engineer, [invalid])],
  ['title', retitle],
]

describe('automated checks that fail after the card came', () => {
  it.each(
    marks.flatMap(([mark, set]) =>
      ['GitLab.com Account Deletion', 'Full Deletion', 'Data Access Request', 'Portal Account Deletion'].map(
        (type) => [mark, type, set] as const,
      ),
    ),
  )('by the %s of a %s: the card says so, and offers nothing more', async (_mark, type, set) => {
    const given = await aRequest(type)
    const { world, iid } = given
    await world.advance({ minutes: 5 })

    set(world, iid)
    await world.advance({ minutes: 5 })

    expect(world.cardText(iid)).toContain('*Failed the automated checks*, seen Mar 1, 10:10 AM UTC')
    expect(world.cardText(iid)).toContain('GitLab closes it by itself; no action is required.')
    expect(world.slack.buttons(world.card(iid))).toEqual([])
    expect(menuOf(given)).toEqual([])
    expect(world.thread(iid)).toEqual([`#${iid} has failed the automated checks: no action is required.`])
    expect(world.changes(iid)).toEqual([])
  })

  it('is said once, counted as invalid, and the close by GitLab itself is no news', async () => {
    const { world, iid } = await aRequest('GitLab.com Account Deletion')
    world.gitlab.someoneLabels(iid, usernames.engineer, [invalid])
    await world.advance({ hours: 1 })
    world.gitlab.someoneComments(iid, usernames.engineer, 'And again.', { internal: true })
    await world.advance({ hours: 1 })
    world.gitlab.someoneCloses(iid, usernames.engineer)
    await world.advance({ days: 1 })

    expect(world.thread(iid)).toHaveLength(1)
    expect(world.cardText(iid)).not.toContain('without the reply and the labels')
    const counts = digests(world).flatMap(({ text }) => /\d+ (?:closed|invalid)/.exec(text)?.[0] ?? [])
    expect(counts).toEqual(['1 invalid'])
  })

  it.each([
    ['somebody', usernames.engineer],
    ['a label of the bot, which a decision had on its way,', usernames.bot],
  ])(
    'is taken back where %s takes the label off: the request is where it was, and no mark ends it again',
    async (_who, username) => {
      const given = await aRequest('GitLab.com Account Deletion')
      const { world, iid } = given
      await requesterWrites(given)
      world.gitlab.someoneLabels(iid, usernames.engineer, [invalid])
      await world.advance({ minutes: 5 })

      world.gitlab.someoneLabels(iid, username, ['account-deletion::personal'])
      await world.advance({ minutes: 5 })
      const back = [world.cardText(iid), ...world.thread(iid)].join('\n')
      world.gitlab.someoneLabels(iid, usernames.engineer, [invalid])
      await world.advance({ minutes: 5 })

      expect(back).not.toContain('Failed the automated checks')
      expect(back).toContain(
        `#${iid} no longer has the failed-checks labels and is back at “Answers are in: check them”.`,
      )
      expect(world.slack.buttons(world.card(iid))).toContain('Pass Verification')
      expect(world.thread(iid).at(-1)).toContain('although it’s being worked on. Look at it in GitLab.')
    },
  )

  it('is taken back of a request that came with the label: it has a card, and begins', async () => {
    const { world } = await aRequest('Data Access Request')
    const { iid } = world.gitlab.submitRequest({
      title: 'Delete my account',
      description: formCopy('Full Deletion'),
      email: 'somebody@example.com',
    })
    world.gitlab.someoneLabels(iid, usernames.engineer, [invalid])
    await world.advance({ minutes: 5 })
    const cards = () => world.slack.messages(channel).filter(({ text }) => text.startsWith(`#${iid} `))
    const before = cards()

    world.gitlab.someoneLabels(iid, usernames.engineer, [], [invalid])
    await world.advance({ minutes: 5 })

    expect(before).toEqual([])
    expect(cards()).toHaveLength(1)
    expect(world.slack.buttons(world.card(iid))).toContain('Start')
  })

  it('is taken back of a request that GitLab had closed, once somebody reopens it', async () => {
    const { world } = await aRequest('Data Access Request')
    const { iid } = world.gitlab.submitRequest({
      title: 'Delete my account',
      description: formCopy('Full Deletion'),
      email: 'somebody@example.com',
    })
    world.gitlab.someoneLabels(iid, usernames.engineer, [invalid])
    world.gitlab.someoneCloses(iid, usernames.engineer)
    await world.advance({ minutes: 5 })
    world.gitlab.someoneLabels(iid, usernames.engineer, [], [invalid])
    await world.advance({ minutes: 5 })

    world.gitlab.someoneReopens(iid, usernames.engineer)
    await world.advance({ minutes: 5 })

    expect(world.slack.buttons(world.card(iid))).toContain('Start')
  })

  it('is taken back of nothing that GitLab has closed meanwhile', async () => {
    const { world, iid } = await aRequest('GitLab.com Account Deletion')
    world.gitlab.someoneLabels(iid, usernames.engineer, [invalid])
    await world.advance({ minutes: 5 })
    world.gitlab.someoneCloses(iid, usernames.engineer)
    world.gitlab.someoneLabels(iid, usernames.engineer, [], [invalid])
    await world.advance({ minutes: 5 })

    expect(world.slack.buttons(world.card(iid))).not.toContain('Start')
    expect(world.thread(iid)).toHaveLength(1)
  })

  it('ends nothing that the requester has heard of: a person looks', async () => {
    const given = await aRequest('GitLab.com Account Deletion')
    const { world, iid } = given
    await requesterWrites(given)
    await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
    await world.click(iid, 'Start Deletion')
    await world.advance({ minutes: 5 })

    world.gitlab.someoneLabels(iid, usernames.engineer, [invalid])
    await world.advance({ minutes: 5 })

    expect(world.cardText(iid)).toContain('*Marked as failing the automated checks*')
    expect(world.slack.buttons(world.card(iid))).toContain('Complete Request')
    expect(world.thread(iid).at(-1)).toContain('although it’s being worked on. Look at it in GitLab.')
  })

  it('is no news where the bot itself has set the label', async () => {
    const { world, iid } = await aRequest('', { description: 'Please delete me.' })

    await world.click(iid, 'Close Direct Submission')
    await world.advance({ minutes: 5 })

    expect(world.cardText(iid)).not.toContain('Failed the automated checks')
  })

  it('is no news where a request is reopened that bears the label of the bot', async () => {
    const { world, iid } = await closedDirectly()

    world.gitlab.someoneReopens(iid, usernames.manager)
    await world.advance({ minutes: 5 })

    expect(world.cardText(iid)).not.toContain('Failed the automated checks')
    expect(world.slack.buttons(world.card(iid))).toContain('Close Direct Submission')
    expect(world.thread(iid).at(-1)).toContain('was reopened in GitLab')
  })

  it('is no news where the answer never came to the bot that set the label', async () => {
    const { world, iid } = await aRequest('', { description: 'Please delete me.' })
    world.gitlab.fake.fail({ method: 'PUT', times: 1, failure: { applied: true, drop: 'connection' } })
    await world.click(iid, 'Close Direct Submission')
    await world.advance({ minutes: 5 })
    world.gitlab.someoneReopens(iid, usernames.manager)
    await world.advance({ minutes: 5 })

    expect(world.slack.buttons(world.card(iid))).toContain('Close Direct Submission')
  })

  it('is no news of a reopened request whose database was lost', async () => {
    const { world, iid } = await closedDirectly()
    world.gitlab.someoneReopens(iid, usernames.manager)

    await world.forgetAll()
    await world.restart()
    await world.advance({ minutes: 5 })

    expect(world.slack.buttons(world.card(iid))).toContain('Close Direct Submission')
  })

  it('is said, and ends nothing, where somebody sets the label again of a reopened request', async () => {
    const { world, iid } = await closedDirectly()
    world.gitlab.someoneReopens(iid, usernames.manager)
    await world.advance({ minutes: 5 })
    world.gitlab.someoneLabels(iid, usernames.engineer, [], [invalid])
    await world.advance({ minutes: 5 })

    world.gitlab.someoneLabels(iid, usernames.engineer, [invalid])
    await world.advance({ minutes: 5 })

    expect(world.cardText(iid)).toContain('*Marked as failing the automated checks*')
    expect(world.slack.buttons(world.card(iid))).toContain('Close Direct Submission')
  })
})

/** By a decision, which has set the label. */
async function closedDirectly() {
  const given = await aRequest('', { description: 'Please delete me.' })
  await given.world.click(given.iid, 'Close Direct Submission')
  await given.world.advance({ minutes: 5 })
  return given
}

describe('a request that is late when it is first seen', () => {
  async function moved(createdAt: string) {
    const world = await startWorld({ startsAt: '2026-04-20T10:00:00.000Z' })
    const { iid } = world.gitlab.submitRequest({ description: formCopy(), autoResponse: undefined })
    Object.assign(world.gitlab.issue(iid), { createdAt })
    await world.settle()
    await world.advance({ minutes: 1 })
    return { world, iid }
  }

  it('is overdue: the support managers are called, once, and the digest lists it', async () => {
    const { world, iid } = await moved('2026-03-01T10:00:00.000Z')
    await world.advance({ days: 2 })

    const calls = world.thread(iid).filter((text) => text.includes('is overdue'))
    expect(calls).toEqual([
      expect.stringMatching(/^<!subteam\^.*> #1 was due Mar 31 and is overdue\. Next: “.*”\.$/),
    ])
    expect(JSON.stringify(digests(world).at(-1)?.blocks)).toMatch(/#1>.*overdue/)
  })

  it('is due in two days: they are called, once', async () => {
    const { world, iid } = await moved('2026-03-23T10:00:00.000Z')

    expect(world.thread(iid)).toEqual([
      expect.stringMatching(/#1 is due Apr 22, in \d days \(30-day limit\)\./),
    ])
  })

  it('has time: nobody is called', async () => {
    const { world, iid } = await moved('2026-04-10T10:00:00.000Z')

    expect(world.thread(iid)).toEqual([])
  })

  it('is a data export that its requester reopens after its thirty days: they are called', async () => {
    const given = await aRequest('Data Export Request')
    const { world, iid } = given
    await world.advance({ days: 9 })
    await world.click(iid, 'Close Self-Serve')
    await world.advance({ days: 40 })

    await requesterWrites(given, 'The export ends with an error.')
    await world.advance({ minutes: 1 })

    expect(world.thread(iid).filter((text) => text.includes('is overdue'))).toHaveLength(1)
  })
})

it('the folder of an export that is still shared after seven days: the thread calls, and the digest lists it', async () => {
  const given = await aRequest('Data Export Request')
  const { world, iid } = given
  await requesterWrites(given, 'It ends with an error.')
  await world.decide(iid, 'Send Challenges', { 'Verification challenge questions': '1. When?' })
  await world.advance({ minutes: 5 })
  await requesterWrites(given, 'In spring.')
  await world.click(iid, 'Pass Verification')
  await world.decide(iid, 'Exports Shared', { 'Folder link': 'https://drive.example/folder' })
  await world.advance({ days: 10 })

  const reminders = world.thread(iid).filter((text) => text.includes('Unshare it'))
  expect(reminders).toEqual([
    expect.stringContaining(
      'The export folder of #1 was shared until Mar 8. Unshare it, then ask with Unshared whether the files arrived.',
    ),
  ])
  expect(JSON.stringify(digests(world).at(-1)?.blocks)).toMatch(/#1>.*Unshare the folder/)
  expect(world.told(people.engineer.id)).toEqual([])
})
