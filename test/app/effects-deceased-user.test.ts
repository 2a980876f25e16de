/** Deceased user, Start Deletion: the note on the feature request, the reply, the meta issue. */
import { describe, expect, it } from 'vitest'
import { featureRequest } from '../../sandbox/gitlab/gitlab.ts'
import { people, snippet, startWorld, type World, type WorldOptions } from './desk-world.ts'

const type = 'GitLab.com Account Deletion - Deceased User'

async function ready(options: WorldOptions = {}): Promise<{ world: World; iid: number }> {
  const world = await startWorld(options)
  const iid = await world.request({ type })
  world.gitlab.requesterReplies(iid, 'The documents are attached.')
  await world.settle()
  await world.click(iid, 'Pass Verification')
  return { world, iid }
}

const featureNotes = ({ gitlab }: World) =>
  gitlab.issueView(featureRequest.iid, featureRequest.project).notes.map(({ body }) => body)

const metaIssues = ({ gitlab }: World) =>
  gitlab.world.issues.filter(({ title }) => title === 'requester@example.com')

describe('Start Deletion', () => {
  it('notes it on the feature request, tells the requester, and opens the meta issue, in this order', async () => {
    const { world, iid } = await ready()

    await world.click(iid, 'Start Deletion')

    // By its id, since another project may come to stand at its path.
    const own = world.gitlab.issue(iid).project.id
    const made = world.gitlab.fake.requests.filter(({ method }) => method === 'POST')
    expect(made.map(({ path }) => decodeURIComponent(path).replace('/api/v4/projects/', ''))).toEqual([
      `${featureRequest.project}/issues/${featureRequest.iid}/notes`,
      `${own}/issues/${iid}/notes`,
      `${own}/issues`,
      `${own}/issues/${iid}/links`,
    ])
    expect(featureNotes(world)).toEqual([
      expect.stringMatching(
        /^Support is working a request of this kind by hand: the account of a person who has died is to be deleted\.\n\n<!-- privacy-desk:[0-9a-f]+ -->$/,
      ),
    ])
    expect(world.done(iid)).toEqual([`reply: ${snippet('verification-passed-deceased')}`])
    expect(metaIssues(world)).toMatchObject([
      { confidential: true, description: expect.stringContaining('Check who else owns the groups') },
    ])
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it('leaves the feature request alone where desk.yaml switches it off', async () => {
    const { world, iid } = await ready({
      deskYaml: (text) => text.replace(/^feature-request: .*$/m, 'feature-request: false'),
    })

    await world.click(iid, 'Start Deletion')

    expect(featureNotes(world)).toEqual([])
    expect(world.done(iid)).toEqual([`reply: ${snippet('verification-passed-deceased')}`])
    expect(metaIssues(world)).toHaveLength(1)
    expect(world.cardText(iid)).not.toContain('feature request')
  })

  it.each([403, 404])(
    'says on the card that the bot may not comment there (%i), and Try Again does the rest',
    async (status) => {
      const { world, iid } = await ready()
      const path = new RegExp(`/issues/${featureRequest.iid}/notes$`)
      world.gitlab.fake.fail({ method: 'POST', path, times: Infinity, failure: { answer: { status } } })
      await world.click(iid, 'Start Deletion')
      const refused = world.cardText(iid)
      const meanwhile = world.done(iid)
      world.gitlab.fake.heal()

      await world.click(iid, 'Try Again', people.secondEngineer.id)

      expect(refused).toContain(
        `The bot's token isn't allowed to comment on the feature request gitlab-org/gitlab#330669 (${status}).`,
      )
      expect(meanwhile).toEqual([])
      expect(featureNotes(world)).toHaveLength(1)
      expect(world.done(iid)).toEqual([`reply: ${snippet('verification-passed-deceased')}`])
      expect(metaIssues(world)).toHaveLength(1)
      expect(world.cardText(iid)).toContain('*Done.*')
    },
  )
})
