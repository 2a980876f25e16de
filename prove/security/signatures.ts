/** Signed requests with anything changed, again, late or early; and secrets that are none. */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { signature as gitlabSignature } from '../../sandbox/gitlab/webhooks.ts'
import { formOf, slackSignature } from '../../sandbox/slack/deliver.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { ConfigError, loadConfig } from '../../src/config.ts'
import { isSignedBySlack } from '../../src/listeners/slack-signature.ts'
import { isSignedBy } from '../../src/listeners/standard-webhook.ts'
import type { Findings } from './findings.ts'
import { asHeader, mutations } from './mutations.ts'
import { formCopy, post, type SecuredDesk, startSecuredDesk, webhookSecret } from './secured-desk.ts'

type Signed = Readonly<Record<'id' | 'timestamp' | 'signature' | 'body', string>>

interface Scheme {
  readonly known: Signed
  readonly isGood: (message: Signed, secondsLater: number) => boolean
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack gives the secret and the time. */
const slackSecret = '8f742231b10e8888abcd99yyyzzz85a5'
const slackBody = 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&command=%2Fwebhook-collect&text='
const signingToken = 'whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc='
const standardSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** By name; a further service adds its own here. */
const schemes: Readonly<Record<string, Scheme>> = {
  Slack: {
    known: {
      id: '',
      timestamp: '1531420618',
      body: slackBody,
      signature: `v0=${createHmac('sha256', slackSecret).update(`v0:1531420618:${slackBody}`).digest('hex')}`,
    },
    isGood: ({ body, ...signed }, later) =>
      isSignedBySlack(
        slackSecret,
        { ...signed, body: Buffer.from(body, 'latin1') },
        new Date((1_531_420_618 + later) * 1000),
      ),
  },
  'GitLab’s signing token': standard(signingToken, {
    id: 'msg-1',
    timestamp: '1700000000',
    signature: 'v1,tWJcrVKCm/9IjR6S99eueg1ecBnzYyHZVFe6UzmUJAc=',
    body: '{"object_kind":"note"}',
  }),
  'the reference vector of Standard Webhooks': standard(standardSecret, {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: '1614265330',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    body: '{"test": 2432232314}',
  }),
}

function standard(secret: string, known: Signed): Scheme {
  return {
    known,
    isGood: ({ body, ...signed }, later) =>
      isSignedBy(
        secret,
        { ...signed, body: Buffer.from(body, 'latin1') },
        new Date((Number(known.timestamp) + later) * 1000),
      ),
  }
}

/** `bits` of each byte over HTTP (of a body, fewer than all eight mean some 200 bytes); all eight where no request is made. */
export async function proveSignatures(findings: Findings, bits: number): Promise<void> {
  for (const [name, scheme] of Object.entries(schemes)) proveScheme(findings, name, scheme)
  proveSecrets(findings)
  await withDesk({}, async (desk) => {
    await proveSlackRoute(findings, desk, bits)
    await proveSecretToken(findings, desk, bits)
  })
  await withDesk({ GITLAB_WEBHOOK_SECRET: signingToken }, (desk) => proveSigningToken(findings, desk, bits))
}

function proveScheme(
  { tried, reach, letIn, broken }: Findings,
  name: string,
  { known, isGood }: Scheme,
): void {
  if (!isGood(known, 0)) broken(`${name}: the known answer is refused`)
  reach(`${name}: known answer`)
  for (const part of ['id', 'timestamp', 'signature', 'body'] as const) {
    if (part === 'id' && known.id === '') continue
    for (const changed of mutations(known[part])) {
      // A list of signatures may hold white space between them.
      if (changed === known[part] || (part === 'signature' && changed.trim() === known[part])) continue
      tried()
      if (isGood({ ...known, [part]: changed }, 0)) letIn(`${name}: a changed ${part} is taken`, changed)
    }
  }
  for (const later of [-86_400, -301, 301, 86_400]) {
    tried()
    if (isGood(known, later)) letIn(`${name}: a signature ${later} seconds old is taken`)
  }
}

const requiredOnly = {
  SLACK_BOT_TOKEN: 'xoxb-of-the-proof',
  SLACK_SIGNING_SECRET: 'a-signing-secret-of-ours',
  GITLAB_TOKEN: 'a-gitlab-token-of-ours',
  GITLAB_PROJECT: 'support/personal-account-requests',
}

const badSecrets: readonly (readonly [string, Readonly<Record<string, string | undefined>>])[] = [
  ...['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'GITLAB_TOKEN'].flatMap((name) =>
    [undefined, '', '   ', '\t'].map(
      (value) => [`${name} is ${JSON.stringify(value)}`, { [name]: value }] as const,
    ),
  ),
  ['a short signing secret', { SLACK_SIGNING_SECRET: 'short' }],
  ['a short webhook secret', { GITLAB_WEBHOOK_SECRET: 'short' }],
  ['a signing token without a key', { GITLAB_WEBHOOK_SECRET: 'whsec_' }],
  ['a signing token that is no base64', { GITLAB_WEBHOOK_SECRET: 'whsec_!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!' }],
  ['the secret of Slack’s documentation', { SLACK_SIGNING_SECRET: slackSecret }],
  ['the secret of Standard Webhooks', { GITLAB_WEBHOOK_SECRET: standardSecret }],
  [
    'Zendesk’s test secret',
    {
      ZENDESK_URL: 'https://example.zendesk.com',
      ZENDESK_EMAIL: 'agent@example.com',
      ZENDESK_TOKEN: 'a-zendesk-token-of-ours',
      ZENDESK_WEBHOOK_SECRET: 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==',
    },
  ],
  ['one secret twice', { GITLAB_WEBHOOK_SECRET: requiredOnly.SLACK_SIGNING_SECRET }],
  ['one token twice', { GITLAB_ADMIN_TOKEN: requiredOnly.GITLAB_TOKEN }],
]

function proveSecrets({ tried, reach, letIn, broken }: Findings): void {
  const yaml = readFileSync(new URL('../../config/desk.yaml', import.meta.url), 'utf8')
  for (const [what, change] of badSecrets) {
    tried()
    try {
      loadConfig({ ...requiredOnly, ...change }, yaml)
      letIn(`the bot starts with ${what}`)
    } catch (error) {
      if (!(error instanceof ConfigError)) broken(`${what} ends in an error of ours`, String(error))
      else reach('a bad secret was refused')
      for (const value of Object.values(change))
        if (value && value.trim().length > 8 && String(error).includes(value))
          broken(`${what} is told in the error`)
    }
  }
}

async function withDesk(
  env: Readonly<Record<string, string>>,
  prove: (desk: SecuredDesk) => Promise<void>,
): Promise<void> {
  const desk = await startSecuredDesk({ env })
  try {
    await prove(desk)
  } finally {
    await desk.close()
  }
}

const stored = (desk: SecuredDesk) => Number(desk.rows('SELECT count(*) AS n FROM inbox')[0]?.n)

/** Without the webhooks that GitLab sends of what a decision has done. */
const storedAsSuch = (desk: SecuredDesk) =>
  Number(
    desk.rows("SELECT count(*) AS n FROM inbox WHERE kind = 'decision' OR key LIKE 'gitlab:proof-%'")[0]?.n,
  )

interface Attempt {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Everything must be refused with 401, and nothing of it stored. */
async function allRefused(
  { tried, letIn }: Findings,
  desk: SecuredDesk,
  where: string,
  path: string,
  attempts: Iterable<Attempt>,
): Promise<void> {
  const before = stored(desk)
  for (const { headers, body } of attempts) {
    tried()
    const status = await post(`${desk.url}${path}`, headers, Buffer.from(body, 'latin1'))
    if (status !== 401) letIn(`${where}: answered ${status}, not 401`, JSON.stringify(headers) + body)
  }
  await desk.settle()
  if (stored(desk) !== before) letIn(`${where}: something forged was stored`)
}

/** The right one is taken, and the same again does nothing. */
async function takenOnce(
  { tried, reach, doubled }: Findings & { readonly doubled: (what: string) => void },
  desk: SecuredDesk,
  where: string,
  path: string,
  { headers, body }: Attempt,
): Promise<void> {
  const before = storedAsSuch(desk)
  for (const _again of [1, 2, 3]) {
    tried()
    const status = await post(`${desk.url}${path}`, headers, body)
    if (status === 200) reach(`${where}: the true one was taken`)
  }
  await desk.settle()
  const status = await post(`${desk.url}${path}`, headers, body)
  await desk.settle()
  if (status !== 200 || storedAsSuch(desk) !== before + 1)
    doubled(`${where}: replayed, it was stored ${storedAsSuch(desk) - before} times`)
}

function* changedHeader(
  headers: Readonly<Record<string, string>>,
  name: string,
  body: string,
  bits: number,
): Generator<Attempt> {
  const value = headers[name] ?? ''
  for (const changed of mutations(value, bits)) {
    const sendable = asHeader(changed)
    if (sendable !== undefined && sendable !== value)
      yield { headers: { ...headers, [name]: sendable }, body }
  }
  const { [name]: _left, ...without } = headers
  yield { headers: without, body }
}

function* changedBody(
  headers: Readonly<Record<string, string>>,
  body: string,
  bits: number,
): Generator<Attempt> {
  const step = bits === 8 ? 1 : Math.ceil(body.length / 200)
  for (const changed of mutations(body, bits, step)) if (changed !== body) yield { headers, body: changed }
}

async function proveSlackRoute(findings: Findings, desk: SecuredDesk, bits: number): Promise<void> {
  const iid = await desk.request(formCopy())
  const click = desk.slack.clickPayload(
    PEOPLE.engineer.id,
    desk.card(iid),
    { button: 'Mark Spam' },
    { confirm: true },
  )
  const body = formOf('interactive', click)
  const headersAt = (timestamp: number) => ({
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': slackSignature(desk.slack.signingSecret, timestamp, body),
  })
  const now = Math.floor(Date.now() / 1000)
  const headers = headersAt(now)
  const [where, path] = ['Slack’s route', '/slack/events']
  await allRefused(
    findings,
    desk,
    `${where}, signature`,
    path,
    changedHeader(headers, 'x-slack-signature', body, bits),
  )
  await allRefused(
    findings,
    desk,
    `${where}, timestamp`,
    path,
    changedHeader(headers, 'x-slack-request-timestamp', body, bits),
  )
  await allRefused(findings, desk, `${where}, body`, path, changedBody(headers, body, bits))
  const times = [-86_400, -330, 330, 86_400].map((shift) => ({ headers: headersAt(now + shift), body }))
  await allRefused(findings, desk, `${where}, stale or of the future`, path, times)
  await takenOnce({ ...findings, doubled: findings.broken }, desk, where, path, {
    headers: headersAt(Math.floor(Date.now() / 1000)),
    body,
  })
}

function issueBody(desk: SecuredDesk, iid: number): string {
  const { project } = desk.gitlab.issue(iid)
  return JSON.stringify({
    object_kind: 'issue',
    project: { id: project.id, path_with_namespace: project.path },
    object_attributes: { iid, action: 'update' },
  })
}

/** The token stands for itself: it signs no body, which is why the signing token is to be preferred. */
async function proveSecretToken(findings: Findings, desk: SecuredDesk, bits: number): Promise<void> {
  const iid = await desk.request(formCopy())
  const body = issueBody(desk, iid)
  const headers = {
    'content-type': 'application/json',
    'x-gitlab-token': webhookSecret,
    'idempotency-key': 'proof-1',
  }
  const [where, path] = ['GitLab’s route with a secret token', '/webhooks/gitlab']
  await allRefused(findings, desk, where, path, changedHeader(headers, 'x-gitlab-token', body, bits))
  await takenOnce({ ...findings, doubled: findings.broken }, desk, where, path, { headers, body })
}

async function proveSigningToken(findings: Findings, desk: SecuredDesk, bits: number): Promise<void> {
  const iid = await desk.request(formCopy())
  const body = issueBody(desk, iid)
  const headersAt = (seconds: number, id = 'proof-2') => ({
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': gitlabSignature(signingToken, id, String(seconds), body),
  })
  const now = Math.floor(desk.now().getTime() / 1000)
  const headers = headersAt(now)
  const [where, path] = ['GitLab’s route with a signing token', '/webhooks/gitlab']
  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
    await allRefused(findings, desk, `${where}, ${name}`, path, changedHeader(headers, name, body, bits))
  await allRefused(findings, desk, `${where}, body`, path, changedBody(headers, body, bits))
  const times = [-86_400, -301, 301, 86_400].map((shift) => ({ headers: headersAt(now + shift), body }))
  await allRefused(findings, desk, `${where}, stale or of the future`, path, times)
  const right = { 'x-gitlab-token': signingToken }
  const beside = [{ headers: { ...headers, ...right, 'webhook-signature': 'v1,AAAA' }, body }]
  await allRefused(findings, desk, `${where}, the right token beside a wrong signature`, path, beside)
  await takenOnce({ ...findings, doubled: findings.broken }, desk, where, path, { headers, body })
}
