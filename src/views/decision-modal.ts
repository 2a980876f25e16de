/**
 * The modal that opens before every decision. It shows what will be e-mailed, to whom, and what changes, and asks for
 * the fields.
 */

import type { KnownBlock, ModalView } from '@slack/types'
import { promisedDay } from '../engine/clocks.ts'
import { fieldsOf } from '../engine/decision-rule.ts'
import { type Effect, type EffectRule, isPublicReply } from '../engine/effect.ts'
import type { Input } from '../engine/event.ts'
import { type Decision, type Field, requestName, roleName } from '../engine/flow.ts'
import { listed } from '../engine/request.ts'
import { secondsText } from '../engine/time.ts'
import { stillNeeded } from '../engine/two-approvals.ts'
import { renderSnippet, type Snippets, snippetNames } from '../flows/snippets.ts'
import type { CardState } from '../requests/card-states.ts'
import { context, counted, divider, framed, limits, plainText, sections } from './block-kit.ts'
import { buttonValueText, decisionCallback } from './button-value.ts'
import { evidenceLines } from './card-facts.ts'
import { at, weekday } from './clock-text.ts'
import { decisionAt } from './decisions.ts'
import {
  courseText,
  type FieldCondition,
  promiseText,
  publicTextOf,
  type RuleWithCondition,
  rulesOf,
  unfinishedText,
} from './effect-text.ts'
import { escaped, plainChunks, who } from './escape.ts'
import { fieldInputBlock, type LeftOut, leftOutBlocks } from './field-inputs.ts'
import { titleText } from './request-card.ts'
import { commentBlocks, type ShownTicket, ticketHead } from './ticket-blocks.ts'

/** The parts of the modal that do not stand in the request's state. */
export interface ModalOptions {
  /** The texts by snippet name. */
  readonly snippets: Snippets
  /** What the decision does if it is taken now, as it was decided on trial; left out: it depends on what is filled in. */
  readonly effects?: readonly Effect[]
  /** How many people besides the requester get what is e-mailed; left out: it could not be read. */
  readonly others?: number | undefined
  /** The channel where the answer goes. */
  readonly channel?: string
  /** As it was read for this person at this moment. */
  readonly ticket?: ShownTicket
  /** The texts that the person has typed already. */
  readonly typed?: Input
  /** The fields with the options that would be accepted now; left out: as the flow has them. */
  readonly fields?: readonly Field[]
  /** The options that are not offered, since something that they need is missing. */
  readonly leftOut?: readonly LeftOut[]
  /** In sentences, how the ticket has changed since the modal was opened first: nothing was sent yet. */
  readonly changes?: readonly string[]
}

/** Draws the modal, or returns undefined where the request's step has no such decision. */
export function decisionModal(state: CardState, name: string, options: ModalOptions): ModalView | undefined {
  const decision = decisionAt(state, state.request.step, name)
  if (decision === undefined) return undefined
  const { request } = state
  const { channel, ticket } = options
  return {
    type: 'modal',
    callback_id: decisionCallback,
    private_metadata: buttonValueText({
      requestId: request.id,
      decision: name,
      step: request.step,
      ...(channel !== undefined && { channel }),
      ...stampOf(state, decision, ticket),
    }),
    title: plainText(decision.button, limits.modalTitle),
    submit: plainText(decision.button, limits.modalTitle),
    close: plainText('Cancel', limits.modalTitle),
    blocks: blocksOf(state, decision, options),
  }
}

/** What is confirmed is this text of the ticket, or that this move is taken back. */
function stampOf({ request }: CardState, { records }: Decision, ticket: ShownTicket | undefined) {
  const stamp = records === 'taken-back' ? request.facts.wayBack?.at : ticket?.stamp
  return stamp === undefined ? {} : { stamp }
}

/** Whatever else there is leaves its room to the ticket's comments. */
function blocksOf(state: CardState, decision: Decision, options: ModalOptions): KnownBlock[] {
  const { ticket, typed, changes = [] } = options
  const before = { ...(typed && { typed }), expertAnswer: ticket?.expertAnswer }
  const isSent = decision.do.some((rule) => publicTextOf(rule) !== undefined)
  const unfinished = unfinishedText(state, decision)
  const head = [
    ...changesBlocks(changes),
    ...sections([`*${escaped(titleText(state))}*`]),
    ...(ticket ? ticketHead(ticket, isSent) : []),
    ...(unfinished === undefined ? [] : sections([`*${unfinished}*`])),
  ]
  const rest = [
    ...(decision.fourEyes === true ? evidenceBlocks(state) : []),
    ...(options.fields ?? fieldsOf(decision, state.request)).flatMap((field) => {
      const leftOut = options.leftOut?.filter((one) => one.field === field.name) ?? []
      const isAllThereIs = leftOut.length === 0
      return [fieldInputBlock(field, state, { ...before, isAllThereIs }), ...leftOutBlocks(leftOut)]
    }),
    ...effectBlocks(state, decision, options),
    ...waitBlocks(state, decision, options),
  ]
  const room = limits.modalBlocks - head.length - rest.length - 1
  const said = ticket ? [...commentBlocks(ticket, state, room), divider] : []
  return [...head, ...said, ...rest]
}

/** What goes out to the requester can be stopped for a while. */
function waitBlocks(state: CardState, decision: Decision, { effects }: ModalOptions): KnownBlock[] {
  const { undoSeconds: seconds } = state
  const isSent =
    effects?.some(isPublicReply) ?? rulesOf(state, decision).some(({ rule }) => publicTextOf(rule))
  if (seconds === undefined || !isSent) return []
  return [
    context(
      `Waits ${secondsText(seconds)} before it goes out. Until then, Undo on the card stops all of it.`,
    ),
  ]
}

function changesBlocks(changes: readonly string[]): KnownBlock[] {
  if (changes.length === 0) return []
  return sections([
    '*Nothing was sent: the ticket has changed since you opened this.*',
    ...changes.slice(0, 10).map((change) => `• ${escaped(change)}`),
    'Read what is new below, change your text if need be, and send it again.',
  ])
}

function evidenceBlocks(state: CardState): KnownBlock[] {
  const lines = evidenceLines(state)
  return sections(lines.length > 0 ? lines : ['*Evidence*: none has been read yet.'])
}

/** Says what a decision changes in the bot's own clocks and lists. */
function recordText({ records, goto }: Decision, state: CardState): string | undefined {
  switch (records) {
    case 'paused':
      return 'Pauses all deadlines until someone resumes or the requester replies.'
    case 'resumed':
      return 'Restarts the deadlines; they move by the days paused.'
    case 'extended':
      return 'Moves the deadline.'
    case 'taken-back':
      return wayBackText(state)
    case 'started':
      return state.request.facts.started === undefined || goto !== undefined
        ? undefined
        : 'Already started: labels of choices you change are removed.'
    case 'report-promised':
      return `Schedules the report for ${weekday(state, promisedDay(state))}.`
    default:
      return undefined
  }
}

/** Says which move is taken back, where the request stands then, and what that changes in GitLab. */
function wayBackText({ flow, request }: CardState): string | undefined {
  const { wayBack } = request.facts
  if (!wayBack) return undefined
  const { what, step, labels, closedAt, isReply } = wayBack
  const title = wayBack.flow === flow.name ? (flow.steps[step]?.title ?? step) : 'its type is not known'
  return [
    `Undoes “${escaped(what, 150)}”: #${request.number} goes back to “${escaped(title, 150)}”, with its deadlines as they were.`,
    ...(isReply ? ['Their last message no longer counts as an answer.'] : []),
    ...(labels ? [promiseText({ kind: 'labels', ...labels }, request.number)] : []),
    ...(closedAt === undefined ? [] : [promiseText({ kind: 'close' }, request.number)]),
  ].join(' ')
}

function effectBlocks(state: CardState, decision: Decision, options: ModalOptions): KnownBlock[] {
  const { effects } = options
  const itself = recordText(decision, state)
  const isFirst = isFirstOfTwo(decision, state)
  const course = courseText(state, decision)
  const done = effects
    ? effects.filter(({ kind }) => kind !== 'card').flatMap((effect) => doneBlocks(effect, state, options))
    : withLabelsTogether(rulesOf(state, decision)).flatMap((one) => [
        ...sections([ruleText(one, state, decision)]),
        ...preview(one.rule, state, decision, options),
      ])
  if (done.length === 0 && itself === undefined) {
    const nothing = `Nothing is sent or changed in ${state.desk.service}.`
    return [divider, ...sections([escaped((decision.goto !== undefined && course) || nothing)])]
  }
  return [
    divider,
    ...(isFirst ? sections(firstOfTwoLines(state)) : []),
    ...firstApprovalBlocks(state, decision),
    ...sections([
      isFirst ? '*After the second approval*' : '*When you confirm*',
      ...(itself === undefined ? [] : [`• ${itself}`]),
    ]),
    ...done,
    ...(course === undefined ? [] : sections([escaped(course)])),
  ]
}

/** An effect of the decision as it was decided on trial: what is e-mailed is shown to the letter. */
function doneBlocks(effect: Effect, state: CardState, options: ModalOptions): KnownBlock[] {
  const said = sections([`• ${escaped(promiseText(effect, state.request.number), 700)}`])
  if (effect.kind !== 'reply') return said
  return [
    ...said,
    ...mailed(replyText(options.snippets, effect.snippet, effect.replacements), state, options),
  ]
}

/** The same text as is sent. */
function replyText(
  snippets: Snippets,
  snippet: string,
  replacements: Readonly<Record<string, string>>,
): string {
  const name = snippetNames.find((known) => known === snippet)
  return name === undefined ? '' : renderSnippet(snippets, name, replacements)
}

/** The text in its frame, and below it who gets it. */
function mailed(text: string, state: CardState, options: ModalOptions): KnownBlock[] {
  return [...plainChunks(text, limits.text).map(framed), ...audience(state, options)]
}

/**
 * `E-mailed to the requester and to 2 others on #123.` A wrong number would be worse than none. Of a ticket they stand
 * at the top, by name.
 */
function audience({ desk, request }: CardState, { others, ticket }: ModalOptions): KnownBlock[] {
  if (ticket) return []
  const where = requestName(desk, request.number)
  const besides =
    others === undefined
      ? ` and to everyone on ${where}`
      : others > 0
        ? ` and to ${counted(others, 'other')} on ${where}`
        : ' only'
  return [context(`E-mailed to the requester${besides}.`)]
}

/** Two have to approve, and nobody has yet: what the flow says of the decision happens with the second. */
function isFirstOfTwo({ fourEyes }: Decision, { request, requirePrivacyApproval }: CardState): boolean {
  return fourEyes === true && requirePrivacyApproval && (request.facts.approvals ?? []).length === 0
}

/** Whoever gives the second of two approvals sees who has given the first, and that it is all done then. */
function firstApprovalBlocks(state: CardState, { fourEyes }: Decision): KnownBlock[] {
  const { request, requirePrivacyApproval } = state
  const [first] = request.facts.approvals ?? []
  if (fourEyes !== true || !requirePrivacyApproval || !first) return []
  return sections([`*The second of two approvals:* ${who(first.by)} gave the first, ${at(state, first.at)}.`])
}

function firstOfTwoLines({ desk }: CardState): readonly string[] {
  return [
    '*When you confirm: the first of two approvals*',
    '• Writes an internal note.',
    `• Asks in the card’s thread for the second approval. Two different people have to approve: ${listed(stillNeeded([]).map((role) => roleName(desk, role)))}.`,
    '• Nothing else changes: no label is added, and the request stays at this step.',
  ]
}

/** What is chosen says which labels: a line for each of ten options says nothing more. */
function withLabelsTogether(rules: readonly RuleWithCondition[]): readonly RuleWithCondition[] {
  const chosen = rules.filter(isOfChoice)
  return chosen.length < 2 ? rules : rules.filter((one) => !isOfChoice(one) || one === chosen[0])
}

/** Labels that come with one option of a choice. */
function isOfChoice({ rule, when }: RuleWithCondition): boolean {
  return rule.kind === 'labels' && rule.remove.length === 0 && when !== undefined && 'is' in when
}

function ruleText(one: RuleWithCondition, state: CardState, decision: Decision): string {
  const { rule, when } = one
  const chosen = rulesOf(state, decision).filter(isOfChoice)
  if (isOfChoice(one) && chosen.length > 1) {
    const names = new Set(chosen.flatMap(({ when: on }) => on?.field ?? []))
    const fields = decision.fields?.filter(({ name }) => names.has(name)) ?? []
    return `• Adds the labels for ${listed(fields.map(({ label }) => `“${escaped(label, 100)}”`))}.`
  }
  return `• ${when ? `${conditionText(when, decision)}: ` : ''}${escaped(promiseText(rule, state.request.number), 700)}`
}

/** `If “Account type” is “Corporate”` */
function conditionText(when: FieldCondition, decision: Decision): string {
  const field = decision.fields?.find(({ name }) => name === when.field)
  const label = escaped(field?.label ?? when.field, 100)
  if ('isGiven' in when) return `If “${label}” is filled in`
  const option = field?.kind === 'choice' ? field.options.find(({ value }) => value === when.is) : undefined
  return `If “${label}” is “${escaped(option?.text ?? when.is, 100)}”`
}

/** The text as the requester gets it; what is filled in above stands as its placeholder. */
function preview(
  rule: EffectRule,
  state: CardState,
  decision: Decision,
  options: ModalOptions,
): KnownBlock[] {
  const sent = publicTextOf(rule)
  if (!sent) return []
  if ('fields' in sent) return [typedPreview(sent.fields, decision), ...audience(state, options)]
  const { snippet, replace = {}, addition: further } = sent.snippet
  const replacements = Object.entries(replace)
  const text = replyText(
    options.snippets,
    snippet,
    Object.fromEntries(
      replacements.map(([placeholder, by]) => [placeholder, typeof by === 'string' ? by : placeholder]),
    ),
  )
  const open = replacements.filter(([, by]) => typeof by !== 'string').map(([placeholder]) => placeholder)
  const addition = decision.fields?.find(({ name }) => name === further)
  return [
    ...open.map((placeholder) => context(`“${escaped(placeholder)}” is replaced by what you fill in above.`)),
    ...mailed(text, state, options),
    ...(addition ? [context(`What you write under “${escaped(addition.label)}” is added to it.`)] : []),
  ]
}

/** The text is in its field above: what the requester gets is what stands there. */
function typedPreview(fields: readonly string[], decision: Decision): KnownBlock {
  const labels = fields.map((name) => {
    const label = decision.fields?.find((field) => field.name === name)?.label ?? name
    return `“${escaped(label, 100)}”`
  })
  const parted = labels.length > 1 ? ', with an empty line between' : ''
  return context(`Sent exactly as written under ${listed(labels)}${parted}.`)
}
