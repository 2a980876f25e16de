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
        return answerTo && told(answerTo, sentence(waiting, request && nameOf(context, request), reference))
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

function nameOf({ desks }: Intake['context'], request: RequestRow): string {
  return requestName(desks.of(request), request.number)
}

function askedFor({ decision, command, ticket }: Waiting): Readonly<Record<string, string | number>> {
  return {
    ...(decision === undefined ? {} : { decision }),
    ...(command === undefined ? {} : { command }),
    ...(ticket === undefined ? {} : { ticket }),
  }
}

function sentence({ iid, ticket }: Waiting, name: string | undefined, reference: string): string {
  const of = name ?? (ticket === undefined ? iid : `ticket ${ticket}`)
  return `What you asked for${of === undefined ? '' : ` on ${of}`} didn’t work: something in the bot went wrong several times. Nothing was changed or sent, and the bot has stopped trying. Check the card before you try again, and tell your admins. Reference: ${reference}`
}
