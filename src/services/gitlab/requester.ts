/** How gitbeaker sends: through our own `ask`, so that nothing is repeated and no error holds the token. */
import { createRequesterFn, type FormattedResponse, type RequestOptions } from '@gitbeaker/requester-utils'
import { type Asking, ask, type Fetch } from '../ask.ts'
import { CallFailed } from '../call-failed.ts'

/** GitLab's own time limit for a request is 60 s; what takes 10 s is better looked up than waited for. */
const defaultTimeoutMs = 10_000

/**
 * The options of every gitbeaker resource. Its own sender repeats each 429 and 502 nine times within 0.3 s, POSTs
 * too, follows redirects and puts the request with the token into its errors (@gitbeaker/rest 43.8.0, dist/index.mjs).
 */
export function gitlabResourceOptions(to: { url: string; token: string; fetch: Fetch; timeoutMs?: number }) {
  const asking: Asking = { service: 'gitlab', fetch: to.fetch, timeoutMs: to.timeoutMs ?? defaultTimeoutMs }
  return {
    host: to.url.replace(/\/+$/, ''),
    token: to.token,
    queryTimeout: null,
    rateLimits: {},
    requesterFn: createRequesterFn(
      async (_service, options) => options,
      (endpoint, options) => send(asking, endpoint, options ?? {}),
    ),
  }
}

async function send(asking: Asking, endpoint: string, options: RequestOptions): Promise<FormattedResponse> {
  const method = options.method ?? 'GET'
  // encodeURIComponent leaves dots alone, and URL resolves `..`: a project or template so named would change the path.
  if (endpoint.split('/').some((part) => part === '.' || part === '..')) {
    throw new CallFailed({
      service: 'gitlab',
      kind: 'not-done',
      message: `gitlab ${method}: a path part is . or ..`,
    })
  }
  const url = new URL(endpoint, `${(options.prefixUrl ?? '').replace(/\/+$/, '')}/`)
  url.search = options.searchParams ?? ''
  const answer = await ask(asking, {
    method,
    url,
    headers: { accept: 'application/json', ...options.headers },
    body: typeof options.body === 'string' ? options.body : undefined,
  })
  return {
    status: answer.status,
    headers: { ...answer.headers, 'x-next-page': nextPage(answer.headers) },
    body: answer.body as FormattedResponse['body'],
  }
}

/** The number of the next page, from the header or the `Link`; of a link only the number is used, never its host. */
function nextPage(headers: Readonly<Record<string, string>>): string {
  const given = headers['x-next-page']
  if (given !== undefined) return given
  const next = /<([^>]+)>;\s*rel="next"/.exec(headers.link ?? '')?.[1]
  return (next && new URLSearchParams(next.split('?')[1]).get('page')) ?? ''
}
