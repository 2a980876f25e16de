/** What every privacy request offers: escalation, the hold of its clocks, duplicates. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { formCopy, people, snippet } from './desk-world.ts'
import {
  aRequest,
  chooseInMenu,
  decideInMenu,
  type InWorld,
  lastIssue,
  menuOf,
  optionsOf,
  requesterWrites,
  toldAfter,
} from './flow-acts.ts'

const deletion = 'GitLab.com Account Deletion'
const held = { Reason: 'Privacy asked to hold' }

async function ready(): Promise<InWorld> {
  const given = await aRequest(deletion)
  await requesterWrites(given)
  await given.world.decide(given.iid, 'Pass Verification', { 'The account is': 'Active' })
  return given
}

async function onHold(): Promise<InWorld> {
  const given = await aRequest(deletion)
  await given.world.advance({ days: 4 })
  await decideInMenu(given, 'Pause Clocks', held)
  return given
}

describe('The menu', () => {
  test.each([
    deletion,
    'GitLab.com Account Deletion - Deceased User',
    'Portal Account Deletion',
    'Marketing or Sales Account Deletion',
    'Data Access Request',
    'Data Export Request',
    'General Questions',
  ])('of a %s offers escalation and the hold of its clocks', async (type) => {
    expect(menuOf(await aRequest(type)).slice(0, 4)).toEqual([
      'Escalate to Privacy',
      'Pause Clocks',
      'Extend Deadline',
      'Assign…',
    ])
  })

  test('works in the private answer to /privacy show as on the card', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    await world.slack.command(people.engineer.id, 'privacy-team_help', '/privacy', `show ${iid}`)
    await expect.poll(() => world.told(people.engineer.id).length).toBe(1)
    const [shown] = world.slack.ephemerals(people.engineer.id)
    if (!shown) throw new Error('nothing was answered')

    await world.slack.select(people.engineer.id, shown, 'decide-menu', 'Pause Clocks')
    await expect.poll(() => world.slack.openView(people.engineer.id)?.title).toBe('Pause Clocks')
    await world.slack.submit(people.engineer.id, world.slack.openView(people.engineer.id)?.id ?? '', held)
    await world.settle()

    expect(world.cardText(iid)).toContain('Paused since')
  })

  test('is gone once the request is closed, and an old card of it changes nothing', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    const old = world.card(iid)
    await world.click(iid, 'Mark Spam')
    expect(menuOf(given)).toEqual([])

    await world.slack.select(people.engineer.id, { ...old }, 'decide-menu', 'Pause Clocks')
    await world.settle()

    expect(world.told(people.engineer.id).at(-1)).toContain(
      'Pause Clocks was not done: #1 is now at “Closed”',
    )
  })
})

describe('Escalate to Privacy', () => {
  test.each([
    ['is not set', ''],
    ['names a group without members', '@nobody-there'],
    ['names a group that is not there', 'S0NOTTHERE'],
  ])(
    'where PRIVACY_TEAM %s: the person and the thread are told that nobody can answer',
    async (_why, group) => {
      const given = await aRequest(deletion, { env: { PRIVACY_TEAM: group } })
      given.world.slack.space.groups.push({
        ...{ id: 'S01NOBODY', handle: 'nobody-there', name: 'Nobody', members: [], disabled: false },
      })

      await decideInMenu(given, 'Escalate to Privacy', question)

      const nobody =
        'Nobody here works as Privacy, so nobody can answer this: set PRIVACY_TEAM to somebody and restart the bot.'
      expect(given.world.told(people.engineer.id)).toEqual([nobody])
      expect(given.world.thread(given.iid).filter((text) => text.includes(nobody))).toHaveLength(1)
    },
  )

  const question = { 'Your question for Privacy': 'The requester is a minor. May we go on?' }

  test('opens a related issue from its template, asks Privacy in the thread, and shows the link on the card', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given

    await decideInMenu(given, 'Escalate to Privacy', question)

    const escalation = lastIssue(given)
    expect(world.gitlab.issueView(escalation)).toMatchObject({
      confidential: true,
      links: [`support/personal-account-requests#${iid}`],
      description: expect.stringContaining('Support asks Privacy about a request.'),
    })
    expect(world.thread(iid)).toEqual([
      `<!subteam^S01PRIVACY> <@${people.engineer.id}> escalated #${iid} to Privacy: the question is in an internal note in GitLab.`,
    ])
    expect(world.cardText(iid)).toContain(
      `<${world.gitlab.issueView(escalation).url}|Privacy escalation issue>`,
    )
  })

  test('writes the question to an internal note, and nothing of it to Slack', async () => {
    const given = await aRequest(deletion)

    await decideInMenu(given, 'Escalate to Privacy', question)

    const [note] = given.world.changes(given.iid)
    expect(note?.internal).toBe(true)
    expect(note?.note).toContain('Escalated to Privacy by Ada Lindqvist, 1 March 2026, 10:00 UTC.')
    expect(note?.note).toContain('The requester is a minor. May we go on?')
    expect(given.world.sentToSlack()).not.toContain('minor')
    expect(given.world.gitlab.mails.length).toBe(1)
  })

  test('leaves the request at its step, with its clocks', async () => {
    const given = await aRequest(deletion)
    const clocks = (text: string) => text.split('\n').filter((line) => line.startsWith('Due '))
    const before = clocks(given.world.cardText(given.iid))
    expect(before).toEqual([expect.stringContaining('Due Mar 31 · ')])

    await decideInMenu(given, 'Escalate to Privacy', question)

    expect(given.world.cardText(given.iid)).toContain('Waiting for the challenge answers')
    expect(clocks(given.world.cardText(given.iid))).toEqual(before)
  })

  test('is not done twice', async () => {
    const given = await aRequest(deletion)
    await decideInMenu(given, 'Escalate to Privacy', question)

    expect(await chooseInMenu(given, 'Escalate to Privacy')).toBeUndefined()

    expect(given.world.told(people.engineer.id).at(-1)).toBe(
      `#${given.iid} was already escalated to Privacy.`,
    )
  })

  test('is for support', async () => {
    const given = await aRequest(deletion)

    expect(await chooseInMenu(given, 'Escalate to Privacy', people.privacy.id)).toBeUndefined()

    expect(given.world.told(people.privacy.id)).toEqual([
      'Only a support engineer or a support manager can use Escalate to Privacy. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    ])
  })
})

describe('Pause Clocks', () => {
  test('holds every clock, says since when and by whom, and writes the reason to an internal note', async () => {
    const { world, iid } = await onHold()

    expect(world.cardText(iid)).toContain('Paused since Mar 5 by <@')
    expect(world.cardText(iid)).toContain('until somebody resumes it or the requester replies')
    expect(world.cardText(iid)).toContain(`Paused since Mar 5 by <@${people.engineer.id}>`)
    const [note] = world.changes(iid)
    expect(note?.internal).toBe(true)
    expect(note?.note).toContain(
      '> Clocks paused by Ada Lindqvist, 5 March 2026, 10:00 UTC.\n> Reason: Privacy asked to hold',
    )
  })

  test('keeps Close No Response shut as long as it lasts', async () => {
    const given = await onHold()
    await given.world.advance({ days: 20 })

    expect(await toldAfter(given, 'Close No Response', people.engineer.id)).toContain(
      'Not yet: #1 is paused, so the deadline that Close No Response waits for moves. Resume it first.',
    )
    expect(given.world.changes(given.iid).length).toBe(1)
  })

  test('is said in lists', async () => {
    const { world } = await onHold()

    await world.slack.command(people.engineer.id, 'privacy-team_help', '/privacy', 'list')
    await expect.poll(() => world.slack.ephemerals(people.engineer.id).length).toBe(1)

    expect(JSON.stringify(world.slack.ephemerals(people.engineer.id)[0]?.blocks)).toContain(
      'paused since Mar 5',
    )
  })

  test('is refused while the clocks are on hold already', async () => {
    const given = await onHold()

    await chooseInMenu(given, 'Pause Clocks')

    expect(given.world.told(people.engineer.id).at(-1)).toBe(`#${given.iid} is already paused.`)
  })

  test('is for privacy too, and for nobody without a role', async () => {
    const given = await aRequest(deletion)

    await chooseInMenu(given, 'Pause Clocks', people.fieldSecurity.id)
    expect(given.world.told(people.fieldSecurity.id)).toEqual([
      'Only a support engineer, a support manager or Privacy can use Pause Clocks. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS> <!subteam^S01PRIVACY>.',
    ])

    await decideInMenu(given, 'Pause Clocks', held, people.privacy.id)
    expect(given.world.cardText(given.iid)).toContain(`by <@${people.privacy.id}>`)
  })
})

describe('Resume Clocks', () => {
  test('lets them run on, longer by the days on hold', async () => {
    const given = await onHold()
    const { world, iid } = given
    await world.advance({ days: 3 })

    await decideInMenu(given, 'Resume Clocks', { Reason: 'Privacy has answered' })

    expect(world.cardText(iid)).toContain('Close No Response · from Mar 12')
    expect(world.cardText(iid)).toContain('Due Apr 3')
    expect(world.changes(iid).at(-1)?.note).toContain('Reason: Privacy has answered')

    await world.advance({ days: 3 })
    expect(await toldAfter(given, 'Close No Response', people.engineer.id)).toContain('on Mar 12.')
    await world.advance({ days: 1 })
    await world.click(iid, 'Close No Response')
    expect(world.changes(iid).at(-1)).toEqual({ state: 'close' })
  })

  test('happens by itself when the requester writes', async () => {
    const given = await onHold()
    await given.world.advance({ days: 2 })

    await requesterWrites(given)

    expect(given.world.cardText(given.iid)).toContain('Answers are in: check them')
    expect(given.world.cardText(given.iid)).toContain('Due Apr 2')
    expect(given.world.cardText(given.iid)).not.toContain('Paused since')
  })

  test('is refused while they run', async () => {
    const given = await onHold()
    await decideInMenu(given, 'Resume Clocks', { Reason: 'Privacy has answered' })

    await chooseInMenu(given, 'Resume Clocks')

    expect(given.world.told(people.engineer.id)).toEqual([`#${given.iid} isn’t paused.`])
  })
})

describe('Extend Deadline', () => {
  const byAWeek = (clock: string) => ({ Deadline: clock, 'Extend by': '7 days', Reason: 'Complex' })
  const ofStep = byAWeek('This step’s deadline')
  const ofRequest = byAWeek('30-day deadline')

  test('of the step makes its clock longer, and no other', async () => {
    const given = await aRequest(deletion)

    await decideInMenu(given, 'Extend Deadline', ofStep, people.privacy.id)

    expect(given.world.cardText(given.iid)).toContain('Close No Response · from Mar 16')
    expect(given.world.cardText(given.iid)).toContain('Due Mar 31')
    expect(given.world.cardText(given.iid)).toContain(
      `<@${people.privacy.id}> extended “Challenge answers” by 7 days, Mar 1.`,
    )
  })

  test('of the request makes the 30 days longer, and writes who, when and why to an internal note', async () => {
    const given = await aRequest(deletion)

    await decideInMenu(given, 'Extend Deadline', ofRequest, people.privacy.id)

    expect(given.world.cardText(given.iid)).toContain('Due Apr 7')
    const [note] = given.world.changes(given.iid)
    expect(note?.internal).toBe(true)
    expect(note?.note).toContain('Deadline extended by Priya Nair, 1 March 2026, 10:00 UTC: 7 days')
    expect(note?.note).toContain('Reason: Complex')
  })

  test('says the same day everywhere: a refusal names it too', async () => {
    const given = await aRequest(deletion)
    await decideInMenu(given, 'Extend Deadline', ofStep, people.privacy.id)
    await given.world.advance({ days: 8 })

    expect(await toldAfter(given, 'Close No Response', people.engineer.id)).toContain('on Mar 16.')
  })

  test('is for privacy', async () => {
    const given = await aRequest(deletion)

    await chooseInMenu(given, 'Extend Deadline', people.manager.id)

    expect(given.world.told(people.manager.id)).toEqual([
      'Only Privacy can use Extend Deadline. Ask <!subteam^S01PRIVACY>.',
    ])
  })

  test('offers the deadlines that the request has: at a step without one of its own it is chosen already', async () => {
    const atFirst = await aRequest(deletion)
    const later = await ready()

    const [both, one] = await Promise.all(
      [atFirst, later].map((given) => chooseInMenu(given, 'Extend Deadline', people.privacy.id)),
    )
    expect(optionsOf(both, 'Deadline')).toEqual(['30-day deadline', 'This step’s deadline'])
    expect(optionsOf(one, 'Deadline')).toEqual(['30-day deadline'])

    await decideInMenu(
      later,
      'Extend Deadline',
      { 'Extend by': '7 days', Reason: 'Complex' },
      people.privacy.id,
    )
    expect(later.world.cardText(later.iid)).toContain(
      `<@${people.privacy.id}> extended “Fulfilment” by 7 days`,
    )
  })

  test('of the step is refused where the request has moved on to a step without a clock since', async () => {
    const given = await aRequest(deletion)
    const view = await chooseInMenu(given, 'Extend Deadline', people.privacy.id)
    await requesterWrites(given)

    const refused = await given.world.slack.submit(people.privacy.id, view?.id ?? '', ofStep)
    await given.world.drain()

    expect(JSON.stringify(refused.body)).toContain(
      'This step has no deadline of its own. Choose the 30-day deadline.',
    )
    expect(given.world.cardText(given.iid)).not.toContain('extended')
  })
})

describe('Another e-mail address in the form’s comment', () => {
  const description = formCopy(deletion, { Comments: 'Please write to robin@elsewhere.example instead.' })

  async function silent(): Promise<InWorld> {
    const given = await aRequest(deletion, { description })
    await given.world.advance({ days: 8 })
    return given
  }

  test('is said on the card, never the address', async () => {
    const { world, iid } = await aRequest(deletion, { description })

    expect(world.cardText(iid)).toContain('The form’s comment gives another e-mail address')
    expect(world.sentToSlack()).not.toContain('elsewhere.example')
  })

  test('Close No Response by support needs a reason, which an internal note keeps before the reply', async () => {
    const { world, iid } = await silent()

    await expect(world.decide(iid, 'Close No Response', {})).rejects.toThrow(
      'asks for "Reason for closing anyway": Please complete this required field',
    )
    expect(world.changes(iid)).toEqual([])
    const view = world.slack.openView(people.engineer.id)
    await world.slack.submit(people.engineer.id, view?.id ?? '', {
      'Reason for closing anyway': 'Both addresses were written to',
    })
    await world.settle()

    const [note, reply] = world.changes(iid)
    expect(note?.note).toContain('Reason: Both addresses were written to')
    expect([note?.internal, reply]).toEqual([true, { note: snippet('closed-no-response'), internal: false }])
  })

  test('Close No Response by Privacy needs none', async () => {
    const { world, iid } = await silent()

    await world.decide(iid, 'Close No Response', {}, people.privacy.id)

    expect(world.changes(iid)[0]).toEqual({ note: snippet('closed-no-response'), internal: false })
    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test('without one Close No Response is not for Privacy', async () => {
    const given = await aRequest(deletion)
    await given.world.advance({ days: 8 })

    expect(await toldAfter(given, 'Close No Response', people.privacy.id)).toBe(
      'Only a support engineer or a support manager can use Close No Response. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    )
  })
})

describe('Duplicates', () => {
  async function two(type = deletion): Promise<InWorld & { second: number }> {
    const given = await aRequest(type)
    return { ...given, second: await given.world.request({ type }) }
  }

  test.each([deletion, 'Data Access Request', 'Data Export Request', 'General Questions'])(
    'of a %s: the reply names the issue that stays, and the duplicate is closed',
    async (type) => {
      const { world, iid, second } = await two(type)
      const before = world.changes(second).length

      await world.decide(second, 'Close Duplicate', { 'Which issue stays open?': `#${iid}` })

      expect(world.changes(second).slice(before)).toEqual([
        { note: snippet('closed-duplicate').replace('#123', `#${iid}`), internal: false },
        { note: `/duplicate #${iid}`, internal: true },
      ])
      expect(world.gitlab.issueView(second)).toMatchObject({
        state: 'closed',
        duplicateOf: `support/personal-account-requests#${iid}`,
      })
      expect(world.gitlab.issueView(iid).state).toBe('opened')
    },
  )

  const flag = (of: number) =>
    new RegExp(`Possible duplicate\\* of <[^|]*\\|#${of}>: same requester and type, still open`)

  test('are called so on both cards, and Close Duplicate proposes the other one', async () => {
    const given = await two()
    const { world, iid, second } = given
    expect(world.cardText(iid)).toMatch(flag(second))
    expect(world.cardText(second)).toMatch(flag(iid))

    const view = await world.openModal(second, 'Close Duplicate')

    expect(JSON.stringify(view?.blocks)).toContain(`"initial_value":"#${iid}"`)
  })

  test.each<readonly [how: string, end: (given: InWorld & { second: number }) => Promise<unknown>]>([
    [
      'closed as the duplicate',
      ({ world, iid, second }) =>
        world.decide(second, 'Close Duplicate', { 'Which issue stays open?': `#${iid}` }),
    ],
    ['closed by another decision', ({ world, second }) => world.click(second, 'Mark Spam')],
    [
      'closed by hand',
      async ({ world, second }) => {
        world.gitlab.someoneCloses(second, usernames.engineer)
        await world.drain()
      },
    ],
  ])('are so no longer on either card once one is %s', async (_how, end) => {
    const given = await two()
    const { world, iid, second } = given

    await end(given)

    expect(world.cardText(iid)).not.toContain('Possible duplicate')
    expect(world.cardText(second)).not.toContain('Possible duplicate')
    const view = await world.openModal(iid, 'Close Duplicate')
    expect(JSON.stringify(view?.blocks)).not.toContain('initial_value')
  })

  test('are so again when it is reopened', async () => {
    const { world, iid, second } = await two()
    await world.click(second, 'Mark Spam')
    world.gitlab.someoneReopens(second, usernames.engineer)
    await world.drain()

    expect(world.cardText(iid)).toMatch(flag(second))
    expect(world.cardText(second)).toMatch(flag(iid))
  })

  test('A verified request is never displaced by a newer one', async () => {
    const given = await ready()
    const second = await given.world.request()

    expect(await toldAfter(given, 'Close Duplicate', people.engineer.id)).toBe(
      `Too late for Close Duplicate: #${given.iid} is already past its verification checks.`,
    )
    expect(await toldAfter(given, 'Mark Spam', people.engineer.id)).toBe(
      `Too late for Mark Spam: #${given.iid} is already past its verification checks.`,
    )
    await given.world.decide(second, 'Close Duplicate', { 'Which issue stays open?': String(given.iid) })

    expect(given.world.changes(given.iid)).toEqual([])
    expect(given.world.gitlab.issueView(second).state).toBe('closed')
  })

  test.each([
    ['itself', (own: number) => own, 'is this request. Enter the other one.'],
    ['one that nobody knows', () => 999, 'I’m not tracking #999.'],
  ])('The issue that stays can’t be %s', async (_what, stays, because) => {
    const given = await aRequest(deletion)

    const refused = await given.world.decide(given.iid, 'Close Duplicate', {
      'Which issue stays open?': String(stays(given.iid)),
    })

    expect(JSON.stringify(refused.body)).toContain(because)
    expect(given.world.changes(given.iid)).toEqual([])
  })

  test('The issue that stays can’t be a closed one', async () => {
    const { world, iid, second } = await two()
    world.gitlab.someoneCloses(iid, usernames.engineer)
    await world.settle()

    const refused = await world.decide(second, 'Close Duplicate', { 'Which issue stays open?': String(iid) })

    expect(JSON.stringify(refused.body)).toContain('is closed. Enter one that is open.')
    expect(world.changes(second)).toEqual([])
  })
})
