/** Account deletion, both types: a test for each row of the table, through the whole app. */

import { describe, expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { interactive, labelOf } from '../../sandbox/slack/blocks.ts'
import { channel, people, snippet, startWorld, type World, type WorldOptions } from './desk-world.ts'

const failed = 'Account Verification Failed,deletion request::denied'

/** A request whose requester has answered. */
async function evaluating(
  options: WorldOptions & { type?: string } = {},
): Promise<{ world: World; iid: number }> {
  const world = await startWorld(options)
  const iid = await world.request({ ...(options.type ? { type: options.type } : {}) })
  // Without a webhook, a reply within a minute of the last change is seen by a later poll alone.
  if (options.webhook === false) await world.advance({ minutes: 2 })
  world.gitlab.requesterReplies(iid, 'I made it in 2019.')
  await world.settle()
  return { world, iid }
}

async function inExceptionReview(options: WorldOptions = {}) {
  const { world, iid } = await evaluating(options)
  await world.click(iid, 'Request Exception')
  return { world, iid }
}

async function inSecurityReview(options: WorldOptions = {}) {
  const { world, iid } = await evaluating(options)
  await world.decide(iid, 'Pass Verification', { 'The account is': 'Blocked or banned' })
  return { world, iid }
}

async function ready(options: WorldOptions & { type?: string } = {}) {
  const { world, iid } = await evaluating(options)
  await world.decide(iid, 'Pass Verification', { 'The account is': 'Active' })
  return { world, iid }
}

async function deleting(options: WorldOptions & { type?: string } = {}) {
  const { world, iid } = await ready(options)
  await world.click(iid, 'Start Deletion')
  return { world, iid, meta: metaOf(world) }
}

/** The issue that was made last. */
function metaOf({ gitlab }: World): number {
  return Math.max(...gitlab.world.issues.filter(({ project }) => project.serviceDesk).map(({ iid }) => iid))
}

describe('A new card', () => {
  test('shows what comes next first, the three core buttons, and when they can be clicked', async () => {
    const world = await startWorld()

    const iid = await world.request()

    expect(world.slack.buttons(world.card(iid))).toEqual([
      'Start',
      'Claim',
      'Answers Received',
      'Show Details',
      'Approve Exception',
      'Fail Verification',
      'Close No Response',
    ])
    expect(world.cardText(iid)).toContain('Due Mar 31')
    expect(world.cardText(iid)).toContain('Close No Response · from Mar 9')
  })

  test.each([
    ['Fail Verification', 'Not yet: Fail Verification opens as soon as the requester has answered.'],
    ['Approve Exception', 'Not yet: Approve Exception opens as soon as the requester has answered.'],
    ['Close No Response', 'on Mar 9.'],
  ])('answers a click on %s that is not allowed yet privately, with the reason', async (button, because) => {
    const world = await startWorld()
    const iid = await world.request()

    if (button === 'Approve Exception') await world.openModal(iid, button, people.manager.id)
    else await world.click(iid, button, people.manager.id)

    expect(world.told(people.manager.id)).toEqual([expect.stringContaining(because)])
    expect(world.told(people.manager.id)[0]).toContain('he requester has until Mar 8.')
    expect(world.changes(iid)).toEqual([])
  })
})

describe('awaiting-answers', () => {
  test.each([
    ['Free account', 'None', 'account-deletion::personal,Awaiting::Challenge Answers'],
    [
      'Free account',
      'Lost 2FA',
      'account-deletion::personal,RequestReason::lost_2fa,Awaiting::Challenge Answers',
    ],
    [
      'Corporate: a paid namespace with a signed contract in Salesforce',
      'Lost access to the e-mail address',
      'account-deletion::corporate,RequestReason::lost_access,Awaiting::Challenge Answers',
    ],
  ])('Start with %s and the reason %s sets the labels', async (accountType, reason, labels) => {
    const world = await startWorld()
    const iid = await world.request()

    await world.decide(iid, 'Start', {
      'Account type': accountType,
      'Reason in the requester’s comment': reason,
    })

    expect(world.changes(iid)).toEqual([{ add: labels }])
    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
  })

  test.each([
    ['drained', async (world: World) => world.passTime(3, 5)],
    ['still on its way', async () => {}],
  ])('Start with other choices takes off what the first has set (the first %s)', async (_how, rest) => {
    const world = await startWorld()
    const iid = await world.request()
    const start = (accountType: string, reason: string) =>
      world.decide(iid, 'Start', {
        'Account type': accountType,
        'Reason in the requester’s comment': reason,
      })
    await start('Free account', 'Lost 2FA')
    await rest(world)
    await start('Corporate: a paid namespace with a signed contract in Salesforce', 'None')
    await world.passTime(3, 5)

    expect(world.changes(iid).at(-1)).toEqual({
      add: 'account-deletion::corporate,Awaiting::Challenge Answers',
      remove: 'account-deletion::personal,RequestReason::lost_2fa',
    })
    expect(world.gitlab.issueView(iid).labels).toEqual([
      'Awaiting::Challenge Answers',
      'account-deletion::corporate',
    ])
  })

  test('Start is the next step until it is done, and can be done again', async () => {
    const world = await startWorld()
    const iid = await world.request()
    const isGreen = () =>
      interactive(world.card(iid).blocks).some(
        ({ element }) => labelOf(element) === 'Start' && element.style === 'primary',
      )
    expect(isGreen()).toBe(true)

    await world.decide(iid, 'Start', {
      'Account type': 'Free account',
      'Reason in the requester’s comment': 'None',
    })

    expect(isGreen()).toBe(false)
    expect(world.slack.buttons(world.card(iid))).toContain('Start')
    expect(JSON.stringify((await world.openModal(iid, 'Start'))?.blocks)).toContain(
      'Already started: labels of choices you change are removed.',
    )
  })

  test("Start proposes the reason that the form's comment gives", async () => {
    const world = await startWorld()
    const iid = await world.request({
      description:
        '**Request Type:** Account Deletion\n\n**Username:** quiet.owner\n\n**Email:** requester@example.com\n\n**Comments:** I lost my phone with the authenticator.',
    })

    const view = await world.openModal(iid, 'Start')

    expect(JSON.stringify(view?.blocks)).toContain('"initial_option":{"value":"lost_2fa"')
  })

  test('Close No Response after 7 days sends the reply, changes the labels, closes the issue, in this order', async () => {
    const world = await startWorld()
    const iid = await world.request()
    await world.decide(iid, 'Start', {
      'Account type': 'Free account',
      'Reason in the requester’s comment': 'None',
    })
    await world.advance({ days: 8 })

    await world.click(iid, 'Close No Response')

    expect(world.changes(iid).slice(1)).toEqual([
      { note: snippet('closed-no-response'), internal: false },
      { add: `${failed},denied-reason::no_response`, remove: 'Awaiting::Challenge Answers' },
      { state: 'close' },
    ])
    expect(world.gitlab.issueView(iid)).toMatchObject({
      state: 'closed',
      labels: [
        'Account Verification Failed',
        'account-deletion::personal',
        'deletion request::denied',
        'denied-reason::no_response',
      ],
    })
    expect(world.gitlab.mails.filter(({ text }) => text === snippet('closed-no-response')).length).toBe(1)
    expect(world.slack.buttons(world.card(iid))).toEqual([])
  })

  test('Close No Response opens with the first instant of the ninth day in the configured time zone, and not before', async () => {
    const world = await startWorld({ env: { TIMEZONE: 'America/New_York' } })
    const iid = await world.request()
    // 9 March 2026, 03:59:59 UTC is still 8 March, 23:59:59 in New York: its clocks went forward that night.
    await world.advance({ days: 7, hours: 17, minutes: 59, seconds: 59 })

    await world.click(iid, 'Close No Response')
    expect(world.told(people.engineer.id)).toEqual([expect.stringContaining('on Mar 9.')])

    await world.advance({ seconds: 1 })
    await world.click(iid, 'Close No Response')
    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test('Close No Response reads GitLab afresh: a reply that nobody has seen yet counts', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    await world.advance({ days: 8 })
    world.gitlab.requesterReplies(iid, 'Sorry for the delay, here are my answers.')

    await world.click(iid, 'Close No Response')

    expect(world.told(people.engineer.id)[0]).toMatch(
      /^Too late: Close No Response is no longer open\. #1 is now at “Answers are in: check them”/,
    )
    expect(world.changes(iid)).toEqual([])
    expect(world.cardText(iid)).toContain('Answers are in: check them')
  })

  test.each(['Fail Verification', 'Approve Exception'])('%s reads GitLab afresh too', async (button) => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'My answers.')

    if (button === 'Approve Exception') {
      await world.decide(iid, button, { Reason: 'Checked by hand' }, people.manager.id)
      expect(world.changes(iid)[0]).toEqual({ add: 'Deletion Request::Exception Approved' })
    } else {
      await world.click(iid, button)
      expect(world.changes(iid)[0]).toEqual({ note: snippet('closed-verification-failed'), internal: false })
    }
  })

  test('The requester replies: the card and the thread say so, and the answers are evaluated', async () => {
    const { world, iid } = await evaluating()

    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.cardText(iid)).toContain('*The requester wrote*, Mar 1')
    expect(world.thread(iid)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${iid}. Next: “Answers are in: check them”.`,
    ])
    expect(world.changes(iid)).toEqual([])
  })

  test('Answers Received writes an internal note with who said so, and the answers are evaluated', async () => {
    const world = await startWorld()
    const iid = await world.request()

    await world.click(iid, 'Answers Received')

    const [note] = world.changes(iid)
    expect(note?.internal).toBe(true)
    expect(note?.note).toContain(
      'The answers to the verification challenges are in, says Ada Lindqvist, 1 March 2026, 10:00 UTC.',
    )
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.gitlab.mails.length).toBe(1)
  })

  test('The label Awaiting::Challenge Answers set by hand counts as started', async () => {
    const world = await startWorld()
    const iid = await world.request()

    world.gitlab.someoneLabels(iid, usernames.engineer, ['Awaiting::Challenge Answers'])
    await world.settle()

    const audit = await world.audit()
    expect(
      audit.filter(({ what }) => what === 'seen').map(({ who, details }) => [who, details.label]),
    ).toEqual([['gitlab:11', 'Awaiting::Challenge Answers']])
  })
})

describe('Any open step', () => {
  test('Self-Initiated Deletion sends the reply and leaves the request where it stands; the card tells the 7 days', async () => {
    const { world, iid } = await evaluating()

    await world.click(iid, 'Self-Initiated Deletion')

    expect(world.changes(iid)).toEqual([{ note: snippet('blocked-user-initiated'), internal: false }])
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.cardText(iid)).toContain('until Mar 8')
  })
})

describe('evaluating', () => {
  test('Pass Verification of an active account leads to ready, without any effect', async () => {
    const { world, iid } = await ready()

    expect(world.changes(iid)).toEqual([])
    expect(world.cardText(iid)).toContain('Ready: start the deletion')
  })

  test('Fail Verification sends the reply, sets the labels, closes the issue, in this order', async () => {
    const { world, iid } = await evaluating()

    await world.click(iid, 'Fail Verification')

    expect(world.changes(iid)).toEqual([
      { note: snippet('closed-verification-failed'), internal: false },
      { add: failed },
      { state: 'close' },
    ])
  })

  test('Request Exception gathers the evidence and asks Support Managers and Privacy in the thread', async () => {
    const { world, iid } = await inExceptionReview()

    expect(world.changes(iid)).toEqual([])
    const thread = world.thread(iid)
    expect(thread).toContain(
      `<!subteam^S01MANAGERS> <!subteam^S01PRIVACY> <@${people.engineer.id}> requests a sole-owner exception for #${iid}. Review the evidence. A support manager approves it. Support can fail verification instead.`,
    )
    expect(thread.find((text) => text.startsWith('The evidence'))).toMatch(
      new RegExp(`^The evidence for the exception of #${iid} is in: .*criteria .*\\. See the card\\.$`),
    )
    expect(world.cardText(iid)).toMatch(/last sign-in/i)
    expect(world.cardText(iid)).toContain('Exception requested: approve it or fail verification')
  })

  test('Approve Exception without evidence needs a typed reason', async () => {
    const { world, iid } = await evaluating()

    const refused = await world.decide(iid, 'Approve Exception', { Reason: ' ' }, people.manager.id)
    expect(JSON.stringify(refused.body)).toContain(
      'No evidence has been gathered yet. Explain why you’re approving anyway.',
    )
    expect(world.changes(iid)).toEqual([])

    const view = world.slack.openView(people.manager.id)
    await world.slack.submit(people.manager.id, view?.id ?? '', { Reason: 'Discussed with Privacy' })
    await world.settle()
    expect(world.changes(iid)[0]).toEqual({ add: 'Deletion Request::Exception Approved' })
    expect(world.changes(iid)[1]?.note).toContain('Reason: Discussed with Privacy')
  })

  test('The label Deletion Request::Exception Approved set by hand counts like the button, and the audit log says by whom', async () => {
    const { world, iid } = await evaluating()

    world.gitlab.someoneLabels(iid, usernames.manager, ['Deletion Request::Exception Approved'])
    await world.settle()

    expect(world.cardText(iid)).toContain('Ready: start the deletion')
    const audit = await world.audit()
    expect(audit.findLast(({ what }) => what === 'seen')).toMatchObject({
      what: 'seen',
      who: 'gitlab:13',
      details: {
        name: 'label-added',
        label: 'Deletion Request::Exception Approved',
        to: 'account-deletion/ready',
      },
    })
  })
})

describe('exception-review', () => {
  test('Approve Exception on evidence that is met sets the label and writes who, when, the evidence and the reason', async () => {
    const { world, iid } = await inExceptionReview()

    await world.decide(iid, 'Approve Exception', {}, people.manager.id)

    const [label, note] = world.changes(iid)
    expect(label).toEqual({ add: 'Deletion Request::Exception Approved' })
    expect(note?.internal).toBe(true)
    expect(note?.note).toContain('Sole-owner exception approved by Mara Silva, 1 March 2026, 10:00 UTC.')
    expect(note?.note).toContain('Reason: none given')
    expect(note?.note?.match(/: met \(/g)?.length).toBe(4)
    expect(world.cardText(iid)).toContain('Ready: start the deletion')
    const decided = (await world.audit()).find(({ details }) => details.decision === 'approve-exception')
    expect(decided?.details.evidence).toMatchObject({
      readAt: '2026-03-01T10:00:01.000Z',
      criteria: [{ result: 'met' }, { result: 'met' }, { result: 'met' }, { result: 'met' }],
    })
  })

  test('Approve Exception against the evidence needs a typed reason', async () => {
    const world = await startWorld()
    const iid = await world.request({
      description:
        '**Request Type:** Account Deletion\n\n**Username:** busy.owner\n\n**Email:** busy@example.com',
    })
    world.gitlab.requesterReplies(iid, 'My answers.')
    await world.settle()
    await world.click(iid, 'Request Exception')

    const refused = await world.decide(iid, 'Approve Exception', { Reason: ' ' }, people.manager.id)

    expect(JSON.stringify(refused.body)).toContain('criteria aren’t met')
    expect(JSON.stringify(refused.body)).toContain(': contradicted')
    expect(world.changes(iid)).toEqual([])

    const view = world.slack.openView(people.manager.id)
    await world.slack.submit(people.manager.id, view?.id ?? '', { Reason: 'Discussed with Privacy' })
    await world.settle()
    const [label, note] = world.changes(iid)
    expect(label).toEqual({ add: 'Deletion Request::Exception Approved' })
    expect(note?.note).toContain(
      '- their projects are in their personal namespace: contradicted (2 of 3 projects elsewhere; ',
    )
    expect(note?.note).toContain('Reason: Discussed with Privacy')
  })

  test('Unknown evidence is never a pass: without an administrator token a reason is needed', async () => {
    const { world, iid } = await inExceptionReview({ env: { GITLAB_ADMIN_TOKEN: '' } })

    const refused = await world.decide(iid, 'Approve Exception', { Reason: ' ' }, people.manager.id)

    expect(JSON.stringify(refused.body)).toContain(': unknown')
    expect(world.changes(iid)).toEqual([])
  })

  test('The modal asks for a reason only where one is needed, and says why it is', async () => {
    const met = await inExceptionReview()
    const unknown = await inExceptionReview({ env: { GITLAB_ADMIN_TOKEN: '' } })
    const reasonIn = async ({ world, iid }: typeof met) => {
      const view = await world.openModal(iid, 'Approve Exception', people.manager.id)
      const block = view?.blocks.find(({ label }) => label?.text === 'Reason')
      return { isOptional: block?.optional === true, hint: block?.hint?.text }
    }

    expect(await reasonIn(met)).toEqual({ isOptional: true, hint: 'Saved as an internal note in GitLab' })
    expect(await reasonIn(unknown)).toEqual({
      isOptional: false,
      hint: expect.stringMatching(
        /^Required\. \d of 4 criteria aren’t met \(.*\)\. Explain why you’re approving anyway\. Saved as an internal note in GitLab/,
      ),
    })
  })

  test('A support engineer may not approve, and is told who may', async () => {
    const { world, iid } = await inExceptionReview()

    await world.openModal(iid, 'Approve Exception', people.secondEngineer.id)

    expect(world.told(people.secondEngineer.id)).toEqual([
      'Only a support manager can use Approve Exception. Ask <!subteam^S01MANAGERS>.',
    ])
    expect(world.changes(iid)).toEqual([])
    expect((await world.audit()).at(-1)).toMatchObject({
      what: 'refused',
      who: `slack:${people.secondEngineer.id}`,
      details: {
        decision: 'approve-exception',
        because: 'Only a support manager can use Approve Exception.',
      },
    })
  })

  test('Whoever requested the exception does not approve it', async () => {
    const { world, iid } = await evaluating()
    await world.click(iid, 'Request Exception', people.manager.id)

    await world.openModal(iid, 'Approve Exception', people.manager.id)

    expect(world.told(people.manager.id)).toEqual([
      expect.stringContaining('You asked for the exception on #1, so somebody else has to approve it.'),
    ])
    expect(world.changes(iid)).toEqual([])
  })

  test('With REQUIRE_PRIVACY_APPROVAL one support manager and one privacy person approve, in either order', async () => {
    const { world, iid } = await inExceptionReview({ env: { REQUIRE_PRIVACY_APPROVAL: 'true' } })

    expect(world.thread(iid).join()).toContain(
      'Review the evidence. It needs two approvals: a support manager’s and Privacy’s. Support can fail verification instead.',
    )
    const first = await world.openModal(iid, 'Approve Exception', people.privacy.id)
    expect(JSON.stringify(first?.blocks)).toContain('no label is added, and the request stays at this step')
    await world.slack.submit(people.privacy.id, first?.id ?? '', { Reason: 'They left.' })
    await world.passTime(3, 5)
    const noted = { note: expect.stringContaining('First of two approvals'), internal: true }
    expect(world.changes(iid)).toEqual([noted])
    expect(world.cardText(iid)).toContain('Exception requested: approve it or fail verification')
    expect(world.cardText(iid)).toContain('*Needs a second approval* by a support manager, somebody else.')
    expect(world.thread(iid).at(-1)).toContain('It needs a second approval, by a support manager.')

    await world.openModal(iid, 'Approve Exception', people.privacy.id)
    expect(world.told(people.privacy.id).at(-1)).toContain('You already approved the exception')
    expect(await world.openModal(iid, 'Approve Exception', people.secondPrivacy.id)).toBeUndefined()
    expect(world.told(people.secondPrivacy.id).at(-1)).toBe(
      `<@${people.privacy.id}> already approved the exception on #${iid}. The second approval has to come from a support manager.`,
    )
    expect(world.changes(iid)).toEqual([noted])

    const second = await world.openModal(iid, 'Approve Exception', people.manager.id)
    expect(JSON.stringify(second?.blocks)).toContain('*When you confirm*')
    await world.slack.submit(people.manager.id, second?.id ?? '', {})
    await world.passTime(3, 5)
    expect(world.changes(iid)[1]).toEqual({ add: 'Deletion Request::Exception Approved' })
    expect(world.changes(iid)[2]?.note).toMatch(/approved by .+ and .+,/)
    expect(world.cardText(iid)).not.toContain('The second approval is missing')
  })

  test('After an approved exception nothing says that the requester was verified', async () => {
    const { world, iid } = await inExceptionReview()
    await world.decide(iid, 'Approve Exception', { Reason: 'They left.' }, people.manager.id)
    await world.passTime(3, 5)
    await world.click(iid, 'Mark Spam')

    expect(world.cardText(iid)).toContain('Ready: start the deletion')
    expect(world.cardText(iid)).not.toMatch(/verified|passed verification|verification has passed/i)
    expect(world.told(people.engineer.id).at(-1)).toBe(
      `Too late for Mark Spam: #${iid} is already past its verification checks.`,
    )
  })

  test('Fail Verification sends the reply on recent activity, sets the labels, closes the issue', async () => {
    const { world, iid } = await inExceptionReview()

    await world.click(iid, 'Fail Verification')

    expect(world.changes(iid)).toEqual([
      { note: snippet('closed-verification-failed-recent-activity'), internal: false },
      { add: failed },
      { state: 'close' },
    ])
  })
})

describe('security-review', () => {
  const env = { GITLAB_TRUST_SAFETY_PROJECT: 'security/trust-and-safety' }

  test('Entered with a Trust and Safety project: the issue is opened from the template, then the requester is told', async () => {
    const { world, iid } = await inSecurityReview({ env })

    const reinstatement = world.gitlab.issueView(1, 'security/trust-and-safety')
    expect(reinstatement).toMatchObject({ confidential: true, state: 'opened' })
    expect(reinstatement.description).toContain('An account that asked for its deletion is blocked.')
    expect(world.changes(iid)).toEqual([{ note: snippet('blocked-security-review'), internal: false }])
    expect(world.cardText(iid)).toContain('Account reinstatement issue')
  })

  test('Entered without one: a person is asked for the link, and only then the requester is told', async () => {
    const { world, iid } = await inSecurityReview()
    expect(world.changes(iid)).toEqual([])
    expect(world.thread(iid).at(-1)).toContain('Open a Trust and Safety issue')
    await world.openModal(iid, 'Account Unblocked')
    expect(world.told(people.engineer.id).at(-1)).toContain('needs a Trust and Safety issue before')

    await world.decide(iid, 'Add Reinstatement Link', {
      'Trust and Safety issue link': 'https://gitlab.com/security/trust/-/issues/7',
    })

    expect(world.changes(iid)).toEqual([{ note: snippet('blocked-security-review'), internal: false }])
    expect(world.cardText(iid)).toContain('https://gitlab.com/security/trust/-/issues/7')
  })

  test('Account Unblocked tells the requester, with further words where somebody adds them', async () => {
    const { world, iid } = await inSecurityReview({ env })

    await world.decide(iid, 'Account Unblocked', {
      'Anything to add for the requester': 'You can sign in again.',
    })

    expect(world.changes(iid).at(-1)).toEqual({
      note: `${snippet('unblocked-by-security')}\n\nYou can sign in again.`,
      internal: false,
    })
    expect(world.cardText(iid)).toContain('Ready: start the deletion')
  })

  test('Further words that GitLab would take as a command are refused at the field', async () => {
    const { world, iid } = await inSecurityReview({ env })
    const before = world.changes(iid)

    const refused = await world.decide(iid, 'Account Unblocked', {
      'Anything to add for the requester': 'Fine.\n/close',
    })

    expect(JSON.stringify(refused.body)).toContain('Lines can’t start with')
    expect(world.changes(iid)).toEqual(before)
  })

  test('Account Stays Blocked sends the reply, sets the labels, closes the issue', async () => {
    const { world, iid } = await inSecurityReview({ env })

    await world.click(iid, 'Account Stays Blocked')

    expect(world.changes(iid).slice(1)).toEqual([
      { note: snippet('closed-blocked-by-security'), internal: false },
      { add: failed },
      { state: 'close' },
    ])
  })
})

describe('ready and deleting', () => {
  test.each([
    ['GitLab.com Account Deletion', 'GitLab.com account deletion', 3],
    ['Full Deletion', 'full deletion', 5],
  ])(
    'Start Deletion of a %s tells the requester and opens the meta issue',
    async (type, typeOfRequest, steps) => {
      const { world, iid, meta } = await deleting({ type })

      expect(world.changes(iid)).toEqual([
        {
          note: snippet('verification-succeeded').replace('TYPE_OF_REQUEST', typeOfRequest),
          internal: false,
        },
      ])
      expect(world.gitlab.issueView(meta)).toMatchObject({
        title: 'requester@example.com',
        confidential: true,
        links: [`support/personal-account-requests#${iid}`],
      })
      expect(world.cardText(iid)).toContain(`0 of ${steps} steps done, next: step 1 (Support Engineer)`)
      expect(world.slack.buttons(world.card(iid))).not.toContain('Close No Response')
    },
  )

  test('Progress: the card counts the steps of the meta issue and prompts Complete at the last tick', async () => {
    const { world, iid, meta } = await deleting()

    world.gitlab.tickNext(meta)
    await world.settle()
    expect(world.cardText(iid)).toContain('1 of 3 steps done')

    world.gitlab.tickNext(meta)
    world.gitlab.tickNext(meta)
    await world.settle()
    expect(world.cardText(iid)).toContain('3 of 3 steps done')
    expect(world.thread(iid).at(-1)).toBe(
      `<!subteam^S01ENGINEERS> All steps in #${meta} are done. You can complete the request.`,
    )
  })

  test('Progress is seen by the poll too, where GitLab sends no webhooks', async () => {
    const { world, iid, meta } = await deleting({ webhook: false })

    world.gitlab.tickNext(meta)
    await world.settle()

    expect(world.cardText(iid)).toContain('1 of 3 steps done')
  })

  test('Complete Request after the last step sends the reply and closes the issue', async () => {
    const { world, iid, meta } = await deleting()
    for (let step = 0; step < 3; step += 1) world.gitlab.tickNext(meta)
    await world.settle()

    await world.decide(iid, 'Complete Request', {})

    expect(world.changes(iid).slice(1)).toEqual([
      { note: snippet('closed-deletion-complete'), internal: false },
      { state: 'close' },
    ])
    expect(world.cardText(iid)).toContain('Closed')
  })

  test('Complete Request with the meta issue closed needs no reason', async () => {
    const { world, iid, meta } = await deleting()
    world.gitlab.someoneCloses(meta, usernames.engineer)
    await world.settle()

    await world.decide(iid, 'Complete Request', {})

    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test('Complete Request before that needs a typed reason, which an internal note keeps', async () => {
    const { world, iid } = await deleting()

    const refused = await world.decide(iid, 'Complete Request', { Reason: ' ' })
    expect(JSON.stringify(refused.body)).toContain('0 of 3 steps are checked off in')
    const view = world.slack.openView(people.engineer.id)
    await world.slack.submit(people.engineer.id, view?.id ?? '', { Reason: 'Ticked in the old issue' })
    await world.settle()

    const [, note, reply, close] = world.changes(iid)
    expect(note?.note).toContain('Reason: Ticked in the old issue')
    expect([note?.internal, reply, close]).toEqual([
      true,
      { note: snippet('closed-deletion-complete'), internal: false },
      { state: 'close' },
    ])
  })
})

test('the meta issue is no request of its own, also where somebody asks for it to be tracked', async () => {
  const { world, meta } = await deleting()

  await world.slack.command(people.engineer.id, channel, '/privacy', `track ${meta}`)
  await world.drain()

  expect(world.told(people.engineer.id).at(-1)).toBe(
    `I opened #${meta} for another request, so there is nothing to track.`,
  )
  expect(world.slack.messages(channel).filter(({ text }) => text.startsWith(`#${meta} `))).toEqual([])
})

describe('Seen in GitLab', () => {
  test('A close by hand closes the request, says so on the card, and sends nothing', async () => {
    const { world, iid } = await evaluating()

    world.gitlab.someoneCloses(iid, usernames.engineer)
    await world.settle()

    expect(world.cardText(iid)).toContain('Closed in GitLab without the handbook’s reply: finish it')
    expect(world.changes(iid)).toEqual([])
    expect((await world.audit()).findLast(({ what }) => what === 'seen')).toMatchObject({
      what: 'seen',
      who: 'gitlab:11',
      details: { name: 'issue-closed' },
    })
  })

  test('A reopen by hand brings the request back to the step it was closed from, without the work of the close', async () => {
    const { world, iid } = await evaluating()
    await world.click(iid, 'Fail Verification')

    world.gitlab.someoneReopens(iid, usernames.engineer)
    await world.settle()

    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.slack.buttons(world.card(iid))).toContain('Fail Verification')
    expect(world.cardText(iid)).toContain('*Reopened in GitLab*')
    expect(world.cardText(iid)).not.toContain('*Done.*')
  })

  test('A reply after the close is said in the thread and on the card; nothing is reopened', async () => {
    const { world, iid } = await evaluating()
    await world.click(iid, 'Fail Verification')

    world.gitlab.requesterReplies(iid, 'But why?')
    await world.settle()

    expect(world.thread(iid).at(-1)).toContain(
      'after it was closed. It stays closed: read the reply in GitLab.',
    )
    expect(world.cardText(iid)).toContain('The requester wrote after the close')
    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test("The bot's own changes move nothing, and neither do internal notes, colleagues' notes or automatic responses", async () => {
    const world = await startWorld()
    const iid = await world.request()
    await world.decide(iid, 'Start', {
      'Account type': 'Free account',
      'Reason in the requester’s comment': 'None',
    })

    world.gitlab.someoneComments(iid, usernames.engineer, 'Looking at it', { internal: true })
    world.gitlab.someoneComments(iid, usernames.engineer, 'We are looking at it.')
    await world.settle()

    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
    expect((await world.audit()).filter(({ what }) => what === 'seen')).toEqual([])
  })
})

describe('Names that a team has changed in config/desk.yaml', () => {
  test("Labels and templates go by the team's names, and are read back by them", async () => {
    const world = await startWorld({
      deskYaml: (text) =>
        text
          .replace(
            /^labels:$/m,
            'labels:\n  "Awaiting::Challenge Answers": "waiting for answers"\n  "Deletion Request::Exception Approved": "exception granted"',
          )
          .replace(
            /^templates:$/m,
            'templates:\n  Deletion Meta Issue - GitLab-com: Deletion Meta Issue - Full',
          ),
    })
    const iid = await world.request()

    await world.decide(iid, 'Start', {
      'Account type': 'Free account',
      'Reason in the requester’s comment': 'None',
    })
    expect(world.gitlab.issueView(iid).labels).toEqual(['account-deletion::personal', 'waiting for answers'])

    await world.click(iid, 'Answers Received')
    world.gitlab.someoneLabels(iid, usernames.manager, ['exception granted'])
    await world.settle()
    await world.click(iid, 'Start Deletion')

    expect(world.cardText(iid)).toContain('0 of 5 steps done')
  })
})
