/** What a flow names has to be there: said when the bot starts, before a request is touched. */
import { describe, expect, test } from 'vitest'
import { checkFlows, FlowProblems, problemsOf } from '../../src/engine/check-flows.ts'
import type { Flows } from '../../src/engine/flow.ts'
import { flows } from '../../src/flows/index.ts'
import { labels } from '../../src/flows/labels.ts'
import { snippetNames } from '../../src/flows/snippets.ts'

const handbook = { labels, snippets: snippetNames }

/** A flow with something else written at this place. */
function written(path: string, value: unknown): Flows {
  const copy = JSON.parse(JSON.stringify(flows)) as Record<string, unknown>
  const keys = path.split(' ')
  const last = keys.pop() ?? ''
  let at = copy
  for (const key of keys) at = at[key] as Record<string, unknown>
  at[last] = value
  return copy as Flows
}

const decision = 'data-export steps helping decisions send-challenges'
const wrong: readonly (readonly [path: string, value: unknown, problem: string])[] = [
  ['data-export name', 'exports', 'data-export: its name is “exports”'],
  ['data-export first', 'begin', 'data-export: no step is called “begin”'],
  ['data-export closed', 'helping', 'data-export: the step “helping” is not closed'],
  ['data-export pinned', ['shut'], "data-export: no decision is called “shut”, so it can't be pinned"],
  ['data-export unless fact', 'isFriday', 'data-export: no fact is called “isFriday”'],
  ['data-export on issue-closed goto', 'shut', 'data-export: no step is called “shut”'],
  ['data-export on', { 'issue-shut': {} }, 'data-export: no observation is called “issue-shut”'],
  [
    'data-export on label-added',
    { where: { colour: 'red' } },
    'data-export: the observation “label-added” does not say “colour”',
  ],
  ['data-export on label-added', { where: { label: 'Red' } }, 'data-export: the handbook has no label “Red”'],
  [
    'data-export on label-added',
    { where: { label: 'Export Request::complied' }, approves: 'wave-through' },
    'data-export: no decision is called “wave-through”, so no label stands for it',
  ],
  ['data-export on issue-closed records', 'shut', 'data-export: no record is called “shut”'],
  [
    'data-export steps self-serve clock since',
    'noon',
    'data-export/self-serve: no start of a clock is called “noon”',
  ],
  ['data-export steps self-serve clock days', 0, 'data-export/self-serve: a clock of 0 days never runs'],
  ['security-ticket steps new clock businessDays', -1, 'security-ticket/new: a clock of -1 days never runs'],
  [
    'data-export steps self-serve onEntry',
    [{ kind: 'labels', add: ['Export'], remove: [] }],
    'data-export/self-serve: the handbook has no label “Export”',
  ],
  [`${decision} by`, [], 'data-export/helping/send-challenges: nobody may take it'],
  [`${decision} by`, ['king'], 'data-export/helping/send-challenges: no role is called “king”'],
  [
    `${decision} alsoBy`,
    { onlyIf: 'isFriday', roles: ['privacy'] },
    'data-export/helping/send-challenges: no fact is called “isFriday”',
  ],
  [`${decision} when`, ['is-friday'], 'data-export/helping/send-challenges: no guard is called “is-friday”'],
  [
    `${decision} when`,
    [{ guard: 'is-an-address', field: 'door' }],
    'data-export/helping/send-challenges: guard “is-an-address”, field: no field is called “door”',
  ],
  [
    `${decision} when`,
    ['is-an-address'],
    'data-export/helping/send-challenges: guard “is-an-address”, field: is missing',
  ],
  [
    `${decision} when`,
    [{ guard: 'clock-is-over', days: 3 }],
    'data-export/helping/send-challenges: guard “clock-is-over” is told “days”, which it does not know',
  ],
  [`${decision} records`, 'done', 'data-export/helping/send-challenges: no record is called “done”'],
  [
    `${decision} enabledIf`,
    { setting: 'moon', isSet: true },
    'data-export/helping/send-challenges: no setting is called “moon”',
  ],
  [`${decision} do`, [{ kind: 'sing' }], 'data-export/helping/send-challenges: no effect is called “sing”'],
  [
    `${decision} do`,
    [{ kind: 'reply', snippet: 'hello' }],
    'data-export/helping/send-challenges: the handbook has no reply “hello”',
  ],
  [
    `${decision} do`,
    [{ kind: 'typed-reply', fields: ['words'] }],
    'data-export/helping/send-challenges: no field is called “words”',
  ],
  [
    `${decision} do`,
    [{ kind: 'internal-note', text: 'It is {field:words}.' }],
    'data-export/helping/send-challenges: no field is called “words”',
  ],
  [
    `${decision} do`,
    [{ kind: 'close', when: { field: 'challenges', is: 'yes' } }],
    'data-export/helping/send-challenges: “challenges” offers no “yes”',
  ],
  [`${decision} goto`, 'away', 'data-export/helping/send-challenges: no step is called “away”'],
  [
    `${decision} goto`,
    { field: 'challenges', to: {} },
    'data-export/helping/send-challenges: no field with choices is called “challenges”',
  ],
  [
    'submission steps type-unreadable decisions set-type fields 0 options 0 value',
    'lottery',
    'submission/type-unreadable/set-type: no flow is called “lottery”',
  ],
  [
    'account-deletion steps evaluating decisions pass-verification goto to',
    { active: 'ready' },
    'account-deletion/evaluating/pass-verification: no way is called “blocked”',
  ],
  [
    'account-deletion steps awaiting-answers decisions start fields 1 suggestedBy',
    'mood',
    'account-deletion/awaiting-answers/start: no fact is called “mood”',
  ],
  [
    'account-deletion anytime mark-spam when',
    ['is-friday'],
    'account-deletion/*/mark-spam: no guard is called “is-friday”',
  ],
]

describe('A flow is refused', () => {
  test.each(wrong)('with %s as %j', (path, value, problem) => {
    expect(problemsOf(written(path, value), handbook)).toEqual([problem])
  })

  test('with all that is wrong in one error', () => {
    const broken = written(`${decision} when`, ['is-friday', 'is-monday'])

    expect(() => checkFlows(broken, handbook)).toThrow(
      new FlowProblems(
        'The flows do not hold together:\ndata-export/helping/send-challenges: no guard is called “is-friday”\ndata-export/helping/send-challenges: no guard is called “is-monday”',
      ),
    )
  })
})

test('The flows that there are hold together', () => {
  expect(problemsOf(flows, handbook)).toEqual([])
  expect(checkFlows(flows, handbook)).toBe(flows)
})
