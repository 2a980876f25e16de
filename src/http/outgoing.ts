/** The calls that go out: through the proxy that the network asks for, and as a stop of the process ends them. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { EnvHttpProxyAgent, fetch as fetchBy } from 'undici'

/** The way out, and the two ends of it. */
export interface Outgoing {
  readonly fetch: typeof globalThis.fetch
  /** Runs what may be left off between two of its calls: the next start does it again. */
  round<T>(work: () => Promise<T>): Promise<T>
  /** Runs what makes calls only while it holds what it works on: another process may have taken that over. */
  whileHeld<T>(isHeld: () => boolean, work: () => Promise<T>): Promise<T>
  /** From now on a round makes no further call. */
  stopRounds(): void
  /** Gives up all calls in flight, as if no answer had come, and makes no further one. */
  abandon(): void
  /** True from then on: what is made of calls that had no answer says nothing of the services. */
  isAbandoned(): boolean
}

export function outgoing(fetch: typeof globalThis.fetch): Outgoing {
  const inRound = new AsyncLocalStorage<true>()
  const holding = new AsyncLocalStorage<() => boolean>()
  const [rounds, all] = [new AbortController(), new AbortController()]
  return {
    fetch: async (input, init) => {
      if (inRound.getStore()) rounds.signal.throwIfAborted()
      all.signal.throwIfAborted()
      if (holding.getStore()?.() === false) throw new Error('the lease is over: nothing is sent')
      const own = init?.signal ?? (input instanceof Request ? input.signal : undefined)
      return fetch(input, { ...init, signal: own ? AbortSignal.any([own, all.signal]) : all.signal })
    },
    round: (work) => inRound.run(true, work),
    whileHeld: (isHeld, work) => holding.run(isHeld, work),
    stopRounds: () => rounds.abort(),
    abandon: () => all.abort(),
    isAbandoned: () => all.signal.aborted,
  }
}

/**
 * The settings that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` give:
 * https://about.gitlab.com/blog/we-need-to-talk-no-proxy/
 */
export interface ProxySettings {
  /** For `https:` addresses and Socket Mode; else that of `http`. */
  readonly https?: string
  readonly http?: string
  /** Hosts that are asked directly: names, `.example.com` with all below it, `*` for all, each with a port if need be. */
  readonly no?: string
}

/** The way to the network: directly, or through the proxy. */
export interface Network {
  readonly fetch: typeof globalThis.fetch
  /** For what does not go by `fetch`: the WebSocket of Socket Mode. Left out: no proxy is set. */
  readonly dispatcher?: EnvHttpProxyAgent
}

/**
 * Node's own switch (`NODE_USE_ENV_PROXY`) reaches `fetch` alone, and the WebSocket of Socket Mode is undici's. The same
 * undici gives both, since a dispatcher is not sure to fit a `fetch` of another version.
 */
export function networkThrough(proxy: ProxySettings | undefined, direct: typeof globalThis.fetch): Network {
  if (proxy === undefined) return { fetch: direct }
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: proxy.http ?? '',
    httpsProxy: proxy.https ?? '',
    noProxy: proxy.no ?? '',
  })
  const through = (input: Parameters<typeof fetchBy>[0], init: Parameters<typeof fetchBy>[1]) =>
    fetchBy(input, { ...init, dispatcher })
  return { fetch: through as unknown as typeof globalThis.fetch, dispatcher }
}
