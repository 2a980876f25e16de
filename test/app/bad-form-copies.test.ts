import { describe, expect, it } from 'vitest'
import { autoResponse } from '../../sandbox/gitlab/gitlab.ts'
import { people, startWorld, type World } from './desk-world.ts'

/** Each stands nowhere else, so that one of them in a wrong place is found. */
const personal = {
  name: 'Zebedee Quillfeather',
  email: 'zebedee.q@personal.example',
  username: 'zq-secret-handle',
  comment: 'My late aunt Ottoline told me to',
  answer: 'I created it on a rainy Thursday',
}

const copy = (lines: readonly string[]) => `${lines.join('\n\n')}\n`

const type = '**Request Type:** GitLab.com Account Deletion'
const email = `**Email Address:** ${personal.email}`
const username = `**Username:** ${personal.username}`
const comment = `**Comments:** ${personal.comment}`
const intent = 'I confirm that I want to delete my account.'

const unreadable = 'Unknown request type: set it'
const awaiting = 'Waiting for the challenge answers'
const direct = 'Sent by e-mail, not through the form'

const copies: [string, string, string][] = [
  ['in another order', copy([intent, comment, username, email, type]), awaiting],
  ['without an e-mail address', copy([type, username, comment, intent]), awaiting],
  ['without a username', copy([type, email, comment, intent]), awaiting],
  ['with the type alone', copy([type]), awaiting],
  ['without a type', copy([username, email, comment, intent]), unreadable],
  ['with an empty type', copy(['**Request Type:**', username, email, comment, intent]), unreadable],
  ['with the type twice, the same', copy([type, type, email]), awaiting],
  ['with two types that differ', copy([type, '**Request Type:** Full Deletion', email]), unreadable],
  ['with a type nobody knows', copy(['**Request Type:** Delete it all', email]), unreadable],
  [
    'in French',
    copy([`**Type de demande :** Suppression du compte`, `**Email:** ${personal.email}`]),
    unreadable,
  ],
  ['in Japanese', copy(['**リクエストの種類**：アカウント削除', email]), unreadable],
  [
    'with neither type nor e-mail field',
    copy([`Please delete ${personal.username}`, personal.comment]),
    direct,
  ],
  ['of nothing', '', direct],
  ['of white space', ' \n\t\r\n ', direct],
  [
    'with every field twice',
    copy([type, email, username, comment, type, email, username, comment]),
    awaiting,
  ],
  ['with CRLF and tabs', copy([type, email, username]).replaceAll('\n', '\r\n\t'), awaiting],
  [
    'with right-to-left marks',
    copy(['**Request Type:** \u202eGitLab.com Account Deletion\u202c', email]),
    awaiting,
  ],
  ['with a null character', copy(['**Request Type:** GitLab.com\u0000 Account Deletion', email]), awaiting],
  [
    'full of mentions',
    copy([
      '**Request Type:** <!channel> <@U01MANAGER> <!subteam^S01MANAGERS> @all',
      `**Email Address:** <!here> ${personal.email}`,
      '<!everyone> <https://evil.example|GitLab>',
    ]),
    unreadable,
  ],
  [
    'full of commands and marks',
    copy([
      '/close',
      '/confidential',
      type,
      '/add_email attacker@evil.example',
      email,
      '```',
      '`/close`',
      '~~~',
      '|',
    ]),
    awaiting,
  ],
  ['of 1 MB', `${copy([type, email])}${'x'.repeat(1024 * 1024)}`, awaiting],
  ['of 1 MB of label lines', `${copy([type, email])}${'Comments: a\n'.repeat(80_000)}`, awaiting],
  ['of 1 MB with the type at its end', `${'x '.repeat(512 * 1024)}\n${copy([type, email])}`, unreadable],
  ['of 1 MB of opened tables', `${'|'.repeat(512 * 1024)}\n${copy([type, email])}`, awaiting],
]

describe('a form copy gives a card of the right type, or one that says that the type could not be read', () => {
  it.each(copies)('%s', async (_how, description, says) => {
    const world = await startWorld()
    const title = `Request of ${personal.name} <!channel>`

    const iid = await world.request({ title, description, email: personal.email, autoResponse })

    expect(world.cardText(iid)).toContain(says)
    expect(world.card(iid).text).not.toContain('<!')
    expectNoPersonalData(world)
    expect(errorsIn(world)).toEqual([])
  })
})

describe('no personal data outside GitLab', () => {
  const description = copy([type, email, username, `**Full name:** ${personal.name}`, comment, intent])

  it('from the submission to the end: not in Slack, not in the log, not in the database file', async () => {
    const world = await startWorld()
    const title = `Delete ${personal.username} of ${personal.name}`
    const iid = await world.request({ title, description, email: personal.email })
    const start = { 'Account type': 'free', 'Reason in the requester’s comment': 'none' }
    await world.decide(iid, 'Start', start)
    world.gitlab.requesterReplies(iid, `${personal.answer}\n\n${personal.name}`)
    await world.settle()
    await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
    await world.click(iid, 'Start Deletion')
    await world.passTime(3, 5)
    await world.slack.command(people.engineer.id, 'privacy-team_help', '/privacy', `show ${iid}`)
    await world.slack.command(people.engineer.id, 'privacy-team_help', '/privacy', 'list')
    await world.advance({ days: 1 })
    await world.decide(iid, 'Complete Request', { Reason: `${personal.name} agreed` })
    await world.passTime(3, 5)

    expect(world.cardText(iid)).toContain('Closed')
    expect(world.done(iid).at(-1)).toBe('closed')
    expectNoPersonalData(world)
    await expectNoneInTheDatabase(world)
  })

  it('not when everything fails either', async () => {
    const world = await startWorld()
    const answer = { status: 422, body: { message: `${personal.email} ${personal.name} is invalid` } }
    world.gitlab.fake.fail({ method: 'POST', times: Infinity, failure: { answer } })
    const iid = await world.request({ title: personal.name, description, email: personal.email })
    world.gitlab.requesterReplies(iid, personal.answer)
    await world.settle()
    await world.decide(iid, 'Pass Verification', { 'The account is': 'blocked' })
    await world.passTime(3, 5)
    const start = world.slack.buttons(world.card(iid))

    expect(start).toContain('Account Unblocked')
    expectNoPersonalData(world)
    await expectNoneInTheDatabase(world)
  })

  it('the words that somebody adds to a reply leave the database once it is sent', async () => {
    const world = await startWorld({ env: { GITLAB_TRUST_SAFETY_PROJECT: 'security/trust-and-safety' } })
    const iid = await world.request({ description })
    world.gitlab.requesterReplies(iid, personal.answer)
    await world.settle()
    await world.decide(iid, 'Pass Verification', { 'The account is': 'blocked' })
    await world.passTime(3, 5)

    await world.decide(iid, 'Account Unblocked', {
      'Anything to add for the requester': `Dear ${personal.name}, all is well.`,
    })
    await world.passTime(3, 5)

    expect(world.done(iid).at(-1)).toContain(`\n\nDear ${personal.name}, all is well.`)
    expectNoPersonalData(world)
    await expectNoneInTheDatabase(world)
  })
})

describe('a type that could not be read is set by a person', () => {
  it('and the request goes on in its flow', async () => {
    const world = await startWorld()
    const iid = await world.request({ description: copy([username, email, comment]) })

    await world.decide(iid, 'Set Type', { 'Request type': 'GitLab.com Account Deletion' })

    expect(world.cardText(iid)).toContain(awaiting)
    expect(world.slack.buttons(world.card(iid)).slice(-3)).toEqual([
      'Approve Exception',
      'Fail Verification',
      'Close No Response',
    ])
  })

  it('and answers that had come before the type was set still count', async () => {
    const world = await startWorld()
    const iid = await world.request({ description: copy([username, email, comment]) })
    world.gitlab.requesterReplies(iid, personal.answer)
    await world.settle()

    await world.decide(iid, 'Set Type', { 'Request type': 'Full Deletion' })
    await world.advance({ days: 9 })
    await world.click(iid, 'Close No Response')

    expect(world.done(iid)).toEqual([])
    expect(world.told(people.engineer.id).at(-1)).toMatch(/Close No Response/)
  })

  it('and only by somebody with a role', async () => {
    const world = await startWorld()
    const iid = await world.request({ description: copy([username, email]) })

    const view = await world.openModal(iid, 'Set Type', people.member.id)

    expect(view).toBeUndefined()
    expect(world.told(people.member.id)).toEqual([
      'Only a support engineer or a support manager can use Set Type. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    ])
  })
})

function expectNoPersonalData(world: World): void {
  for (const [what, text] of Object.entries(personal)) {
    expect(world.sentToSlack().toLowerCase(), `${what} in Slack`).not.toContain(text.toLowerCase())
    expect(world.logged.join('').toLowerCase(), `${what} in the log`).not.toContain(text.toLowerCase())
  }
}

/** The bytes of the file and of its journal, after a clean stop and as they are while it runs. */
async function expectNoneInTheDatabase(world: World): Promise<void> {
  const running = (await world.kept()).toLowerCase()
  await world.stop()
  const stopped = (await world.kept()).toLowerCase()
  expect(stopped.length).toBeGreaterThan(0)
  for (const [what, text] of Object.entries(personal)) {
    expect(stopped, `${what} in the database`).not.toContain(text.toLowerCase())
    // What a person typed may stand in the journal until the next checkpoint; what the form says never does.
    if (what !== 'name') expect(running, `${what} in the journal`).not.toContain(text.toLowerCase())
  }
}

const errorsIn = (world: World) => world.logged.filter((line) => line.includes('"level":50'))
