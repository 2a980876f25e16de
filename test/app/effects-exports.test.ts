/** Data export: Start Export schedules the export of the user's personal projects, and the card shows how far they are. */
import { describe, expect, it } from 'vitest'
import { adminToken } from '../../sandbox/gitlab/gitlab.ts'
import type { View } from '../../sandbox/slack/workspace.ts'
import { startWorld, textOf, type World, type WorldOptions } from './desk-world.ts'

const exportPath = /\/export$/

async function exporting(options: WorldOptions = {}): Promise<{ world: World; iid: number }> {
  const world = await startWorld(options)
  const iid = await world.request({ type: 'Data Export Request' })
  world.gitlab.requesterReplies(iid, 'The export ends with an error.')
  await world.settle()
  await world.decide(iid, 'Send Challenges', { 'Verification challenge questions': 'Who are you?' })
  world.gitlab.requesterReplies(iid, 'My answers.')
  await world.settle()
  await world.click(iid, 'Pass Verification')
  return { world, iid }
}

function anotherProject({ gitlab }: World): void {
  const one = gitlab.world.projects.find(({ id }) => id === 211)
  if (one) gitlab.world.projects.push({ ...one, id: 311, path: 'quiet.owner/second', name: 'Second' })
}

const exportsAsked = ({ gitlab }: World) => gitlab.fake.received('POST', exportPath)
const looks = ({ gitlab }: World) => gitlab.fake.received('GET', exportPath).length

describe('Start Export', () => {
  it('asks for each personal project with the administrator’s token, and nothing else is written with it', async () => {
    const { world, iid } = await exporting()
    anotherProject(world)

    await world.click(iid, 'Start Export')

    expect(exportsAsked(world).map(({ path }) => path)).toEqual([
      '/api/v4/projects/211/export',
      '/api/v4/projects/311/export',
    ])
    const written = world.gitlab.fake.requests.filter(
      ({ method, headers }) => method !== 'GET' && headers['private-token'] === adminToken,
    )
    expect(written).toEqual(exportsAsked(world))
    expect(world.cardText(iid)).toContain('Project exports: 0 of 2 done.')
  })

  it('that GitLab refuses with 401 names the administrator’s token on the card', async () => {
    const { world, iid } = await exporting()
    world.gitlab.fake.fail({ method: 'POST', path: exportPath, failure: { answer: { status: 401 } } })

    await world.click(iid, 'Start Export')

    expect(world.cardText(iid)).toContain("GitLab doesn't accept GITLAB_ADMIN_TOKEN (401).")
  })

  it('the card follows them until they are done, and then nobody asks any more', async () => {
    const { world, iid } = await exporting()
    anotherProject(world)
    await world.click(iid, 'Start Export')

    await world.advance({ seconds: 60 })
    const underWay = world.cardText(iid)
    await world.advance({ seconds: 120 })
    const finished = world.cardText(iid)
    const asked = looks(world)
    await world.passTime(5, 60)

    expect(underWay).toContain('Project exports: 0 of 2 done.')
    expect(finished).toContain('Project exports: 2 of 2 done.')
    expect(looks(world)).toBe(asked)
    expect(world.slack.buttons(world.card(iid))).toContain('Exports Shared')
  })

  it('tells neither the user nor their projects to Slack, and keeps them in no log', async () => {
    const { world, iid } = await exporting()
    await world.click(iid, 'Start Export')
    await world.passTime(4, 60)

    expect(world.sentToSlack()).not.toContain('quiet.owner')
    expect(JSON.stringify(await world.audit())).not.toContain('quiet.owner')
    expect(world.logged.join('\n')).not.toContain('quiet.owner')
  })

  it('clicked a second time asks for no export that is on its way', async () => {
    const { world, iid } = await exporting()
    await world.click(iid, 'Start Export')
    await world.advance({ seconds: 10 })

    await world.click(iid, 'Start Export')

    expect(exportsAsked(world)).toHaveLength(1)
  })

  it('a project that GitLab refuses is told on the card, and stays so', async () => {
    const { world, iid } = await exporting()
    anotherProject(world)
    world.gitlab.fake.fail({ method: 'POST', path: /211\/export$/, failure: { answer: { status: 403 } } })
    await world.click(iid, 'Start Export')
    const atFirst = world.cardText(iid)

    await world.passTime(4, 60)

    expect(atFirst).toContain('Project exports: 0 of 2 done. *1 export failed:*')
    expect(world.cardText(iid)).toContain('Project exports: 1 of 2 done. *1 export failed:*')
  })

  it('of which GitLab can’t be asked for a while is asked again later', async () => {
    const { world, iid } = await exporting()
    await world.click(iid, 'Start Export')
    world.gitlab.fake.fail({
      method: 'GET',
      path: exportPath,
      times: Infinity,
      failure: { answer: { status: 500 } },
    })
    await world.passTime(4, 60)
    const meanwhile = world.cardText(iid)
    world.gitlab.fake.heal()

    await world.advance({ seconds: 60 })

    expect(meanwhile).toContain('Project exports: 0 of 1 done.')
    expect(world.cardText(iid)).toContain('Project exports: 1 of 1 done.')
  })

  it('is not offered without the administrator’s token: the step is worked by hand', async () => {
    const { world, iid } = await exporting({ env: { GITLAB_ADMIN_TOKEN: '' } })

    expect(world.slack.buttons(world.card(iid))).not.toContain('Start Export')
    expect(world.slack.buttons(world.card(iid))).toContain('Exports Shared')
  })
})

describe('Whoever leads the request on while exports are not done is told so before', () => {
  const folder = 'https://drive.example/folders/1'
  const shared = (view: Pick<View, 'blocks'> | undefined) => textOf({ text: '', blocks: view?.blocks ?? [] })
  const unfinished = 'Only 0 of 1 project export is done, says GitLab.'

  /** What a button asks before it is done. */
  async function askedBy(world: World, iid: number, button: string): Promise<string> {
    return shared(await world.openModal(iid, button))
  }

  it('in the form of Exports Shared', async () => {
    const { world, iid } = await exporting()
    await world.click(iid, 'Start Export')

    expect(shared(await world.openModal(iid, 'Exports Shared'))).toContain(`*${unfinished}*`)
  })

  it('until they are done', async () => {
    const { world, iid } = await exporting()
    await world.click(iid, 'Start Export')

    await world.advance({ minutes: 3 })

    expect(shared(await world.openModal(iid, 'Exports Shared'))).not.toContain('says GitLab')
  })

  it('in the question of Complete Request, where they never came to an end', async () => {
    const { world, iid } = await exporting()
    await world.click(iid, 'Start Export')
    for (const project of world.gitlab.world.projects)
      if (project.id === 211) project.exportedAt = '2027-01-01T00:00:00.000Z'
    await world.decide(iid, 'Exports Shared', { 'Folder link': folder })
    await world.advance({ days: 8 })
    expect(shared(await world.openModal(iid, 'Unshared'))).toContain(`*${unfinished}*`)
    await world.decide(iid, 'Unshared', {})

    expect(await askedBy(world, iid, 'Complete Request')).toContain(`*${unfinished}*`)
  })

  it('and hears nothing of it where they were done after the folder was shared', async () => {
    const { world, iid } = await exporting()
    await world.click(iid, 'Start Export')
    await world.decide(iid, 'Exports Shared', { 'Folder link': folder })
    await world.advance({ days: 8 })
    await world.decide(iid, 'Unshared', {})

    expect(world.cardText(iid)).toContain('Project exports: 1 of 1 done.')
    expect(await askedBy(world, iid, 'Complete Request')).not.toContain('says GitLab')
  })

  it('while to close it as spam or to begin an export says nothing of it', async () => {
    const { world, iid } = await exporting()
    await world.click(iid, 'Start Export')

    expect(await askedBy(world, iid, 'Start Export')).not.toContain('says GitLab')
    expect(await askedBy(world, iid, 'Mark Spam')).not.toContain('says GitLab')
  })
})
