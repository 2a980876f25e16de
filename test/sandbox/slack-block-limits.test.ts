import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { problemsOfMessage } from '../../sandbox/slack/block-limits.ts'

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } }) as const
const button = (text: string, override: object = {}) => ({
  type: 'button' as const,
  text: { type: 'plain_text' as const, text },
  ...override,
})
const input = {
  type: 'input',
  label: { type: 'plain_text', text: 'Reason' },
  element: { type: 'plain_text_input' },
}

describe('block limits', () => {
  const actions = (elements: readonly object[]) => ({ type: 'actions', elements })
  const confirm = (override: object) => ({
    title: { type: 'plain_text', text: 'Sure?' },
    text: { type: 'plain_text', text: 'It will be sent.' },
    confirm: { type: 'plain_text', text: 'Send' },
    deny: { type: 'plain_text', text: 'Not now' },
    ...override,
  })
  const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) })

  test.each([
    ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' }))],
    ['a section without text', [{ type: 'section' }]],
    ['an empty text', [section('')]],
    ['a header of 151', [{ type: 'header', text: plain(151) }]],
    ['26 elements in an actions block', [actions(Array.from({ length: 26 }, () => button('x')))]],
    ['a button text of 76', [actions([button('x'.repeat(76))])]],
    ['a button value of 2001', [actions([button('x', { value: 'x'.repeat(2001) })])]],
    ['an action id of 256', [actions([button('x', { action_id: 'x'.repeat(256) })])]],
    [
      'an action id twice in a block',
      [actions([button('a', { action_id: 'a' }), button('b', { action_id: 'a' })])],
    ],
    [
      'a block id twice',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
    ],
    ['a confirm title of 101', [actions([button('x', { confirm: confirm({ title: plain(101) }) })])]],
    ['a confirm text of 301', [actions([button('x', { confirm: confirm({ text: plain(301) }) })])]],
    ['a confirm button of 31', [actions([button('x', { confirm: confirm({ confirm: plain(31) }) })])]],
    ['an unknown field', [{ type: 'divider', color: 'red' }]],
    ['an input in a message', [input]],
  ])('%s break the limits', (_what, blocks) => {
    expect(problemsOfMessage(blocks)).not.toEqual([])
  })

  test('what stands at the limits passes', () => {
    const blocks = [
      section('x'.repeat(3000)),
      { type: 'header', text: plain(150) },
      actions([
        button('x'.repeat(75), { value: 'x'.repeat(2000), action_id: 'x'.repeat(255) }),
        button('x', {
          action_id: 'b',
          confirm: confirm({ title: plain(100), text: plain(300), confirm: plain(30), deny: plain(30) }),
        }),
      ]),
      ...Array.from({ length: 47 }, () => ({ type: 'divider' })),
    ]

    expect(problemsOfMessage(blocks)).toEqual([])
  })

  const contract = new URL('../../../shared/contracts/slack/slack-block-kit.schema.json', import.meta.url)
  test.skipIf(!existsSync(contract))(
    'the published schema of Block Kit agrees (skipped where the schema file is not beside the repo)',
    () => {
      const ajv = new Ajv2020({ strict: false })
      addFormats.default(ajv)
      const agrees = ajv.compile(JSON.parse(readFileSync(contract, 'utf8')))
      const good = [
        section('hello'),
        actions([button('Start', { action_id: 'start', confirm: confirm({}) })]),
      ]
      const bad = [actions([button('x'.repeat(76))])]

      expect([agrees(good), problemsOfMessage(good)]).toEqual([true, []])
      expect([agrees(bad), problemsOfMessage(bad).length]).toEqual([false, 1])
    },
  )
})
