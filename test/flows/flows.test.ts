import { describe, expect, test } from 'vitest'
import type { Decision, EffectRule, Flow, Step } from '../../src/engine/flow.ts'
import { flows } from '../../src/flows/index.ts'
import { labels } from '../../src/flows/labels.ts'
import { snippetNames } from '../../src/flows/snippets.ts'

interface Way {
  readonly from: string
  readonly name: string
  readonly rules: readonly EffectRule[]
  readonly to: readonly string[]
  readonly decision?: Decision
}

describe.each(Object.values(flows).map((flow) => [flow.name, flow] as const))('The flow %s', (name, flow) => {
  test('is listed under its own name', () => {
    expect(flows[name as keyof typeof flows]).toBe(flow)
  })

  test('begins and ends at steps that exist, and its last step is closed', () => {
    expect(Object.keys(flow.steps)).toEqual(expect.arrayContaining([flow.first, flow.closed]))
    expect(flow.steps[flow.closed]?.isClosed).toBe(true)
  })

  test('leads only to steps that exist', () => {
    const targets = waysOf(flow).flatMap(({ to }) => to)

    expect(targets.filter((target) => !(target in flow.steps))).toEqual([])
  })

  test('reaches every step from the first one, or from where a new request starts', () => {
    // `submission` has two entrances: intake tells a direct e-mail from an unreadable type.
    const entrances = name === 'submission' ? Object.keys(flow.steps) : [flow.first]

    expect([...reachable(flow, entrances)].sort()).toEqual(Object.keys(flow.steps).sort())
  })

  test('leaves every open step by a decision', () => {
    const stuck = openSteps(flow).filter(
      ([step]) =>
        !waysOf(flow).some(
          ({ from, decision, to }) => from === step && decision && to.some((target) => target !== step),
        ),
    )

    expect(stuck).toEqual([])
  })

  test('names only labels and snippets of the handbook', () => {
    const rules = waysOf(flow).flatMap(({ rules: all }) => all)
    const named = rules.flatMap((rule) => (rule.kind === 'labels' ? [...rule.add, ...rule.remove] : []))
    const sent = rules.flatMap((rule) => (rule.kind === 'reply' ? [rule.snippet] : []))

    expect(named.filter((label) => !labels.includes(label as (typeof labels)[number]))).toEqual([])
    expect(
      sent.filter((snippet) => !snippetNames.includes(snippet as (typeof snippetNames)[number])),
    ).toEqual([])
  })

  test('closes no issue before the reply that explains it', () => {
    const early = waysOf(flow).filter(({ rules }) => {
      const close = rules.findIndex(({ kind }) => kind === 'close' || kind === 'mark-duplicate')
      const reply = rules.findLastIndex(({ kind }) => kind === 'reply')
      return close >= 0 && reply > close
    })

    expect(early.map(({ from, name: way }) => `${from}: ${way}`)).toEqual([])
  })

  test('shows core buttons that are decisions of one of its steps', () => {
    const missing = flow.core.filter(
      (decision) => !Object.values(flow.steps).some((step) => step.decisions[decision]),
    )

    expect(missing).toEqual([])
  })

  test('keeps within what Slack shows of a button, a title and a list of options', () => {
    const decisions = waysOf(flow).flatMap(({ decision }) => decision ?? [])
    const options = decisions.flatMap(({ fields = [] }) =>
      fields.flatMap((field) => (field.kind === 'choice' ? field.options : [])),
    )

    expect(decisions.filter(({ button }) => button.length > 24).map(({ button }) => button)).toEqual([])
    expect(options.filter(({ text }) => text.length > 75)).toEqual([])
  })

  test('fills every field that its effects use', () => {
    const missing = waysOf(flow).flatMap(({ rules, decision }) => {
      const fields = decision?.fields?.map((field) => field.name) ?? []
      return rules.flatMap(fieldsUsed).filter((field) => decision && !fields.includes(field))
    })

    expect(missing).toEqual([])
  })
})

function openSteps(flow: Flow): readonly (readonly [string, Step])[] {
  return Object.entries(flow.steps).filter(([, step]) => !step.isClosed)
}

function waysOf(flow: Flow): readonly Way[] {
  return openSteps(flow).flatMap(([from, step]) => {
    const decisions = Object.entries({ ...flow.anytime, ...step.decisions })
    const decided = decisions.map(([name, decision]) => ({
      from,
      name,
      decision,
      to: targetsOf(decision, from, flow),
      rules: decision.do,
    }))
    const seen = [
      step.happenings?.['requester-replied'],
      ...Object.values(step.happenings?.['label-added'] ?? {}),
    ]
    const followed = seen.flatMap((way) =>
      way ? [{ from, name: 'seen', to: [way.goto], rules: way.do ?? [] }] : [],
    )
    return [...decided, ...followed].map((way) => ({
      ...way,
      rules: [
        ...way.rules,
        ...way.to.flatMap((target) => (target === from ? [] : (flow.steps[target]?.onEntry ?? []))),
      ],
    }))
  })
}

function targetsOf({ goto }: Decision, from: string, flow: Flow): readonly string[] {
  if (goto === undefined) return [from]
  if (typeof goto === 'string') return [goto]
  return 'flowFrom' in goto ? [flow.closed] : Object.values(goto.to)
}

function reachable(flow: Flow, entrances: readonly string[]): ReadonlySet<string> {
  const found = new Set(entrances)
  for (const step of found)
    for (const { from, to } of waysOf(flow)) if (from === step) for (const target of to) found.add(target)
  return found
}

function fieldsUsed(rule: EffectRule): readonly string[] {
  const inText =
    'text' in rule ? [...rule.text.matchAll(/\{field:(\w+)\}/g)].flatMap(([, field]) => field ?? []) : []
  const replaced =
    rule.kind === 'reply'
      ? Object.values(rule.replace ?? {}).flatMap((by) => (typeof by === 'string' ? [] : [by.field]))
      : []
  const added = rule.kind === 'reply' && rule.addition !== undefined ? [rule.addition] : []
  const duplicate = rule.kind === 'mark-duplicate' ? [rule.field] : []
  const condition = rule.when && 'field' in rule.when ? [rule.when.field] : []
  return [...inText, ...replaced, ...added, ...duplicate, ...condition]
}
