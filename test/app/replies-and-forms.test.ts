/** What GitLab and mail programs put under the Support Bot's name, and into a form. */
import { describe, expect, it, test } from 'vitest'
import { autoResponse } from '../../sandbox/gitlab/gitlab.ts'
import { channel, formCopy, people, startWorld, type World } from './desk-world.ts'
import { aRequest, decideInMenu, lastIssue, requesterWrites } from './flow-acts.ts'

async function closeAfterNineDays(world: World, iid: number) {
  await world.advance({ days: 9 })
  await world.click(iid, 'Close No Response')
  await world.passTime(3, 5)
}

/** GitLab chooses another name where somebody has that of the Support Bot. */
async function requestOfRenamedBot(world: World): Promise<number> {
  const { iid } = world.gitlab.submitRequest({ description: formCopy(), autoResponse: undefined })
  Object.assign(world.gitlab.issue(iid).author, { username: 'support-bot1', name: 'Acme Help Desk' })
  await world.settle()
  return iid
}

describe('a note that no requester wrote', () => {
  it.each([
    'WARNING: The template file service_desk.md used for service desk issues is empty or could not be found.\nPlease check service desk settings and update the file to be used.\n',
    ':wave: This issue has been reopened because it received a new comment from an external participant.',
  ])('is no reply: %s', async (note) => {
    const world = await startWorld()
    const iid = await world.request({ autoResponse: undefined })
    world.gitlab.requesterReplies(iid, note)
    await world.drain()

    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
    await closeAfterNineDays(world, iid)
    expect(world.done(iid).at(-1)).toBe('closed')
  })
})

describe('a reply', () => {
  it('is one where the answers stand inside a copy of the whole automatic mail', async () => {
    const world = await startWorld()
    const iid = await world.request({ autoResponse })
    await world.advance({ minutes: 2 })
    const answered = autoResponse
      .replace('roughly?', 'roughly?\nIt was in spring 2019.')
      .concat('\nOnly the group "allotment".')
    world.gitlab.requesterReplies(iid, answered)
    await world.drain()

    expect(world.cardText(iid)).toContain('Answers are in: check them')
    await closeAfterNineDays(world, iid)
    expect(world.done(iid)).toEqual([])
  })

  it('is one by whatever name the account has that opened the issue', async () => {
    const world = await startWorld()
    const iid = await requestOfRenamedBot(world)
    world.gitlab.someoneComments(iid, 'support-bot1', 'Spring 2019, and one group.')
    await world.drain()

    expect(world.cardText(iid)).toContain('Answers are in: check them')
    await closeAfterNineDays(world, iid)
    expect(world.done(iid)).toEqual([])
  })

  it('stops a reply to silence by whatever name, where nothing told of it', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await requestOfRenamedBot(world)
    await world.advance({ days: 9 })
    world.gitlab.someoneComments(iid, 'support-bot1', 'Spring 2019.')
    await world.click(iid, 'Close No Response')
    await world.passTime(3, 5)

    expect(world.done(iid)).toEqual([])
  })
})

describe('an embargoed country', () => {
  it.each([
    ['by its name at ISO', { 'Country/Region': "Korea (the Democratic People's Republic of)" }],
    ['behind a flag', { 'Country/Region': '🇨🇺 Cuba' }],
    ['in another language', { 'Country/Region': 'Корея, Северная / Nordkorea' }],
    ['beside another in the comment', { 'Country/Region': 'Cuba', Comments: 'My data:\n\nCountry: Spain' }],
  ])('holds the decisions: %s', async (_what, fields) => {
    const given = await aRequest('Data Export Request', {
      description: formCopy('Data Export Request', fields),
    })
    await requesterWrites(given, 'The export ends with an error.')
    const { world, iid } = given

    expect(await world.openModal(iid, 'Send Challenges')).toBeUndefined()

    expect(world.cardText(iid)).toContain('*Embargoed country:*')
    expect(world.told(people.engineer.id).at(-1)).toMatch(/embargoed/)
  })

  it('that can’t be told is said on the card', async () => {
    const { world, iid } = await aRequest('Data Export Request', {
      description: formCopy('Data Export Request', { 'Country/Region': 'Atlantis' }),
    })

    expect(world.cardText(iid)).toContain(
      'Parts of the form can’t be read:* The country is none that the desk knows',
    )
    expect(world.sentToSlack()).not.toContain('Atlantis')
  })
})

test.each(['My new mail is new@example.net!', '“new@example.net”', 'mail:new@example.net;'])(
  'Another address in the comment keeps Close No Response from being a matter of course: %s',
  async (comment) => {
    const world = await startWorld()
    const iid = await world.request({
      autoResponse,
      description: formCopy('GitLab.com Account Deletion', { Comments: `I lost my mailbox. ${comment}` }),
    })
    await closeAfterNineDays(world, iid)

    expect(world.done(iid)).toEqual([])
    expect(world.cardText(iid)).toContain('gives another e-mail address')
  },
)

test.each(['none', 'NA', 'n/a', '-'])('Two people whose username is “%s” are not one', async (username) => {
  const world = await startWorld()
  const form = (email: string) =>
    formCopy('Data Access Request', { Username: username, 'Email Address': email })
  const one = await world.request({ email: 'ann@example.org', description: form('ann@example.org') })
  const two = await world.request({ email: 'ben@example.net', description: form('ben@example.net') })

  for (const iid of [one, two]) expect(world.cardText(iid)).not.toMatch(/duplicate of/i)
})

test('A form of 10,000 lines gets a card that says what was not read', async () => {
  const lines = Array.from({ length: 10_000 }, (_, line) => `line ${line}`).join('\n')
  const world = await startWorld()
  const iid = await world.request({
    description: formCopy('GitLab.com Account Deletion', { Comments: lines }),
  })

  expect(world.cardText(iid)).toContain(
    'The description is too long: only its first 16,384 characters were read, and further down the lines that name a field.',
  )
  expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
})

test('A note of 1 MB is a reply', async () => {
  const world = await startWorld()
  const iid = await world.request({ autoResponse })
  await world.advance({ minutes: 5 })
  world.gitlab.requesterReplies(iid, `${autoResponse}\n${'QUJDREVGR0g= '.repeat(80_000)}`)
  await world.settle()

  expect(world.cardText(iid)).toContain('Answers are in: check them')
})

test.each([
  ['a hard space in its box', '- [\u00a0] Support Engineer: Delete the account'],
  ['a hard space in its name', '- [ ] Support\u00a0Engineer: Delete the account'],
])('A step with %s is open: the requester is not told that the deletion is complete', async (_what, step) => {
  const world = await startWorld()
  world.gitlab.setTemplate(
    'Deletion Meta Issue - GitLab-com',
    `Work through the steps.\n\n- [ ] Support Engineer: Link this issue\n${step}\n`,
  )
  const iid = await world.request({})
  await requesterWrites({ world, iid }, 'Spring 2019.')
  await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
  await world.click(iid, 'Start Deletion')
  await world.passTime(3, 5)
  world.gitlab.tickNext(lastIssue({ world }))
  await world.settle()

  expect(world.cardText(iid)).toContain('1 of 2 steps done')
  await world.decide(iid, 'Complete Request', {}).catch(() => undefined)
  await world.passTime(3, 5)
  expect(world.done(iid).at(-1)).not.toBe('closed')
})

describe('a form that somebody mends in GitLab', () => {
  const mend = async (world: World, iid: number, description: string) => {
    await world.advance({ minutes: 5 })
    const at = new Date(world.clock.now().getTime() + 1000).toISOString()
    Object.assign(world.gitlab.issue(iid), { description, updatedAt: at })
    await world.advance({ minutes: 5 })
  }

  it('is read again: an embargoed country holds the decisions', async () => {
    const { world, iid } = await aRequest('Data Export Request', {
      webhook: false,
      description: formCopy('Data Export Request', { 'Country/Region': '' }),
    })
    await mend(world, iid, formCopy('Data Export Request', { 'Country/Region': 'Cuba' }))

    expect(world.cardText(iid)).toContain('*Embargoed country:*')
    expect(world.cardText(iid)).toContain('The form was changed in GitLab')
    expect(world.thread(iid).at(-1)).toBe(
      `<!subteam^S01ENGINEERS> The form of #${iid} was changed in GitLab: the country.`,
    )
  })

  it('is worked as the type that it names now', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request({ description: formCopy('Account deletion please') })
    expect(world.cardText(iid)).toContain('Unknown request type: set it')
    await mend(world, iid, formCopy('GitLab.com Account Deletion'))

    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
  })
})

test('An answer that comes as an issue of its own is said on the card, and Close No Response asks', async () => {
  const world = await startWorld()
  const email = 'requester@example.com'
  const one = await world.request({ autoResponse, email })
  await world.advance({ hours: 5 })
  const two = await world.request({
    autoResponse: undefined,
    email,
    title: 'VS: Your personal data request',
    description: 'Spring 2019. It owns the group "allotment".',
  })

  expect(world.cardText(one)).toMatch(new RegExp(`The requester has since opened .*#${two}`))
  expect(world.cardText(two)).toMatch(new RegExp(`Also from this person: .*#${one}`))
  await world.advance({ days: 9 })
  const view = await world.openModal(one, 'Close No Response')
  if (!view) throw new Error('no modal was opened')
  const engineer = people.engineer.id
  const refused = await world.slack.submit(engineer, view.id, { 'Reason for closing anyway': ' ' })
  expect(JSON.stringify(refused)).toContain(`The requester has since opened #${two}`)
  await world.slack.submit(engineer, view.id, { 'Reason for closing anyway': 'It is no answer.' })
  await world.drain()
  await world.passTime(3, 5)
  expect(world.done(one).at(-1)).toBe('closed')
})

describe('an answer that a machine has written', () => {
  it('is said to look like one', async () => {
    const world = await startWorld()
    const iid = await world.request({ autoResponse })
    await requesterWrites({ world, iid }, 'Automatic reply: I am out of the office until 20 March.')

    expect(world.cardText(iid)).toContain('That looks like an automatic reply')
    expect(world.thread(iid).at(-1)).toBe(
      `<!subteam^S01ENGINEERS> The requester replied on #${iid}. It looks like an automatic answer: read it in GitLab.`,
    )
    await world.advance({ minutes: 5 })
    await requesterWrites({ world, iid }, 'In spring 2019.')
    expect(world.cardText(iid)).not.toContain('looks like an automatic answer')
  })

  it('is taken back by Not an Answer, and the request can be closed for no response', async () => {
    const world = await startWorld()
    const iid = await world.request({ autoResponse })
    await world.advance({ minutes: 2 })
    await requesterWrites({ world, iid }, 'Automatic reply: I am out of the office until 20 March.')
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    await world.advance({ minutes: 2 })
    await decideInMenu({ world, iid }, 'Not an Answer', { Reason: 'Out of office' })
    await world.passTime(3, 5)

    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
    expect(world.cardText(iid)).toContain('Close No Response · from Mar 9')
    await closeAfterNineDays(world, iid)
    expect(world.done(iid).at(-1)).toBe('closed')
  })

  it('is followed by the true answer, which counts', async () => {
    const world = await startWorld()
    const iid = await world.request({ autoResponse })
    await world.advance({ minutes: 2 })
    await requesterWrites({ world, iid }, 'Automatic reply: I am out of the office until 20 March.')
    await world.advance({ minutes: 2 })
    await decideInMenu({ world, iid }, 'Not an Answer', { Reason: 'Out of office' })
    await world.advance({ days: 9 })
    world.gitlab.requesterReplies(iid, 'In spring 2019.')
    await world.click(iid, 'Close No Response')
    await world.passTime(3, 5)

    expect(world.done(iid).some((one) => one.includes('closed'))).toBe(false)
    expect(world.cardText(iid)).toContain('Answers are in: check them')
  })

  it('is not taken back with the true answer that came before it', async () => {
    const world = await startWorld()
    const iid = await world.request({ autoResponse })
    await requesterWrites({ world, iid }, 'In spring 2019.')
    await world.advance({ minutes: 2 })
    await requesterWrites({ world, iid }, 'Automatic reply: I am out of the office.')
    const given = { Reason: 'Out of office', 'Why their other messages are no answer': ' ' }
    const answer = await decideInMenu({ world, iid }, 'Not an Answer', given)

    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(JSON.stringify(answer.body)).toContain('Fill this in.')
  })

  it('is taken back with another one that came with it, once somebody has read both', async () => {
    const world = await startWorld()
    const iid = await world.request({ autoResponse })
    await world.advance({ minutes: 2 })
    await requesterWrites({ world, iid }, 'Automatic reply: I am out of the office until 20 March.')
    await world.advance({ minutes: 2 })
    await requesterWrites({ world, iid }, 'We have received your request and will get back to you.')
    await decideInMenu({ world, iid }, 'Not an Answer', {
      Reason: 'Out of office',
      'Why their other messages are no answer': 'A ticket system has confirmed the mail',
    })
    await world.passTime(3, 5)

    expect(world.cardText(iid)).toContain('Close No Response · from Mar 9')
    expect(world.gitlab.issue(iid).notes.at(-1)?.body).toContain('A ticket system has confirmed the mail')
    await closeAfterNineDays(world, iid)
    expect(world.done(iid).at(-1)).toBe('closed')
  })

  describe.each([
    ['that looks like one', 'Automatic reply: I am out of the office until 20 March.'],
    ['that does not', 'We have received your mail.'],
  ])('to a request of a type that nobody knows, %s,', (_which, reply) => {
    it.each([
      ['GitLab.com Account Deletion', 'Answers are in: check them', 'Close No Response'],
      ['Full Deletion', 'Answers are in: check them', 'Close No Response'],
      ['GitLab.com Account Deletion - Deceased User', 'Answers are in: check them', 'Close No Response'],
      ['Data Access Request', 'Reply is in: check the sender’s address', 'Close No Response'],
      ['Data Export Request', 'Self-serve failed: help the requester', 'Close Self-Serve'],
    ])('is taken back once it is %s, and that can be closed for no response', async (type, begins, close) => {
      const world = await startWorld()
      const iid = await world.request({ description: 'Please delete my account.' })
      await world.advance({ minutes: 2 })
      await requesterWrites({ world, iid }, reply)
      await world.advance({ minutes: 2 })
      await world.decide(iid, 'Set Type', { 'Request type': type })
      expect(world.cardText(iid)).toContain(begins)
      await world.advance({ minutes: 2 })
      await decideInMenu({ world, iid }, 'Not an Answer', { Reason: 'Out of office' })
      await world.passTime(3, 5)

      expect(world.cardText(iid)).not.toContain(begins)
      await world.advance({ days: 11 })
      await world.click(iid, close)
      await world.passTime(3, 5)
      expect(world.done(iid).at(-1)).toBe('closed')
    })
  })

  it.each([
    ['GitLab.com Account Deletion', 'Close No Response'],
    ['Data Access Request', 'Close No Response'],
    ['Data Export Request', 'Close Self-Serve'],
  ])('is taken back after Privacy was asked about it: %s', async (type, close) => {
    const { world, iid } = await aRequest(type)
    await world.advance({ minutes: 2 })
    await requesterWrites({ world, iid }, 'Automatic reply: I am out of the office until 20 March.')
    await world.advance({ minutes: 2 })
    await decideInMenu({ world, iid }, 'Escalate to Privacy', { 'Your question for Privacy': 'Is it one?' })
    await world.advance({ minutes: 2 })
    await decideInMenu({ world, iid }, 'Not an Answer', { Reason: 'Out of office' })
    await world.advance({ days: 9 })
    await world.click(iid, close)
    await world.passTime(3, 5)

    expect(world.done(iid).at(-1)).toBe('closed')
  })

  it.each([
    ['GitLab.com Account Deletion', 'Waiting for the challenge answers', 'Close No Response'],
    ['Data Access Request', 'Reply is in: check the sender’s address', 'Close No Response'],
    ['Data Export Request', 'The requester wrote: read it in GitLab', 'Close Self-Serve'],
  ])('to a closed request is taken back once somebody has reopened it: %s', async (type, waits, close) => {
    const { world, iid } = await aRequest(type)
    await world.advance({ minutes: 2 })
    world.gitlab.someoneCloses(iid, 'ines.engineer')
    await world.drain()
    await world.advance({ minutes: 2 })
    await requesterWrites({ world, iid }, 'Automatic reply: I am out of the office until 20 March.')
    world.gitlab.someoneReopens(iid, 'ines.engineer')
    await world.passTime(3, 5)
    expect(world.cardText(iid)).toContain(waits)
    await decideInMenu({ world, iid }, 'Not an Answer', { Reason: 'Out of office' })
    await world.advance({ days: 9 })
    await world.click(iid, close)
    await world.passTime(3, 5)

    expect(world.done(iid).at(-1)).toBe('closed')
  })

  it('leaves the clock of an export as it was', async () => {
    const given = await aRequest('Data Export Request')
    const { world, iid } = given
    await requesterWrites(given, 'The export ends with an error.')
    await world.decide(iid, 'Send Challenges', { 'Verification challenge questions': '1. When?' })
    await world.advance({ days: 2 })
    const clock = /Challenge answers until [^·]*/.exec(world.cardText(iid))?.[0]
    await requesterWrites(given, 'Automatic reply: out of the office.')
    await world.advance({ days: 1 })
    await decideInMenu(given, 'Not an Answer', { Reason: 'Out of office' })
    await world.passTime(3, 5)

    expect(clock).toMatch(/Mar \d/)
    expect(world.cardText(iid)).toContain(clock)
  })

  it('reopens no closed export', async () => {
    const given = await aRequest('Data Export Request')
    const { world, iid } = given
    await requesterWrites(given, 'The export ends with an error.')
    await world.click(iid, 'Close Answered')
    await world.passTime(3, 5)
    expect(world.gitlab.issue(iid).state).toBe('closed')
    await world.advance({ minutes: 2 })
    await requesterWrites(given, 'Abwesenheitsnotiz: Ich bin bis 20. März nicht im Büro.')
    await world.passTime(3, 5)

    expect(world.gitlab.issue(iid).state).toBe('closed')
    expect(world.thread(iid).at(-1)).toContain(
      'It stays closed: read the reply in GitLab. It looks like an automatic answer',
    )
  })
})

test('Without an e-mail address for the title nobody is told that the deletion has started', async () => {
  const world = await startWorld()
  const iid = await world.request({
    description: formCopy('GitLab.com Account Deletion', {
      'Email Address': 'a@example.com or b@example.com',
    }),
  })
  await requesterWrites({ world, iid }, 'Spring 2019.')
  await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
  await world.click(iid, 'Start Deletion')
  await world.passTime(3, 5)

  expect(world.done(iid)).toEqual([])
  expect(world.told(people.engineer.id).at(-1)).toContain('I can’t read an e-mail address in the form')
})

describe('An issue that an unknown account has opened, taken in by hand', () => {
  const unseen = '*The requester’s replies can’t be seen here:*'

  async function tracked(by: string) {
    const world = await startWorld({ webhook: false })
    const { iid } = world.gitlab.submitRequest({ description: formCopy() })
    const issue = world.gitlab.issue(iid)
    Object.assign(issue, {
      author: world.gitlab.world.users.find(({ username }) => username === by) ?? issue.author,
      participants: [],
    })
    await world.slack.command(people.engineer.id, channel, '/privacy', `track ${iid}`)
    await world.drain()
    return { world, iid }
  }

  test('says on its card that replies are not seen, as long as it is open', async () => {
    const { world, iid } = await tracked('ines.engineer')
    expect(world.cardText(iid)).toContain(unseen)

    await world.click(iid, 'Mark Spam')

    expect(world.cardText(iid)).not.toContain(unseen)
  })

  test('while one that the Support Bot has opened says nothing of it', async () => {
    const { world, iid } = await tracked('support-bot')

    expect(world.cardText(iid)).not.toContain(unseen)
  })
})
