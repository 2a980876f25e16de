import { describe, expect, it } from 'vitest'
import { featureRequest, serviceDeskProject, usernames } from '../../../sandbox/gitlab/gitlab.ts'
import { anEffectDesk, type EffectDesk, type Given } from '../effect-desk.ts'

const minute = 60_000
const note = { kind: 'feature-request-note' } as const
const text =
  'Support is working a request of this kind by hand: the account of a person who has died is to be deleted.'

async function noting(given: Given = {}) {
  const desk = await anEffectDesk(given)
  const { id, iid } = await desk.aRequest()
  return { desk, id, iid, begin: () => desk.toDo(id, note) }
}

const notesThere = ({ gitlab }: EffectDesk) =>
  gitlab.issueView(featureRequest.iid, featureRequest.project).notes

describe('the note on the feature request', () => {
  it('is public, says whose work it is, and neither names anybody nor leads to the request', async () => {
    const { desk, id, iid, begin } = await noting()
    await begin()

    await desk.workFor(minute)

    expect(notesThere(desk)).toEqual([
      {
        author: usernames.bot,
        body: `${text}\n\n<!-- privacy-desk:op-1 -->`,
        internal: false,
        system: false,
        at: expect.any(String),
      },
    ])
    expect(JSON.stringify(notesThere(desk))).not.toContain(serviceDeskProject)
    expect(desk.gitlab.issueView(iid).notes).toEqual([])
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('is found by its mark when the answer was lost', async () => {
    const { desk, id, begin } = await noting()
    desk.gitlab.fake.fail({ method: 'POST', failure: { applied: true, drop: 'connection' } })
    await begin()

    await desk.workFor(minute)

    expect(notesThere(desk)).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('is not found in the note of another request, though the text is the same', async () => {
    const { desk, id, begin } = await noting()
    const other = await desk.aRequest()
    await begin()
    await desk.workFor(1_000)
    desk.gitlab.fake.fail({ method: 'POST', failure: { drop: 'connection' } })
    await desk.toDo(other.id, note)

    await desk.workFor(3 * minute)

    expect(notesThere(desk).map(({ body }) => body)).toEqual([
      `${text}\n\n<!-- privacy-desk:op-1 -->`,
      `${text}\n\n<!-- privacy-desk:op-2 -->`,
    ])
    expect([...(await desk.statuses(id)), ...(await desk.statuses(other.id))]).toEqual(['done', 'done'])
  })

  for (const status of [403, 404])
    it(`that the bot may not write (${status}) fails with what to do, and Try Again does it`, async () => {
      const { desk, id, begin } = await noting()
      desk.gitlab.fake.fail({ method: 'POST', failure: { answer: { status } } })
      await begin()
      await desk.workFor(minute)

      const refused = await desk.work(id)
      await desk.store.tables.outbox.tryAgain(id, desk.now().toISOString())
      await desk.workFor(minute)

      const error = `The bot's token isn't allowed to comment on the feature request gitlab-org/gitlab#330669 (${status}). Allow it there, or set feature-request: false in desk.yaml and start the bot again; then choose Try Again.`
      expect(refused).toEqual([{ status: 'failed', error }])
      expect(await desk.statuses(id)).toEqual(['done'])
    })

  it('that GitLab takes for spam fails with who can allow it', async () => {
    const { desk, id, begin } = await noting()
    const answer = { status: 409, body: { needs_captcha_response: true } }
    desk.gitlab.fake.fail({ method: 'POST', failure: { answer } })
    await begin()

    await desk.workFor(minute)

    const error =
      "GitLab flags what the bot writes on the feature request gitlab-org/gitlab#330669 as spam (409) and asks for a captcha, which the bot can't solve. " +
      "Ask a GitLab administrator to mark the bot's account as trusted, or do it by hand; then choose Try Again."
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })

  it('is left out when it has been switched off since it was decided', async () => {
    const { desk, id, begin } = await noting({ context: { featureRequest: undefined } })
    await begin()

    await desk.workFor(minute)

    expect(await desk.work(id)).toEqual([
      { status: 'done', result: { leftOut: 'feature-request is switched off' } },
    ])
    expect(notesThere(desk)).toEqual([])
  })
})
