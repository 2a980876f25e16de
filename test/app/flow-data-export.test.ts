/** Data export: a test for each row of the table, through the whole app. */
import { describe, expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { formCopy, people, snippet, type WorldOptions } from './desk-world.ts'
import { aRequest, chooseInMenu, type InWorld, menuOf, requesterWrites, toldAfter } from './flow-acts.ts'

const type = 'Data Export Request'
const arrival = { add: 'Export Request::self-serve' }
const challenges = 'Greetings,\n\n1. When did you make the account?\n\nRegards,'
const folder = 'https://drive.example.com/requests/1'

const arrived = (options: WorldOptions & { description?: string } = {}) => aRequest(type, options)

async function helping(options: WorldOptions & { description?: string } = {}): Promise<InWorld> {
  const given = await arrived(options)
  await requesterWrites(given, 'The export ends with an error.')
  return given
}

async function awaitingAnswers(options: WorldOptions = {}): Promise<InWorld> {
  const given = await helping(options)
  await given.world.advance({ minutes: 1 })
  await given.world.decide(given.iid, 'Send Challenges', {
    'Verification challenge questions': challenges,
  })
  return given
}

async function evaluating(): Promise<InWorld> {
  const given = await awaitingAnswers()
  await requesterWrites(given, 'In 2019.')
  return given
}

async function exporting(options: WorldOptions = {}): Promise<InWorld> {
  const given = await awaitingAnswers(options)
  await requesterWrites(given, 'In 2019.')
  await given.world.click(given.iid, 'Pass Verification')
  return given
}

async function shared(): Promise<InWorld> {
  const given = await exporting()
  await given.world.decide(given.iid, 'Exports Shared', { 'Folder link': folder })
  return given
}

async function confirming(): Promise<InWorld> {
  const given = await shared()
  await given.world.advance({ days: 8 })
  await given.world.decide(given.iid, 'Unshared', {})
  return given
}

/** What has been done since then. */
async function changesBy({ world, iid }: InWorld, act: () => Promise<unknown>) {
  const before = world.changes(iid).length
  await act()
  return world.changes(iid).slice(before)
}

describe('self-serve', () => {
  test('On arrival the label is set, and a clock of 7 days runs', async () => {
    const { world, iid } = await arrived()

    expect(world.changes(iid)).toEqual([arrival])
    expect(world.slack.buttons(world.card(iid))).toEqual([
      'Close Self-Serve',
      'Claim',
      'Show Details',
      'Fail Verification',
      'Close No Response',
    ])
    expect(world.cardText(iid)).toContain('Self-serve export until Mar 8')
  })

  test('The requester replies with an error: the card and the thread say so', async () => {
    const { world, iid } = await helping()

    expect(world.cardText(iid)).toContain('Self-serve failed: help the requester')
    expect(world.thread(iid)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${iid}. Next: “Self-serve failed: help the requester”.`,
    ])
    expect(world.changes(iid)).toEqual([arrival])
  })

  test('Close Self-Serve is refused within the 7 days', async () => {
    const { world, iid } = await arrived()
    await world.advance({ days: 7 })

    await world.click(iid, 'Close Self-Serve')

    expect(world.told(people.engineer.id)).toEqual([
      expect.stringContaining(`Close Self-Serve opens for #${iid} on Mar 9.`),
    ])
    expect(world.gitlab.issueView(iid).state).toBe('opened')
  })

  test('Close Self-Serve after 7 quiet days closes the issue, and nothing more', async () => {
    const { world, iid } = await arrived()
    await world.advance({ days: 8 })

    await world.click(iid, 'Close Self-Serve')

    expect(world.changes(iid)).toEqual([arrival, { state: 'close' }])
  })

  test('Close Self-Serve reads GitLab afresh: a reply that nobody has seen yet counts', async () => {
    const { world, iid } = await arrived({ webhook: false })
    await world.advance({ days: 8 })
    world.gitlab.requesterReplies(iid, 'The export ends with an error.')

    await world.click(iid, 'Close Self-Serve')

    expect(world.told(people.engineer.id)[0]).toContain(
      'Too late: Close Self-Serve is no longer open. #1 is now at “Self-serve failed: help the requester”',
    )
    expect(world.gitlab.issueView(iid).state).toBe('opened')
  })
})

describe('An embargoed country', () => {
  const options = { description: formCopy(type, { 'Country/Region': 'Belaru' }) }
  const because =
    'its form names an embargoed country, and trade compliance law only lets us close it: that is Close Embargoed.'

  test('is said on the card, never its name', async () => {
    const { world, iid } = await arrived(options)

    expect(world.cardText(iid)).toContain('*Embargoed country:*')
    expect(world.sentToSlack()).not.toContain('Belaru')
  })

  test('Send Challenges is refused with the reason', async () => {
    const given = await helping(options)

    expect(await toldAfter(given, 'Send Challenges', people.engineer.id)).toBe(
      `Send Challenges was not done on #${given.iid}: ${because}`,
    )
    expect(given.world.changes(given.iid)).toEqual([arrival])
  })

  test('what its step has not reached yet is refused with the same reason, and its button says it', async () => {
    const given = await arrived(options)
    const pinned = ['Fail Verification', 'Close No Response']

    for (const button of pinned)
      expect(await toldAfter(given, button, people.engineer.id)).toBe(
        `${button} was not done on #${given.iid}: ${because}`,
      )
    for (const button of pinned) expect(given.world.cardText(given.iid)).toContain(`${button} · embargoed`)
    expect(given.world.changes(given.iid)).toEqual([arrival])
  })

  test('is said no longer once it is closed: how it ended says it', async () => {
    const given = await arrived(options)
    await given.world.click(given.iid, 'Close Embargoed')
    await given.world.passTime(3, 5)

    expect(given.world.cardText(given.iid)).toContain('*Closed: embargoed country*')
    expect(given.world.cardText(given.iid)).not.toContain('only lets us close this')
  })

  test('what holds or extends clocks or asks Privacy is refused with the reason', async () => {
    const given = await arrived(options)
    const told: string[] = []

    const choices = ['Escalate to Privacy', 'Pause Clocks', 'Extend Deadline']
    expect(menuOf(given)).toEqual(expect.arrayContaining(choices))

    for (const choice of choices) {
      const by = choice === 'Extend Deadline' ? people.privacy.id : people.engineer.id
      await chooseInMenu(given, choice, by)
      told.push(given.world.told(by).at(-1) ?? '')
    }

    expect(told).toEqual(choices.map((choice) => `${choice} was not done on #${given.iid}: ${because}`))
    expect(given.world.changes(given.iid)).toEqual([arrival])
  })

  test.each([
    ['Close No Response', 10, awaitingAnswers],
    ['Fail Verification', 0, evaluating],
  ] as const)('%s, which would e-mail them, is refused with the same reason', async (button, days, to) => {
    const given = await to()
    const { world, iid } = given
    world.gitlab.issue(iid).description = formCopy(type, { 'Country/Region': 'Republic of Cuba' })
    await world.advance({ days, minutes: 2 })
    const before = world.changes(iid)

    expect(world.cardText(iid)).toContain(`${button} · embargoed`)
    expect(await toldAfter(given, button, people.engineer.id)).toBe(
      `${button} was not done on #${iid}: ${because}`,
    )
    expect(world.changes(iid)).toEqual(before)
  })

  test('Close Answered is open', async () => {
    const given = await helping(options)

    await given.world.click(given.iid, 'Close Answered')

    expect(given.world.changes(given.iid)).toEqual([arrival, { state: 'close' }])
  })

  test.each([
    ['self-serve', arrived],
    ['helping', helping],
    ['awaiting-answers', awaitingAnswers],
    ['evaluating', evaluating],
    ['exporting', exporting],
    ['shared', shared],
    ['confirming', confirming],
  ])('found out at %s, Close Embargoed closes it and sends nothing', async (_step, to) => {
    const given = await to()
    const { world, iid } = given
    expect(world.slack.buttons(world.card(iid))).not.toContain('Close Embargoed')
    world.gitlab.issue(iid).description = formCopy(type, { 'Country/Region': 'Republic of Cuba' })
    await world.advance({ minutes: 2 })

    const changes = await changesBy(given, () => world.click(iid, 'Close Embargoed'))

    expect(changes).toEqual([
      { note: expect.stringContaining('names an embargoed country. Nothing was sent.'), internal: true },
      { state: 'close' },
    ])
    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test('Close Embargoed asks before it closes, and is for support', async () => {
    const given = await arrived(options)
    const view = await given.world.openModal(given.iid, 'Close Embargoed')

    expect(view?.submit).toBe('Close Embargoed')
    expect(JSON.stringify(view?.blocks)).toContain(`Closes #${given.iid}.`)
    expect(await toldAfter(given, 'Close Embargoed', people.privacy.id)).toBe(
      'Only a support engineer or a support manager can use Close Embargoed. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    )
    expect(given.world.changes(given.iid)).toEqual([arrival])
  })

  test('Close Embargoed is refused once the form names another country after all', async () => {
    const given = await arrived(options)
    const { world, iid } = given
    const stale = world.card(iid)
    world.gitlab.issue(iid).description = formCopy(type, { 'Country/Region': 'Belgium' })
    await world.advance({ minutes: 2 })

    await world.slack.click(people.engineer.id, stale, { button: 'Close Embargoed' }, { confirm: true })
    await world.drain()

    expect(world.told(people.engineer.id).at(-1)).toBe(
      `Close Embargoed is not for #${iid}: its form names no embargoed country.`,
    )
    expect(world.gitlab.issueView(iid).state).toBe('opened')
  })

  test('Close Self-Serve is open after the 7 days', async () => {
    const { world, iid } = await arrived(options)
    await world.advance({ days: 8 })

    await world.click(iid, 'Close Self-Serve')

    expect(world.changes(iid)).toEqual([arrival, { state: 'close' }])
  })
})

describe('closed', () => {
  test('The requester writes after the close: the issue is reopened and the card comes back', async () => {
    const given = await arrived()
    const { world, iid } = given
    await world.advance({ days: 8 })
    await world.click(iid, 'Close Self-Serve')

    const changes = await changesBy(given, () => requesterWrites(given, 'It does not work.'))

    expect(changes).toEqual([{ state: 'reopen' }])
    expect(world.gitlab.issueView(iid).state).toBe('opened')
    expect(world.cardText(iid)).toContain('Self-serve failed: help the requester')
    expect(world.slack.buttons(world.card(iid))).toContain('Send Challenges')
  })
})

describe('helping', () => {
  test('Send Challenges sends the text as it was typed, sets the label, and starts a clock of 7 days', async () => {
    const given = await helping()
    const { world, iid } = given
    await world.advance({ days: 3 })

    const changes = await changesBy(given, () =>
      world.decide(iid, 'Send Challenges', { 'Verification challenge questions': challenges }),
    )

    expect(changes).toEqual([{ note: challenges, internal: false }, { add: 'Awaiting::Challenge Answers' }])
    expect(world.cardText(iid)).toContain('Close No Response · from Mar 12')
  })

  test('Send Challenges shows in its modal what is sent', async () => {
    const { world, iid } = await helping()

    const view = await world.openModal(iid, 'Send Challenges')

    expect(JSON.stringify(view?.blocks)).toContain(
      'Sent exactly as written under “Verification challenge questions”.',
    )
  })

  test('Close Answered closes the issue, and nothing more', async () => {
    const { world, iid } = await helping()

    await world.click(iid, 'Close Answered')

    expect(world.changes(iid)).toEqual([arrival, { state: 'close' }])
  })

  test.each(['Send Challenges', 'Close Answered'])('%s is for support', async (button) => {
    const given = await helping()

    expect(await toldAfter(given, button, people.privacy.id)).toBe(
      `Only a support engineer or a support manager can use ${button}. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.`,
    )
    expect(given.world.changes(given.iid)).toEqual([arrival])
  })
})

describe('awaiting-answers', () => {
  test('Close No Response is refused within 7 days of the challenges, not of the request', async () => {
    const given = await awaitingAnswers()
    await given.world.advance({ days: 7 })

    expect(await toldAfter(given, 'Close No Response', people.engineer.id)).toContain('on Mar 9.')
  })

  test('Close No Response after that sends the reply, changes its labels, closes the issue', async () => {
    const given = await awaitingAnswers()
    await given.world.advance({ days: 8 })

    const changes = await changesBy(given, () => given.world.click(given.iid, 'Close No Response'))

    expect(changes).toEqual([
      { note: snippet('closed-no-response'), internal: false },
      {
        add: 'Account Verification Failed,denied-reason::no_response',
        remove: 'Awaiting::Challenge Answers',
      },
      { state: 'close' },
    ])
  })

  test('An answer before the challenges is no answer to them', async () => {
    const given = await awaitingAnswers()

    expect(given.world.cardText(given.iid)).toContain('Waiting for the challenge answers')
  })

  test('Answers Received writes who said so, and the answers are evaluated', async () => {
    const given = await awaitingAnswers()

    const changes = await changesBy(given, () => given.world.click(given.iid, 'Answers Received'))

    expect(changes).toMatchObject([{ internal: true }])
    expect(given.world.cardText(given.iid)).toContain('Answers are in: check them')
  })
})

describe('evaluating', () => {
  test('Pass Verification leads to the export, without any effect', async () => {
    const given = await evaluating()

    const changes = await changesBy(given, () => given.world.click(given.iid, 'Pass Verification'))

    expect(changes).toEqual([])
    const card = given.world.cardText(given.iid)
    expect(card).toContain('Export the projects and share the folder')
    // What an earlier decision has sent is no matter of this one.
    expect(card).toContain(`<@${people.engineer.id}> chose *Pass Verification*`)
    expect(card).not.toContain('Send the text you typed')
    expect(card).not.toContain('*Done.*')
  })

  test('Fail Verification sends the typed text, sets the label, closes the issue', async () => {
    const given = await evaluating()
    const text = 'Greetings,\n\nthe answers did not match.\n\nRegards,'

    const changes = await changesBy(given, () =>
      given.world.decide(given.iid, 'Fail Verification', { 'Message to the requester': text }),
    )

    expect(changes).toEqual([
      { note: text, internal: false },
      { add: 'Account Verification Failed' },
      { state: 'close' },
    ])
  })

  test('Fail Verification refuses a line that GitLab would take as a command', async () => {
    const given = await evaluating()

    const changes = await changesBy(given, () =>
      given.world.decide(given.iid, 'Fail Verification', { 'Message to the requester': '/reopen' }),
    )

    expect(changes).toEqual([])
    expect(given.world.gitlab.issueView(given.iid).state).toBe('opened')
  })
})

describe('exporting', () => {
  test('Start Export is offered where an administrator token is set, and only there', async () => {
    const given = await exporting()
    expect(given.world.slack.buttons(given.world.card(given.iid))).toContain('Start Export')

    const without = await exporting({ env: { GITLAB_ADMIN_TOKEN: '' } })

    expect(without.world.slack.buttons(without.world.card(without.iid))).not.toContain('Start Export')
  })

  test.each(['drive.example.com/1', 'https://drive.example.com/1\n/close', 'http://drive.example.com'])(
    'Exports Shared refuses the link %j',
    async (link) => {
      const given = await exporting()

      const changes = await changesBy(given, async () => {
        const refused = await given.world.decide(given.iid, 'Exports Shared', { 'Folder link': link })
        expect(JSON.stringify(refused.body)).toContain('Enter the link to the folder')
      })

      expect(changes).toEqual([])
    },
  )

  test('Exports Shared asks the requester to download within 7 days, with the link below the text', async () => {
    const given = await exporting()

    const changes = await changesBy(given, () =>
      given.world.decide(given.iid, 'Exports Shared', { 'Folder link': folder }),
    )

    expect(changes).toEqual([
      {
        note: `Greetings,\n\nYour project exports are ready in the folder below, which is shared with you. Please download the files within 7 days; after that the folder will no longer be shared.\n\nRegards,\n\n${folder}`,
        internal: false,
      },
    ])
    expect(given.world.cardText(given.iid)).toContain('Shared export folder until Mar 8')
    expect(given.world.sentToSlack()).not.toContain('drive.example.com')
  })
})

describe('shared and confirming', () => {
  test('Unshared is refused within the 7 days', async () => {
    const given = await shared()

    expect(await toldAfter(given, 'Unshared', people.engineer.id)).toContain('on Mar 9.')
  })

  test('Unshared after that asks the requester to confirm that the files arrived', async () => {
    const given = await shared()
    await given.world.advance({ days: 8 })

    const changes = await changesBy(given, () => given.world.decide(given.iid, 'Unshared', {}))

    expect(changes).toEqual([
      {
        note: 'Greetings,\n\nThe folder with your project exports is no longer shared. Please confirm that you have the files.\n\nRegards,',
        internal: false,
      },
    ])
    expect(given.world.cardText(given.iid)).toContain('Waiting for the requester to confirm the files')
  })

  test('Complete Request sets the label and closes the issue', async () => {
    const given = await shared()
    await given.world.advance({ days: 8 })
    await given.world.decide(given.iid, 'Unshared', {})

    const changes = await changesBy(given, () => given.world.click(given.iid, 'Complete Request'))

    expect(changes).toEqual([{ add: 'Export Request::complied' }, { state: 'close' }])
    expect(given.world.gitlab.issueView(given.iid).labels).toContain('Export Request::complied')
  })

  test('a reopen by hand brings back the step from which it was closed', async () => {
    const given = await helping()
    await given.world.click(given.iid, 'Close Answered')

    given.world.gitlab.someoneReopens(given.iid, usernames.engineer)
    await given.world.settle()

    expect(given.world.cardText(given.iid)).toContain('Self-serve failed: help the requester')
  })
})
