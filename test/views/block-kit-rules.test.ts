import { expect, test } from 'vitest'
import { problemsWith, schemaIsHere } from './block-kit-rules.ts'

const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } })

test('the rules of these tests see what Slack would refuse and what should not be shown', () => {
  const problems = (text: string) => problemsWith({ text: 'x', blocks: [section(text)] })

  expect(problems('<https://gitlab.example.com/|#1> by <@U1>, a &amp; b')).toEqual([])
  expect(problems('x'.repeat(3001))).not.toEqual([])
  expect(problems('<!channel>')).toEqual(['markup in: <!channel>'])
  expect(problems('a &am')).toEqual(['half an entity in: a &am'])
  expect(problems('a\u202eb')).toEqual(['hidden characters in: a\u202eb'])
  expect(problemsWith({ text: ' ', blocks: [] })).toEqual(['no plain text', 'no blocks'])
})

test.skipIf(!schemaIsHere)(
  `the published schema is asked${schemaIsHere ? '' : ' (skipped: no contracts beside the repository)'}`,
  () => {
    const odd = { ...section('x'), fields: [] }

    expect(
      problemsWith({ text: 'x', blocks: [odd] }).some((problem) => problem.includes('must NOT have fewer')),
    ).toBe(true)
  },
)
