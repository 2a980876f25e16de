/** A flow as a Mermaid state diagram: https://mermaid.js.org/syntax/stateDiagram.html */
import { type Decision, type Flow, type Step, transitionsOf } from '../src/engine/flow.ts'
import { clockText, rolesText, seenText } from './flow-words.ts'

/** The picture: steps with their clocks; decisions with button and who, observations in brackets. */
export function flowPicture(flow: Flow): string {
  const steps = Object.entries(flow.steps)
  return [
    'stateDiagram-v2',
    ...steps.map(([name, step]) => `  state "${stateText(step)}" as ${idOf(name)}`),
    ...steps
      .filter(([name, step]) => isEntrance(flow, name, step))
      .map(([name]) => `  [*] --> ${idOf(name)}`),
    ...steps.flatMap(([name, step]) => edgesFrom(name, [...decided(flow, name, step), ...seen(step)])),
    ...steps.filter(([, step]) => step.isClosed).map(([name]) => `  ${idOf(name)} --> [*]`),
  ].join('\n')
}

function stateText(step: Step): string {
  const clock = clockText(step)
  return [step.title, ...(clock === undefined ? [] : [clock])]
    .map((text) => numbered(text, inTitle))
    .join('<br/>')
}

/** Intake chooses between two where nobody can tell the type: sent by e-mail, or past reading. */
function isEntrance(flow: Flow, name: string, { availableWhen }: Step): boolean {
  return name === flow.first || availableWhen === 'on arrival'
}

interface Way {
  /** Left out: it leads out of the flow. */
  readonly to?: string
  readonly label: string
}

function decided(flow: Flow, name: string, step: Step): readonly Way[] {
  return Object.values(step.decisions).flatMap((decision) =>
    targetsOf(decision, name).map(({ to, if: value }) => {
      const which = value === undefined ? '' : `, ${value}`
      const menu = decision.inMenu ? ', in the menu' : ''
      const label = `${decision.button}${which} (${rolesText(decision.by)}${menu})`
      return Object.hasOwn(flow.steps, to) ? { to, label } : { label }
    }),
  )
}

function seen({ on = {} }: Step): readonly Way[] {
  return Object.entries(on).flatMap(([name, declared]) =>
    transitionsOf(declared).flatMap(({ goto, where }) =>
      typeof goto === 'string' ? [{ to: goto, label: `[${seenText(name, where)}]` }] : [],
    ),
  )
}

/** One arrow for all that leads to the same step: Mermaid draws arrows between the same two boxes over each other. */
function edgesFrom(from: string, ways: readonly Way[]): readonly string[] {
  return [...Map.groupBy(ways, ({ to }) => to)].map(
    ([to, same]) =>
      `  ${idOf(from)} --> ${to === undefined ? '[*]' : idOf(to)} : ${same.map(({ label }) => numbered(label, inLabel)).join('<br/>')}`,
  )
}

/** A quote ends a state's title; a colon or a semicolon ends a label. */
const inTitle = /[#"<>]/g
const inLabel = /[#:;"<>]/g

/** Signs by their numbers: https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
function numbered(text: string, signs: RegExp): string {
  return text.replaceAll(signs, (sign) => `#${sign.charCodeAt(0)};`).replaceAll('\n', ' ')
}

/** Mermaid takes a hyphen for the beginning of an arrow. */
function idOf(step: string): string {
  return step.replaceAll('-', '_')
}

interface Target {
  readonly to: string
  /** The choice that leads there. */
  readonly if?: string
}

/** Where a decision may lead; a step's own name where it stays. */
export function targetsOf({ goto }: Decision, from: string): readonly Target[] {
  if (goto === undefined) return [{ to: from }]
  if (typeof goto === 'string') return [{ to: goto }]
  if ('flowFrom' in goto) return [{ to: 'the flow chosen' }]
  return Object.entries(goto.to).map(([value, to]) => ({ to, if: value }))
}
