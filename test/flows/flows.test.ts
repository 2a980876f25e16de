import { describe, expect, test } from 'vitest'
import { isSilentClose, isToSilence } from '../../src/engine/decision-rule.ts'
import type { EffectRule } from '../../src/engine/effect.ts'
import { effectsOf } from '../../src/engine/effects-of.ts'
import {
  type ClockRule,
  type Decision,
  type Field,
  type Flow,
  type GuardContext,
  type Step,
  transitionsOf,
} from '../../src/engine/flow.ts'
import { guardRefusal } from '../../src/engine/guards.ts'
import { privacyRules } from '../../src/flows/desks.ts'
import { flows } from '../../src/flows/index.ts'
import { labels } from '../../src/flows/labels.ts'
import { securityTicket } from '../../src/flows/security-ticket.ts'
import { snippetNames } from '../../src/flows/snippets.ts'
import { aRequest, engineer, environment } from '../engine/a-request.ts'

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
    const set = rules.flatMap((rule) => (rule.kind === 'labels' ? [...rule.add, ...rule.remove] : []))
    const sent = rules.flatMap((rule) => (rule.kind === 'reply' ? [rule.snippet] : []))

    expect(set.filter((label) => !labels.includes(label as (typeof labels)[number]))).toEqual([])
    expect(
      sent.filter((snippet) => !snippetNames.includes(snippet as (typeof snippetNames)[number])),
    ).toEqual([])
  })

  test('closes no issue before the reply that explains it', () => {
    const early = waysOf(flow).filter(({ rules }) => {
      const close = rules.findIndex(isClose)
      const reply = rules.findLastIndex(isReply)
      return close >= 0 && reply > close
    })

    expect(early.map(named)).toEqual([])
  })

  test('closes with a reply, but for the closes for which the handbook has none', () => {
    const silent = waysOf(flow)
      .filter(({ to, from, decision }) => decision && from !== flow.closed && to.includes(flow.closed))
      .filter(({ rules, decision }) => !rules.some(isReply) && !isSetType(decision))

    expect(new Set(silent.map(({ name: way }) => way))).toEqual(new Set(silentCloses[name] ?? []))
  })

  test('closes the issue, or solves the ticket, with every decision that leads to its last step, and with no other', () => {
    const wrong = waysOf(flow).filter(({ to, rules, decision }) => {
      const closes = rules.some(isClose)
      return decision && !isSetType(decision) && closes !== to.includes(flow.closed)
    })

    expect(wrong.map(named)).toEqual([])
  })

  test('shows core buttons that are decisions of one of its steps', () => {
    const missing = flow.pinned.filter(
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

  test('puts no more into its menu than an overflow menu of Slack holds', () => {
    // https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element
    const inMenu = (step: Step) =>
      Object.values({ ...flow.anytime, ...step.decisions }).filter((decision) => decision.inMenu)

    expect(openSteps(flow).filter(([, step]) => inMenu(step).length > 5)).toEqual([])
  })

  test('puts in the menu only what opens a modal for every request', () => {
    const bare = decisionsOf(flow).filter(
      ({ decision: { inMenu, fields = [] } }) => inMenu && !fields.some(({ onlyIf }) => onlyIf === undefined),
    )

    expect(bare.map(named)).toEqual([])
  })

  test('can come to every decision: of those at a closed step only what leaves it as it is, none hides one that is open at any step', () => {
    const behind = Object.entries(flow.steps).flatMap(([step, { isClosed, decisions }]) =>
      Object.keys(decisions).filter((one) => isClosed || one in flow.anytime || step === flow.closed),
    )

    expect(behind.filter((one) => one !== 'leave-as-closed')).toEqual([])
  })

  test('gives every decision to somebody, and names each way of a choice', () => {
    const nobody = decisionsOf(flow).filter(({ decision }) => decision.by.length === 0)
    const unnamed = decisionsOf(flow).filter(({ decision: { goto, fields } }) => {
      if (typeof goto !== 'object' || 'flowFrom' in goto) return false
      return optionsOf(fields, goto.field).join() !== Object.keys(goto.to).join()
    })

    expect(nobody.map(named)).toEqual([])
    expect(unnamed.map(named)).toEqual([])
  })

  test('makes what it does depend only on choices that there are', () => {
    const unknown = decisionsOf(flow).flatMap(({ decision }) =>
      decision.do.flatMap(({ when }) =>
        when && 'is' in when && !optionsOf(decision.fields, when.field).includes(when.is) ? [when] : [],
      ),
    )

    expect(unknown).toEqual([])
  })

  test('sends no text that a person typed unless it is checked', () => {
    const unchecked = decisionsOf(flow).flatMap(({ decision }) =>
      sentFields(decision.do).filter((field) => !isChecked(decision, field)),
    )

    expect(unchecked).toEqual([])
  })

  test('answers silence only after the clock, where the requester is silent, and GitLab was read afresh', () => {
    const careless = decisionsOf(flow).filter(({ decision }) => {
      const answersSilence =
        decision.do.some((rule) => rule.kind === 'reply' && /no-response/.test(rule.snippet)) ||
        decision.when?.includes('requester-is-silent')
      const isCareful =
        decision.refreshFirst &&
        decision.when?.includes('clock-is-over') &&
        decision.when.includes('requester-is-silent')
      return answersSilence && !isCareful
    })

    expect(careless.map(named)).toEqual([])
  })

  test('does nothing to a silent requester but with a last look: every effect on the issue knows since when', () => {
    const careless = decisionsOf(flow)
      .filter(({ decision }) => isToSilence(decision))
      .flatMap(({ name: way, decision }) =>
        effectsOf(decision.do, {
          ...{ flow, request: aRequest({ flow: flow.name }), environment: environment() },
          ...{ input: { reason: 'x' }, by: engineer, isToSilence: true },
        })
          .filter((effect) => effect.kind !== 'thread' && !('onlyIfSilentSince' in effect))
          .map(({ kind }) => `${way}: ${kind}`),
      )

    expect(careless).toEqual([])
  })

  test('lets no other request displace one that is verified', () => {
    const displacing = decisionsOf(flow).filter(
      ({ name: way, decision }) =>
        ['mark-spam', 'close-duplicate'].includes(way) && !decision.when?.includes('is-not-verified'),
    )

    expect(displacing.map(named)).toEqual([])
  })
})

describe('All flows together', () => {
  const all = Object.values(flows)
  const rules = all.flatMap((flow) => [
    ...waysOf(flow).flatMap((way) => way.rules),
    ...Object.values(flow.steps).flatMap(({ onEntry = [] }) => onEntry),
  ])

  test('send every reply of the handbook', () => {
    const sent = new Set(rules.flatMap((rule) => (rule.kind === 'reply' ? [rule.snippet] : [])))

    expect(snippetNames.filter((snippet) => !sent.has(snippet))).toEqual([])
  })

  test('set or remove every label of the handbook', () => {
    const touched = new Set(
      rules.flatMap((rule) => (rule.kind === 'labels' ? [...rule.add, ...rule.remove] : [])),
    )

    expect(labels.filter((label) => !touched.has(label))).toEqual([])
  })

  test('run the clocks of the handbook', () => {
    const clocks = all.flatMap((flow) =>
      Object.entries(flow.steps).flatMap(([step, { clock }]) =>
        clock ? [`${flow.name}, ${step}: ${lengthOf(clock)} since ${clock.since}`] : [],
      ),
    )

    expect(clocks).toEqual([
      'account-deletion, awaiting-answers: 7 days since created',
      'full-deletion, awaiting-answers: 7 days since created',
      'deceased-user, awaiting-answers: 10 days since created',
      'data-access, awaiting-reply: 7 days since created',
      'data-export, self-serve: 7 days since created',
      'data-export, awaiting-answers: 7 days since step-entered',
      'data-export, shared: 7 days since step-entered',
      'security-ticket, new: 1 business days since opened',
      'security-ticket, waiting-on-expert: 5 business days since last-public-reply',
      'security-ticket, queued: until the distribution-day since step-entered',
    ])
  })

  test('of privacy requests offer escalation to Privacy and the hold of the clocks wherever a type is known', () => {
    const commonDecisions = ['escalate-to-privacy', 'pause-clocks', 'resume-clocks', 'extend-deadline']
    const without = all
      .filter(({ desk }) => desk === privacyRules)
      .filter((flow) => commonDecisions.some((name) => !(name in flow.anytime)))

    expect(without.map(({ name }) => name)).toEqual(['submission', 'invalid'])
  })
})

describe('The flow of security tickets', () => {
  const flow = flows['security-ticket']
  const decisions = decisionsOf(flow)

  test('is decided by Field Security alone', () => {
    expect([...new Set(decisions.flatMap(({ decision }) => decision.by))]).toEqual(['field-security'])
  })

  test('"handled in one of the four ways": each ends or parks a ticket that nobody has looked at, and counts as handled', () => {
    const ways = decisions.filter(({ from }) => from === flow.first)

    expect(ways.map(({ name, decision }) => [name, decision.goto, decision.records])).toEqual([
      ['reply', 'solved', 'handled'],
      ['engage-expert', 'waiting-on-expert', 'handled'],
      ['compliance-report', 'queued', 'report-promised'],
      ['redirect-support', 'redirected', 'handled'],
      ['redirect-vulnerability', 'solved', 'handled'],
      ['redirect-copyright', 'solved', 'handled'],
    ])
  })

  test('reads the ticket afresh before each decision, and changes nothing in GitLab but the expert’s issue', () => {
    const kinds = decisions.flatMap(({ decision }) => decision.do.map(({ kind }) => kind))

    expect(decisions.filter(({ decision }) => !decision.refreshFirst).map(named)).toEqual([])
    expect([...new Set(kinds)].sort()).toEqual([
      'forward-ticket',
      'link-expert-issue',
      'open-expert-issue',
      'ticket-note',
      'ticket-reply',
    ])
  })

  test('offers only what can be carried out', () => {
    const bare = securityTicket({ expertTeams: [], hasSupportGroup: false, updateAfterBusinessDays: 5 })

    expect(Object.keys(bare.steps.new?.decisions ?? {})).toEqual([
      'reply',
      'compliance-report',
      'redirect-vulnerability',
      'redirect-copyright',
    ])
  })
})

test('No step says that the requester was verified: an exception, Privacy or a hand in GitLab may have led there', () => {
  const titles = Object.values(flows).flatMap(({ steps }) => Object.values(steps).map(({ title }) => title))

  expect(
    titles.filter((title) => /verified|verification has passed|passed verification/i.test(title)),
  ).toEqual([])
})

describe('An embargoed country', () => {
  test('leaves only closing without a reply open in a data export', () => {
    const open = decisionsOf(flows['data-export'])
      .filter(({ decision }) => isSilentClose(flows['data-export'], decision))
      .map(({ name }) => name)

    expect(new Set(open)).toEqual(
      new Set(['mark-spam', 'close-embargoed', 'close-self-serve', 'close-answered']),
    )
  })

  test('is heeded in no other flow', () => {
    const heeding = Object.values(flows).filter(({ unless }) => unless?.fact === 'isEmbargoed')

    expect(heeding.map(({ name }) => name)).toEqual(['data-export'])
  })
})

/** "apply the label …, then close the issue"; "close this request with no further action"; "Close the issue once …" */
const silentCloses: Readonly<Record<string, readonly string[]>> = {
  'account-deletion': ['mark-spam'],
  'full-deletion': ['mark-spam'],
  'deceased-user': ['mark-spam'],
  'portal-deletion': ['mark-spam'],
  'marketing-deletion': ['mark-spam', 'close-not-submitted'],
  'data-access': ['mark-spam', 'close-request', 'complete-request'],
  'data-export': ['mark-spam', 'close-embargoed', 'close-self-serve', 'close-answered', 'complete-request'],
  'general-question': ['mark-spam', 'close-answered'],
  submission: ['mark-spam'],
}

const named = ({ from, name }: { readonly from: string; readonly name: string }) => `${from}: ${name}`

const isReply = ({ kind }: EffectRule) =>
  ['reply', 'typed-reply', 'ticket-reply', 'redirect-ticket'].includes(kind)

/** A ticket is answered and solved in one update. */
const isClose = (rule: EffectRule) =>
  ['close', 'mark-duplicate', 'redirect-ticket'].includes(rule.kind) ||
  (rule.kind === 'ticket-reply' && rule.solve)

/** Leads to another flow, which `targetsOf` tells as the end of this one. */
const isSetType = (decision: Decision | undefined) =>
  typeof decision?.goto === 'object' && 'flowFrom' in decision.goto

function decisionsOf(flow: Flow) {
  return openSteps(flow).flatMap(([from, step]) =>
    Object.entries({ ...flow.anytime, ...step.decisions }).map(([name, decision]) => ({
      from,
      name,
      decision,
    })),
  )
}

function optionsOf(fields: readonly Field[] = [], name: string): readonly string[] {
  return fields.flatMap((field) =>
    field.name === name && field.kind === 'choice' ? field.options.map(({ value }) => value) : [],
  )
}

/** Fields whose text goes to the requester. */
function sentFields(rules: readonly EffectRule[]): readonly string[] {
  return rules.flatMap((rule) => {
    if (rule.kind === 'typed-reply' || rule.kind === 'ticket-reply') return rule.fields
    return rule.kind === 'reply' && rule.addition !== undefined ? [rule.addition] : []
  })
}

/** By the engine, for a public field, or by a condition that refuses a command in it. */
function isChecked({ fields = [], when = [] }: Decision, name: string): boolean {
  const field = fields.find((one) => one.name === name)
  if (field?.kind === 'text' && field.isSent) return true
  return ['/close', 'https://example.com\n/close', 'https://example.com\u2028/close'].every((hostile) => {
    const context = { request: { facts: {} }, input: { [name]: hostile } } as unknown as GuardContext
    return when.some((guard) => guardRefusal(guard, context)?.field === name)
  })
}

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
    const seen = Object.values({ ...flow.on, ...step.on }).flatMap(transitionsOf)
    const followed = seen.flatMap((way) =>
      typeof way.goto === 'string' ? [{ from, name: 'seen', to: [way.goto], rules: way.do ?? [] }] : [],
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
  const added = sentFields([rule])
  const duplicate = rule.kind === 'mark-duplicate' ? [rule.field] : []
  const asked = rule.kind === 'open-expert-issue' ? [rule.team, rule.question] : []
  const condition = rule.when && 'field' in rule.when ? [rule.when.field] : []
  return [...inText, ...replaced, ...added, ...duplicate, ...asked, ...condition]
}

function lengthOf(clock: ClockRule): string {
  if ('days' in clock) return `${clock.days} days`
  return 'until' in clock ? `until the ${clock.until}` : `${clock.businessDays} business days`
}
