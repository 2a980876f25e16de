/** The queue of security tickets: who the bot is there, what it finds, and what it can't do. */
import type { Config, ZendeskConfig } from '../../config/config.ts'
import { dayIn } from '../../engine/time.ts'
import type { Fetch } from '../../services/ask.ts'
import { connectZendesk, type Zendesk } from '../../services/zendesk/client.ts'
import { groupLack, requiredFields } from '../../services/zendesk/needs.ts'
import { cutText } from '../../services/zendesk/service.ts'
import { apiTokensEndText, daysOfApiTokens, scopes } from '../../services/zendesk/sign-in.ts'
import { counted, type Finding, look, ok, problem, warn } from './finding.ts'

/**
 * Checks the sign-in, the queue, the webhook, the support group and the suspended mails in Zendesk. Without Zendesk
 * the one finding is that it is off.
 */
export async function checkZendesk(
  { zendesk, timezone }: Pick<Config, 'zendesk' | 'timezone'>,
  fetch: Fetch,
  now: () => Date,
): Promise<readonly Finding[]> {
  if (zendesk === undefined) return [ok('Zendesk: off (no ZENDESK_URL), and with it the security desk')]
  const client = connectZendesk({ ...zendesk, fetch, now })
  const today = dayIn(timezone, now().toISOString())
  const account = [
    ...(await look('Zendesk', accountMend(zendesk), () => checkAccount(client))),
    ...checkApiToken(zendesk, today),
  ]
  if (account.some(({ verdict }) => verdict === 'problem')) return account
  const mend = 'see that Zendesk answers, then try again'
  return [
    ...account,
    ...(await look('Zendesk queue', 'check ZENDESK_QUERY', () => checkQueue(zendesk, client))),
    checkWebhook(zendesk),
    ...(await look('Zendesk support group', mend, () => checkGroup(zendesk, client))),
    ...(await look('Zendesk fields', mend, () => checkFields(client))),
    ...(await look('Zendesk suspended mails', mend, () => checkSuspended(zendesk, client))),
  ]
}

function accountMend(zendesk: ZendeskConfig): string {
  return 'token' in zendesk
    ? 'check ZENDESK_URL, ZENDESK_EMAIL and ZENDESK_TOKEN'
    : `check ZENDESK_URL, ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET, and that the client is confidential and allowed the scopes ${scopes}`
}

async function checkAccount(client: Zendesk): Promise<readonly Finding[]> {
  const { role, onlyPrivateComments } = await client.me()
  if (!onlyPrivateComments) return [ok(`Zendesk: signed in as ${role}`)]
  const text = 'Zendesk: the account may write only internal comments, so no answer reaches a requester'
  return [problem(text, 'give it a role that may write public comments')]
}

/** Checks the API token; returns no finding where an OAuth client signs in. */
function checkApiToken(zendesk: ZendeskConfig, today: string): readonly Finding[] {
  if (!('token' in zendesk)) return []
  const mend =
    'make an OAuth client and set ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET instead of ZENDESK_EMAIL and ZENDESK_TOKEN'
  const isLeft = daysOfApiTokens(today) > 0
  return [(isLeft ? warn : problem)(`Zendesk API token: ${apiTokensEndText(today)}`, mend)]
}

async function checkQueue({ query }: ZendeskConfig, client: Zendesk): Promise<readonly Finding[]> {
  const found = new Set<number>()
  for await (const page of client.search(query)) for (const { id } of page) found.add(id)
  const cut = cutText(await client.count(query))
  return cut === undefined
    ? [ok(`Zendesk queue: ZENDESK_QUERY finds ${counted(found.size, 'ticket')}`)]
    : [warn(`Zendesk queue: ZENDESK_QUERY finds ${cut}`, 'narrow ZENDESK_QUERY')]
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
  if (await groupLack(client, supportGroup)) {
    const text = `Zendesk support group ${supportGroup}: not there, so Redirect: Support can’t be carried out`
    return [warn(text, 'check ZENDESK_SUPPORT_GROUP')]
  }
  const group = await client.group(supportGroup)
  return [ok(`Zendesk support group: ${group?.name ?? supportGroup}`)]
}

/** The fields without which no ticket is solved, as far as they do not depend on the ticket's form. */
async function checkFields(client: Zendesk): Promise<readonly Finding[]> {
  const names = (await requiredFields(client)).map(({ title }) => title)
  if (names.length === 0) return [ok('Zendesk fields: a ticket can be solved without filling in any')]
  const text = `Zendesk fields: a ticket can be solved only once ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} filled in`
  return [
    warn(text, 'nothing, if that is done in Zendesk before a ticket is answered; else make them optional'),
  ]
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
