/** General question: its three decisions, through the whole app. */
import { describe, expect, test } from 'vitest'
import { people } from './desk-world.ts'
import { aRequest, requesterWrites, toldAfter } from './flow-acts.ts'

const type = 'General Questions'

describe('A general question', () => {
  test('shows its decisions and the 30 days', async () => {
    const { world, iid } = await aRequest(type)

    expect(world.slack.buttons(world.card(iid))).toEqual([
      'Reply',
      'Claim',
      'Ask Privacy',
      'Close Answered',
      'Show Details',
    ])
    expect(world.cardText(iid)).toContain('Due Mar 31')
  })

  test('Reply sends the text that the modal shows, as it stands there, and the request stays open', async () => {
    const { world, iid } = await aRequest(type)
    const text = 'Greetings,\n\nYour data lies in the region that you chose.\n\nRegards,'

    await world.decide(iid, 'Reply', { 'Reply to the requester': text })

    expect(world.changes(iid)).toEqual([{ note: text, internal: false }])
    expect(world.cardText(iid)).toContain('Question: needs an answer')
    expect(world.gitlab.mails.filter((mail) => mail.text === text).length).toBe(1)
    expect(world.sentToSlack()).not.toContain('Your data lies')
  })

  test('Reply may be sent more than once', async () => {
    const given = await aRequest(type)
    const { world, iid } = given
    await world.decide(iid, 'Reply', { 'Reply to the requester': 'The first answer.' })
    await requesterWrites(given, 'And the backups?')

    await world.decide(iid, 'Reply', { 'Reply to the requester': 'The second answer.' })

    expect(world.changes(iid).map(({ note }) => note)).toEqual(['The first answer.', 'The second answer.'])
  })

  test('Reply refuses a line that GitLab would take as a command', async () => {
    const { world, iid } = await aRequest(type)

    const refused = await world.decide(iid, 'Reply', { 'Reply to the requester': 'Fine.\n/close' })

    expect(JSON.stringify(refused.body)).toContain('Lines can’t start with “/”')
    expect(world.changes(iid)).toEqual([])
  })

  test('Ask Privacy puts the question into an internal note and mentions Privacy in the thread, without its words', async () => {
    const { world, iid } = await aRequest(type)

    await world.decide(iid, 'Ask Privacy', { 'Your question for Privacy': 'May Jane Doe see it?' })

    expect(world.thread(iid)).toEqual([
      `<!subteam^S01PRIVACY> <@${people.engineer.id}> asks Privacy about #${iid}: the question is in an internal note in GitLab.`,
    ])
    expect(world.changes(iid)).toEqual([
      { note: expect.stringContaining('May Jane Doe see it?'), internal: true },
    ])
    expect(world.sentToSlack()).not.toContain('Jane Doe')
  })

  test('Close Answered closes the issue', async () => {
    const { world, iid } = await aRequest(type)

    await world.click(iid, 'Close Answered')

    expect(world.changes(iid)).toEqual([{ state: 'close' }])
    expect(world.slack.buttons(world.card(iid))).toEqual([])
  })

  test.each(['Reply', 'Ask Privacy', 'Close Answered'])('%s is for support', async (button) => {
    const given = await aRequest(type)

    expect(await toldAfter(given, button, people.privacy.id)).toBe(
      `Only a support engineer or a support manager can use ${button}. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.`,
    )
    expect(given.world.changes(given.iid)).toEqual([])
  })
})
