/** A whole Slack workspace on this machine, for tests and the sandbox: the Web API, Socket Mode and the people in it. */
import { refusalCallback } from '../../src/views/answers.ts'
import { type Answer, FakeServer, type RecordedRequest } from '../fake-server.ts'
import { acts } from './acts.ts'
import type { Arguments } from './arguments.ts'
import { interactive, labelOf, nameOf, optionsOf } from './blocks.ts'
import { type AppAddress, type AppAnswer, deliverSigned, type Forgery } from './deliver.ts'
import { answerResponseUrl } from './response-url.ts'
import { type SocketMode, socketMode } from './socket-mode.ts'
import { refusalBy } from './terms.ts'
import { SlackRefusal } from './views.ts'
import { METHODS } from './web-api.ts'
import { type Cast, DEFAULT_CAST, type Message, type View, type Workspace, workspace } from './workspace.ts'

export const BOT_TOKEN = 'xoxb-sandbox-bot-token'
export const APP_TOKEN = 'xapp-sandbox-app-token'
export const SIGNING_SECRET = 'sandbox-signing-secret'

export interface SlackOptions {
  readonly now: () => Date
  readonly port?: number
  readonly cast?: Cast
  /** Where it is said to be when it does not listen: it is reached by `fake.take`. */
  readonly origin?: string
  /** This many bytes by chance, in hexadecimal. */
  readonly randomHex?: (bytes: number) => string
}

export { rateLimited } from './terms.ts'

export type Slack = ReturnType<typeof slackOver>

/** Starts the local Slack; give it the app with `slack.app = { url, signingSecret }` once that listens. */
export async function startSlack(options: SlackOptions): Promise<Slack> {
  const parts = partsOf(options)
  await parts.fake.listen(options.port ?? 0)
  return slackOver(parts)
}

/** The same without a socket. */
export function slackInProcess(options: SlackOptions & { readonly origin: string }): Slack {
  return slackOver(partsOf(options))
}

interface Parts {
  readonly space: Workspace
  readonly fake: FakeServer
  readonly socket: SocketMode
}

function partsOf({ now, cast = DEFAULT_CAST, origin, randomHex }: SlackOptions): Parts {
  const space = workspace(now, cast, randomHex)
  const fake: FakeServer = new FakeServer((request) => answer(space, fake, socket, request), now, origin)
  space.origin = () => fake.url
  const socket: SocketMode = socketMode(fake.server)
  return { space, fake, socket }
}

function slackOver({ space, fake, socket }: Parts) {
  const address: { app: AppAddress | undefined } = { app: undefined }

  return Object.assign(address, {
    fake,
    url: fake.url,
    /** What SLACK_API_URL takes. */
    apiUrl: `${fake.url}/api/`,
    botToken: BOT_TOKEN,
    appToken: APP_TOKEN,
    signingSecret: SIGNING_SECRET,
    socket,
    space,
    join: space.join,
    setGroupMembers: space.setGroupMembers,
    onChange: space.onChange,
    ...acts({ space, url: () => fake.url, socket, app: () => address.app }),
    ...readers(space),

    /** Posts a raw body to the app, signed; a forgery says what to sign with instead. */
    deliverSigned(rawBody: string, forgery: Forgery = {}): Promise<AppAnswer> {
      if (!address.app) throw new Error('No app listens: set slack.app')
      return deliverSigned(address.app, rawBody, forgery)
    },
    async close(): Promise<void> {
      socket.close()
      await fake.close()
    },
  })
}

function readers(space: Workspace) {
  const channelId = (nameOrId: string) => space.channel(nameOrId)?.id ?? nameOrId
  const present = () => space.messages.filter((one) => !one.deleted)
  return {
    /** The messages everybody sees in a channel, without the replies in threads. */
    messages: (channel: string): Message[] =>
      present().filter((one) => one.channel === channelId(channel) && !one.threadTs && !one.visibleTo),
    /** The replies everybody sees in a thread. */
    thread: (ts: string): Message[] => present().filter((one) => one.threadTs === ts && !one.visibleTo),
    /** What only this person was told, in a message or in a modal without a question. */
    ephemerals: (userId: string): Message[] =>
      [...present(), ...space.notices]
        .filter((one) => one.visibleTo === userId)
        .sort((one, other) => (one.ts < other.ts ? -1 : 1)),
    /** The modal this person has in front and may go on with; one that only refuses is read and closed. */
    openView: (userId: string): View | undefined =>
      space.openViews(userId).findLast(({ callbackId }) => callbackId !== refusalCallback),
    home: (userId: string): View | undefined => space.homes.get(userId),
    /** What the buttons of a message or view are called, in their order: without the note at the end of a label. */
    buttons: (where: Message | View): string[] =>
      interactive(where.blocks)
        .filter(({ element }) => element.type === 'button')
        .map(({ element }) => nameOf(labelOf(element))),
    /** The same, with what the menus offer. */
    offers: (where: Message | View): string[] =>
      interactive(where.blocks).flatMap(({ element }) => {
        if (element.type === 'button') return [nameOf(labelOf(element))]
        return element.type === 'overflow' ? optionsOf(element).map(({ text }) => text.text) : []
      }),
    /** The newest message in any channel that contains the text, in its plain text or its blocks. */
    card(text: string): Message {
      const found = present()
        .filter((one) => !one.threadTs && !one.visibleTo && contains(one, text))
        .at(-1)
      if (!found) throw new Error(`No message contains "${text}"`)
      return found
    },
  }
}

function contains(message: Message, text: string): boolean {
  return (
    message.text.includes(text) || JSON.stringify(message.blocks).includes(JSON.stringify(text).slice(1, -1))
  )
}

/** Those of manifest.yml, with what stands there as comments. Slack names them with every answer: https://docs.slack.dev/authentication/installing-with-oauth */
const SCOPES = [
  ...['chat:write', 'commands', 'files:write', 'links:read', 'links:write'],
  ...['usergroups:read', 'users:read', 'channels:read', 'groups:read'],
]

function answer(space: Workspace, fake: FakeServer, socket: SocketMode, request: RecordedRequest): Answer {
  if (request.path.startsWith('/upload/v1/')) return takeFile(space, request.path)
  if (request.path.startsWith('/response/')) return answerResponseUrl(space, request.path, request.body)
  const method = request.path.replace(/^\/api\//, '')
  const given = argumentsOf(request)
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? String(given.token ?? '')
  if (method === 'apps.connections.open') {
    if (token !== APP_TOKEN) return refused('invalid_auth')
    return { status: 200, body: { ok: true, url: socket.newAddress(fake.url) } }
  }
  if (method !== 'api.test' && token !== BOT_TOKEN)
    return refused(token === '' ? 'not_authed' : 'invalid_auth')
  const refusal = refusalBy(space, method, given)
  if (refusal) return refusal
  const perform = METHODS[method]
  if (!perform) return refused('unknown_method')
  try {
    const body = { ok: true, ...perform(space, given) }
    return { status: 200, headers: { 'x-oauth-scopes': SCOPES.join(',') }, body }
  } catch (error) {
    if (error instanceof SlackRefusal) return refused(error.code, error.messages)
    throw error
  }
}

/** The bytes themselves are not kept. */
function takeFile(space: Workspace, path: string): Answer {
  const file = space.files.get(path.replace('/upload/v1/', ''))
  if (file?.state !== 'asked-for') return { status: 404, body: 'No such upload' }
  file.state = 'sent'
  return { status: 200, body: `OK - ${file.length}` }
}

function refused(error: string, messages: readonly string[] = []): Answer {
  const details = messages.length > 0 ? { response_metadata: { messages } } : {}
  return { status: 200, body: { ok: false, error, ...details } }
}

/** Forms carry structures as JSON texts; JSON bodies carry them as they are. */
function argumentsOf(request: RecordedRequest): Arguments {
  const body = (typeof request.body === 'object' ? request.body : {}) as Arguments
  const given: Record<string, unknown> = { ...Object.fromEntries(request.query), ...body }
  for (const name of ['blocks', 'view', 'metadata', 'attachments', 'unfurls', 'error']) {
    const value = given[name]
    if (typeof value === 'string') given[name] = parsed(value)
  }
  return given
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
