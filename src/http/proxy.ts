/** Requests through the proxy that the network asks for. */
import { EnvHttpProxyAgent, fetch as fetchBy } from 'undici'

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
