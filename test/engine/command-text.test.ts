/** What GitLab could run as a quick action never reaches a note. */
import { expect, test } from 'vitest'
import { beginsWithCommand } from '../../src/engine/effects/notes.ts'

const lineEnds = ['\n', '\r', '\r\n', '\u0085', '\u2028', '\u2029', '\v', '\f']
const invisibles = [
  ' ',
  '\t',
  '\u00a0',
  '\u00ad',
  '\u200b',
  '\u200d',
  '\u200e',
  '\u2060',
  '\u2800',
  '\u3000',
  '\u3164',
  '\u115f',
  '\u180e',
  '\ufe0f',
  '\ufeff',
  '\u0000',
  '\u001b',
  '\u{e0020}',
]
const shown = (text: string) =>
  JSON.stringify(text).replace(/[^ -~]/gu, (sign) => `U+${sign.codePointAt(0)?.toString(16)}`)

test('A wide slash is one once it is made narrow', () => {
  expect(beginsWithCommand('Greetings,\n\uff0fclose')).toBe(true)
})

test.each(lineEnds.map((end) => [shown(end), end] as const))(
  'A slash after the line end %s is a command',
  (_shown, end) => {
    expect(beginsWithCommand(`Greetings,${end}/close`)).toBe(true)
  },
)

test.each(invisibles.map((sign) => [shown(sign), sign] as const))(
  'A slash behind %s looks to be first, so it is a command',
  (_shown, sign) => {
    expect(beginsWithCommand(`${sign}/close`)).toBe(true)
    expect(beginsWithCommand(`Greetings,\n${sign}${sign}/close`)).toBe(true)
  },
)

test.each(['/', '/close', '//close', '/label ~"a"', 'a\n\n\n   /assign @me', '/ close'])(
  '%j begins with a command',
  (text) => {
    expect(beginsWithCommand(text)).toBe(true)
  },
)

test.each([
  '',
  'Greetings,\n\nRegards,',
  'and/or',
  'https://gitlab.com/close',
  '> /close',
  '- /close',
  '`/close`',
  '\\/close',
  '⁄close',
  '∕close',
  'a /close',
])('%j does not', (text) => {
  expect(beginsWithCommand(text)).toBe(false)
})
