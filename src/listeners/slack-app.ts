/** The bot as Slack sees it: what comes in over HTTP or Socket Mode, brought to the listeners by Bolt. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  App,
  type AppOptions,
  type Logger as BoltLogger,
  HTTPReceiver,
  LogLevel,
  SocketModeReceiver,
  type SocketModeReceiverOptions,
} from '@slack/bolt'
import type { Clock } from '../clock.ts'
import type { Log } from '../http/log.ts'
import { listenToActions, listenToDetails } from './actions.ts'
import { listenToAssignments } from './assign.ts'
import { listenToAttach } from './attach.ts'
import { listenToBatches } from './batches.ts'
import { listenToCommands } from './commands.ts'
import type { DeskQueries } from './desk.ts'
import { storedFirst, takeEvent } from './events.ts'
import { listenToHome } from './home.ts'
import { answerErrors, type Listening, type SlackAnswers } from './listening.ts'
import { slackGate } from './slack-gate.ts'
import { keepConnected } from './socket-connection.ts'
import { listenToViews } from './views.ts'

interface SlackAppConfig {
  readonly botToken: string
  /** HTTP mode; needed unless `appToken` is given. */
  readonly signingSecret?: string
  /** Socket Mode. */
  readonly appToken?: string
  readonly apiUrl?: string
}

/** The parts that the app is made of. */
export interface SlackAppOptions {
  readonly config: SlackAppConfig
  readonly desk: DeskQueries
  readonly slack: SlackAnswers
  readonly log: Log
  readonly fetch: typeof globalThis.fetch
  /** By which the WebSocket of Socket Mode goes, which is no `fetch`. */
  readonly dispatcher?: NonNullable<SocketModeReceiverOptions['dispatcher']>
  /** A short reference for an error, to find it in the log. */
  readonly newReference: () => string
  readonly clock: Pick<Clock, 'sleep'>
  /** By which a signed request is of the future; Bolt itself looks only at the past, by the machine's clock. */
  readonly wallClock?: (() => Date) | undefined
}

/** The running app, over HTTP or Socket Mode. */
export interface SlackApp {
  /** Takes `POST /slack/events`; in Socket Mode there is no such route. */
  handleHttp(request: IncomingMessage, response: ServerResponse): void | Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
  /** In HTTP mode there is no connection to lose. */
  isConnected(): boolean
}

/** Interactions are a few KB; this is what the webhooks take, too. */
const bodyLimit = 1024 * 1024
const route = '/slack/events'

/** Makes the app: over Socket Mode where there is an app token, else over HTTP. It connects when it is started. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { config } = options
  return config.appToken === undefined
    ? overHttp(options, config.signingSecret ?? '')
    : overSocket(options, config.appToken)
}

function overHttp(options: SlackAppOptions, signingSecret: string): SlackApp {
  const logger = boltLogger(options.log)
  const receiver = new HTTPReceiver({ signingSecret, logger, bodyLimit, endpoints: route })
  connectListeners(receiver, options)
  const { log, wallClock } = options
  return {
    handleHttp: slackGate({
      route,
      signingSecret,
      wallClock,
      limitBytes: bodyLimit,
      log,
      pass: receiver.requestListener,
    }),
    start: async () => {},
    stop: async () => {},
    isConnected: () => true,
  }
}

function overSocket(options: SlackAppOptions, appToken: string): SlackApp {
  const receiver = new SocketModeReceiver({
    appToken,
    logger: boltLogger(options.log),
    autoReconnectEnabled: false,
    ...(options.dispatcher && { dispatcher: options.dispatcher }),
    installerOptions: {
      clientOptions: { ...webOptions(options), retryConfig: { retries: 0 }, timeout: 10_000 },
    },
  })
  connectListeners(receiver, options)
  const connection = keepConnected(receiver.client, options.log, options.clock.sleep)
  return { ...connection, handleHttp: (_request, response) => void response.writeHead(404).end() }
}

function connectListeners(receiver: NonNullable<AppOptions['receiver']>, options: SlackAppOptions): void {
  const { config, desk, slack, log } = options
  const listening: Listening = { desk, slack, log }
  const app = new App({
    receiver: storedFirst(receiver, (body) => takeEvent(listening, body)),
    logger: boltLogger(log),
    // Nothing is asked of Slack to get ready, and nothing about conversations is kept in memory.
    tokenVerificationEnabled: false,
    convoStore: false,
    ignoreSelf: false,
    authorize: async () => ({ botToken: config.botToken }),
    clientOptions: webOptions(options),
    extendedErrorHandler: true,
  })
  answerErrors(app, listening, options.newReference)
  listenToActions(app, listening)
  listenToViews(app, listening)
  listenToCommands(app, listening)
  listenToBatches(app, listening)
  listenToAssignments(app, listening)
  listenToDetails(app, listening)
  listenToHome(app, listening)
  listenToAttach(app, listening)
}

function webOptions({ config, fetch }: SlackAppOptions) {
  return {
    ...(config.apiUrl !== undefined && { slackApiUrl: config.apiUrl }),
    fetch,
    allowAbsoluteUrls: false,
  }
}

/** Bolt's words go to our log; its debug output holds whole bodies and is dropped. */
function boltLogger(log: Log): BoltLogger {
  const say =
    (level: 'info' | 'warn' | 'error') =>
    (...words: unknown[]) =>
      log[level]({}, words.map(wordOf).join(' '))
  return {
    debug: () => {},
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  }
}

function wordOf(word: unknown): string {
  if (word instanceof Error) return `${word.name}: ${word.message}`
  return typeof word === 'string' ? word : ''
}
