/** The queue of security tickets: who the bot is there, what it finds, and what it can't do. */
import { z } from 'zod'
import type { Config, ZendeskConfig } from '../../config/config.ts'
import { ask, type Fetch } from '../../services/ask.ts'
import { parse } from '../../services/parse.ts'
import { connectZendesk, type Zendesk } from '../../services/zendesk/client.ts'
import { type Finding, look, missing, ok, warn } from './finding.ts'

const Me = z.object({ user: z.object({ role: z.string() }) })

export async function checkZendesk(zendesk: Config['zendesk'], fetch: Fetch): Promise<readonly Finding[]> {
  if (zendesk === undefined) return [ok('Zendesk: off (no ZENDESK_URL), and with it the security desk')]
  const account = await look('Zendesk', 'check ZENDESK_URL, ZENDESK_EMAIL and ZENDESK_TOKEN', () =>
    checkAccount(zendesk, fetch),
  )
  if (account.some(({ verdict }) => verdict === 'missing')) return account
  const client = connectZendesk({ ...zendesk, fetch })
  const mend = 'see that Zendesk answers, then try again'
  return [
    ...account,
    ...(await look('Zendesk queue', 'check ZENDESK_QUERY', () => checkQueue(zendesk, client))),
    checkWebhook(zendesk),
    ...(await look('Zendesk support group', mend, () => checkGroup(zendesk, client))),
    ...(await look('Zendesk suspended mails', mend, () => checkSuspended(zendesk, client))),
  ]
}

async function checkAccount({ url, email, token }: ZendeskConfig, fetch: Fetch): Promise<readonly Finding[]> {
  const credentials = Buffer.from(`${email}/token:${token}`).toString('base64')
  const { body } = await ask(
    { service: 'zendesk', fetch, timeoutMs: 10_000 },
    {
      method: 'GET',
      url: new URL('/api/v2/users/me.json', url),
      headers: { accept: 'application/json', authorization: `Basic ${credentials}` },
    },
  )
  const { user } = parse(Me, body, { service: 'zendesk', method: 'GET', what: 'users/me' })
  // Zendesk answers a wrong token with an anonymous end user: https://developer.zendesk.com/api-reference/ticketing/users/users/#show-self
  if (user.role !== 'end-user') return [ok(`Zendesk: signed in as ${user.role}`)]
  return [missing('Zendesk: signed in as nobody who works there', 'check ZENDESK_EMAIL and ZENDESK_TOKEN')]
}

async function checkQueue({ query }: ZendeskConfig, client: Zendesk): Promise<readonly Finding[]> {
  const found = new Set<number>()
  for await (const page of client.search(query)) for (const { id } of page) found.add(id)
  return [ok(`Zendesk queue: ZENDESK_QUERY finds ${counted(found.size, 'ticket')}`)]
}

/** Without a webhook nothing is lost: the bot asks Zendesk every ZENDESK_POLL_SECONDS. */
function checkWebhook({ webhookSecret, pollSeconds }: ZendeskConfig): Finding {
  const polled = `Zendesk is read every ${pollSeconds} s`
  return webhookSecret === undefined
    ? ok(`Zendesk webhook: off (no ZENDESK_WEBHOOK_SECRET); ${polled}`)
    : ok(`Zendesk webhook: its secret is set; besides, ${polled}`)
}

async function checkGroup({ supportGroup }: ZendeskConfig, client: Zendesk): Promise<readonly Finding[]> {
  if (supportGroup === undefined) {
    const text = 'ZENDESK_SUPPORT_GROUP: not set, so Redirect: Support is not offered'
    return [warn(text, 'set it to the id of the support group')]
  }
  const group = await client.group(supportGroup)
  if (group) return [ok(`Zendesk support group: ${group.name}`)]
  const text = `Zendesk support group ${supportGroup}: not there, so Redirect: Support can’t be carried out`
  return [warn(text, 'check ZENDESK_SUPPORT_GROUP')]
}

async function checkSuspended({ recipient }: ZendeskConfig, client: Zendesk): Promise<readonly Finding[]> {
  const what = 'Zendesk suspended mails'
  if (recipient === undefined) {
    const mend = 'put recipient: and the address into ZENDESK_QUERY, or look at them in Zendesk yourself'
    return [warn(`${what}: not counted, as ZENDESK_QUERY names no recipient`, mend)]
  }
  const count = await client.suspended(recipient)
  if (count !== undefined) return [ok(`${what}: can be counted; to ${recipient} there are ${count}`)]
  const mend = 'give the account access to suspended tickets, or look at them in Zendesk yourself'
  return [warn(`${what}: not counted, as the account may not see them`, mend)]
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}
