/** The judges of the security proof see what they are there to see. */
import { describe, expect, test } from 'vitest'
import { findings } from '../../prove/security/findings.ts'
import { liveMarkupIn, quickActionsIn } from '../../prove/security/gitlab-oracle.ts'
import { hostileStrings } from '../../prove/security/hostile-strings.ts'
import { asHeader, mutations } from '../../prove/security/mutations.ts'
import { mrkdwnIn, strayIn, strayMrkdwn } from '../../prove/security/slack-oracle.ts'
import { liquidIn, readable } from '../../prove/security/zendesk-oracle.ts'

const nobody = { mentions: [], hosts: ['gitlab.example'] }

describe('What GitLab could run or bring to life', () => {
  test.each(['/close', 'Hello\n\r/close', 'a\u2028 \u200b/label x', 'a\x85\t/close', 'x\n\uff0fclose'])(
    '%j',
    (text) => {
      expect(quickActionsIn(text)).not.toEqual([])
    },
  )

  test.each(['and/or', '> /close', 'https://x.example/close', '/ close', '/1'])('not %j', (text) => {
    expect(quickActionsIn(text)).toEqual([])
  })

  test.each([
    ['@all', 'a mention'],
    ['&commat;all', 'an entity'],
    ['Closes #1', 'a reference'],
    ['![x](y)', 'a picture'],
    ['<!-- x', 'HTML'],
  ])('%s is %s', (text, what) => {
    expect(liveMarkupIn(text)).toContain(what)
  })
})

describe('What Slack could bring to life', () => {
  test.each(['<!channel>', '<@U1>', '<https://evil.example|GitLab>', 'a & b', 'a\u202eb', '\ud800'])(
    '%j',
    (text) => {
      expect(strayMrkdwn(text, nobody)).not.toEqual([])
    },
  )

  test('not what the bot has made itself', () => {
    const text = '<@U1>: <https://gitlab.example/1|#1> &lt;!channel&gt;'

    expect(strayMrkdwn(text, { ...nobody, mentions: ['@U1'] })).toEqual([])
  })

  const ours = '!date^1775001599^{date_short_pretty}'

  test.each([`${ours}|Mar 31`, `${ours}, {time}|Mar 31, 11:59 PM UTC`])(
    'not a moment that the bot has written: <%s>',
    (inner) => {
      expect(strayMrkdwn(`Due <${inner}>, *today*`, nobody)).toEqual([])
    },
  )

  test.each([
    `${ours}^https://evil.example|Mar 31`,
    `${ours}|never`,
    `${ours}|Mar 31|now`,
    `${ours}|Mar 31\n`,
    `${ours}|Mar 31, 11:59 PM UTC`,
    ours,
    '!date^1775001599^{date_short_pretty} Click here|Mar 31',
    '!date^1775001599^{date}|Mar 31',
    '!date^soon^{date_short_pretty}|Mar 31',
    '!date^^{date_short_pretty}|Mar 31',
    'x!date^1775001599^{date_short_pretty}|Mar 31',
  ])('but any other date: <%j>', (inner) => {
    expect(strayMrkdwn(`<${inner}>`, nobody)).toEqual(['an unescaped < or >'])
  })

  test('in every text of a message, wherever it stands', () => {
    const block = { type: 'section', text: { type: 'mrkdwn', text: '<!here>' } }

    expect(strayIn({ text: 'fine', blocks: [block] }, nobody)).toEqual(['an unescaped < or >'])
  })

  test('a plain text is told from one in which Slack looks for marks', () => {
    const texts = [{ type: 'plain_text', text: '*a*' }, { type: 'mrkdwn', text: '*b*' }, { text: '*c*' }]

    expect(mrkdwnIn({ blocks: [{ type: 'context', elements: texts }] })).toEqual(['*b*', '*c*'])
  })
})

describe('What Zendesk would fill in', () => {
  test.each(['{{ticket.comments}}', 'a {%if x%}', '{{{x}}}', '{\u0000{x}}'])('%j', (text) => {
    expect(liquidIn(text)).not.toEqual([])
  })

  test.each(['{a}', '{ {a}}', '{\u2060{a}}', '{\n%', '}}'])('not %j', (text) => {
    expect(liquidIn(text)).toEqual([])
  })

  test('what can be read of a text is the same with and without what parts its braces', () => {
    expect(readable('Yes: {\u2060{a}}\n')).toBe(readable(' Yes: {{a}}'))
  })
})

test('The same seed gives the same strings, and some of them are long', () => {
  const strings = [...hostileStrings('a', 600)]

  expect([...hostileStrings('a', 600)]).toEqual(strings)
  expect(strings.filter(({ length }) => length >= 10_000)).toHaveLength(2)
})

test('Mutations change every byte, and leave out and add one at each place', () => {
  expect([...mutations('ab')]).toHaveLength(2 * (8 + 2) + 2)
  expect(asHeader('a\nb')).toBeUndefined()
})

test('A finding is told once, with the first example', () => {
  const found = findings()
  found.letIn('x', 'one')
  found.letIn('x', 'two')

  expect(found.tally()).toMatchObject({ letIn: ['x: "one"'], broken: [] })
})
