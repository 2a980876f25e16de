/** Deceased user: a test for each row in which it differs from account deletion, through the whole app. */
import { describe, expect, test } from 'vitest'
import { people, snippet, type WorldOptions } from './desk-world.ts'
import { aRequest, type InWorld, lastIssue, requesterWrites, tickAll, toldAfter } from './flow-acts.ts'

const type = 'GitLab.com Account Deletion - Deceased User'
const failed = 'Account Verification Failed,deletion request::denied'

async function evaluating(options: WorldOptions = {}): Promise<InWorld> {
  const given = await aRequest(type, options)
  await requesterWrites(given, 'The documents are attached.')
  return given
}

async function privacyReview(): Promise<InWorld> {
  const given = await evaluating()
  await given.world.decide(given.iid, 'Ask Privacy', {
    'Your question for Privacy': 'Is the certificate enough?',
  })
  return given
}

/** What Ask Privacy wrote, before anything that was decided on it. */
const asked = {
  note: expect.stringMatching(
    /^> Question for Privacy from Ada Lindqvist, 1 March 2026, 10:00 UTC:\n> Is the certificate enough\?/,
  ),
  internal: true,
}

async function ready(options: WorldOptions = {}): Promise<InWorld> {
  const given = await evaluating(options)
  await given.world.click(given.iid, 'Pass Verification')
  return given
}

describe('A new card', () => {
  test('shows those of the core buttons that the flow has, and a clock of 10 days', async () => {
    const { world, iid } = await aRequest(type)

    expect(world.slack.buttons(world.card(iid))).toEqual([
      'Start',
      'Claim',
      'Answers Received',
      'Show Details',
      'Fail Verification',
      'Close No Response',
    ])
    expect(world.cardText(iid)).toContain('Close No Response · from Mar 12')
  })
})

describe('awaiting-answers', () => {
  test('Start adds the Awaiting::Challenge Answers label', async () => {
    const { world, iid } = await aRequest(type)

    await world.click(iid, 'Start')

    expect(world.changes(iid)).toEqual([{ add: 'Awaiting::Challenge Answers' }])
  })

  test('Close No Response is refused within the 10 days, with the day from which it is open', async () => {
    const { world, iid } = await aRequest(type)
    await world.advance({ days: 10 })

    await world.click(iid, 'Close No Response')

    expect(world.told(people.engineer.id)).toEqual([
      `Too early: the requester has until Mar 11. Close No Response opens for #${iid} on Mar 12.`,
    ])
    expect(world.changes(iid)).toEqual([])
  })

  test('Close No Response after 10 days sends its own reply, changes the labels, closes the issue', async () => {
    const { world, iid } = await aRequest(type)
    await world.click(iid, 'Start')
    await world.advance({ days: 11 })

    await world.click(iid, 'Close No Response')

    expect(world.changes(iid).slice(1)).toEqual([
      { note: snippet('closed-no-response-deceased'), internal: false },
      { add: `${failed},denied-reason::no_response`, remove: 'Awaiting::Challenge Answers' },
      { state: 'close' },
    ])
  })

  test('The requester has replied: Privacy is asked in the thread to review the evidence of authority', async () => {
    const { world, iid } = await evaluating()

    expect(world.cardText(iid)).toContain('Answers are in: check them (Privacy checks the documents)')
    expect(world.thread(iid)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${iid}. Next: “Answers are in: check them (Privacy checks the documents)”.`,
      `<!subteam^S01PRIVACY> The requester of #${iid} has answered. Please review the evidence of their authority to act for the deceased.`,
    ])
    expect(world.changes(iid)).toEqual([])
  })

  test('Answers Received leads there too, with an internal note and the question to Privacy', async () => {
    const { world, iid } = await aRequest(type)

    await world.click(iid, 'Answers Received')

    expect(world.changes(iid)).toMatchObject([{ internal: true }])
    expect(world.thread(iid).at(-1)).toContain('<!subteam^S01PRIVACY>')
  })
})

describe('evaluating', () => {
  test('Fail Verification is first a question to Privacy', async () => {
    const given = await evaluating()

    expect(await toldAfter(given, 'Fail Verification', people.engineer.id)).toBe(
      'Only Privacy can use Fail Verification. Ask <!subteam^S01PRIVACY>.',
    )
    expect(await toldAfter(given, 'Fail Verification', people.privacy.id)).toContain(
      'Not yet: Fail Verification opens when Privacy has been asked.',
    )
    expect(given.world.changes(given.iid)).toEqual([])
  })

  test('Ask Privacy puts the question into an internal note and asks in the thread, without its words', async () => {
    const { world, iid } = await privacyReview()

    expect(world.thread(iid).at(-1)).toBe(
      `<!subteam^S01PRIVACY> <@${people.engineer.id}> asks Privacy about #${iid}: the question is in an internal note in GitLab. Verification has not passed: choose Continue or Fail Verification.`,
    )
    expect(world.cardText(iid)).toContain('Privacy to decide: continue or fail')
    expect(world.changes(iid)).toEqual([asked])
  })

  test('Pass Verification leads to ready; it is for support, not for Privacy', async () => {
    const given = await evaluating()

    expect(await toldAfter(given, 'Pass Verification', people.privacy.id)).toBe(
      'Only a support engineer or a support manager can use Pass Verification. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    )
    await given.world.click(given.iid, 'Pass Verification')

    expect(given.world.cardText(given.iid)).toContain('Ready: start the deletion')
    expect(given.world.changes(given.iid)).toEqual([])
  })
})

describe('privacy-review', () => {
  test.each(['Fail Verification', 'Continue'])('%s is for a privacy person only', async (button) => {
    const given = await privacyReview()

    expect(await toldAfter(given, button, people.engineer.id)).toBe(
      `Only Privacy can use ${button}. Ask <!subteam^S01PRIVACY>.`,
    )
    expect(await toldAfter(given, button, people.manager.id)).toBe(
      `Only Privacy can use ${button}. Ask <!subteam^S01PRIVACY>.`,
    )
    expect(given.world.changes(given.iid)).toEqual([asked])
    expect(given.world.cardText(given.iid)).toContain('Privacy to decide: continue or fail')
  })

  test('Fail Verification sends its own reply, sets the labels, closes the issue', async () => {
    const { world, iid } = await privacyReview()

    await world.click(iid, 'Fail Verification', people.privacy.id)

    expect(world.changes(iid)).toEqual([
      asked,
      { note: snippet('closed-verification-failed-deceased'), internal: false },
      { add: failed },
      { state: 'close' },
    ])
  })

  test('Continue leads to ready', async () => {
    const { world, iid } = await privacyReview()

    await world.click(iid, 'Continue', people.privacy.id)

    expect(world.cardText(iid)).toContain('Ready: start the deletion')
    expect(world.changes(iid)).toEqual([asked])
  })
})

describe('ready and deleting', () => {
  test('Start Deletion tells the requester and opens the meta issue from its template', async () => {
    const { world, iid } = await ready()

    await world.click(iid, 'Start Deletion')

    const meta = lastIssue({ world })
    expect(world.changes(iid)).toEqual([{ note: snippet('verification-passed-deceased'), internal: false }])
    expect(world.gitlab.issueView(meta)).toMatchObject({
      title: 'requester@example.com',
      confidential: true,
      links: [`support/personal-account-requests#${iid}`],
      description: expect.stringContaining('Support Engineer: Check who else owns the groups of the account'),
    })
  })

  test('Complete Request after the last step sends the reply and closes the issue', async () => {
    const { world, iid } = await ready()
    await world.click(iid, 'Start Deletion')
    await tickAll({ world }, lastIssue({ world }))

    await world.decide(iid, 'Complete Request', {})

    expect(world.changes(iid).slice(1)).toEqual([
      { note: snippet('closed-deletion-complete'), internal: false },
      { state: 'close' },
    ])
  })
})
