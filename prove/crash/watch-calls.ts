/** Every HTTP call of the bot to the local services, and the three moments of each at which it can be killed. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FakeServer } from '../../sandbox/fake-server.ts'

/** Before it is carried out, when it was and nobody has heard of it, and when the answer is on its way. */
export type Moment = 'before' | 'unanswered' | 'answered'
export const moments: readonly Moment[] = ['before', 'unanswered', 'answered']

export interface Calls {
  /** Calls begun so far. */
  count(): number
  /** One was begun that has no answer yet. */
  areOpen(): boolean
  /** When the next one begins or ends, or after so many milliseconds without. */
  next(withinMs: number): Promise<void>
  /** Does this at a moment of the n-th call from now. */
  at(call: number, moment: Moment, act: () => void): void
  /** Does it no more, where it was not done yet. */
  unmark(): void
  /** The answers that match wait until the returned function is called. */
  hold(method: string, path: RegExp): () => void
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

export function watchCalls(servers: readonly FakeServer[]): Calls {
  let begun = 0
  let open = 0
  let happened = Promise.withResolvers<void>()
  let marked: { readonly call: number; readonly moment: Moment; readonly act: () => void } | undefined
  let held: { readonly method: string; readonly path: RegExp; readonly until: Promise<void> } | undefined

  const tell = () => {
    happened.resolve()
    happened = Promise.withResolvers()
  }
  const watched =
    (answer: Listener): Listener =>
    (request, response) => {
      begun += 1
      open += 1
      tell()
      response.once('close', () => {
        open -= 1
        tell()
      })
      const mark = marked?.call === begun ? marked : undefined
      if (mark?.moment === 'before') {
        mark.act()
        request.socket.destroy()
        return
      }
      if (mark?.moment === 'unanswered') cutAnswer(request, response, mark.act)
      else if (mark) response.once('finish', mark.act)
      else if (held && request.method === held.method && held.path.test(request.url ?? ''))
        delayAnswer(response, held.until)
      answer(request, response)
    }

  for (const { server } of servers) {
    const [answer] = server.listeners('request') as Listener[]
    if (!answer) throw new Error('the local service does not listen')
    server.removeAllListeners('request').on('request', watched(answer))
  }

  return {
    count: () => begun,
    areOpen: () => open > 0,
    next(withinMs) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const late = setTimeout(resolve, withinMs)
      void happened.promise.then(resolve)
      return promise.finally(() => clearTimeout(late))
    },
    at(call, moment, act) {
      marked = { call: begun + call, moment, act }
    },
    unmark() {
      marked = undefined
    },
    hold(method, path) {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = { method, path, until: promise }
      return () => {
        held = undefined
        resolve()
      }
    },
  }
}

function cutAnswer(request: IncomingMessage, response: ServerResponse, act: () => void): void {
  response.end = () => {
    act()
    request.socket.destroy()
    return response
  }
}

function delayAnswer(response: ServerResponse, until: Promise<void>): void {
  const end = response.end.bind(response) as (text?: string) => ServerResponse
  response.end = (text?: unknown) => {
    void until.then(() => end(String(text ?? '')))
    return response
  }
}
