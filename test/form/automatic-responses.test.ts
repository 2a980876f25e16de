import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAutomatic, kindOf, looksAutomatic } from '../../src/form/requester-reply.ts'

const responses = {
  texts: ['We got it.\n\nThank you.'],
  beginnings: ['Thank you for your request. Ticket'],
}

describe('a note of the Support Bot', () => {
  it.each([
    'We got it.\r\n\r\nThank you.\r\n',
    'WARNING: The template file service_desk.md used for service desk issues is empty or could not be found.\nPlease check service desk settings and update the file to be used.\n',
    ':wave: This issue has been reopened because it received a new comment from an external participant.',
    '@ines.engineer @mona :wave: This ticket has been reopened because it received a new comment from an external participant.',
    "This issue has been converted to a Service Desk ticket. The email address `a@example.com` is the new author of this issue. GitLab didn't send a `thank_you` Service Desk email. The original author of this issue was `ines`.",
  ])('is automatic when it is %j', (note) => {
    expect(kindOf(note, responses)).toBe('automatic')
  })

  it.each([
    'We got it.\n\nThank you. And more.',
    'Thank you.',
    '> Thank you for your request. Ticket',
    'thank you for your request. ticket',
    'WARNING: The template file x.md used for service desk issues is empty or could not be found.\nPlease check service desk settings and update the file to be used.\nMy answer is 2019.',
    'You wrote: This issue has been reopened because it received a new comment from an external participant.',
    '',
    `Thank you for your request. Ticket ${'x'.repeat(100_000)}`,
  ])('is a reply of the requester when it is %j', (note) => {
    expect(kindOf(note, responses)).toBe('reply')
  })
})

describe('a note that begins like an automatic response', () => {
  const openedAt = '2026-03-01T09:00:00.000Z'
  const at = (minutes: number, body: string) => ({
    body,
    createdAt: new Date(Date.parse(openedAt) + minutes * 60_000).toISOString(),
  })
  const mail =
    'Thank you for your request. Ticket 7 waits for you:\n\n1. When was it made?\n2. What does it own?'
  const automatic = at(0, mail)
  const isOne = (note: ReturnType<typeof at>, others = [automatic, note]) =>
    isAutomatic(note, others, openedAt, responses)

  it('is one where it is the first and came with the issue', () => {
    expect(kindOf(mail, responses)).toBe('begins like one')
    expect(isOne(automatic)).toBe(true)
  })

  it.each([
    ['the same a second time', mail],
    ['the same, broken into other lines', mail.replaceAll(' ', '\n')],
    ['the same over a quotation', `${mail}\n> Thank you for your request.\n> more`],
    ['its beginning alone', 'Thank you for your request. Ticket'],
  ])('is one where it is %s', (_what, body) => {
    expect(isOne(at(60, body))).toBe(true)
  })

  it.each([
    ['answers between its lines', mail.replace('made?', 'made?\nIn 2019.')],
    ['an answer below', `${mail}\n\nIn 2019. Only one group.`],
    ['an answer in the same line', `${mail} one`],
    ['one word of the mail more than it has', `${mail} it`],
  ])('is the requester’s with %s', (_what, body) => {
    expect(isOne(at(2, body))).toBe(false)
    expect(isOne(at(5000, body))).toBe(false)
  })

  it('is the requester’s where no automatic response came with the issue: GitLab sends its thanks as a mail alone', () => {
    const inside = at(60, mail)

    expect(isOne(inside, [inside])).toBe(false)
  })

  it('is the requester’s whatever words are written into it, and wherever', () => {
    const words = mail.split(' ')
    const answer = fc.stringMatching(/^[a-z0-9]{3,12}!$/)

    fc.assert(
      fc.property(fc.integer({ min: 8, max: words.length }), answer, (place, text) => {
        expect(isOne(at(1, words.toSpliced(place, 0, text).join(' ')))).toBe(false)
      }),
    )
  })
})

describe('a reply looks automatic', () => {
  it.each([
    'Automatic reply: Thank you for your message. I am out of the office until 20 March with no access to e-mail.',
    'Hello,\n\nI am currently on annual leave and will be back on Monday.',
    'Auto-Reply: I am away from my desk.',
    'Abwesenheitsnotiz: Ich bin bis 20. März nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.',
    'Automatische Antwort: Ich bin derzeit abwesend.',
    'Réponse automatique : je suis absente du bureau jusqu’au 20 mars.',
    'Respuesta automática: estoy fuera de la oficina.',
    'Resposta automática: estou fora do escritório.',
    'Risposta automatica: sono fuori ufficio.',
    'Automatisch antwoord: ik ben niet op kantoor.',
    'Автоответ: я в отпуске до 20 марта.',
    '自動返信: 3月20日まで不在にしております。',
    '自动回复：我正在休假。',
    'This is the mail system at host mx.example.com.\n\nI am sorry to have to inform you that your message could not be delivered to one or more recipients.',
    'Delivery Status Notification (Failure)',
    '** Address not found **\n\nYour message wasn’t delivered because the address couldn’t be found.',
    'Undeliverable: Your personal data request',
    '<jane@example.com>: host mx.example.com said: 550 5.1.1 User unknown',
    'Reporting-MTA: dns; mx.example.com\nFinal-Recipient: rfc822; jane@example.com',
    'Auto-Submitted: auto-replied\n\nThanks, we got your mail.',
  ])('when it says “%s”', (note) => {
    expect(looksAutomatic(note)).toBe(true)
  })

  it.each([
    'In spring 2019. It owns one group.',
    'I left the office of my old company and have no access to that mailbox.',
    'I was on leave when I made the account.',
    'The group is called "vacation-photos".',
    'My answers:\n\n> Automatic reply: out of office',
    `${'My story. '.repeat(200)} out of office`,
    '',
  ])('but not when it says “%s”', (note) => {
    expect(looksAutomatic(note)).toBe(false)
  })
})
