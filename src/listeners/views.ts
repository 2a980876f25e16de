/** A modal's submit: checked field by field, then stored as a decision. */

import type { App, SlackViewAction, ViewOutput, ViewResponseAction, ViewSubmitAction } from '@slack/bolt'
import { stepOf } from '../desks/desk.ts'
import { fieldsOf, isSameDecision, shownDecision } from '../engine/decision-rule.ts'
import type { Input } from '../engine/event.ts'
import type { Decision, Field } from '../engine/flow.ts'
import type { AnswerTo, Person } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { answer, movedOn, refusalModal, unknownRequest } from '../views/answers.ts'
import { assignCallback } from '../views/assign-modal.ts'
import { attachCallback } from '../views/attach-modal.ts'
import { batchCallback } from '../views/batch-message.ts'
import type { Message } from '../views/block-kit.ts'
import {
  type ButtonValue,
  decisionCallback,
  fieldBlock,
  fieldInput,
  readButtonValue,
} from '../views/button-value.ts'
import { decisionModal } from '../views/decision-modal.ts'
import { decisionAt } from '../views/decisions.ts'
import { fieldErrors } from '../views/field-inputs.ts'
import { readRedirectValue, redirectCallback } from '../views/redirect-modal.ts'
import { readTakeOverValue, takeOverCallback } from '../views/take-over-modal.ts'
import { type DeskQueries, whoMayDecide } from './desk.ts'
import { answerToSubmit, type Listening } from './listening.ts'
import { offered } from './offer.ts'

type Errors = Readonly<Record<string, string>>

/** Registers the listeners for submitted modals. */
export function listenToViews(app: App, { desk, slack }: Listening): void {
  // A modal of an older version: Bolt would leave it unanswered.
  const others = new RegExp(
    `^(?!(?:${decisionCallback}|${batchCallback}|${redirectCallback}|${takeOverCallback}|${assignCallback}|${attachCallback})$)`,
  )
  app.view<ViewSubmitAction>({ callback_id: others, type: 'view_submission' }, async ({ ack, body }) => {
    await ack()
    await slack.answerPrivately(answerToSubmit(body, undefined), unknownRequest())
  })

  app.view<ViewSubmitAction>(
    { callback_id: redirectCallback, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const value = readRedirectValue(view.private_metadata)
      const answerTo = answerToSubmit(body, value?.channel)
      if (value) {
        const { ticket, to, preview, stamp } = value
        await desk.receive('redirect-ticket', keyOf(body), { ticket, to, preview, stamp, answerTo })
      }
      await ack()
      if (!value) await slack.answerPrivately(answerTo, unknownRequest())
    },
  )

  app.view<ViewSubmitAction>(
    { callback_id: takeOverCallback, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const value = readTakeOverValue(view.private_metadata)
      const answerTo = answerToSubmit(body, value?.channel)
      if (value) {
        const { source, iid, from } = value
        await desk.receive('command', keyOf(body), { command: 'claim', source, iid, from, answerTo })
      }
      await ack()
      if (!value) await slack.answerPrivately(answerTo, unknownRequest())
    },
  )

  app.view<ViewSubmitAction>(
    { callback_id: decisionCallback, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const value = readButtonValue(view.private_metadata)
      const answerTo = answerToSubmit(body, value?.channel)
      const state = value && (await desk.cardState(value.requestId))
      if (!value || !state) {
        await ack()
        return slack.answerPrivately(answerTo, unknownRequest())
      }
      const decision = decisionAt(state, state.request.step, value.decision)
      const fields = decision ? fieldsOf(decision, state.request) : []
      const refused = (message: Message) => ack({ response_action: 'update', view: refusalModal(message) })
      const who = await whoMayDecide(desk, value.requestId, value.decision, answerTo)
      if ('because' in who) {
        const [field] = fields
        if (!field) return refused(answer(who.because, who.ask))
        return ack({ response_action: 'errors', errors: { [fieldBlock + field.name]: who.because } })
      }
      if (!decision || !isSameDecision(decision, decisionAt(state, value.step, value.decision))) {
        const drawn = shownDecision(state.flow, value.step, value.decision)
        const button = decision?.button ?? drawn?.button ?? 'The decision'
        return refused(movedOn(state, button, stepOf(state)?.title ?? state.request.step))
      }
      const input = inputOf(view, fields)
      const submit = { state, value, decision, fields, input, answerTo, person: who.person }
      const wrong = await faultsOf(desk, submit)
      if (wrong && 'because' in wrong) return refused(answer(wrong.because))
      if (wrong) return ack({ response_action: 'errors', errors: { ...wrong.errors } })
      const changed = state.desk.isReadFirst ? await changedTicket(desk, submit) : undefined
      if (changed) return ack(changed)
      const { requestId, decision: name, stamp } = value
      await desk.receive('decision', keyOf(body), {
        requestId,
        decision: name,
        shownAt: value.step,
        input,
        answerTo,
        ...(stamp !== undefined && { stamp }),
      })
      await ack()
    },
  )
}

interface Submit {
  readonly state: CardState
  readonly value: ButtonValue
  readonly decision: Decision
  readonly fields: readonly Field[]
  readonly input: Input
  readonly answerTo: AnswerTo
  readonly person: Person
}

/** Errors by block: a sentence that belongs to no field stands below the first, and alone where there is none. */
async function faultsOf(
  desk: DeskQueries,
  { state, value, decision, fields, input, answerTo, person }: Submit,
): Promise<{ readonly errors: Errors } | { readonly because: string } | undefined> {
  const wrong = Object.entries(fieldErrors(fields, input, state.desk))
  if (wrong.length > 0)
    return { errors: Object.fromEntries(wrong.map(([field, error]) => [fieldBlock + field, error])) }
  const tried = await desk.tryOut(value.requestId, value.decision, person, input, value.step)
  if (!('because' in tried)) return undefined
  // What is stored may be behind GitLab: such a decision is taken on what GitLab says when it is handled.
  if (decision.refreshFirst && tried.field === undefined) return undefined
  await desk.recordRefusal(value.requestId, value.decision, answerTo.userId, tried.because)
  const field = tried.field ?? fields[0]?.name
  return field === undefined
    ? { because: tried.because }
    : { errors: { [fieldBlock + field]: tried.because } }
}

/** "on a conflict the person sees what has changed": the form comes again with what they typed and what is new. */
async function changedTicket(
  desk: DeskQueries,
  { state, value, fields, input, answerTo, person }: Submit,
): Promise<ViewResponseAction | undefined> {
  const { requestId, decision, stamp, channel } = value
  // What can't be decided any more is not shown; why, they are told when it is decided.
  if ('because' in (await desk.tryOut(requestId, decision, person, input, value.step))) return undefined
  const shown = await desk.showTicket(requestId, answerTo.userId, stamp)
  // What can't be read now is read again when it is decided.
  if ('because' in shown || (stamp !== undefined && shown.changes.length === 0)) return undefined
  const tryOut = (one: Input) => desk.tryOut(requestId, decision, person, one, value.step)
  const offer = await offered(fields, tryOut)
  const view = decisionModal(state, decision, {
    snippets: desk.snippets,
    ...(channel !== undefined && { channel }),
    ...('fields' in offer && { fields: offer.fields }),
    ticket: shown.ticket,
    changes: shown.changes,
    typed: Object.fromEntries(fields.map(({ name }) => [name, input[name] ?? ''])),
  })
  return view && { response_action: 'update', view }
}

function inputOf(view: ViewOutput, fields: readonly Field[]): Input {
  return Object.fromEntries(
    fields.map(({ kind, name }) => {
      const entry = view.state.values[fieldBlock + name]?.[fieldInput]
      const value = entry?.selected_option?.value ?? entry?.value ?? ''
      return [name, kind === 'request-number' ? value.trim().replace(/^#/, '') : value]
    }),
  )
}

/** A modal that was refused comes again under the same id and hash: what is stored never had errors. */
function keyOf({ view, user }: SlackViewAction): string {
  return ['submit', view.id, view.hash, user.id].join(':')
}
