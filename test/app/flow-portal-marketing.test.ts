/** Portal, marketing and sales deletion: a test for each row, through the whole app. */
import { describe, expect, test } from 'vitest'
import { people, snippet } from './desk-world.ts'
import { aRequest, lastIssue, requesterWrites, tickAll, toldAfter } from './flow-acts.ts'

const portal = 'Portal Account Deletion'
const marketing = 'Marketing or Sales Account Deletion'

describe.each([
  [portal, 'Support Engineer: Delete the customers portal account'],
  [marketing, 'Marketing Operations: Remove the person from the mailing tools'],
])('%s', (type, templateLine) => {
  test('is ready on arrival, without verification, and runs the 30 days alone', async () => {
    const { world, iid } = await aRequest(type)

    expect(world.slack.buttons(world.card(iid))).toEqual([
      'Start Deletion',
      'Claim',
      ...(type === marketing ? ['Close Not Submitted'] : []),
      'Show Details',
    ])
    expect(world.cardText(iid)).not.toContain(' until ')
    expect(world.cardText(iid)).toContain('Due Mar 31')
    expect(world.changes(iid)).toEqual([])
  })

  test('Start Deletion opens the meta issue from its template and says nothing to the requester', async () => {
    const { world, iid } = await aRequest(type)

    await world.click(iid, 'Start Deletion')

    expect(world.gitlab.issueView(lastIssue({ world }))).toMatchObject({
      title: 'requester@example.com',
      confidential: true,
      links: [`support/personal-account-requests#${iid}`],
      description: expect.stringContaining(templateLine),
    })
    expect(world.changes(iid)).toEqual([])
    expect(world.cardText(iid)).toContain('Deletion in progress in the meta issue')
  })

  test('Complete Request sends the reply and closes the issue', async () => {
    const { world, iid } = await aRequest(type)
    await world.click(iid, 'Start Deletion')
    await tickAll({ world }, lastIssue({ world }))

    await world.decide(iid, 'Complete Request', {})

    expect(world.changes(iid)).toEqual([
      { note: snippet('closed-deletion-complete'), internal: false },
      { state: 'close' },
    ])
  })

  test('Complete Request before the last step needs a typed reason', async () => {
    const { world, iid } = await aRequest(type)
    await world.click(iid, 'Start Deletion')

    const refused = await world.decide(iid, 'Complete Request', { Reason: ' ' })

    expect(JSON.stringify(refused.body)).toContain('Explain why you’re completing it now.')
    expect(world.changes(iid)).toEqual([])
  })

  test('Start Deletion is for support', async () => {
    const given = await aRequest(type)

    expect(await toldAfter(given, 'Start Deletion', people.privacy.id)).toBe(
      'Only a support engineer or a support manager can use Start Deletion. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    )
    expect(given.world.changes(given.iid)).toEqual([])
  })
})

describe('A marketing deletion that the requester did not submit', () => {
  test('Their reply is said on the card and in the thread; the request stays where it is', async () => {
    const given = await aRequest(marketing)

    await requesterWrites(given, 'I did not submit this.')

    expect(given.world.thread(given.iid)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${given.iid}. Next: “The requester wrote: did they submit this? Start it or close it”.`,
    ])
    expect(given.world.cardText(given.iid)).toContain('Ready: start the deletion')
  })

  test('Close Not Submitted closes the issue, and nothing more', async () => {
    const { world, iid } = await aRequest(marketing)

    await world.click(iid, 'Close Not Submitted')

    expect(world.changes(iid)).toEqual([{ state: 'close' }])
    expect(world.cardText(iid)).toContain('Closed')
  })
})
