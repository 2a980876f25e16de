/** Flows with one thing wrong: made from the data, so that each kind of mistake is made wherever it can be. */
import type { Flow } from '../../src/engine/flow.ts'

export interface Mutant {
  /** `data-export/helping/close-answered: drops the effect close` */
  readonly what: string
  /** Made when it is asked for: there are thousands, of which some are tried. */
  readonly flow: () => Flow
}

const otherReply = 'blocked-security-review'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Record_ = { [key: string]: Json }

interface Change {
  readonly what: string
  readonly change: (flow: Record_) => void
}

/** Every mutant of a flow. Those of which the handbook says nothing (texts of forms, colors of buttons) are not made. */
export function mutantsOf(flow: Flow): readonly Mutant[] {
  const data = copyOf(flow)
  // What is only counted goes nowhere.
  if (data.isCountedOnly) return []
  const changes = [
    ...onChanges(data, []),
    ...decisionsChanges(data, ['anytime'], {}),
    ...Object.keys(record(data, 'steps')).flatMap((step) => stepChanges(data, step)),
    ...(data.unless ? [dropped(['unless'])] : []),
  ]
  const changedBy = (change: Change['change']) => {
    const mutant = copyOf(flow)
    change(mutant)
    return mutant as unknown as Flow
  }
  return changes.map(({ what, change }) => ({ what: `${flow.name}/${what}`, flow: () => changedBy(change) }))
}

/** So many of them, chosen by a seed. */
export function chosenBySeed<Value>(values: readonly Value[], count: number, seed: number): readonly Value[] {
  let state = seed
  const random = () => {
    // mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return values
    .map((value) => ({ value, at: random() }))
    .sort((one, other) => one.at - other.at)
    .slice(0, count)
    .map(({ value }) => value)
}

/** A change that nothing can come of, in this flow. */
function isIdle(data: Record_, step: Record_, guard: Json): boolean {
  const steps = Object.values(record(data, 'steps')) as Record_[]
  const decisions = Object.values((step.decisions ?? {}) as Record_) as Record_[]
  // No step of the flow is verified.
  if (guard === 'is-not-verified') return !steps.some(({ isVerified }) => isVerified)
  // Nobody has asked before they stand here.
  if (guard === 'asked-by-somebody-else')
    return decisions.some(({ records }) => records === 'exception-requested')
  // A reply leads away from the step, even after its close: here the requester is silent.
  if (guard === 'requester-is-silent')
    return [step, ...steps.filter(({ isClosed }) => isClosed)].every(
      ({ on }) => typeof on === 'object' && on !== null && 'requester-replied' in on,
    )
  return false
}

function stepChanges(data: Record_, name: string): readonly Change[] {
  const path = ['steps', name]
  const step = recordAt(data, path)
  const clock = step.clock as Record_ | undefined
  const length = clock && ('days' in clock ? 'days' : 'businessDays' in clock ? 'businessDays' : undefined)
  return [
    ...onChanges(data, path),
    ...effectsChanges(data, [...path, 'onEntry']),
    ...decisionsChanges(data, [...path, 'decisions'], step),
    ...(clock ? [dropped([...path, 'clock'])] : []),
    ...(length ? [-1, 1].map((more) => added([...path, 'clock', length], more)) : []),
    ...(clock?.since === 'created' ? [set([...path, 'clock', 'since'], 'last-public-reply')] : []),
    ...(step.isVerified ? [dropped([...path, 'isVerified'])] : []),
    ...(step.isClosed ? [dropped([...path, 'isClosed'])] : []),
  ]
}

function onChanges(data: Record_, path: readonly string[]): readonly Change[] {
  const on = recordAt(data, path).on as Record_ | undefined
  return Object.keys(on ?? {}).flatMap((name) => {
    const at = [...path, 'on', name]
    const declared = on?.[name]
    const one = Array.isArray(declared) ? [] : gotoChanges(data, at)
    return [dropped(at), ...one]
  })
}

function decisionsChanges(data: Record_, path: readonly string[], step: Record_): readonly Change[] {
  return Object.entries(recordAt(data, path)).flatMap(([name, value]) => {
    const decision = value as Record_
    const at = [...path, name]
    const { by, when, records } = decision as { by: string[]; when?: Json[]; records?: string }
    // Whoever takes a step back has to be one who may decide it, whatever the button says.
    const isFurtherJudged = records === 'taken-back'
    const others = ['support-engineer', 'privacy', 'field-security'].filter(
      (role) => !by.includes(role) && !isFurtherJudged,
    )
    return [
      dropped(at),
      ...others.map((role) => widened([...at, 'by'], role)),
      ...by.map((_, index) => without([...at, 'by'], index)),
      ...(when ?? []).flatMap((guard, index) =>
        isIdle(data, step, guard) ? [] : [without([...at, 'when'], index)],
      ),
      // Only what is done within the business day of a ticket is a handling.
      ...(records === undefined || (records === 'handled' && (step.clock as Record_)?.since !== 'opened')
        ? []
        : [dropped([...at, 'records'])]),
      ...['fourEyes', 'alsoBy', 'enabledIf', 'fulfils']
        .filter((key) => key in decision && (key !== 'fulfils' || 'unless' in data))
        .map((key) => dropped([...at, key])),
      ...effectsChanges(data, [...at, 'do']),
      ...gotoChanges(data, at),
      set([...at, 'button'], 'Do It'),
    ]
  })
}

function gotoChanges(data: Record_, path: readonly string[]): readonly Change[] {
  const { goto } = recordAt(data, path)
  const steps = Object.keys(record(data, 'steps'))
  if (typeof goto === 'string')
    return [
      dropped([...path, 'goto']),
      ...steps.filter((step) => step !== goto).map((step) => set([...path, 'goto'], step)),
    ]
  if (typeof goto !== 'object' || goto === null || !('to' in goto)) return []
  return Object.entries(goto.to as Record_).flatMap(([value, to]) =>
    steps.filter((step) => step !== to).map((step) => set([...path, 'goto', 'to', value], step)),
  )
}

function effectsChanges(data: Record_, path: readonly string[]): readonly Change[] {
  const rules = (at(data, path) ?? []) as Record_[]
  const kinds = rules.map(({ kind }) => String(kind))
  return rules.flatMap((rule, index) => {
    const here = [...path, String(index)]
    const labels = ['add', 'remove'].flatMap((key) =>
      ((rule[key] ?? []) as string[]).map((_, one) => without([...here, key], one)),
    )
    return [
      { ...without(path, index), what: `${path.join('/')}: drops the effect ${kinds[index]}` },
      ...(rule.kind === 'labels' ? labels : []),
      ...(rule.kind === 'reply'
        ? [set([...here, 'snippet'], rule.snippet === otherReply ? 'closed-duplicate' : otherReply)]
        : []),
      ...(typeof rule.template === 'string' ? [set([...here, 'template'], 'Another Template')] : []),
      ...(rule.replace ? [dropped([...here, 'replace'])] : []),
      ...(rule.addition ? [dropped([...here, 'addition'])] : []),
      ...(rule.when ? [dropped([...here, 'when'])] : []),
      ...(rule.kind === 'ticket-reply' ? [set([...here, 'solve'], !rule.solve)] : []),
      ...(isOrdered(rule, rules[index + 1]) ? [swapped(path, index)] : []),
    ]
  })
}

/** Labels that follow each other are set in one call; where a setting chooses between two, only one is done. */
function isOrdered(rule: Record_, next: Record_ | undefined): boolean {
  if (next === undefined || (rule.kind === 'labels' && next.kind === 'labels')) return false
  return !(rule.when && next.when && 'setting' in (rule.when as Record_))
}

function dropped(path: readonly string[]): Change {
  return {
    what: `${path.join('/')} is dropped`,
    change: (flow) => {
      delete recordAt(flow, path.slice(0, -1))[path.at(-1) ?? '']
    },
  }
}

function set(path: readonly string[], value: Json): Change {
  return {
    what: `${path.join('/')} is ${JSON.stringify(value)}`,
    change: (flow) => {
      recordAt(flow, path.slice(0, -1))[path.at(-1) ?? ''] = value
    },
  }
}

function added(path: readonly string[], more: number): Change {
  return {
    what: `${path.join('/')} is ${more > 0 ? 'one more' : 'one less'}`,
    change: (flow) => {
      const holder = recordAt(flow, path.slice(0, -1))
      holder[path.at(-1) ?? ''] = Number(holder[path.at(-1) ?? '']) + more
    },
  }
}

function widened(path: readonly string[], role: string): Change {
  return {
    what: `${path.join('/')} has ${role} too`,
    change: (flow) => {
      ;(at(flow, path) as Json[]).push(role)
    },
  }
}

function without(path: readonly string[], index: number): Change {
  return {
    what: `${path.join('/')} is without its number ${index}`,
    change: (flow) => {
      ;(at(flow, path) as Json[]).splice(index, 1)
    },
  }
}

function swapped(path: readonly string[], index: number): Change {
  return {
    what: `${path.join('/')} has its number ${index} after the next`,
    change: (flow) => {
      const list = at(flow, path) as Json[]
      list.splice(index, 2, ...list.slice(index, index + 2).reverse())
    },
  }
}

function at(data: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (holder, key) => (typeof holder === 'object' && holder !== null ? (holder as Record_)[key] : undefined),
    data,
  )
}

function recordAt(data: Record_, path: readonly string[]): Record_ {
  return at(data, path) as Record_
}

function record(data: Record_, key: string): Record_ {
  return recordAt(data, [key])
}

function copyOf(flow: Flow): Record_ {
  return JSON.parse(JSON.stringify(flow)) as Record_
}
