/** Reads a request from its service at the moment of a decision. */

import { answerOrLate } from '../clock.ts'
import { shownDecision } from '../engine/decision-rule.ts'
import { type Effect, effects, needsOf } from '../engine/effect.ts'
import { requestName } from '../engine/flow.ts'
import type { NeedAnswer } from '../engine/need.ts'
import { capital } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import { reconcile } from '../requests/reconcile.ts'
import { CallFailed } from '../services/call-failed.ts'
import type { Service } from '../services/service.ts'
import type { RequestRow, Tables } from '../store/store.ts'
import type { Intake } from './handler.ts'
import type { DecisionEntry } from './payloads.ts'

export type Fresh =
  | {
      /** Takes in what was read, inside the transaction of the decision; the request as it stands then. */
      readonly take: (tables: Tables) => Promise<RequestRow | undefined>
      /** The instant at which the issue or ticket that is decided on had last changed. */
      readonly stamp?: Instant
    }
  /** The sentence for the person, and 404 or 403 where that is why. */
  | { readonly because: string; readonly status?: number | undefined }

export const nothingRead: Fresh = { take: async () => undefined }

/** "a click on Approve Exception, Fail Verification or Close No Response reads GitLab afresh first, so an unseen reply counts" */
export async function readAfresh(intake: Intake, payload: DecisionEntry, row: RequestRow): Promise<Fresh> {
  const { decision } = payload
  const { flows, desks } = intake.context
  const flow = flows[row.flow]
  const isPinned = flow?.pinned.includes(decision)
  if (!flow || !(isPinned || shownDecision(flow, row.step, decision)?.refreshFirst)) return nothingRead
  const service = intake.services[row.source]
  if (!service)
    return { because: `${desks.of(row).words.serviceOff ?? 'Its service is off here.'} Nothing was changed.` }
  try {
    return await freshFrom(intake, service, payload, row)
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    return { because: service.explain(error, row.number, 'decision'), status: error.status }
  }
}

/** Refused when it is not what the person had before their eyes. */
async function freshFrom(
  { context }: Intake,
  service: Service,
  { stamp: shown }: DecisionEntry,
  row: RequestRow,
): Promise<Fresh> {
  const { snapshot, stamp: read, changesSince } = await service.read(row.number, row)
  if (shown !== undefined && changesSince && shown !== read) {
    const changes = await changesSince(shown)
    const name = capital(requestName(context.desks.of(row), row.number))
    if (changes.length > 0)
      return { because: `${name} has changed since you read it: ${changes.join('; ')}. Nothing was sent.` }
  }
  // What a person had before their eyes stays what it is decided on, though the bot has written a note since.
  const stamp = changesSince && shown !== undefined ? shown : read
  return {
    take: async (tables) => (await reconcile(context, tables, snapshot, undefined, row)).row,
    ...(stamp === undefined ? {} : { stamp }),
  }
}

/** A trigger of Slack's lives three seconds; the modal needs the rest. */
const patienceMs = 1_500

/**
 * Takes in what the service says now, for somebody who can't wait. Where it is slow or down nothing is lost: the decision
 * itself reads it again. Returns the sentence for the person where nothing new was read, undefined where it was.
 */
export async function readInTime(
  { clock, context, services }: Pick<Intake, 'clock' | 'context' | 'services'>,
  requestId: string,
): Promise<string | undefined> {
  const row = await context.store.tables.requests.byId(requestId)
  const service = row && services[row.source]
  if (!service) return undefined
  const reading = service.read(row.number, row).then(async ({ snapshot }) => {
    await context.store.transaction((tables) => reconcile(context, tables, snapshot))
    context.wakeWorker()
    return undefined
  })
  const read = reading.catch((error: unknown) => {
    if (error instanceof CallFailed) return service.explain(error, row.number, 'decision')
    return slow(service, row)
  })
  return answerOrLate(clock, patienceMs, read, () => slow(service, row))
}

/** Counts who is e-mailed besides the requester; undefined where that can't be read in time. */
export async function countInTime(
  { clock, context, services }: Pick<Intake, 'clock' | 'context' | 'services'>,
  requestId: string,
): Promise<number | undefined> {
  const row = await context.store.tables.requests.byId(requestId)
  const counting = row && services[row.source]?.countOthers?.(row).catch(() => undefined)
  return counting && answerOrLate(clock, patienceMs, counting, () => undefined)
}

/** A ticket is read as well before its modal opens, which may take two of the three seconds. */
const needsPatienceMs = 600

/**
 * Looks for what the effects need, for somebody who can't wait. Undefined where they need nothing, and where it can't be
 * told in time: the decision itself looks again.
 */
export async function needsInTime(
  { clock, lookForNeeds }: Pick<Intake, 'clock' | 'lookForNeeds'>,
  row: RequestRow,
  wanted: readonly Effect[],
): Promise<readonly NeedAnswer[] | undefined> {
  const needs = needsOf(effects, wanted)
  if (needs.length === 0) return undefined
  const looking = lookForNeeds(needs, row).catch(() => undefined)
  const answers = await answerOrLate(clock, needsPatienceMs, looking, () => undefined)
  return answers?.some(({ lack }) => lack?.isUnread) ? undefined : answers
}

function slow({ title }: Service, { number }: RequestRow): string {
  return `${title} didn’t answer in time, so I can’t check #${number} for a reply. Nothing was changed: click again.`
}
