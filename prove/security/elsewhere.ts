/** Addresses and redirects that lead elsewhere: no request of the bot ever goes to a host that it was not given. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebClient } from '@slack/web-api'
import { byApiToken } from '../../sandbox/services.ts'
import { formOf } from '../../sandbox/slack/deliver.ts'
import { onceSeen } from '../../sandbox/slack/once-seen.ts'
import { slashCommand } from '../../sandbox/slack/payloads.ts'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import { connectGitLab } from '../../src/services/gitlab/client.ts'
import { followResponseUrl, webClientOptions } from '../../src/services/slack/caller.ts'
import { connectZendesk } from '../../src/services/zendesk/client.ts'
import { addressesInTickets, nextPagesOfZendesk } from './elsewhere-of-tickets.ts'
import type { Findings } from './findings.ts'
import { formCopy, type SecuredDesk, startSecuredDesk } from './secured-desk.ts'

export async function proveElsewhere(findings: Findings): Promise<void> {
  const canary = await startCanary()
  const asked: string[] = []
  const watched: typeof fetch = (input, init) => {
    asked.push(input instanceof Request ? input.url : String(input))
    return fetch(input, init)
  }
  const desk = await startSecuredDesk({ fetch: watched })
  const ours = [desk.slack.url, desk.gitlab.url, desk.zendesk.url]
  try {
    await responseUrls(findings, desk, canary)
    await redirects(findings, desk, canary)
    await nextPages(findings, desk, canary)
    await nextPagesOfZendesk(findings, desk, canary.url)
    await addressesInTickets(findings, desk, canary.url)
    await absoluteMethod(findings, desk, canary, watched)
    await badIds(findings, desk)
  } finally {
    await desk.close()
    await canary.close()
  }
  const foreign = asked.filter((url) => !ours.includes(new URL(url).origin))
  if (foreign.length > 0) findings.letIn('a request was meant for elsewhere', foreign[0])
  if (canary.hits.length > 0) findings.letIn('a request reached the canary', canary.hits[0])
  findings.reach('requests of the bot that were watched', asked.length)
}

type Canary = Awaited<ReturnType<typeof startCanary>>

async function startCanary() {
  const hits: string[] = []
  const server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { hits, port, url: `http://127.0.0.1:${port}`, close }
}

function foreignAddresses({ port }: Canary, slack: URL): readonly string[] {
  return [
    ...[
      '127.0.0.1',
      'localhost',
      '[::1]',
      '0x7f000001',
      '2130706433',
      '0177.0.0.1',
      '127.1',
      '0.0.0.0',
    ].flatMap((host) => [`http://${host}:${port}/`, `https://${host}:${port}/`]),
    `http://hooks.slack.com@127.0.0.1:${port}/`,
    `https://hooks.slack.com:443@127.0.0.1:${port}/`,
    `https://hooks.slack.com%2f@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}#@hooks.slack.com/`,
    `http://127.0.0.1:${port}\\@hooks.slack.com/`,
    `http://127.0.0.1:${port}/https://hooks.slack.com/`,
    `http://hooks.slack.com.localhost:${port}/`,
    `http://hooks.slack.com:${port}/`,
    `https://hooks.slack.com:${port}/`,
    'http://hooks.slack.com/',
    'https://hooks.slack.com.evil.example/',
    'https://evil-hooks.slack.com/',
    'https://xhooks.slack.com/',
    'https://hooks.slack.com./',
    'https://hooks.ѕlack.com/',
    `//127.0.0.1:${port}/`,
    `https:127.0.0.1:${port}/`,
    `http://user:word@${slack.host}/`,
    `https://${slack.host}/`,
    `ftp://${slack.host}/`,
    'file:///etc/passwd',
    'data:application/json,{}',
    `ws://127.0.0.1:${port}/`,
    '',
  ]
}

async function responseUrls(findings: Findings, desk: SecuredDesk, canary: Canary): Promise<void> {
  for (const responseUrl of foreignAddresses(canary, new URL(desk.slack.url))) {
    findings.tried()
    const triggerId = desk.slack.space.newTrigger(PEOPLE.engineer.id)
    const acting = { person: PEOPLE.engineer, triggerId }
    const command = slashCommand(acting, CHANNELS.privacy, '/privacy', 'help', responseUrl)
    const before = desk.told(PEOPLE.engineer.id).length
    const isTold = () => desk.told(PEOPLE.engineer.id).length > before || undefined
    await desk.slack.deliverSigned(formOf('slash_commands', command))
    if (await onceSeen(desk.slack, isTold)) findings.reach('answered in the channel instead')
    await followResponseUrl(
      { fetch: refuseToFetch(findings, responseUrl), apiUrl: 'https://slack.com/api/' },
      responseUrl,
      { text: 'x' },
    ).catch(() => findings.reach('a foreign response_url was not followed'))
  }
}

function refuseToFetch({ letIn }: Findings, address: string): typeof fetch {
  return async () => {
    letIn('a foreign response_url is followed', address)
    throw new Error('not to be followed')
  }
}

/** Each service redirects whatever it is asked; the bot asks each of them. */
async function redirects(findings: Findings, desk: SecuredDesk, canary: Canary): Promise<void> {
  for (const status of [301, 302, 303, 307, 308]) {
    const answer = { status, headers: { location: `${canary.url}/${status}` } }
    for (const { fake } of [desk.slack, desk.gitlab, desk.zendesk]) {
      fake.fail({ times: Number.POSITIVE_INFINITY, failure: { answer } })
    }
    findings.tried(3)
    const before = [desk.slack, desk.gitlab, desk.zendesk].map(({ fake }) => fake.requests.length)
    const zendesk = zendeskOf(desk)
    await zendesk.ticket(7).catch(() => {})
    await zendesk
      .updateTicket(7, { updatedStamp: '2026-03-01T10:00:00Z', opId: 'x' })
      .catch(() => findings.reach('a redirect was refused'))
    const { iid } = desk.gitlab.submitRequest({ description: formCopy() })
    await desk.advance(61)
    await desk.slack.command(PEOPLE.engineer.id, CHANNELS.privacy.name, '/privacy', `claim ${iid}`)
    await desk.settle()
    ;[desk.slack, desk.gitlab, desk.zendesk].forEach(({ fake }, index) => {
      if (fake.requests.length > (before[index] ?? 0)) findings.reach('a service answered with a redirect')
      fake.heal()
    })
    await desk.advance(3_600)
  }
}

function zendeskOf({ zendesk }: SecuredDesk) {
  const { ZENDESK_EMAIL: email, ZENDESK_TOKEN: token } = byApiToken
  return connectZendesk({ url: zendesk.url, email, token, fetch })
}

function gitlabOf({ environment, gitlab }: SecuredDesk) {
  const { GITLAB_TOKEN: token, GITLAB_PROJECT: project } = environment
  return connectGitLab({ url: gitlab.url, token, project, fetch })
}

async function nextPages(findings: Findings, desk: SecuredDesk, canary: Canary): Promise<void> {
  const link = `<${canary.url}/api/v4/projects/1/issues/1/notes?page=2>; rel="next"`
  desk.gitlab.fake.fail({ path: /notes$/, failure: { answer: { status: 200, headers: { link }, body: [] } } })
  findings.tried(2)
  await gitlabOf(desk)
    .notes(1, {})
    .catch(() => {})
  desk.gitlab.fake.heal()
  const next_page = `${canary.url}/api/v2/tickets/7/audits.json?page=2`
  const body = { audits: [], next_page, count: 200 }
  desk.zendesk.fake.fail({ path: /audits/, times: 5, failure: { answer: { status: 200, body } } })
  await zendeskOf(desk)
    .audits(7)
    .catch(() => findings.reach('a foreign next_page was refused'))
  desk.zendesk.fake.heal()
  if (desk.gitlab.fake.received('GET', /notes$/).some(({ query }) => query.get('page') === '2'))
    findings.reach('of a foreign Link only the number was used')
}

async function absoluteMethod(
  { tried, letIn, reach }: Findings,
  desk: SecuredDesk,
  canary: Canary,
  watched: typeof fetch,
): Promise<void> {
  const { botToken: token, apiUrl } = desk.slack
  const web = new WebClient(token, webClientOptions({ token, apiUrl, fetch: watched }))
  for (const method of [`${canary.url}/api/auth.test`, `//127.0.0.1:${canary.port}/x`]) {
    tried()
    await web.apiCall(method).catch(() => reach('an absolute address was no method'))
    if (canary.hits.length > 0) letIn('an absolute address is taken for a method', method)
  }
}

const badNumbers = [
  0,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  '../users/1' as unknown as number,
]

async function badIds(findings: Findings, desk: SecuredDesk): Promise<void> {
  const all = () => desk.gitlab.fake.requests.length + desk.zendesk.fake.requests.length
  const before = all()
  const [gitlab, zendesk] = [gitlabOf(desk), zendeskOf(desk)]
  for (const id of badNumbers) {
    const calls: readonly (() => Promise<unknown>)[] = [
      () => zendesk.ticket(id),
      () => zendesk.audits(id),
      () => zendesk.comments(id),
      () => zendesk.users([id]),
      () => zendesk.group(String(id)),
      () => zendesk.macroEffect(1, id),
      () => zendesk.updateTicket(id, { updatedStamp: '2026-03-01T10:00:00Z', opId: 'x' }),
      () => gitlab.issue(id),
      () => gitlab.notes(id, {}),
      () => gitlab.createNote(id, { body: 'x', internal: true }),
      () => gitlab.editIssue(id, { state: 'close' }),
      () => gitlab.linkIssues(1, { project: 1, iid: id }),
    ]
    for (const call of calls) {
      findings.tried()
      try {
        await call()
      } catch {
        findings.reach('an id that is none was refused')
      }
    }
  }
  for (const name of ['..', '.', '../..', '..%2f..'])
    await gitlab.issueTemplate(desk.environment.GITLAB_PROJECT, name).catch(() => {})
  const sent = desk.gitlab.fake.requests.slice(-4).map(({ path }) => path)
  if (all() - before > 4) findings.letIn('an id that is none reached a path')
  if (sent.some((path) => path.split('/').some((part) => part === '..' || part === '.')))
    findings.letIn('a template’s name changed the path', sent.join(' '))
}
