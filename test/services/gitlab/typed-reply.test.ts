import { describe, expect, it } from 'vitest'
import { usernames } from '../../../sandbox/gitlab/gitlab.ts'
import { anEffectDesk } from '../effect-desk.ts'

const minute = 60_000
const text = 'Greetings,\n\nPlease answer these questions.\n\nRegards,'

async function typing(typed: string) {
  const desk = await anEffectDesk()
  const { id, iid } = await desk.aRequest()
  return { desk, id, iid, begin: () => desk.toDo(id, { kind: 'typed-reply', text: typed }) }
}

describe('a reply that a person typed', () => {
  it('is e-mailed to the requester as it was typed, once', async () => {
    const { desk, id, iid, begin } = await typing(`  ${text.replaceAll('\n', '\r\n')}\n\n`)
    await begin()

    await desk.workFor(minute)

    expect(desk.gitlab.mails).toEqual([{ iid, to: ['jane.doe@example.com'], text, at: expect.any(String) }])
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('is kept nowhere once it is sent', async () => {
    const { desk, id, begin } = await typing(text)
    await begin()

    await desk.workFor(minute)

    const kept = [await desk.store.tables.outbox.ofRequest(id), await desk.store.tables.audit.ofRequest(id)]
    expect(JSON.stringify(kept)).not.toContain('Greetings')
  })

  it('is found word for word when the answer was lost, and not sent again', async () => {
    const { desk, id, begin } = await typing(text)
    desk.gitlab.fake.fail({ method: 'POST', failure: { applied: true, drop: 'connection' } })
    await begin()

    await desk.workFor(minute)

    expect(desk.gitlab.mails).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('is not found in the same words of somebody else, or of our own internal note', async () => {
    const { desk, id, iid, begin } = await typing(text)
    desk.gitlab.fake.fail({ method: 'POST', failure: { drop: 'connection' } })
    desk.gitlab.someoneComments(iid, usernames.engineer, text, { internal: true })
    desk.gitlab.someoneComments(iid, usernames.bot, text, { internal: true })
    await begin()

    await desk.workFor(3 * minute)

    expect(desk.gitlab.mails).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  for (const [how, typed] of [
    ['begins with a slash', '/close'],
    ['has a line that begins with a slash', 'Greetings,\n/label ~done'],
    ['hides a slash behind white space and invisible characters', 'Greetings,\r \u200b/close'],
  ] as const)
    it(`is not sent when it ${how}: GitLab would run it as a command`, async () => {
      const { desk, id, iid, begin } = await typing(typed)
      await begin()

      await desk.workFor(minute)

      const error =
        'A line of the text begins with “/”, which GitLab would run as a command. Nothing was sent.'
      expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
      expect(desk.gitlab.fake.received('POST', /./)).toEqual([])
      expect(desk.gitlab.issueView(iid).state).toBe('opened')
    })

  it('is not sent when nothing but white space was typed', async () => {
    const { desk, id, begin } = await typing(' \n\t')
    await begin()

    await desk.workFor(minute)

    expect(await desk.work(id)).toEqual([{ status: 'failed', error: 'The text is empty. Nothing was sent.' }])
    expect(desk.gitlab.fake.received('POST', /./)).toEqual([])
  })
})
