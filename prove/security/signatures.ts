/** Forged, changed and repeated requests, byte by byte; late or early; and secrets that are none. */

import { signature as gitlabSignature } from '../../sandbox/gitlab/webhooks.ts'
import { gitlabWebhookSecret, zendeskWebhookSecret } from '../../sandbox/services.ts'
import { formOf, slackSignature } from '../../sandbox/slack/deliver.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { signature as zendeskSignature } from '../../sandbox/zendesk/webhooks.ts'
import { allRefused, changedBody, changedHeader, takenOnce } from './attempts.ts'
import type { Findings } from './findings.ts'
import { proveSchemes, signingToken, zendeskTestSecret } from './schemes.ts'
import { proveSecrets } from './secrets.ts'
import { formCopy, type SecuredDesk, startSecuredDesk } from './secured-desk.ts'

/** `bits` of each byte over HTTP (of a body, fewer than all eight mean some 200 bytes); all eight where no request is made. */
export async function proveSignatures(findings: Findings, bits: number): Promise<void> {
  proveSchemes(findings)
  proveSecrets(findings)
  await withDesk({}, async (desk) => {
    await proveSlackRoute(findings, desk, bits)
    await proveSecretToken(findings, desk, bits)
    await proveZendeskRoute(findings, desk, bits)
  })
  await withDesk({ GITLAB_WEBHOOK_SECRET: signingToken }, (desk) => proveSigningToken(findings, desk, bits))
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

async function proveSlackRoute(findings: Findings, desk: SecuredDesk, bits: number): Promise<void> {
  const iid = await desk.request(formCopy())
  const by = PEOPLE.engineer.id
  await desk.slack.click(by, desk.card(iid), { button: 'Mark Spam' })
  const { id: preview } = await desk.opened(by, 'Mark Spam')
  const body = formOf('interactive', desk.slack.submitPayload(by, preview))
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
  // The forged ones before took their time.
  const then = Math.floor(Date.now() / 1000)
  const times = [-86_400, -330, 330, 86_400].map((shift) => ({ headers: headersAt(then + shift), body }))
  await allRefused(findings, desk, `${where}, stale or of the future`, path, times)
  await takenOnce({ ...findings, duplicated: findings.broken }, desk, where, path, {
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
    'x-gitlab-token': gitlabWebhookSecret,
    'idempotency-key': 'proof-1',
  }
  const [where, path] = ['GitLab’s route with a secret token', '/webhooks/gitlab']
  await allRefused(findings, desk, where, path, changedHeader(headers, 'x-gitlab-token', body, bits))
  await takenOnce({ ...findings, duplicated: findings.broken }, desk, where, path, { headers, body })
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
  await takenOnce({ ...findings, duplicated: findings.broken }, desk, where, path, { headers, body })
}

async function proveZendeskRoute(findings: Findings, desk: SecuredDesk, bits: number): Promise<void> {
  const ticket = await desk.ticket('Is my data encrypted at rest?')
  const body = JSON.stringify({ ticket_id: String(ticket) })
  const timestampName = 'x-zendesk-webhook-signature-timestamp'
  const headersAt = (milliseconds: number, secret = zendeskWebhookSecret) => {
    const timestamp = new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z')
    return {
      'content-type': 'application/json',
      'x-zendesk-webhook-invocation-id': 'proof-3',
      'x-zendesk-webhook-signature': zendeskSignature(secret, timestamp, body),
      [timestampName]: timestamp,
    }
  }
  const now = desk.now().getTime()
  const headers = headersAt(now)
  const [where, path] = ['Zendesk’s route', '/webhooks/zendesk']
  for (const name of ['x-zendesk-webhook-signature', timestampName])
    await allRefused(findings, desk, `${where}, ${name}`, path, changedHeader(headers, name, body, bits))
  await allRefused(findings, desk, `${where}, body`, path, changedBody(headers, body, bits))
  const times = [-86_400, -301, 301, 86_400].map((shift) => ({
    headers: headersAt(now + shift * 1000),
    body,
  }))
  await allRefused(findings, desk, `${where}, stale or of the future`, path, times)
  const secrets = ['', ' ', 'undefined', zendeskTestSecret, gitlabWebhookSecret]
  const others = secrets.map((secret) => ({ headers: headersAt(now, secret), body }))
  await allRefused(findings, desk, `${where}, signed with another secret`, path, others)
  const zoneless = new Date(now).toISOString().slice(0, 19)
  const spelt = [zoneless, String(Math.floor(now / 1000)), String(now), new Date(now).toUTCString()].map(
    (time) => ({
      headers: {
        ...headers,
        [timestampName]: time,
        'x-zendesk-webhook-signature': zendeskSignature(zendeskWebhookSecret, time, body),
      },
      body,
    }),
  )
  await allRefused(findings, desk, `${where}, a time spelt otherwise`, path, spelt)
  await takenOnce({ ...findings, duplicated: findings.broken }, desk, where, path, { headers, body })
}
