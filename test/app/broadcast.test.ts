/** A reply in a card's thread is shown in the channel, too, where the request is back: "the card comes back". */
import { describe, expect, test } from 'vitest'
import { people } from './desk-world.ts'
import { aRequest, type InWorld, requesterWrites } from './flow-acts.ts'
import { aTicket, decideOnTicket, type WithTicket } from './ticket-acts.ts'

/** What the channel shows of its threads. */
const shown = ({ world }: Pick<InWorld, 'world'>) =>
  world.slack.space.messages.flatMap(({ text, isBroadcast }) => (isBroadcast ? [text] : []))

const answered = async (): Promise<WithTicket> => {
  const given = await aTicket()
  await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'It is.' })
  return given
}

describe('The channel sees that it is back', () => {
  test('a solved ticket that its requester reopens', async () => {
    const given = await answered()
    expect(shown(given)).toEqual([])

    given.world.zendesk.requesterReplies(given.ticket, 'And at rest?')
    await given.world.advance({ minutes: 3 })

    expect(shown(given)).toEqual([
      `<!subteam^S01FIELDSEC> The requester replied on ticket ${given.ticket}, so it is open again: its business day starts anew.`,
    ])
  })

  test('a closed data export on which the requester writes', async () => {
    const given = await aRequest('Data Export Request')
    await given.world.advance({ days: 8 })
    await given.world.click(given.iid, 'Close Self-Serve')

    await requesterWrites(given, 'The export ends with an error.')

    expect(shown(given)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${given.iid}. Next: “Self-serve failed: help the requester”.`,
    ])
  })
})

describe('The channel sees nothing of', () => {
  test('a reply to an open request, and what is asked in its thread', async () => {
    const given = await aRequest('GitLab.com Account Deletion')
    await requesterWrites(given)

    await given.world.click(given.iid, 'Request Exception', people.engineer.id)

    expect(given.world.thread(given.iid).length).toBeGreaterThan(1)
    expect(shown(given)).toEqual([])
  })

  test('a reply to a closed request that stays closed', async () => {
    const given = await aRequest('GitLab.com Account Deletion')
    await given.world.click(given.iid, 'Mark Spam', people.engineer.id)

    await requesterWrites(given, 'This is no spam.')

    expect(given.world.thread(given.iid).join()).toContain('It stays closed')
    expect(shown(given)).toEqual([])
  })

  test('deadlines', async () => {
    const given = await aRequest('GitLab.com Account Deletion')

    await given.world.advance({ days: 32 })

    expect(given.world.thread(given.iid).join()).toContain('is overdue')
    expect(shown(given)).toEqual([])
  })
})
