import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CannotDo } from '../../../src/services/failure.ts'
import { ticketNoteText, ticketReplyText } from '../../../src/services/zendesk/ticket-notes.ts'

const nameOf = async (id: string) => (id === 'U1' ? 'Mara {{dc.x}} Silva' : id)
const placeholder = /\{[{%]/
const hostileText = fc
  .array(fc.constantFrom('{', '}', '{{', '{%', '%}', 'ticket.comments', ' ', '\n', '{person:U1}'), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => `a${parts.join('')}`)

describe('a public comment', () => {
  it('is what the person typed; a line that begins with a slash is a line', () => {
    expect(ticketReplyText(' Hello,\r\n/close is no command here.\u2028Bye ')).toBe(
      'Hello,\n/close is no command here.\nBye',
    )
  })

  it('holds no placeholder that Zendesk would fill in, and looks the same', () => {
    const text = ticketReplyText('You wrote {{ticket.comments}} and {% if x %}; {a} stays')

    expect(text).toBe('You wrote {\u2060{ticket.comments}} and {\u2060% if x %}; {a} stays')
    expect(text.replaceAll('\u2060', '')).toBe('You wrote {{ticket.comments}} and {% if x %}; {a} stays')
  })

  it('holds none that control characters only part', () => {
    expect(ticketReplyText('a {\u0000{ticket.comments}} {\u001b%x%}\tb')).toBe(
      'a {\u2060{ticket.comments}} {\u2060%x%}\tb',
    )
  })

  it('does so whatever is typed', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(ticketReplyText(text)).not.toMatch(placeholder)
      }),
    )
  })

  it('is not empty', () => {
    expect(() => ticketReplyText(' \n ')).toThrow(new CannotDo('The text is empty. Nothing was sent.'))
  })
})

describe('an internal comment', () => {
  it('names people', async () => {
    expect(await ticketNoteText('For support.\n{person:U2}, today', nameOf)).toBe('For support.\nU2, today')
  })

  it('holds no placeholder, not even in a name or around one', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        expect(await ticketNoteText(text, nameOf)).not.toMatch(placeholder)
      }),
    )
  })
})
