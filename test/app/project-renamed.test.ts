/** The Service Desk project is renamed or moved while the bot works: GET answers 301, everything else 405. */
import { describe, expect, it } from 'vitest'
import { serviceDeskProject, usernames } from '../../sandbox/gitlab/gitlab.ts'
import { channel, startWorld, type World } from './desk-world.ts'
import { lastIssue } from './flow-acts.ts'

const renamed = 'support/data-requests'
const start = { 'Account type': 'free', 'Reason in the requester’s comment': 'none' }

const notices = ({ slack }: World) =>
  slack.messages(channel).filter(({ text }) => text.includes('was renamed or moved'))

describe('a project that is renamed', () => {
  it('is told once in the channel, with what to set, and work goes on', async () => {
    const world = await startWorld()
    const iid = await world.request({ type: 'Portal Account Deletion' })
    await world.advance({ minutes: 1 })
    world.gitlab.renameProject(serviceDeskProject, renamed)

    await world.click(iid, 'Start Deletion')
    await world.passTime(4, 60)
    await world.restart()
    await world.passTime(4, 60)

    expect(world.cardText(iid)).toContain('*Done.*')
    expect(world.gitlab.issueView(lastIssue({ world }))).toMatchObject({
      title: 'requester@example.com',
      links: [`${renamed}#${iid}`],
    })
    expect(notices(world).map(({ text }) => text)).toEqual([
      `For your admins: the GitLab project ${serviceDeskProject} was renamed or moved, and is ${renamed} now. Work goes on by its id, 101. Please set GITLAB_PROJECT to ${renamed} and start the bot again, since somebody may make another project at the old path.`,
    ])
  })

  it('takes its writes by the old path, without a read before them', async () => {
    const world = await startWorld()
    const iid = await world.request()
    world.gitlab.renameProject(serviceDeskProject, renamed)

    await world.decide(iid, 'Start', start)

    expect(world.done(iid)).toEqual(['add account-deletion::personal', 'add Awaiting::Challenge Answers'])
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it('is heard by its webhooks, which name the new path', async () => {
    const world = await startWorld()
    const iid = await world.request()
    await world.advance({ minutes: 1 })
    world.gitlab.renameProject(serviceDeskProject, renamed)

    world.gitlab.requesterReplies(iid, 'Spring 2019.')
    await world.drain()

    expect(world.cardText(iid)).toContain('Answers are in')
    expect(world.logged.filter((line) => line.includes('another project'))).toEqual([])
  })

  it('is found by its old path at a start, and told', async () => {
    const world = await startWorld()
    await world.stop()
    world.gitlab.renameProject(serviceDeskProject, renamed)
    await world.restart()

    const iid = await world.request()
    await world.settle()

    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
    expect(notices(world)).toHaveLength(1)
  })

  it('that is not renamed is told nothing', async () => {
    const world = await startWorld({ env: { GITLAB_PROJECT: serviceDeskProject.toUpperCase() } }).catch(() =>
      startWorld(),
    )
    await world.request()
    await world.passTime(3, 60)

    expect(notices(world)).toEqual([])
  })

  it('given by its id is the same as ever', async () => {
    const world = await startWorld({ env: { GITLAB_PROJECT: '101' } })
    const iid = await world.request()
    world.gitlab.renameProject(serviceDeskProject, renamed)
    world.gitlab.someoneCloses(iid, usernames.engineer)
    await world.passTime(3, 60)

    expect(world.cardText(iid)).toContain('Closed in GitLab without the handbook’s reply')
    expect(notices(world)).toEqual([])
  })
})

describe('a project at whose old path somebody has made another', () => {
  /** Under the number of the first request there is one of the other project now. */
  function makeAnother({ gitlab }: World) {
    gitlab.renameProject(serviceDeskProject, renamed)
    return gitlab.addProjectAt(serviceDeskProject)
  }

  it('is not taken for it at a start', async () => {
    const world = await startWorld()
    await world.request()
    await world.stop()
    const { project } = makeAnother(world)

    await expect(world.restart()).rejects.toThrow(
      `The database holds the requests of the GitLab project ${serviceDeskProject} (101), and GITLAB_PROJECT is ${serviceDeskProject} (${project.id}): each project needs a database of its own in DATABASE_URL. If ${serviceDeskProject} was renamed or moved, set GITLAB_PROJECT to 101`,
    )
  })

  it.each([
    ['while the bot runs', async (world: World) => makeAnother(world)],
    [
      'before a start at which GitLab does not answer',
      async (world: World) => {
        await world.stop()
        const other = makeAnother(world)
        world.gitlab.fake.fail({ failure: { drop: 'connection' } })
        await world.restart()
        return other
      },
    ],
  ])('gets what is decided: %s', async (_when, make) => {
    const world = await startWorld()
    const iid = await world.request({ type: 'Portal Account Deletion' })
    await world.advance({ minutes: 1 })
    const other = await make(world)

    await world.click(iid, 'Start Deletion')
    await world.passTime(4, 60)

    expect(other).toMatchObject({ iid, notes: [], labels: [], state: 'opened' })
    expect(world.gitlab.mails.filter(({ to }) => to.includes('stranger@example.com'))).toEqual([])
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it('is told of as a renamed one within the hour', async () => {
    const world = await startWorld()
    await world.settle()
    makeAnother(world)

    await world.advance({ minutes: 61 })

    expect(notices(world)).toHaveLength(1)
  })
})
