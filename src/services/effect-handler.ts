/** Effects are done by handlers, one for each kind, beside the service that it is for. */

import { definitionOf, type EffectDefinitions, type EffectOf } from '../engine/effect.ts'
import type { AnyEffect, EffectDefinition } from '../engine/effects/definition.ts'
import type { Observation } from '../engine/event.ts'
import type { Instant } from '../engine/time.ts'
import type { ClaimedOutboxEntry, OutboxEntry, RequestRow, Store, Tables } from '../store/store.ts'
import { CannotDo } from './failure.ts'

/** An entry of the outbox without its work, which comes beside it with its own type. */
export type Entry = Omit<ClaimedOutboxEntry, 'work'>

/** The store, names and clock that the handlers of every service are given. */
export interface HandlerContext {
  readonly store: Pick<Store, 'tables'>
  /** A person's name in Slack, by user id. */
  readonly nameOf: (userId: string) => Promise<string>
  /** Tells the request what came of an effect; stored durably before it resolves, once for a key. */
  readonly happened: (requestId: string, observation: Observation, key: string) => Promise<void>
  readonly now: () => Date
}

/** The request as it stood when the attempt began. Throws `CannotDo` where it is not known any more. */
export async function requestOf(context: Pick<HandlerContext, 'store'>, entry: Entry): Promise<RequestRow> {
  return entry.request ?? requestNow(context, entry)
}

/** The request as it stands at this moment. Throws `CannotDo` where it is not known any more. */
export async function requestNow(
  { store }: Pick<HandlerContext, 'store'>,
  entry: Entry,
): Promise<RequestRow> {
  const request = entry.requestId && (await store.tables.requests.byId(entry.requestId))
  if (!request) throw new CannotDo('This request is no longer tracked.')
  return request
}

/** The result of an effect that was carried out, now or by an earlier attempt. */
export interface Done {
  /** Ids and numbers only: it is kept, and stands in the audit log. */
  readonly result: Readonly<Record<string, string | number>>
  /** What the service left out of it and a person does by hand, in sentences: for whoever asked, and the audit log. */
  readonly leftOut?: string
  /** Writes further data in the same transaction as the result; returns the request if that has changed it. */
  readonly record?: (tables: Tables, at: Instant) => Promise<RequestRow | undefined>
}

/** An effect that was not done and never will be, nor what the same decision asked for after it. */
export interface Stopped {
  /** A sentence. */
  readonly stopped: string
  /** True if the other effects of the same decision are done all the same. */
  readonly alone?: boolean
}

/** The handler of one kind of effect, whichever kind it is. */
export type EffectHandler = Handler<AnyEffect>

interface Handler<E> {
  /** The service that it calls, where that is another than the one in which the request is. */
  readonly calls?: string
  /** Throws CallFailed, CannotDo or NotYet where it could not. */
  execute(entry: Entry, effect: E): Promise<Done | Stopped>
  /** Returns what came of it if an earlier attempt did it after all; undefined where nothing is found. */
  verify?(entry: Entry, effect: E): Promise<Done | Stopped | undefined>
}

/** A kind that is verified first does not compile without its look-up. */
type HandlerOf<D> = D extends { readonly idempotency: 'verify-first' }
  ? Handler<EffectOf<D>> & Required<Pick<Handler<EffectOf<D>>, 'verify'>>
  : Omit<Handler<EffectOf<D>>, 'verify'>

/** The handlers of these definitions, one for each kind: none is missing, and there is none besides. */
export type HandlersOf<Definitions> = { readonly [Kind in keyof Definitions]: HandlerOf<Definitions[Kind]> }

/** The worker's way to the handlers. */
export interface Executor {
  readonly definitions: EffectDefinitions
  /** Throws UnreadableEffect. */
  definitionOf(entry: OutboxEntry): EffectDefinition
  /** Returns the service that its handler calls, where it names one; undefined as well for what can't be read. */
  calls(entry: OutboxEntry): string | undefined
  execute(entry: OutboxEntry): Promise<Done | Stopped>
  verify(entry: OutboxEntry): Promise<Done | Stopped | undefined>
}

/**
 * The handlers by service and kind, for kinds that are done on the requests of that service in another way than
 * everywhere else.
 */
export type HandlersOfServices = Readonly<Record<string, Readonly<Record<string, EffectHandler>>>>

/**
 * Makes the worker's executor of the handlers. It throws an `Error` for a kind without a handler, and
 * `UnreadableEffect` for work that fits no definition. `stopOf` says why an effect that is about to be carried
 * out is not to be done any more.
 */
export function executorOf<Definitions extends EffectDefinitions>(
  definitions: Definitions,
  handlers: HandlersOf<Definitions>,
  ofServices: HandlersOfServices = {},
  stopOf: (entry: ClaimedOutboxEntry) => Promise<Stopped | undefined> = async () => undefined,
): Executor {
  const byKind: Readonly<Record<string, Handler<AnyEffect>>> = handlers
  const handlerOf = ({ work, lane }: OutboxEntry) => {
    definitionOf(definitions, work)
    const handler = ofServices[lane]?.[work.kind] ?? byKind[work.kind]
    if (!handler) throw new Error(`nobody carries out ${work.kind}`)
    return handler
  }
  return {
    definitions,
    definitionOf: ({ work }) => definitionOf(definitions, work),
    calls: ({ work, lane }) => (ofServices[lane]?.[work.kind] ?? byKind[work.kind])?.calls,
    async execute({ work, ...entry }) {
      const handler = handlerOf({ work, ...entry })
      return (await stopOf({ work, ...entry })) ?? handler.execute(entry, work)
    },
    verify: async ({ work, ...entry }) => handlerOf({ work, ...entry }).verify?.(entry, work),
  }
}
