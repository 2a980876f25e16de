/**
 * The command `setup`: what can be done for an operator before the first start. It asks nobody and changes nothing but
 * a new `.env`: the link that creates the Slack app, and the addresses that GitLab and Zendesk have to be given.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Env, type ExitCode, type Io, Misused, readArguments } from './io.ts'

const manifestFile = new URL('../../manifest.yml', import.meta.url)
const exampleFile = new URL('../../.env.example', import.meta.url)

/** What of manifest.yml depends on where the bot is; everything else is passed on as it stands. */
const Manifest = z.looseObject({
  features: z.looseObject({ slash_commands: z.array(z.looseObject({ url: z.string().optional() })) }),
  settings: z.looseObject({
    event_subscriptions: z.looseObject({ request_url: z.string().optional() }),
    interactivity: z.looseObject({ request_url: z.string().optional() }),
    socket_mode_enabled: z.boolean(),
  }),
})
type Manifest = z.infer<typeof Manifest>

/** Where the bot will be: at an address of its own, or, by Socket Mode, at none that Slack has to reach. */
type Place = { readonly address: string } | 'socket-mode'

/** `setup https://desk.example.com`, or `setup --socket-mode`; `--env FILE` writes another file than `.env`. */
export async function setup(args: readonly string[], _env: Env, io: Io): Promise<ExitCode> {
  const { values, positionals } = readArguments(
    args,
    { 'socket-mode': { type: 'boolean' }, env: { type: 'string' } },
    1,
  )
  const place = placeOf(positionals[0], values['socket-mode'] === true)
  const file = values.env ?? '.env'
  const isNew = !existsSync(file)
  // Only its owner reads it: it will hold the tokens.
  if (isNew) writeFileSync(file, environmentFor(place, io), { mode: 0o600, flag: 'wx' })
  io.out.write(stepsText(place, file, isNew))
  return 0
}

function placeOf(given: string | undefined, isSocketMode: boolean): Place {
  if (isSocketMode) {
    if (given !== undefined) throw new Misused('With --socket-mode Slack needs no address')
    return 'socket-mode'
  }
  if (given === undefined)
    throw new Misused('At which address will Slack reach the bot (https://…)? At none: --socket-mode')
  const url = URL.canParse(given) ? new URL(given) : undefined
  const isPlain = url && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  if (url?.protocol !== 'https:' || !isPlain)
    throw new Misused(`The bot’s address must be https:// and a name, such as https://desk.example.com`)
  return { address: url.origin }
}

function stepsText(place: Place, file: string, isNew: boolean): string {
  const isSocketMode = place === 'socket-mode'
  const lines = [
    '1. Slack: open this, choose the workspace, Create, then Install:',
    `   ${createAppLink(place)}`,
    `   Put the Bot User OAuth Token into ${file} as SLACK_BOT_TOKEN, and`,
    isSocketMode
      ? '   an app-level token with connections:write (Basic Information) as SLACK_APP_TOKEN.'
      : '   the Signing Secret (Basic Information) as SLACK_SIGNING_SECRET.',
    ...(isSocketMode
      ? ['2. GitLab: without an address it needs no webhook, the bot reads it every minute.']
      : [
          '2. GitLab, Settings → Webhooks of the Service Desk project:',
          `   URL ${place.address}/webhooks/gitlab`,
          `   Secret token: GITLAB_WEBHOOK_SECRET of ${file}`,
          '   Trigger: Comments, Confidential comments, Issues events, Confidential issues events',
          `3. Zendesk, if you use it: a webhook to ${place.address}/webhooks/zendesk; its signing secret is ZENDESK_WEBHOOK_SECRET.`,
        ]),
    isNew
      ? `${isSocketMode ? 3 : 4}. ${file} is new${isSocketMode ? '' : ', with a secret for GitLab’s webhook'}: fill in what has no value.`
      : `${isSocketMode ? 3 : 4}. ${file} was there and is left as it is: compare it with .env.example.`,
    `${isSocketMode ? 4 : 5}. npm run doctor, until it names no problem; then npm start.`,
  ]
  return `${lines.join('\n')}\n`
}

/** Slack opens its form for a new app with this manifest: https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests */
function createAppLink(place: Place): string {
  const manifest = manifestFor(place, Manifest.parse(parse(readFileSync(manifestFile, 'utf8'))))
  return `https://api.slack.com/apps?new_app=1&manifest_json=${encodeURIComponent(JSON.stringify(manifest))}`
}

/** With the bot's own address in each place that has one; by Socket Mode none has. */
function manifestFor(place: Place, { features, settings, ...rest }: Manifest): Manifest {
  const at = (path: string) => (place === 'socket-mode' ? undefined : `${place.address}${path}`)
  const url = at('/slack/events')
  return {
    ...rest,
    features: { ...features, slash_commands: features.slash_commands.map((one) => ({ ...one, url })) },
    settings: {
      ...settings,
      event_subscriptions: { ...settings.event_subscriptions, request_url: url },
      interactivity: { ...settings.interactivity, request_url: url },
      socket_mode_enabled: place === 'socket-mode',
    },
  }
}

/** .env.example with what can be known: the kind of connection, and a secret for the webhook. */
function environmentFor(place: Place, io: Pick<Io, 'randomHex'>): string {
  const { randomHex = (bytes) => randomBytes(bytes).toString('hex') } = io
  const example = readFileSync(exampleFile, 'utf8')
  return place === 'socket-mode'
    ? example
        .replace(/^# SLACK_APP_TOKEN=$/m, 'SLACK_APP_TOKEN=')
        .replace(/^SLACK_SIGNING_SECRET=$/m, '# SLACK_SIGNING_SECRET=')
    : example.replace(/^# GITLAB_WEBHOOK_SECRET=$/m, `GITLAB_WEBHOOK_SECRET=${randomHex(32)}`)
}
