/** Mails and answers as nobody wishes for them: long, empty, full of marks and commands. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import { textOf } from './desk-world.ts'
import { keptToItself, privateTicket } from './kept-to-itself.ts'
import {
  addedTo,
  agent,
  decideOnTicket,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCards,
  ticketCardText,
  ticketThread,
} from './ticket-acts.ts'

keptToItself()

const label = 'Reply to the requester'
const answer = 'Dear Mr Wayne, yes.'
const wordsOf = (view: Awaited<ReturnType<typeof openOnTicket>>) =>
  textOf({ text: '', blocks: view?.blocks ?? [] })

/** Everything in a modal that Slack would read as its markup. */
function mrkdwnIn(view: Awaited<ReturnType<typeof openOnTicket>>): string {
  const words: string[] = []
  JSON.stringify(view?.blocks ?? [], (_key, value: unknown) => {
    const one = value as { type?: unknown; text?: unknown } | null
    if (one?.type === 'mrkdwn') words.push(String(one.text))
    return value
  })
  return words.join('\n')
}

describe('A subject', () => {
  test.each([
    ['with markup of Slack', '<!channel> *Wayne* <https://evil.example|click> &lt;@U01MANAGER&gt; `x`'],
    ['with HTML', '<script>alert("Wayne")</script><b>Wayne</b>'],
    ['of 10,000 characters', 'Wayne '.repeat(1667)],
    ['of no characters', ''],
    ['with line ends and invisible characters', 'Wayne\r\n\u202e\u200b\u0000Bcc: all'],
  ])('%s: the card comes, the modal opens, and the answer goes out', async (_what, subject) => {
    const given = await privateTicket({ subject })
    const card = ticketCardText(given)

    const view = await openOnTicket(given, 'Reply')
    const markup = mrkdwnIn(view)
    await given.world.slack.submit(agent, view?.id ?? '', { [label]: answer })
    await given.world.settle()

    expect(card).toContain('Needs a reply from Field Security')
    expect(wordsOf(view)).toContain('Subject: ')
    expect(markup).not.toMatch(/Wayne|<!channel>|evil\.example/)
    expect(mailsOf(given)).toEqual([answer])
  })
})

describe('A mail', () => {
  test.each([
    ['of 60 kB', 'Wayne & sons <hello> '.repeat(3000)],
    ['of 60 kB of characters of four bytes', `Wayne ${'🦇'.repeat(15_000)}`],
    ['of 2,000 lines', 'Wayne\n'.repeat(2000)],
    ['of no characters', ''],
    ['full of markup', '<!here> <@U01MANAGER> *bold* <https://evil.example|Wayne> ```code'],
  ])('%s: the modal opens with as much as fits, and the answer goes out', async (_what, text) => {
    const given = await privateTicket({ text })

    const view = await openOnTicket(given, 'Reply')
    const markup = mrkdwnIn(view)
    await given.world.slack.submit(agent, view?.id ?? '', { [label]: answer })
    await given.world.settle()

    expect(view?.blocks.length).toBeLessThanOrEqual(100)
    expect(Buffer.byteLength(JSON.stringify(view?.blocks))).toBeLessThan(250_000)
    expect(markup).not.toMatch(/Wayne|<!here>|evil\.example/)
    expect(mailsOf(given)).toEqual([answer])
  })

  test('after three hundred others: the newest are shown, and how many are not', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    world.zendesk.webhooks.hold()
    for (let index = 0; index < 300; index++) world.zendesk.requesterReplies(ticket, `Wayne ${index}.`)
    world.zendesk.webhooks.release(() => [])
    await world.settle()

    const words = wordsOf(await openOnTicket(given, 'Reply'))

    expect(words).toContain('Wayne 299.')
    expect(words).not.toContain('Wayne 0.')
    expect(words).toMatch(/\*\d+ older comments are not shown:\* read them in Zendesk\./)
    expect(ticketCards(given)).toHaveLength(1)
  })

  test('by somebody in copy is news of the requester’s side, and reopens a solved ticket', async () => {
    const given = await privateTicket()
    const { world } = given
    const fox = { name: 'Lucius Wayne-Fox', email: 'fox.wayne@example.com' }
    const { id: ticket } = world.zendesk.submitTicket('Wayne with a colleague.', { ccs: [fox] })
    await world.settle()
    const withCopy = { world, ticket }
    const [cc] = world.zendesk.ticket(ticket).ccs

    world.zendesk.someoneComments(ticket, { body: 'Wayne’s colleague here.', public: true }, cc?.id)
    await world.settle()
    const said = ticketThread(withCopy)
    await decideOnTicket(withCopy, 'Reply', { [label]: answer })
    await world.advance({ minutes: 5 })
    const solved = ticketCardText(withCopy)
    world.zendesk.someoneComments(ticket, { body: 'Wayne’s colleague again.', public: true }, cc?.id)
    await world.settle()

    expect(said).toEqual([
      `<!subteam^S01FIELDSEC> The requester replied on ticket ${ticket}. Next: “New: needs a first reply”.`,
    ])
    expect(solved).toContain('Solved')
    expect(ticketCardText(withCopy)).toContain('Needs a reply from Field Security')
    expect(mailsOf(withCopy)).toEqual([answer])
  })
})

describe('An answer', () => {
  test('of 3,000 characters goes out whole', async () => {
    const given = await privateTicket()
    const long = `Wayne ${'é'.repeat(2994)}`

    await decideOnTicket(given, 'Reply', { [label]: long })

    expect(long).toHaveLength(3000)
    expect(mailsOf(given)).toEqual([long])
  })

  test.each([
    '{{ticket.requester.email}}',
    '{{ ticket.comments }}',
    '{% for comment in ticket.comments %}{{comment.body}}{% endfor %}',
    '{{{ticket.description}}}',
    '{{dc.wayne}}',
  ])('with a placeholder of Zendesk’s sends it as text: %s', async (placeholder) => {
    const given = await privateTicket()

    await decideOnTicket(given, 'Reply', { [label]: `Wayne: ${placeholder}` })

    const [mail = ''] = mailsOf(given)
    expect(mail).not.toMatch(/\{\{|\{%/)
    expect(mail.replaceAll('\u2060', '')).toBe(`Wayne: ${placeholder}`)
  })

  test('with lines of commands sends them as they stand: Zendesk runs none', async () => {
    const given = await privateTicket()
    const text = 'Wayne:\n/close\n#tag @all\n<b>bold</b> & <script>'

    await decideOnTicket(given, 'Reply', { [label]: text })

    expect(addedTo(given)).toEqual([{ body: text, public: true }])
  })

  test('of blanks and invisible lines alone is refused under its field', async () => {
    const given = await privateTicket()

    const refused = await decideOnTicket(given, 'Reply', { [label]: ' \n\t\n ' })

    expect(refused.body).toEqual({ response_action: 'errors', errors: { 'field:answer': 'Fill this in.' } })
    expect(mailsOf(given)).toEqual([])
  })
})

describe('A question to an expert team', () => {
  test.each([
    '/close',
    'Wayne?\n/assign @root\n/label ~"field-security::done"',
    '> quoted\n/confidential',
    '\u200b/close',
    'Wayne\u2028/close\u0085/spend 1h',
    '```\n/close\n```',
    '<!-- \n/close',
  ])('runs no quick action: %j', async (question) => {
    const given = await privateTicket()
    const { world } = given
    world.gitlab.addExpertTeam(appSec)

    await decideOnTicket(given, 'Engage Expert', { Team: appSec.name, 'Question for the team': question })

    const issue = world.gitlab.issueView(1, appSec.project)
    expect(issue.state).toBe('opened')
    expect(issue.confidential).toBe(true)
    expect(issue.labels).toEqual(['field-security'])
    expect(issue.description).not.toMatch(/^\s*\//m)
    expect(issue.description).toContain(`${world.zendesk.url}/agent/tickets/${given.ticket}`)
    expect(ticketCardText(given)).toContain('Waiting on the expert team')
  })

  test('quotes an answer of the expert with placeholders as harmless text', async () => {
    const given = await privateTicket()
    const { world } = given
    world.gitlab.addExpertTeam(appSec)
    await decideOnTicket(given, 'Engage Expert', { Team: appSec.name, 'Question for the team': 'Wayne?' })
    world.gitlab.someoneComments(1, 'expert-of-application-security', 'See {{ticket.comments}}, Wayne.', {
      project: appSec.project,
    })
    await world.settle()

    await decideOnTicket(given, 'Reply')

    expect(mailsOf(given).at(-1)).toBe('See {\u2060{ticket.comments}}, Wayne.')
    expect(world.slack.buttons(ticketCard(given))).toEqual([])
  })
})
