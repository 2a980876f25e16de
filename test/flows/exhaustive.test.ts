/** Every state that a flow can come to, and every way on from it, held against the handbook; and flows with a mistake. */
import { afterAll, describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import type { Flows } from '../../src/engine/flow.ts'
import { flows } from '../../src/flows/index.ts'
import { aRequest, environment, manager } from '../engine/a-request.ts'
import { handbookDemands } from './demands.ts'
import { type Explored, explore, NotAsDemanded, type World } from './explore.ts'
import { chosenBySeed, mutantsOf } from './mutants.ts'

/** A second or two for the largest flow on an idle machine. */
const patience = 60_000

/** As it would come out of a file: what is no data is gone. */
const written: Flows = JSON.parse(JSON.stringify(flows))

const asShipped: World = {}
const bare: World = {
  settings: { 'trust-safety-project': false, 'admin-token': false, 'feature-request': false },
}
const otherAddress: World = { hasOtherAddress: true }
const laterIssue: World = { hasLaterIssue: true }
const twoApprovals: World = { requirePrivacyApproval: true }
const labelWithRole: World = { labelApproves: 'with-role' }
const embargo: World = { isEmbargoed: true }

/** Each of them is refused with its reason. */
const notToBeRedirected: readonly World[] = [
  { misdirected: { status: 'open', isOfSecurityDesk: 'tracked' } },
  { misdirected: { status: 'solved' } },
  { misdirected: { status: 'open', redirect: { by: 'U1', at: '2026-03-02T10:30:00.000Z', state: 'done' } } },
]

const accountWorlds = [asShipped, bare, otherAddress, laterIssue, twoApprovals, labelWithRole]

/** What makes a difference to a flow. */
const worlds: Readonly<Record<string, readonly World[]>> = {
  'account-deletion': accountWorlds,
  'full-deletion': accountWorlds,
  'deceased-user': [asShipped, bare, otherAddress, laterIssue],
  'ticket-past-the-form': [asShipped, ...notToBeRedirected],
  'data-access': [asShipped, otherAddress, laterIssue],
  'data-export': [asShipped, bare, otherAddress, laterIssue, embargo],
}
const worldsOf = (name: string) => worlds[name] ?? [asShipped]

/** Each flow as it ships, explored as it would come out of a file. */
const shipped = new Map<string, Explored | undefined>()

const sum = (all: readonly Explored[], of: (one: Explored) => number) =>
  all.reduce((total, one) => total + of(one), 0)

describe('Every state of every flow', () => {
  const all: Explored[] = []
  const startedAt = performance.now()

  afterAll(() => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.info(
      `Flows explored: ${sum(all, ({ states }) => states)} states, ${sum(all, ({ tries }) => tries)} decisions and observations, ${seconds} s`,
    )
  })

  test('the handbook demands something of each flow', () => {
    expect(Object.keys(handbookDemands).sort()).toEqual(Object.keys(flows).sort())
  })

  test.each(Object.entries(handbookDemands))(
    '%s does what the handbook demands: nothing else, by nobody else, at no other time, and always with a way out',
    (name, demands) => {
      const explored = worldsOf(name).map((world) => explore(written, name, demands, world))
      all.push(...explored)
      shipped.set(name, explored[0])

      const taken = new Set(explored.flatMap((one) => [...one.taken]))
      const demanded = demands.demands.flatMap(({ decision, steps, who }) =>
        steps.flatMap((step) => who.map((role) => `${decision} at ${step} by ${role}`)),
      )
      expect(demanded.filter((one) => !taken.has(one))).toEqual([])
    },
    patience,
  )
})

describe('A flow is plain data', () => {
  test.each(Object.entries(flows))('%s loses nothing when it is written as JSON', (name, flow) => {
    expect(written[name]).toStrictEqual(flow)
    expect(structuredClone(flow)).toStrictEqual(flow)
  })

  test.each(['deceased-user', 'data-access', 'data-export', 'security-ticket'])(
    '%s decides the same from the code and from JSON',
    (name) => {
      const demands = handbookDemands[name]
      if (!demands) throw new Error(name)

      expect(explore(flows, name, demands)).toEqual(shipped.get(name) ?? explore(written, name, demands))
    },
  )

  test('so two steps offer the same decision when it says the same', () => {
    const request = aRequest({ step: 'exception-review' })

    const outcome = decide(
      written,
      request,
      {
        kind: 'decision',
        decision: 'approve-exception',
        by: manager,
        input: { reason: 'The owner has left.' },
        shownAt: 'evaluating',
        at: '2026-03-03T09:00:00.000Z',
      },
      environment(),
    )

    expect(outcome).toMatchObject({ kind: 'move', step: 'ready' })
  })
})

describe('A flow with a mistake', () => {
  const mutants = Object.values(flows).flatMap((flow) =>
    mutantsOf(flow).map((mutant) => ({ ...mutant, name: flow.name })),
  )

  test('can be made in some thousands of ways', () => {
    expect(mutants.length).toBeGreaterThan(2000)
  })

  test.each(chosenBySeed(mutants, 50, 20_261_128))('is refused: $what', ({ name, flow }) => {
    const demands = handbookDemands[name]
    if (!demands) throw new Error(name)

    const mutated = { ...written, [name]: flow() }
    expect(() => {
      for (const world of worldsOf(name)) explore(mutated, name, demands, world)
    }).toThrow(NotAsDemanded)
  })
})
