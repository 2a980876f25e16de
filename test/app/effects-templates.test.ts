/** Issues from templates: the escalation to Privacy, and a template that is not there. */
import { describe, expect, it } from 'vitest'
import { serviceDeskProject } from '../../sandbox/gitlab/gitlab.ts'
import { people, snippet, startWorld, type World } from './desk-world.ts'
import { aRequest, decideInMenu, lastIssue, menuOf } from './flow-acts.ts'

describe('Escalate to Privacy', () => {
  const reason = 'May we delete before the invoice is paid?'

  it('opens a related issue from its template; the request keeps its step and its clocks', async () => {
    const given = await aRequest('Data Access Request')
    const { world, iid } = given
    const before = world.cardText(iid)

    await decideInMenu(given, 'Escalate to Privacy', { 'Your question for Privacy': reason })

    const escalation = world.gitlab.issueView(lastIssue(given))
    expect(escalation).toMatchObject({
      title: `Privacy escalation of request #${iid}`,
      confidential: true,
      links: [`${serviceDeskProject}#${iid}`],
    })
    expect(escalation.description).toContain('Privacy: Answer the question')
    expect(world.gitlab.issueView(iid).notes.at(-1)?.body).not.toContain('requester@example.com')
    expect(world.cardText(iid)).toContain(escalation.url)
    expect(world.cardText(iid)).toContain(/\*[^*]+\*/.exec(before)?.[0] ?? 'no step')
    expect(world.cardText(iid)).toContain('due Mar 31')
    expect(world.done(iid)).toEqual([expect.stringContaining(`> ${reason}`)])
    expect(world.gitlab.mails.filter(({ text }) => text.includes(reason))).toEqual([])
  })

  it('mentions Privacy in the thread, where the question itself is not told', async () => {
    const given = await aRequest('Data Access Request')
    const { world, iid } = given

    await decideInMenu(given, 'Escalate to Privacy', { 'Your question for Privacy': reason })

    expect(world.thread(iid).at(-1)).toContain(
      `<@${people.engineer.id}> escalated #${iid} to Privacy: the question is in an internal note in GitLab.`,
    )
    expect(world.thread(iid).at(-1)).toContain('<!subteam^')
    expect(world.sentToSlack()).not.toContain('invoice')
  })

  it('of an account deletion too, and no card is made of the issue itself', async () => {
    const given = await aRequest('GitLab.com Account Deletion')

    await decideInMenu(given, 'Escalate to Privacy', { 'Your question for Privacy': reason })
    await given.world.passTime(3, 60)

    expect(() => given.world.card(lastIssue(given))).toThrow('has no card')
    expect(menuOf(given)).not.toContain('Escalate to Privacy')
  })
})

describe('a template that goes between the decision and its effect', () => {
  const template = 'Deletion Meta Issue - Customers Portal'

  /** The first look finds it, the effect does not. */
  function vanishes({ gitlab }: World) {
    const answer = { status: 404, body: { message: '404 Template Not Found' } }
    gitlab.fake.fail({ path: /\/templates\/issues\//, after: 1, failure: { answer } })
  }

  async function refused(): Promise<{ world: World; iid: number }> {
    const world = await startWorld()
    vanishes(world)
    const iid = await world.request({ type: 'Portal Account Deletion' })
    await world.click(iid, 'Start Deletion')
    return { world, iid }
  }

  it('is named on the card, with the project and what to do, and no issue is opened', async () => {
    const { world, iid } = await refused()

    expect(world.cardText(iid)).toContain(
      `FAILED: The project ${serviceDeskProject} has no issue template “${template}” (404). Add it there, then choose Try Again.`,
    )
    expect(world.cardText(iid)).not.toContain('*Done.*')
    expect(world.slack.buttons(world.card(iid))).toContain('Try Again')
    expect(lastIssue({ world })).toBe(iid)
  })

  it('is used by Try Again once it is there', async () => {
    const { world, iid } = await refused()
    world.gitlab.setTemplate(template, '- [ ] Support Engineer: Delete the portal account\n')

    await world.click(iid, 'Try Again', people.secondEngineer.id)

    const meta = world.gitlab.issueView(lastIssue({ world }))
    expect(meta).toMatchObject({ title: 'requester@example.com', confidential: true })
    expect(meta.links).toEqual([`${serviceDeskProject}#${iid}`])
    expect(world.cardText(iid)).toContain('0 of 1 step done, next: step 1 (Support Engineer)')
    expect(world.cardText(iid)).toContain('*Done.*')
    expect(world.slack.buttons(world.card(iid))).not.toContain('Try Again')
  })

  it('under a name of the team’s own is found by that name', async () => {
    const world = await startWorld({
      deskYaml: (text) => text.replace(/^templates:$/m, `templates:\n  ${template}: Portal`),
    })
    world.gitlab.setTemplate(template, undefined)
    world.gitlab.setTemplate('Portal', '- [ ] Support Engineer: Delete it\n')
    const iid = await world.request({ type: 'Portal Account Deletion' })

    await world.click(iid, 'Start Deletion')

    expect(world.gitlab.issueView(lastIssue({ world })).description).toContain('Delete it')
  })

  it('holds nothing back that was promised before it: the reply is sent once', async () => {
    const world = await startWorld()
    const iid = await world.request({ type: 'GitLab.com Account Deletion - Deceased User' })
    world.gitlab.requesterReplies(iid, 'The documents are attached.')
    await world.settle()
    await world.click(iid, 'Pass Verification')
    vanishes(world)
    await world.click(iid, 'Start Deletion')

    await world.click(iid, 'Try Again')

    expect(world.done(iid)).toEqual([`reply: ${snippet('verification-passed-deceased')}`])
    expect(world.cardText(iid)).toContain('*Done.*')
  })
})
