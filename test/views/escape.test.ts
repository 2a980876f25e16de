import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escaped, link, plainChunks, sentence, who } from '../../src/views/escape.ts'
import { anyText } from '../any-text.ts'

describe('text from outside', () => {
  test('can mention, link and reorder nothing', () => {
    expect(escaped('<!channel> & <https://evil.example|GitLab>\u202e\u0007')).toBe(
      '&lt;!channel&gt; &amp; &lt;https://evil.example|GitLab&gt;',
    )
  })

  test('is one line', () => {
    expect(escaped('a\r\nb\u2028c\u0085d')).toBe('a b c d')
  })

  test('is cut after it is escaped, and never within an entity or a character', () => {
    expect(escaped('ab&&', 8)).toBe('ab&amp;…')
    expect(escaped('a👩b', 3)).toBe('a…')
  })

  test('whatever it is, keeps its length and leaves no markup and no half entity', () => {
    fc.assert(
      fc.property(anyText(), fc.integer({ min: 1, max: 40 }), (text, max) => {
        const safe = escaped(text, max)

        expect(safe.length).toBeLessThanOrEqual(max)
        expect(safe).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
        expect(safe.isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('a sentence of our own', () => {
  test('keeps the people it mentions, and nothing else', () => {
    expect(sentence('Asked by <@U1>: <!here> <@Uxx>')).toBe('Asked by <@U1>: &lt;!here&gt; &lt;@Uxx&gt;')
  })

  test('is cut before a mention that does not fit, never within it', () => {
    expect(sentence('refused by <@U01ENGINEER>', 20)).toBe('refused by …')
    expect(sentence('refused by <@U01ENGINEER>', 25)).toBe('refused by <@U01ENGINEER>')
    expect(sentence('<@U1> & <@U2>', 14)).toBe('<@U1> &amp; …')
  })

  test('whatever it is and wherever it is cut, holds whole mentions and no other markup', () => {
    const part = fc.constantFrom('<@U01ENGINEER>', '<@W1>', 'asked by ', '<!here>', '&', '@U1>')
    fc.assert(
      fc.property(fc.array(part), fc.integer({ min: 1, max: 60 }), (parts, max) => {
        const said = sentence(parts.join(''), max)

        expect(said.length).toBeLessThanOrEqual(max)
        expect(said.replace(/<@[UW][A-Z0-9]{1,20}>/g, '')).not.toMatch(/[<>]|&lt;@/)
      }),
    )
  })

  test('names who did something in Slack; whoever acted elsewhere stays unnamed', () => {
    const people = [
      ...['slack:U1A', 'U1A', 'requester', 'jane.doe', 'gitlab:42', 'zendesk', 'zendesk:42', 'bot'],
      'forgotten:zendesk',
    ]

    expect(people.map(who)).toEqual([
      '<@U1A>',
      '<@U1A>',
      'the requester',
      'somebody in GitLab',
      'somebody in GitLab',
      'somebody in Zendesk',
      'somebody in Zendesk',
      'the bot',
      'the bot or somebody in Zendesk',
    ])
  })
})

describe('a link', () => {
  test('keeps to its address and words', () => {
    expect(link('https://gitlab.example.com/a|b?x=1&y=<2>', 'a|b <c>')).toBe(
      '<https://gitlab.example.com/a%7Cb?x=1&amp;y=%3C2%3E|a¦b &lt;c&gt;>',
    )
  })

  test.each(['javascript:alert(1)', 'no address', 'data:text/html,x', ''])(
    'to %j is only its words',
    (url) => {
      expect(link(url, 'words')).toBe('words')
    },
  )
})

describe('a text that is shown as it is', () => {
  test('comes whole, in parts that fit, its lines kept', () => {
    const text = `Greetings,\n\n${'👩x'.repeat(20)}\n\nRegards,`

    const chunks = plainChunks(text, 10)

    expect(chunks.join('')).toBe(text)
    expect(chunks.every((chunk) => chunk.length <= 10 && chunk.isWellFormed())).toBe(true)
  })

  test('an empty one has no part', () => {
    expect(plainChunks(' \n ', 10)).toEqual([])
  })
})
