/** What becomes of an entry that could not be handled for good: whoever waits for it is told, and the audit log has it. */

import { z } from 'zod'
import { aboutRequest } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import { slackActor } from '../engine/request.ts'
import type { GiveUp } from '../queue/inbox-loop.ts'
import type { RequestRow, Tables } from '../store/store.ts'
import { hintedSource } from './handle-hint.ts'
import { type Intake, told } from './handler.ts'
import { AnswerTo } from './payloads.ts'

/** Each part by itself: what another part of the payload says may be just what could not be handled. */
const Waiting = z.object({
  answerTo: AnswerTo.optional().catch(undefined),
  requestId: z.string().optional().catch(undefined),
  decision: z.string().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
  source: z.string().catch('gitlab'),
  iid: z.number().optional().catch(undefined),
  ticket: z.number().optional().catch(undefined),
})
type Waiting = z.infer<typeof Waiting>

/** A hint is nobody's: it is logged and counted, and an audit log that anybody could fill would be of no use. */
export function giveUp({ context }: Pick<Intake, 'context'>): GiveUp {
  return (entry, reference) => {
    if (hintedSource(entry.kind) !== undefined) return {}
    const waiting = Waiting.catch({ source: 'gitlab' }).parse(entry.payload)
    const { answerTo } = waiting
    return {
      write: async (tables, at) => {
        // What is stored of it may be just what can't be read.
        const request = await requestOf(tables, waiting).catch(() => undefined)
        const { kind, attempts, ends } = entry
        const tried = { attempts: attempts + 1, ...(ends !== undefined && { ends }), reference }
        const details = { entry: kind, ...askedFor(waiting), ...tried }
        await tables.audit.append({
          at,
          ...(request ? aboutRequest(context.desks.of(request), request, details) : { details }),
          what: 'given-up',
          who: answerTo ? slackActor(answerTo.userId) : 'bot',
        })
        const name = nameOf(context, waiting, request)
        return answerTo && told(answerTo, sentence(name, hasCard(waiting, request), reference))
      },
    }
  }
}

async function requestOf(
  tables: Tables,
  { requestId, source, iid }: Waiting,
): Promise<RequestRow | undefined> {
  if (requestId !== undefined) return tables.requests.byId(requestId)
  return iid === undefined ? undefined : tables.requests.byNumber(iid, source)
}

/** Returns what it was about, as its desk calls it, whether the desk works it or not. */
function nameOf(
  { desks }: Intake['context'],
  { source, iid, ticket }: Waiting,
  request: RequestRow | undefined,
): string | undefined {
  if (request) return requestName(desks.of(request), request.number)
  if (ticket !== undefined) return `ticket ${ticket}`
  const desk = desks.all.find((one) => one.source === source)
  return desk && iid !== undefined ? requestName(desk, iid) : undefined
}

/** What names a request by its id was asked for at its card, also where the request can't be read. */
function hasCard({ requestId }: Waiting, request: RequestRow | undefined): boolean {
  return request ? request.card !== undefined : requestId !== undefined
}

function askedFor({ decision, command, ticket }: Waiting): Readonly<Record<string, string | number>> {
  return {
    ...(decision === undefined ? {} : { decision }),
    ...(command === undefined ? {} : { command }),
    ...(ticket === undefined ? {} : { ticket }),
  }
}

function sentence(name: string | undefined, isOnCard: boolean, reference: string): string {
  const then = isOnCard
    ? 'Check the card before you try again, and tell your admins.'
    : 'Tell your admins before you try again.'
  return `What you asked for${name === undefined ? '' : ` on ${name}`} didn’t work: something in the bot went wrong several times. Nothing was changed or sent, and the bot has stopped trying. ${then} Reference: ${reference}`
}
