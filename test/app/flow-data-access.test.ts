/** Data access: a test for each row of the table, through the whole app. */
import { describe, expect, test } from 'vitest'
import { people, snippet } from './desk-world.ts'
import { aRequest, type InWorld, lastIssue, requesterWrites, tickAll, toldAfter } from './flow-acts.ts'

const type = 'Data Access Request'

async function reviewing(): Promise<InWorld> {
  const given = await aRequest(type)
  await requesterWrites(given, 'Yes, this is my request.')
  await given.world.click(given.iid, 'Confirm E-mail')
  return given
}

async function awaitingChoice(): Promise<InWorld> {
  const given = await reviewing()
  await given.world.click(given.iid, 'Out of Scope')
  return given
}

async function reporting(): Promise<InWorld & { meta: number }> {
  const given = await reviewing()
  await given.world.click(given.iid, 'Start Report')
  return { ...given, meta: lastIssue(given) }
}

describe('awaiting-reply', () => {
  test('shows Close No Response of the core buttons, and a clock of 7 days', async () => {
    const { world, iid } = await aRequest(type)

    expect(world.slack.buttons(world.card(iid))).toEqual([
      'Confirm E-mail',
      'Claim',
      'Show Details',
      'Close No Response',
    ])
    expect(world.cardText(iid)).toContain('Reply from the same e-mail until Mar 8')
  })

  test('A reply moves nothing: a person checks in GitLab that it came from the same address', async () => {
    const given = await aRequest(type)

    await requesterWrites(given)

    expect(given.world.cardText(given.iid)).toContain('Waiting for a reply from the same e-mail address')
    expect(given.world.thread(given.iid)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${given.iid}. Next: “Reply is in: check the sender’s address in GitLab”.`,
    ])
  })

  test('Confirm E-mail leads to reviewing, without any effect', async () => {
    const { world, iid } = await reviewing()

    expect(world.cardText(iid)).toContain('Check whether the request is in scope')
    expect(world.changes(iid)).toEqual([])
  })

  test('Confirm E-mail is refused before the requester has written', async () => {
    const { world, iid } = await aRequest(type)

    await world.click(iid, 'Confirm E-mail')

    expect(world.told(people.engineer.id)).toEqual([`Not yet: the requester hasn’t replied to #${iid}.`])
    expect(world.cardText(iid)).toContain('Waiting for a reply from the same e-mail address')
  })

  test('Close No Response is refused within the 7 days', async () => {
    const { world, iid } = await aRequest(type)
    await world.advance({ days: 7 })

    await world.click(iid, 'Close No Response')

    expect(world.told(people.engineer.id)).toEqual([
      `Too early: the requester has until Mar 8. Close No Response opens for #${iid} on Mar 9.`,
    ])
    expect(world.changes(iid)).toEqual([])
  })

  test('Close No Response after 7 days sends its own reply, sets its labels, closes the issue', async () => {
    const { world, iid } = await aRequest(type)
    await world.advance({ days: 8 })

    await world.click(iid, 'Close No Response')

    expect(world.changes(iid)).toEqual([
      { note: snippet('closed-no-response-data-access'), internal: false },
      { add: 'Account Verification Failed,data-access-request::denied,denied-reason::no_response' },
      { state: 'close' },
    ])
  })

  test('Close No Response is refused when the requester has written, also where nobody has seen it yet', async () => {
    const { world, iid } = await aRequest(type, { webhook: false })
    await world.advance({ days: 8 })
    world.gitlab.requesterReplies(iid, 'Yes, it is me.')

    await world.click(iid, 'Close No Response')

    expect(world.told(people.engineer.id)).toEqual([
      `Too late for Close No Response: the requester replied to #${iid} on Mar 9. Read the reply first.`,
    ])
    expect(world.changes(iid)).toEqual([])
  })
})

describe('reviewing', () => {
  test('Out of Scope adds the label, tells the requester, and waits for the choice', async () => {
    const { world, iid } = await awaitingChoice()

    expect(world.changes(iid)).toEqual([
      { add: 'data-access-request::denied' },
      { note: snippet('data-access-out-of-scope'), internal: false },
    ])
    expect(world.gitlab.issueView(iid).state).toBe('opened')
    expect(world.cardText(iid)).toContain('Out of scope: waiting for the requester’s choice')
  })

  test('Start Report opens the report issue from its template, titled with the e-mail', async () => {
    const { world, iid, meta } = await reporting()

    expect(world.gitlab.issueView(meta)).toMatchObject({
      title: 'requester@example.com',
      confidential: true,
      links: [`support/personal-account-requests#${iid}`],
      description: expect.stringContaining('Support Engineer: Gather what is held about the person'),
    })
    expect(world.changes(iid)).toEqual([])
    expect(world.slack.buttons(world.card(iid))).not.toContain('Close No Response')
  })

  test('Close No Response has gone by', async () => {
    const given = await reviewing()

    expect(await toldAfter(given, 'Close No Response', people.engineer.id)).toMatch(
      /^Too late: Close No Response is no longer open\. #1 is now at “Check whether the request is in scope”/,
    )
  })

  test.each(['Out of Scope', 'Start Report'])('%s is for support', async (button) => {
    const given = await reviewing()

    expect(await toldAfter(given, button, people.privacy.id)).toBe(
      `Only a support engineer or a support manager can use ${button}. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.`,
    )
    expect(given.world.changes(given.iid)).toEqual([])
  })
})

describe('awaiting-choice', () => {
  test('Continue In Scope takes the label off and goes on', async () => {
    const { world, iid } = await awaitingChoice()

    await world.click(iid, 'Continue In Scope')

    expect(world.changes(iid).at(-1)).toEqual({ remove: 'data-access-request::denied' })
    expect(world.cardText(iid)).toContain('Check whether the request is in scope')
    expect(world.slack.buttons(world.card(iid))).toContain('Start Report')
  })

  test('Close Request closes the issue, and nothing more', async () => {
    const { world, iid } = await awaitingChoice()

    await world.click(iid, 'Close Request')

    expect(world.changes(iid).slice(2)).toEqual([{ state: 'close' }])
    expect(world.gitlab.issueView(iid).labels).toEqual(['data-access-request::denied'])
  })
})

describe('reporting', () => {
  test('Complete Request after the last step closes the issue, without a reply', async () => {
    const { world, iid, meta } = await reporting()
    await tickAll({ world }, meta)

    await world.decide(iid, 'Complete Request', {})

    expect(world.changes(iid)).toEqual([{ state: 'close' }])
  })

  test('Complete Request before that needs a typed reason, which an internal note keeps', async () => {
    const { world, iid } = await reporting()

    const refused = await world.decide(iid, 'Complete Request', { Reason: ' ' })
    expect(JSON.stringify(refused.body)).toContain('Explain why you’re completing it now.')
    const view = world.slack.openView(people.engineer.id)
    await world.slack.submit(people.engineer.id, view?.id ?? '', { Reason: 'Sent by post' })
    await world.settle()

    const [note, close] = world.changes(iid)
    expect(note?.note).toContain('Reason: Sent by post')
    expect([note?.internal, close]).toEqual([true, { state: 'close' }])
  })
})
