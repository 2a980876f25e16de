/** Secrets that are none: the bot does not start with them, and does not tell them. */
import { readFileSync } from 'node:fs'
import { ConfigError, loadConfig } from '../../src/config/config.ts'
import { readDesk } from '../../src/config/desk.ts'
import type { Findings } from './findings.ts'
import { slackSecret, standardSecret, zendeskTestSecret } from './schemes.ts'

const requiredOnly = {
  SLACK_BOT_TOKEN: 'xoxb-of-the-proof',
  SLACK_SIGNING_SECRET: 'a-signing-secret-of-ours',
  GITLAB_TOKEN: 'a-gitlab-token-of-ours',
  GITLAB_PROJECT: 'support/personal-account-requests',
}

const zendesk = {
  ZENDESK_URL: 'https://example.zendesk.com',
  ZENDESK_EMAIL: 'agent@example.com',
  ZENDESK_TOKEN: 'a-zendesk-token-of-ours',
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
  ['Zendesk’s test secret', { ...zendesk, ZENDESK_WEBHOOK_SECRET: zendeskTestSecret }],
  ['a short secret of Zendesk’s webhook', { ...zendesk, ZENDESK_WEBHOOK_SECRET: 'short' }],
  [
    'Zendesk’s token for the secret of its webhook',
    { ...zendesk, ZENDESK_WEBHOOK_SECRET: zendesk.ZENDESK_TOKEN },
  ],
  ['Zendesk’s address without its token', { ...zendesk, ZENDESK_TOKEN: '' }],
  ['one secret twice', { GITLAB_WEBHOOK_SECRET: requiredOnly.SLACK_SIGNING_SECRET }],
  ['one token twice', { GITLAB_ADMIN_TOKEN: requiredOnly.GITLAB_TOKEN }],
]

export function proveSecrets({ tried, reach, letIn, broken }: Findings): void {
  const desk = readDesk(readFileSync(new URL('../../config/desk.yaml', import.meta.url), 'utf8'))
  for (const [what, change] of badSecrets) {
    tried()
    try {
      loadConfig({ ...requiredOnly, ...change }, desk)
      letIn(`the bot starts with ${what}`)
    } catch (error) {
      if (!(error instanceof ConfigError)) broken(`${what} ends in an error of ours`, String(error))
      else reach('a bad secret was refused')
      for (const [name, value] of Object.entries(change))
        if (/TOKEN|SECRET/.test(name) && value && value.trim().length > 8 && String(error).includes(value))
          broken(`${what} is told in the error`)
    }
  }
}
