import { z } from 'zod'
import { ask, type Fetch } from '../../clients/ask.ts'
import { parse } from '../../clients/parse.ts'
import type { Config } from '../../config.ts'
import { type Finding, look, missing, ok } from './finding.ts'

const Me = z.object({ user: z.object({ role: z.string() }) })

export async function checkZendesk(zendesk: Config['zendesk'], fetch: Fetch): Promise<readonly Finding[]> {
  if (zendesk === undefined) return [ok('Zendesk: off (no ZENDESK_URL)')]
  return look('Zendesk', 'check ZENDESK_URL, ZENDESK_EMAIL and ZENDESK_TOKEN', async () => {
    const credentials = Buffer.from(`${zendesk.email}/token:${zendesk.token}`).toString('base64')
    const { body } = await ask(
      { service: 'zendesk', fetch, timeoutMs: 10_000 },
      {
        method: 'GET',
        url: new URL('/api/v2/users/me.json', zendesk.url),
        headers: { accept: 'application/json', authorization: `Basic ${credentials}` },
      },
    )
    const { user } = parse(Me, body, { service: 'zendesk', method: 'GET', what: 'users/me' })
    // Zendesk answers a wrong token with an anonymous end user: https://developer.zendesk.com/api-reference/ticketing/users/users/#show-self
    if (user.role !== 'end-user') return [ok(`Zendesk: signed in as ${user.role}`)]
    return [missing('Zendesk: signed in as nobody who works there', 'check ZENDESK_EMAIL and ZENDESK_TOKEN')]
  })
}
