/** How node-zendesk sends: through our own `ask`. */
import { type Asking, ask, type JsonAnswer } from '../ask.ts'
import { CallFailed } from '../call-failed.ts'
import type { SignedIn } from './sign-in.ts'

interface Sent {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * node-zendesk 6.0.1's own transport has no time limit, follows redirects, and hands 502, 504 and any 429 or 503 with
 * `Retry-After` to its caller as success; it also goes wherever `next_page` says, with the token. Its own `Authorization`
 * stands for as long as the client, which an access token does not: `signedIn` gives that of now.
 */
export function zendeskTransport(asking: Asking, base: URL, signedIn: SignedIn) {
  return {
    transportFn: async (address: string, { method, headers, body }: Sent): Promise<JsonAnswer> => {
      const url = new URL(address)
      if (url.origin !== base.origin || !url.pathname.startsWith(`${base.pathname}/`)) {
        throw new CallFailed({
          service: 'zendesk',
          kind: 'not-done',
          message: `zendesk ${method}: an address outside of the API is not followed`,
        })
      }
      const { Authorization: _, ...others } = headers
      return signedIn((authorization) =>
        ask(asking, { method, url, headers: { ...others, authorization }, body }),
      )
    },
    // Only the content type: it takes any answer with a `Retry-After`, a 200 as well, for a rate limit.
    responseAdapter: (answer: JsonAnswer) => ({
      json: async () => answer.body,
      status: answer.status,
      headers: {
        get: (name: string) => (name === 'content-type' ? answer.headers['content-type'] : undefined),
      },
      statusText: '',
    }),
  }
}
