/** What a ticket says, for one person's eyes. */

import { describe, expect, it } from 'vitest'
import { zendeskAgentId } from '../../../sandbox/zendesk/zendesk.ts'
import { aTicketDesk } from './a-ticket-desk.ts'

const project = 'gitlab-com/abuse'

async function aTicket({ timeoutMs = 5_000 } = {}) {
  const desk = await aTicketDesk({ timeoutMs })
  const { id } = desk.zendesk.submitTicket('Is it safe?', {
    id: 456,
    subject: 'A question',
    from: { name: 'Kim', email: 'kim@example.com' },
    ccs: [{ name: 'Lee', email: 'lee@example.com' }],
  })
  await desk.poll()
  await desk.handleAll()
  const row = async () => {
    const found = await desk.ticketRow(id)
    if (!found) throw new Error('no ticket')
    return found
  }
  const show = async () => desk.intake.services.zendesk?.show?.(await row())
  const shown = async () => {
    const answer = await show()
    return answer && 'ticket' in answer ? answer.ticket : answer
  }
  return { ...desk, id, row, show, shown }
}

describe('shows', () => {
  it('which files are on a comment', async () => {
    const { zendesk, id, setTime, shown } = await aTicket()
    setTime('2026-03-02T12:00:00.000Z')
    const attachments = ['poc.pdf', '<!channel>.png']
    zendesk.someoneComments(id, { body: 'See there', public: false, attachments }, zendeskAgentId)

    expect(await shown()).toMatchObject({
      comments: [{ text: 'Is it safe?' }, { text: 'See there', attachments }],
    })
  })

  it('everything that was written, by whom, and who gets what is written next', async () => {
    const { zendesk, id, setTime, shown } = await aTicket()
    setTime('2026-03-02T11:00:00.000Z')
    zendesk.someoneComments(id, { body: 'Not for the requester', public: false }, zendeskAgentId)
    setTime('2026-03-02T12:00:00.000Z')
    zendesk.requesterReplies(id, 'And now?')

    expect(await shown()).toEqual({
      subject: 'A question',
      stamp: '2026-03-02T12:00:00.000Z',
      recipients: ['Kim <kim@example.com>', 'Lee <lee@example.com>'],
      comments: [
        { by: 'Kim <kim@example.com>', at: '2026-03-02T10:00:00.000Z', isPublic: true, text: 'Is it safe?' },
        {
          by: 'Sam Agent <sam.agent@example.com>',
          at: '2026-03-02T11:00:00.000Z',
          isPublic: false,
          text: 'Not for the requester',
        },
        { by: 'Kim <kim@example.com>', at: '2026-03-02T12:00:00.000Z', isPublic: true, text: 'And now?' },
      ],
    })
  })

  it('somebody whom Zendesk does not name any more', async () => {
    const { zendesk, shown } = await aTicket()
    zendesk.world.users.splice(
      zendesk.world.users.findIndex(({ name }) => name === 'Lee'),
      1,
    )

    expect(await shown()).toMatchObject({
      recipients: ['Kim <kim@example.com>', 'somebody whom Zendesk does not name'],
    })
  })

  it('what the expert team last wrote, as a draft; not after a reopen, and without it where GitLab can’t be read', async () => {
    const { gitlab, store, row, shown } = await aTicket()
    const { local, client } = gitlab
    local.addExpertTeam({ name: 'Abuse', project })
    const { iid, webUrl: url } = await client.createIssue({
      project,
      title: 'Q',
      description: 'Q',
      confidential: true,
    })
    local.someoneComments(iid, 'expert-of-abuse', 'Perhaps.', { project })
    local.someoneComments(iid, 'expert-of-abuse', 'It is safe.', { project })
    const expertIssue = { iid, url, project, team: 'Abuse', closed: false }
    await store.tables.requests.update({
      ...(await row()),
      step: 'waiting-on-expert',
      facts: { expertIssue },
    })

    const withAnswer = await shown()
    await store.tables.requests.update({ ...(await row()), step: 'new' })
    const reopened = await shown()
    await store.tables.requests.update({ ...(await row()), step: 'waiting-on-expert' })
    local.fake.fail({
      path: /notes/,
      times: Number.POSITIVE_INFINITY,
      failure: { answer: { status: 403, body: {} } },
    })
    const unreadable = await shown()

    expect(reopened).toMatchObject({ subject: 'A question' })
    expect(reopened).not.toHaveProperty('expertAnswer')
    expect(unreadable).toEqual(reopened)
    expect(withAnswer).toEqual({ ...reopened, expertAnswer: 'It is safe.' })
  })
})

describe('says why it can’t', () => {
  it.each([
    [
      404,
      'Zendesk no longer shows ticket 456 (404): it was deleted, or the bot’s account can’t see it. Nothing was changed.',
    ],
    [403, 'Zendesk does not let the bot’s account read ticket 456 (403). Nothing was changed.'],
    [401, 'Zendesk does not accept the bot’s token (401): tell your admins. Nothing was changed.'],
    [
      503,
      'Zendesk isn’t responding, so I can’t check ticket 456. Nothing was changed: try again in a few minutes.',
    ],
    [
      429,
      'Zendesk isn’t responding, so I can’t check ticket 456. Nothing was changed: try again in a few minutes.',
    ],
  ])('%s', async (status, because) => {
    const { zendesk, show } = await aTicket()
    const times = Number.POSITIVE_INFINITY
    zendesk.fake.fail({ path: /tickets\//, times, failure: { answer: { status, body: {} } } })

    expect(await show()).toEqual({ because })
  })

  it('Zendesk drops the connection', async () => {
    const { zendesk, show } = await aTicket()
    zendesk.fake.fail({ path: /comments/, times: Number.POSITIVE_INFINITY, failure: { drop: 'connection' } })

    expect(await show()).toEqual({
      because:
        'Zendesk isn’t responding, so I can’t check ticket 456. Nothing was changed: try again in a few minutes.',
    })
  })

  it('Zendesk takes longer than a modal may', async () => {
    const { zendesk, show } = await aTicket({ timeoutMs: 10_000 })
    zendesk.fake.fail({ path: /comments/, failure: { hang: true } })

    expect(await show()).toEqual({
      because:
        'Zendesk did not answer in time, so ticket 456 can’t be shown. Nothing was changed: click again.',
    })
  })
})
