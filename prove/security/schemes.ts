/** Each way of signing, by its known answer: every byte of it changed, and too early or too late. */
import { createHmac } from 'node:crypto'
import { isSignedBy } from '../../src/http/standard-webhook.ts'
import { isSignedBySlack } from '../../src/listeners/slack-gate.ts'
import { isSignedByZendesk } from '../../src/services/zendesk/webhook.ts'
import type { Findings } from './findings.ts'
import { mutations } from './mutations.ts'

type Signed = Readonly<Record<'id' | 'timestamp' | 'signature' | 'body', string>>

interface Scheme {
  readonly known: Signed
  readonly isGood: (message: Signed, secondsLater: number) => boolean
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack gives the secret and the time. */
export const slackSecret = '8f742231b10e8888abcd99yyyzzz85a5'
const slackBody = 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&command=%2Fwebhook-collect&text='
export const signingToken = 'whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc='
export const standardSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
/** https://developer.zendesk.com/documentation/webhooks/verifying/ gives it for tests only. */
export const zendeskTestSecret = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=='

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
  Zendesk: {
    known: {
      id: '',
      timestamp: '2026-11-22T06:00:00Z',
      body: '{"object_kind":"note"}',
      signature: 'iT7MWgoL8x46R0oHezqhNJtEcWMJIj/GauYMUbTUDHU=',
    },
    isGood: ({ body, ...signed }, later) =>
      isSignedByZendesk(
        zendeskTestSecret,
        { ...signed, body: Buffer.from(body, 'latin1') },
        new Date(Date.parse('2026-11-22T06:00:00Z') + later * 1000),
      ),
  },
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

export function proveSchemes(findings: Findings): void {
  for (const [name, scheme] of Object.entries(schemes)) proveScheme(findings, name, scheme)
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
