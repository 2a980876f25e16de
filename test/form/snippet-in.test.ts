import { expect, test } from 'vitest'
import { loadSnippets, snippetNames } from '../../src/flows/snippets.ts'
import { snippetIn } from '../../src/form/requester-reply.ts'

const snippets = loadSnippets()
const find = snippetIn(snippets)

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
