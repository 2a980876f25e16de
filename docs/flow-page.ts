/** A page of docs/flows: the picture of a flow and what each of its decisions does, from the flow's data alone. */

import { isToSilence } from '../src/engine/decision-rule.ts'
import type { EffectRule } from '../src/engine/effect.ts'
import {
  type Decision,
  type Flow,
  type On,
  type Step,
  type Transition,
  transitionsOf,
} from '../src/engine/flow.ts'
import type { NextRule } from '../src/engine/next-rule.ts'
import { flowPicture, targetsOf } from './flow-picture.ts'
import { clockText, code, effectText, needsText, seenText, whoText } from './flow-words.ts'

/** The whole page. */
export function flowPage(flow: Flow): string {
  const steps = Object.entries(flow.steps).map(([name, step]) => stepSection(flow, name, step))
  return [
    `# ${flow.title}`,
    '',
    `The flow \`${flow.name}\`, drawn from [src/flows](../../src/flows) by \`npm run draw-flows\`: change the flow, not this page. It performs “${flow.handbook}”; the card shows ${coreText(flow)}.`,
    '',
    '```mermaid',
    flowPicture(flow),
    '```',
    '',
    ...anytimeSection(flow),
    ...steps.flat(),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

function anytimeSection(flow: Flow): readonly string[] {
  const seen = seenLines(flow.on)
  if (Object.keys(flow.anytime).length === 0 && seen.length === 0) return []
  return [
    '## At any open step',
    '',
    'Not in the picture: they stand beside the decisions of every open step.',
    '',
    ...seen,
    ...(seen.length > 0 ? [''] : []),
    ...(Object.keys(flow.anytime).length > 0 ? [...decisionTable(flow, flow.anytime), ''] : []),
  ]
}

function stepSection(flow: Flow, name: string, step: Step): readonly string[] {
  const clock = clockText(step)
  const seen = seenLines(step.on)
  return [
    `## ${name}`,
    '',
    `“${step.title}”, ${step.availableWhen}. Performs “${step.handbook ?? flow.handbook}”; waits for ${step.waitsFor}.`,
    '',
    ...(clock === undefined ? [] : [`- clock: ${clock} (“${step.clock?.because}”)`]),
    ...(step.next ?? []).map(nextLine),
    ...(step.onEntry ? [`- on entry: ${effectsText(step.onEntry)}`] : []),
    ...seen,
    ...(clock !== undefined || step.next || step.onEntry || seen.length > 0 ? [''] : []),
    ...(Object.keys(step.decisions).length > 0 ? [...decisionTable(flow, step.decisions), ''] : []),
  ]
}

function nextLine({ if: condition, words, decision, awaits }: NextRule): string {
  const when = condition === undefined ? '' : `, where ${code(condition)}`
  const who = awaits === undefined ? '' : ` (waits for ${awaits})`
  return `- next${when}: “${words}”${decision === undefined ? '' : ` ${code(decision)}`}${who}`
}

function seenLines(on: On = {}): readonly string[] {
  return Object.entries(on).flatMap(([name, declared]) =>
    transitionsOf(declared).map((one) => `- when ${seenText(name, one.where, code)}: ${transitionText(one)}`),
  )
}

export function transitionText({ goto, do: rules }: Transition): string {
  const done = rules ? `${effectsText(rules)}; ` : ''
  if (goto === undefined) return `${done}is noted, and the request stays`
  return `${done}leads to ${typeof goto === 'string' ? code(goto) : 'where it was closed from'}`
}

function decisionTable(flow: Flow, decisions: Flow['anytime']): readonly string[] {
  return [
    '| decision | button | who | needs | effects, in this order | next |',
    '| --- | --- | --- | --- | --- | --- |',
    ...Object.entries(decisions).map(([name, decision]) => {
      const button = decision.button + (decision.inMenu ? ' (in the menu)' : '')
      const cells = [
        code(name),
        button,
        whoText(decision),
        needsText(flow, decision),
        effectsText(decision.do) + (isToSilence(decision) ? ` (${onlyToSilence})` : ''),
        nextText(decision),
      ]
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
    }),
  ]
}

const onlyToSilence = 'each of these only if the requester has not written meanwhile'

export function effectsText(rules: readonly EffectRule[]): string {
  return rules.map(effectText).join('; ')
}

export function nextText(decision: Decision): string {
  return targetsOf(decision, '')
    .map(({ to, if: value }) => {
      const place = to === '' ? 'stays' : to === 'the flow chosen' ? to : code(to)
      return value === undefined ? place : `${code(value)}: ${place}`
    })
    .join('; ')
}

function coreText({ pinned }: Flow): string {
  if (pinned.length === 0) return 'no buttons before their step'
  return `${pinned.map(code).join(', ')} from the beginning, also where they are not allowed yet`
}

/** The list of the pages, with what holds for all of them. */
export function flowList(flows: readonly Flow[]): string {
  return [
    '# The flows',
    '',
    'One page a flow: its picture, and a table of what each decision does. They are drawn from [src/flows](../../src/flows) by `npm run draw-flows`; a test draws them again and compares. [The handbook, sentence by sentence](../handbook.md) leads into them.',
    '',
    '| flow | performs |',
    '| --- | --- |',
    ...flows.map(({ name, title, handbook }) => `| [${title}](${name}.md) | “${handbook}” |`),
    '',
    'In the pictures a box is a step with its clock, an arrow is a decision with its button and who may take it, and an arrow in square brackets is something seen. Not drawn, since it holds at every step:',
    '',
    '- The 30 days of each privacy request run from the creation of its issue until it is closed.',
    '- An issue that somebody closes in GitLab is closed here, and nothing is sent; one that is reopened stands where it stood.',
    '- A ticket that somebody solves, closes, merges or deletes in Zendesk is closed here, and nothing is sent; one that is reopened begins anew, with a new business day.',
    '- An answer to a ticket that has changed since it was read is not sent: the ticket stands where it stood, and whoever decided is told what is new.',
    '- What an expert team writes on its issue, or that it closes it, is said in the card’s thread; Reply then offers it as a draft.',
    '- What closes a request because of silence is stopped when the requester writes before it is done; the request is then worked as if the reply had come first.',
    '- What the requester writes after the close is said in the card’s thread and in the digest; only a data export is reopened by it.',
    '',
  ].join('\n')
}

/** Every file of docs/flows by its name. */
export function flowPages(flows: readonly Flow[]): Readonly<Record<string, string>> {
  const pages = flows.map((flow) => [`${flow.name}.md`, flowPage(flow)])
  return Object.fromEntries([['README.md', flowList(flows)], ...pages])
}
