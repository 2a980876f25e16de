import { describe, expect, it, test } from 'vitest'
import {
  botToken,
  featureRequest,
  serviceDeskProject,
  trustSafetyProject,
  usernames,
} from '../../../sandbox/gitlab/gitlab.ts'
import { anEffectDesk, type EffectDesk, form, type Given } from '../effect-desk.ts'

const minute = 60_000
const meta = { kind: 'open-issue', purpose: 'meta', template: 'Deletion Meta Issue - GitLab-com' } as const
const reinstatement = {
  kind: 'open-issue',
  purpose: 'reinstatement',
  template: 'Account Reinstatement',
} as const
const issuesPath = /\/issues$/
const marker = '<!-- privacy-desk:op-1 -->'

/** Does one effect for one request and gives what came of it. */
async function doing(effect: Parameters<EffectDesk['toDo']>[1], given: Given = {}) {
  const desk = await anEffectDesk(given)
  const { id, iid } = await desk.aRequest()
  return { desk, id, iid, begin: () => desk.toDo(id, effect) }
}

/** All but the public feature request, which is there from the beginning. */
const issuesOf = (desk: EffectDesk) =>
  desk.gitlab.world.issues.filter(({ project }) => project.path !== featureRequest.project)

const botNotes = (desk: EffectDesk, iid: number) =>
  desk.gitlab.issueView(iid).notes.filter((note) => note.author === usernames.bot && !note.system)

describe('an internal note', () => {
  const note = { kind: 'internal-note', text: 'Approved by {person:U01MANAGER}.\nReason: /close' } as const

  it('is read by members only, quotes what was typed, and bears a mark', async () => {
    const { desk, iid, begin } = await doing(note)
    await begin()

    await desk.workFor(minute)

    expect(botNotes(desk, iid).map(({ body, internal }) => [body, internal])).toEqual([
      [`> Approved by Mara Silva.\n> Reason: /close\n\n${marker}`, true],
    ])
    expect(desk.gitlab.mails).toEqual([])
    expect(desk.gitlab.issueView(iid).state).toBe('opened')
  })

  it('is found by its mark when the answer was lost', async () => {
    const { desk, id, iid, begin } = await doing(note)
    desk.gitlab.fake.fail({ method: 'POST', failure: { applied: true, drop: 'connection' } })
    await begin()

    await desk.workFor(minute)

    expect(botNotes(desk, iid)).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('is not found in a forgery: anyone can write the mark', async () => {
    const { desk, iid, begin } = await doing(note)
    desk.gitlab.fake.fail({ method: 'POST', failure: { drop: 'connection' } })
    desk.gitlab.someoneComments(iid, usernames.engineer, `ha ${marker}`)
    await begin()

    await desk.workFor(3 * minute)

    expect(botNotes(desk, iid)).toHaveLength(1)
  })
})

describe('labels', () => {
  it('are added and removed in one call', async () => {
    const { desk, iid, begin } = await doing({
      kind: 'labels',
      add: ['Account Verification Failed', 'denied-reason::no_response'],
      remove: ['Awaiting::Challenge Answers'],
    })
    desk.gitlab.someoneLabels(iid, usernames.engineer, ['Awaiting::Challenge Answers', 'priority::1'])
    await begin()

    await desk.workFor(minute)

    expect(desk.gitlab.fake.received('PUT', /./).map(({ body }) => body)).toEqual([
      {
        add_labels: 'Account Verification Failed,denied-reason::no_response',
        remove_labels: 'Awaiting::Challenge Answers',
      },
    ])
    expect(desk.gitlab.issueView(iid).labels).toEqual([
      'Account Verification Failed',
      'denied-reason::no_response',
      'priority::1',
    ])
  })

  it('have failed where GitLab answers 200 and leaves them out', async () => {
    const { desk, id, begin } = await doing({
      kind: 'labels',
      add: ['Account Verification Failed', 'denied-reason::no_response'],
      remove: ['Awaiting::Challenge Answers'],
    })
    desk.gitlab.lockedLabels = ['denied-reason::no_response']
    await begin()

    await desk.workFor(minute)

    const [entry] = await desk.work(id)
    expect(entry?.status).toBe('failed')
    expect(entry?.error).toBe(
      "GitLab answered, but did not set “denied-reason::no_response” on issue #1: the bot's token isn't allowed to use these labels. Give it the right, then choose Try Again.",
    )
  })

  it('have failed where GitLab answers 200 and does not take them away', async () => {
    const { desk, id, iid, begin } = await doing({
      kind: 'labels',
      add: [],
      remove: ['Awaiting::Challenge Answers'],
    })
    desk.gitlab.someoneLabels(iid, usernames.engineer, ['Awaiting::Challenge Answers'])
    desk.gitlab.lockedLabels = ['Awaiting::Challenge Answers']
    await begin()

    await desk.workFor(minute)

    expect((await desk.work(id)).map(({ error }) => error)).toEqual([
      `GitLab answered, but did not remove “Awaiting::Challenge Answers” on issue #${iid}: the bot's token isn't allowed to use these labels. Give it the right, then choose Try Again.`,
    ])
  })

  it('bear the names that the team gave them', async () => {
    const labelNames = { 'Account Verification Failed': 'verification::failed' }
    const { desk, iid, begin } = await doing(
      { kind: 'labels', add: ['Account Verification Failed'], remove: [] },
      { context: { labelNames } },
    )
    await begin()

    await desk.workFor(minute)

    expect(desk.gitlab.issueView(iid).labels).toEqual(['verification::failed'])
  })
})

describe('close', () => {
  it('leaves an issue closed that somebody closed before', async () => {
    const { desk, id, iid, begin } = await doing({ kind: 'close' })
    desk.gitlab.someoneCloses(iid, usernames.engineer)
    await begin()

    await desk.workFor(minute)

    expect(await desk.statuses(id)).toEqual(['done'])
    expect(desk.gitlab.issue(iid).stateEvents).toHaveLength(1)
  })
})

describe('an issue that GitLab leaves as it was, though it answers 200', () => {
  test.each([
    ['close', 'GitLab answered, but issue #1 is still open.'],
    ['reopen', 'GitLab answered, but issue #1 is still closed.'],
  ] as const)('%s has failed', async (kind, error) => {
    const { desk, id, iid, begin } = await doing({ kind })
    if (kind === 'reopen') desk.gitlab.someoneCloses(iid, usernames.engineer)
    const project = encodeURIComponent(serviceDeskProject)
    const asItIs = await desk.fetch(`${desk.gitlab.url}/api/v4/projects/${project}/issues/${iid}`, {
      headers: { 'private-token': botToken },
    })
    const answer = { status: 200, body: await asItIs.json() }
    desk.gitlab.fake.fail({ method: 'PUT', failure: { answer } })
    await begin()

    await desk.workFor(minute)

    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })
})

describe('reopen', () => {
  it('opens an issue that is closed', async () => {
    const { desk, id, iid, begin } = await doing({ kind: 'reopen' })
    desk.gitlab.someoneCloses(iid, usernames.engineer)
    await begin()

    await desk.workFor(minute)

    expect(desk.gitlab.issueView(iid).state).toBe('opened')
    expect(await desk.work(id)).toEqual([{ status: 'done', result: { reopened: iid } }])
  })

  it('leaves an issue open that somebody opened before', async () => {
    const { desk, id, iid, begin } = await doing({ kind: 'reopen' })
    await begin()

    await desk.workFor(minute)

    expect(await desk.statuses(id)).toEqual(['done'])
    expect(desk.gitlab.issue(iid).stateEvents).toEqual([])
  })

  it('that GitLab refuses is said', async () => {
    const { desk, id, iid, begin } = await doing({ kind: 'reopen' })
    desk.gitlab.fake.fail({ method: 'PUT', failure: { answer: { status: 403 } } })
    await begin()

    await desk.workFor(minute)

    const error = `The bot's token isn't allowed to do this on issue #${iid} (403).`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })
})

describe('marking a duplicate', () => {
  it('is the quick action in a note of its own, which closes the issue and mails nobody', async () => {
    const desk = await anEffectDesk()
    const stays = await desk.aRequest()
    const { id, iid } = await desk.aRequest()
    await desk.toDo(id, { kind: 'mark-duplicate', of: stays.iid })

    await desk.workFor(minute)

    expect(desk.gitlab.fake.received('POST', /notes$/).map(({ body }) => body)).toEqual([
      { body: `/duplicate #${stays.iid}`, internal: true },
    ])
    expect(desk.gitlab.issueView(iid)).toMatchObject({
      state: 'closed',
      duplicateOf: `${serviceDeskProject}#${stays.iid}`,
    })
    expect(desk.gitlab.mails).toEqual([])
    expect(await desk.work(id)).toEqual([{ status: 'done', result: { duplicateOf: stays.iid } }])
  })

  it('is looked up when the answer was lost', async () => {
    const desk = await anEffectDesk()
    const stays = await desk.aRequest()
    const { id } = await desk.aRequest()
    desk.gitlab.fake.fail({ method: 'POST', failure: { applied: true, drop: 'connection' } })
    await desk.toDo(id, { kind: 'mark-duplicate', of: stays.iid })

    await desk.workFor(minute)

    expect(desk.gitlab.fake.received('POST', /notes$/)).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('fails when GitLab refuses it, as for an issue that is not there', async () => {
    const { desk, id, iid, begin } = await doing({ kind: 'mark-duplicate', of: 4711 })
    await begin()

    await desk.workFor(minute)

    const error = `GitLab refused this on issue #${iid} (400). GitLab says: “Bad request - Note {:note=>[“…”]}”.`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })

  it('fails when GitLab took the command but did nothing', async () => {
    const { desk, id, iid, begin } = await doing({ kind: 'mark-duplicate', of: 4711 })
    desk.gitlab.fake.fail({ method: 'POST', failure: { answer: { status: 202, body: { summary: [] } } } })
    await begin()

    await desk.workFor(minute)

    const error = `GitLab did not mark #${iid} as a duplicate of #4711.`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })
})

describe('a reply', () => {
  it('that GitLab took for commands counts as failed', async () => {
    const { desk, id, iid, begin } = await doing({
      kind: 'reply',
      snippet: 'closed-no-response',
      replacements: {},
    })
    desk.gitlab.fake.fail({
      method: 'POST',
      failure: { answer: { status: 202, body: { summary: ['Closed.'] } } },
    })
    await begin()

    await desk.workFor(minute)

    const error = `GitLab took the note on #${iid} for commands and posted nothing.`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })

  it('with a line that begins with a slash is not sent', async () => {
    const { desk, id, begin } = await doing({
      kind: 'reply',
      snippet: 'unblocked-by-security',
      replacements: {},
      addition: 'Hello\n/close',
    })
    await begin()

    await desk.workFor(minute)

    expect(await desk.statuses(id)).toEqual(['failed'])
    expect(desk.gitlab.fake.received('POST', /./)).toEqual([])
  })

  it('says who has to renew a token that GitLab no longer accepts', async () => {
    const { desk, id, begin } = await doing({ kind: 'close' })
    desk.gitlab.fake.fail({ failure: { answer: { status: 401 } } })
    await begin()

    await desk.workFor(minute)

    const error = "GitLab doesn't accept the bot's token (401). Tell your admins: it has to be renewed."
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })
})

describe('the meta issue', () => {
  it('of another request is not taken for this one’s', async () => {
    const { desk, id, begin } = await doing(meta)
    const other = await desk.aRequest()
    await desk.toDo(other.id, meta)
    await desk.workFor(minute)
    desk.gitlab.fake.fail({ method: 'POST', path: issuesPath, failure: { drop: 'connection' } })
    await begin()

    await desk.workFor(3 * minute)

    expect(issuesOf(desk).filter(({ title }) => title === 'jane.doe@example.com')).toHaveLength(2)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('is confidential, from the template, titled with the requester’s e-mail, and linked to the request', async () => {
    const { desk, id, iid, begin } = await doing(meta)
    await begin()

    await desk.workFor(minute)

    const opened = desk.gitlab.issueView(iid + 1)
    const template = desk.gitlab.issue(iid).project.templates['Deletion Meta Issue - GitLab-com']
    expect(opened).toMatchObject({
      title: 'jane.doe@example.com',
      description: `${template?.trimEnd()}\n\n${marker}`,
      confidential: true,
      links: [`${serviceDeskProject}#${iid}`],
    })
    expect(await desk.work(id)).toEqual([{ status: 'done', result: { issueIid: iid + 1, projectId: 101 } }])
    expect(desk.told).toEqual([
      {
        requestId: id,
        key: 'effect:op-1',
        observation: {
          name: 'meta-issue-seen',
          issue: {
            iid: iid + 1,
            url: opened.url,
            done: 0,
            total: 3,
            next: 1,
            closed: false,
          },
          at: desk.now().toISOString().replace('09:01', '09:00'),
        },
      },
    ])
  })

  it('leaves no personal data behind in the database', async () => {
    const { desk, id, begin } = await doing(meta)
    await begin()

    await desk.workFor(minute)

    const kept = [await desk.store.tables.outbox.ofRequest(id), await desk.store.tables.audit.ofRequest(id)]
    expect(JSON.stringify([kept, desk.told])).not.toContain('jane.doe')
  })

  it('is found by its mark when the answer was lost, and linked then', async () => {
    const { desk, id, iid, begin } = await doing(meta)
    desk.gitlab.fake.fail({
      method: 'POST',
      path: issuesPath,
      failure: { applied: true, drop: 'connection' },
    })
    await begin()

    await desk.workFor(minute)

    expect(desk.gitlab.fake.received('POST', issuesPath)).toHaveLength(1)
    expect(desk.gitlab.issueView(iid + 1).links).toEqual([`${serviceDeskProject}#${iid}`])
    expect(desk.told).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('is opened anew, once, when the first call did not arrive', async () => {
    const { desk, id, begin } = await doing(meta)
    desk.gitlab.fake.fail({ method: 'POST', path: issuesPath, failure: { drop: 'connection' } })
    await begin()

    await desk.workFor(3 * minute)

    expect(issuesOf(desk)).toHaveLength(2)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  for (const [how, failure] of [
    ['is lost', { applied: true, drop: 'connection' }],
    ['comes too soon', { answer: { status: 429 } }],
    ['meets a broken GitLab', { answer: { status: 500 } }],
  ] as const)
    it(`is not opened twice when the link ${how}`, async () => {
      const { desk, id, iid, begin } = await doing(meta)
      desk.gitlab.fake.fail({ method: 'POST', path: /\/links$/, failure })
      await begin()

      await desk.workFor(minute)

      expect(desk.gitlab.fake.received('POST', issuesPath)).toHaveLength(1)
      expect(desk.gitlab.issueView(iid + 1).links).toEqual([`${serviceDeskProject}#${iid}`])
      expect(await desk.statuses(id)).toEqual(['done'])
    })

  it('that GitLab refuses to link is said, and linked after Try Again', async () => {
    const { desk, id, iid, begin } = await doing(meta)
    desk.gitlab.fake.fail({ method: 'POST', path: /\/links$/, failure: { answer: { status: 403 } } })
    await begin()
    await desk.workFor(minute)

    const error = `The issue #${iid + 1} is open, but GitLab refused to link it to #${iid} (403).`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
    await desk.store.tables.outbox.tryAgain(id, desk.now().toISOString())
    await desk.workFor(minute)

    expect(await desk.statuses(id)).toEqual(['done'])
    expect(issuesOf(desk)).toHaveLength(2)
    expect(desk.gitlab.issueView(iid + 1).links).toEqual([`${serviceDeskProject}#${iid}`])
  })

  it('is not opened without its template: the failure names template and project', async () => {
    const { desk, id, begin } = await doing({ ...meta, template: 'Deletion Meta Issue - Deceased' })
    desk.gitlab.setTemplate('Deletion Meta Issue - Deceased', undefined)
    await begin()

    await desk.workFor(minute)

    const error = `The project ${serviceDeskProject} has no issue template “Deletion Meta Issue - Deceased” (404). Add it there, then choose Try Again.`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
    expect(issuesOf(desk)).toHaveLength(1)
  })

  it('is not opened without the requester’s e-mail address', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest(form.replace('jane.doe@example.com', 'no address'))
    await desk.toDo(id, meta)

    await desk.workFor(minute)

    const error = `The requester's e-mail address can't be read from the form of #${iid}, and the meta issue needs it as its title. Fix the form entry in GitLab, then choose Try Again.`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
    expect(issuesOf(desk)).toHaveLength(1)
  })
})

describe('the reinstatement issue', () => {
  it('is opened in the Trust and Safety project, without personal data', async () => {
    const { desk, id, iid, begin } = await doing(reinstatement, { context: { trustSafetyProject } })
    await begin()

    await desk.workFor(minute)

    const opened = desk.gitlab.issue(1, trustSafetyProject)
    const template = opened.project.templates['Account Reinstatement']
    expect([opened.title, opened.confidential]).toEqual([
      `Account reinstatement for privacy request #${iid}`,
      true,
    ])
    expect(opened.description).toBe(
      `${template?.trimEnd()}\n\nPrivacy request: ${desk.gitlab.issueView(iid).url}\n\n${marker}`,
    )
    expect(desk.told.map(({ observation }) => observation)).toMatchObject([
      { name: 'reinstatement-issue-opened', url: `${desk.gitlab.url}/${trustSafetyProject}/-/issues/1` },
    ])
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('is left to a person where no project is configured', async () => {
    const { desk, id, begin } = await doing(reinstatement)
    await begin()

    await desk.workFor(minute)

    expect(await desk.work(id)).toEqual([{ status: 'done', result: { needs: 'link' } }])
    expect(desk.gitlab.fake.received('POST', /./)).toEqual([])
  })

  it('says when the bot may not work in that project', async () => {
    const { desk, id, begin } = await doing(reinstatement, { context: { trustSafetyProject } })
    desk.gitlab.fake.fail({ method: 'POST', path: issuesPath, failure: { answer: { status: 403 } } })
    await begin()

    await desk.workFor(minute)

    const error = `The bot's token isn't allowed to work with issues in the project ${trustSafetyProject} (403).`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })
})

describe('the escalation to Privacy', () => {
  const escalation = {
    kind: 'open-issue',
    purpose: 'escalation',
    template: 'Privacy Escalation Meta Issue',
  } as const

  it('is a confidential issue of the desk, linked to the request, and names nobody', async () => {
    const { desk, id, iid, begin } = await doing(escalation)
    await begin()

    await desk.workFor(minute)

    const opened = desk.gitlab.issueView(iid + 1)
    expect(opened).toMatchObject({
      title: `Privacy escalation of request #${iid}`,
      confidential: true,
      links: [`${serviceDeskProject}#${iid}`],
    })
    expect(opened.description).toContain('Privacy: Answer the question')
    expect(opened.description).toContain(marker)
    expect(JSON.stringify(opened)).not.toContain('jane.doe')
    expect(desk.told).toEqual([
      {
        requestId: id,
        observation: { name: 'escalation-issue-opened', url: opened.url, at: expect.any(String) },
        key: 'effect:op-1',
      },
    ])
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('is found by its mark when the answer was lost', async () => {
    const { desk, begin } = await doing(escalation)
    desk.gitlab.fake.fail({
      method: 'POST',
      path: issuesPath,
      failure: { applied: true, drop: 'connection' },
    })
    await begin()

    await desk.workFor(minute)

    expect(issuesOf(desk)).toHaveLength(2)
    expect(desk.told).toHaveLength(1)
  })

  it('comes from the template that the team has named', async () => {
    const templateNames = { 'Privacy Escalation Meta Issue': 'Ask Privacy' }
    const { desk, iid, begin } = await doing(escalation, { context: { templateNames } })
    desk.gitlab.setTemplate('Ask Privacy', 'Dear Privacy,')
    await begin()

    await desk.workFor(minute)

    expect(desk.gitlab.issueView(iid + 1).description).toContain('Dear Privacy,')
  })
})
