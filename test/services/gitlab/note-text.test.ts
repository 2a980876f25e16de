import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadSnippets } from '../../../src/flows/snippets.ts'
import { CannotDo } from '../../../src/services/failure.ts'
import { internalNoteText, isSameText, replyText } from '../../../src/services/gitlab/note-text.ts'
import { propertyRuns } from '../../property-runs.ts'

const snippets = loadSnippets()
const unblocked = snippets['unblocked-by-security']
const withAddition = (addition: string) =>
  replyText(snippets, { snippet: 'unblocked-by-security', replacements: {}, addition })

/** Text as somebody would write it who wants a line to begin with a slash. */
const hostileText = fc
  .array(
    fc.constantFrom(
      '/close',
      '/',
      'a',
      ' ',
      '\t',
      '\n',
      '\r',
      '\r\n',
      '\v',
      '\f',
      '\u0085',
      '\u2028',
      '\u200b',
      '\ufeff',
      '\u00ad',
      '@all',
      '<!--',
      '![x](',
      '{person:U1}',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

/** A line as GitLab might see it, whatever it takes for the end of a line and whatever it drops. */
const commandLine = /(^|[\n\r\v\f\u0085\u2028\u2029])[\s\p{Cf}\p{Cc}]*\/[a-z]/u

describe('a reply', () => {
  it('is the snippet word for word', () => {
    expect(replyText(snippets, { snippet: 'closed-no-response', replacements: {} })).toBe(
      snippets['closed-no-response'],
    )
  })

  it('has what a person added below it', () => {
    expect(withAddition(' Please sign in once.\r\nThen write to us.\r\r ')).toBe(
      `${unblocked}\n\nPlease sign in once.\nThen write to us.`,
    )
  })

  it('stays as it is when nothing but white space was added', () => {
    expect(withAddition(' \r\n\t')).toBe(unblocked)
  })

  for (const [how, addition] of [
    ['in the first line', '/close'],
    ['after spaces', 'Hello\n  \t/close'],
    ['after a lone carriage return', 'Hello\n\r/add_email mallory@example.com'],
    ['after an invisible character', 'Hello\n\u200b/close'],
    ['after a byte order mark', '\ufeff/close'],
    ['after a blank of Braille', 'Hello\n\u2800/close'],
    ['after a line separator', 'Hello\u2028/close'],
    ['after a form feed', 'Hello\f/close'],
  ] as const)
    it(`is not sent when a line of the further words begins with a slash (${how})`, () => {
      expect(() => withAddition(addition)).toThrow(
        new CannotDo(
          'A line of the further words begins with “/”, which GitLab would run as a command. Nothing was sent.',
        ),
      )
    })

  it('may hold a slash elsewhere', () => {
    expect(withAddition('Yes and/or no: see https://example.com/a')).toContain('and/or')
  })

  it('never holds a line that GitLab would run, whatever was added', () => {
    fc.assert(
      fc.property(hostileText, (addition) => {
        try {
          return !commandLine.test(withAddition(addition))
        } catch (error) {
          return error instanceof CannotDo
        }
      }),
      { numRuns: propertyRuns(2_000) },
    )
  })

  it('is not sent when its placeholder has no replacement', () => {
    expect(() => replyText(snippets, { snippet: 'verification-succeeded', replacements: {} })).toThrow(
      new CannotDo('The reply verification-succeeded could not be filled in. Nothing was sent.'),
    )
  })

  it('is not sent when there is none of that name', () => {
    expect(() => replyText(snippets, { snippet: 'toString', replacements: {} })).toThrow(
      new CannotDo('There is no reply named toString.'),
    )
  })

  it('is known again when GitLab gives it back without its last line ends', () => {
    expect(isSameText('Hello\r\nRegards,\n\n', 'Hello\nRegards,')).toBe(true)
    expect(isSameText('Hello\nRegards', 'Hello\nRegards,')).toBe(false)
  })
})

describe('an internal note', () => {
  const nameOf = async (id: string) => (id === 'U1' ? 'Mara\n/close @all' : id)

  it('is quoted line by line, with the names of people', async () => {
    expect(await internalNoteText('Approved by {person:U2}.\r\nReason: see\n/close', nameOf)).toBe(
      '> Approved by U2.\n> Reason: see\n> /close',
    )
  })

  it('mentions nobody, opens no comment and shows no picture from elsewhere', async () => {
    expect(await internalNoteText('@all <!-- ![x](https://example.com/x.png)', nameOf)).toBe(
      '> @\u2060all &lt;!-- !\u2060[x](https://example.com/x.png)',
    )
  })

  it('mentions nobody by an entity and leaves no trace at other issues', async () => {
    expect(await internalNoteText('&commat;all &#64;all Closes #1, !2, &3, $4, %5 & R&D 6', nameOf)).toBe(
      '> &amp;commat;all &amp;#\u206064;all Closes #\u20601, !\u20602, &amp;\u20603, $\u20604, %\u20605 &amp; R&amp;D 6',
    )
  })

  it('leaves no trace at other items by GitLab’s longer names for them', async () => {
    expect(
      await internalNoteText('GL-1, gl-22 [issue:5] [work_item:a/b/6] [Epic:7] GL-x EGL-8 [x] [a b]', nameOf),
    ).toBe(
      '> GL-\u20601, gl-\u206022 [\u2060issue:5] [\u2060work_item:a/b/6] [\u2060Epic:7] GL-x EGL-8 [x] [a b]',
    )
  })

  it('takes a name for a name, whatever it holds', async () => {
    expect(await internalNoteText('By {person:U1}', nameOf)).toBe('> By Mara /close @\u2060all')
  })

  it('never holds a line that GitLab would run, whatever was typed', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const note = await internalNoteText(text, nameOf)
        expect(note.split('\n').every((line) => line.startsWith('>'))).toBe(true)
        expect(commandLine.test(note)).toBe(false)
      }),
      { numRuns: propertyRuns(2_000) },
    )
  })
})
