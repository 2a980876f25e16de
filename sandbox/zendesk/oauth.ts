/** Who may use the API of the local Zendesk: access tokens of its OAuth client, and an API token for as long as these last. */
import type { Answer, RecordedRequest } from '../fake-server.ts'
import { zendeskEmail, zendeskToken } from './world.ts'

export const zendeskClientId = 'privacy-desk'
export const zendeskClientSecret = 'local-zendesk-client-secret'

/** On this day the real one switches off every API token. */
const apiTokensEndAt = Date.parse('2027-04-30T00:00:00Z')

/** Seconds, as the real one has them. */
const [shortestLife, usualLife, longestLife] = [300, 1800, 172_800] as const

interface AccessToken {
  readonly scopes: readonly string[]
  /** Milliseconds since 1970. */
  readonly endsAt: number
}

export class OAuth {
  /** What an administrator lets the client ask for. */
  allowedScopes: readonly string[] = ['read', 'write', 'tickets:read', 'tickets:write']
  readonly #now: () => Date
  readonly #tokens = new Map<string, AccessToken>()
  #given = 0

  constructor(now: () => Date) {
    this.#now = now
  }

  /** All of them, as when the secret is made anew. */
  revoke(): void {
    this.#tokens.clear()
  }

  /** `POST /oauth/tokens`. Without `expires_in` in the request it is not in the answer either. */
  grant({ body }: RecordedRequest): Answer {
    const asked = Object(body) as Readonly<Record<string, unknown>>
    if (asked.grant_type !== 'client_credentials') return refused(400, 'unsupported_grant_type')
    if (asked.client_id !== zendeskClientId || asked.client_secret !== zendeskClientSecret)
      return refused(401, 'invalid_client')
    const scopes = String(asked.scope ?? 'read').split(' ')
    if (scopes.some((scope) => !this.allowedScopes.includes(scope))) return refused(400, 'invalid_scope')
    const life = Number(asked.expires_in ?? usualLife)
    if (!(life >= shortestLife && life <= longestLife)) return refused(400, 'invalid_request')
    this.#given += 1
    const token = `local-zendesk-access-token-${this.#given}`
    this.#tokens.set(token, { scopes, endsAt: this.#now().getTime() + life * 1000 })
    const expires = asked.expires_in === undefined ? {} : { expires_in: life }
    return {
      status: 200,
      body: { access_token: token, token_type: 'bearer', scope: scopes.join(' '), ...expires },
    }
  }

  /** Undefined where the request may be answered. */
  refusal({ method, path, headers }: RecordedRequest): Answer | undefined {
    const [kind, value = ''] = (headers.authorization ?? '').split(' ')
    if (kind !== 'Bearer') return this.#isApiToken(value) ? undefined : notAuthenticated
    const token = this.#tokens.get(value)
    if (!token || token.endsAt <= this.#now().getTime()) return invalidToken
    const access = method === 'GET' ? 'read' : 'write'
    const resource = /^\/api\/v2\/(\w+)/.exec(path)?.[1] ?? ''
    const isGranted = token.scopes.includes(access) || token.scopes.includes(`${resource}:${access}`)
    return isGranted ? undefined : missingScope(access)
  }

  #isApiToken(credentials: string): boolean {
    if (this.#now().getTime() >= apiTokensEndAt) return false
    return credentials === Buffer.from(`${zendeskEmail}/token:${zendeskToken}`).toString('base64')
  }
}

const notAuthenticated: Answer = { status: 401, body: { error: "Couldn't authenticate you" } }

const invalidToken: Answer = {
  status: 401,
  body: {
    error: 'invalid_token',
    error_description:
      'The access token provided is expired, revoked, malformed or invalid for other reasons.',
  },
}

function missingScope(scope: string): Answer {
  const description = `You are missing the following required scopes: ${scope}`
  return { status: 403, body: { error: 'Forbidden', description } }
}

function refused(status: number, error: string): Answer {
  return { status, body: { error, error_description: 'See the documentation.' } }
}
