import { expect, test } from 'vitest'
import { loadSnippets, snippetNames } from '../../src/flows/snippets.ts'
import { snippetIn } from '../../src/form/requester-reply.ts'

const snippets = loadSnippets()
const read = snippetIn(snippets)
const find = (text: string) => read(text)?.snippet

test.each(snippetNames)(
  '%s is found as it stands, with a name below it, and with other white space',
  (name) => {
    const text = snippets[name].replace('#123', '#45').replace('TYPE_OF_REQUEST', 'full deletion')

    expect([find(text), find(`${text}\n\nInes`), find(text.replaceAll('\n', '\r\n'))]).toEqual([
      name,
      name,
      name,
    ])
  },
)

test.each(['', 'Greetings,\n\nWe are looking at it.\n\nRegards,', 'Regards,'])(
  '“%s” is none of them',
  (text) => {
    expect(find(text)).toBeUndefined()
  },
)

test('A text of which a word was changed is none of them', () => {
  expect(find(snippets['closed-no-response'].replace('identity', 'account'))).toBeUndefined()
})

test.each([
  ['#45', { snippet: 'closed-duplicate', names: 45 }],
  // An issue may have the number of the placeholder.
  ['#123', { snippet: 'closed-duplicate', names: 123 }],
  ['https://gitlab.com/a/b/-/issues/45', { snippet: 'closed-duplicate' }],
  ['your other request (#45)', { snippet: 'closed-duplicate' }],
])(
  'The reply to a duplicate that names %s is known with its number, where that is all it says',
  (names, found) => {
    expect(read(snippets['closed-duplicate'].replace('#123', names))).toEqual(found)
  },
)

test('A reply that was pasted as it stands, with the word that should have been replaced, is none', () => {
  expect(find(snippets['verification-succeeded'])).toBeUndefined()
  expect(find(snippets['verification-succeeded'].replace('TYPE_OF_REQUEST', 'full deletion'))).toBe(
    'verification-succeeded',
  )
})
