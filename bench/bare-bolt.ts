/** The least that answers a click with Bolt over HTTP: the peer that the bot is measured against. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { App, HTTPReceiver, LogLevel } from '@slack/bolt'

export interface BareBolt {
  readonly port: number
  readonly botToken: string
  readonly signingSecret: string
  readonly apiUrl: string
}

/** Starts as Bolt starts by itself: it asks Slack who it is, then listens. */
export async function startBareBolt({ port, botToken, signingSecret, apiUrl }: BareBolt) {
  const receiver = new HTTPReceiver({
    signingSecret,
    logLevel: LogLevel.ERROR,
    customRoutes: [
      { path: '/readyz', method: 'GET', handler: (_request, response) => void response.writeHead(200).end() },
    ],
  })
  const app = new App({
    receiver,
    token: botToken,
    clientOptions: { slackApiUrl: apiUrl },
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
  })
  app.action(/.*/, async ({ ack }) => ack())
  app.view(/.*/, async ({ ack }) => ack())
  await app.init()
  const server = (await app.start(port)) as Server
  return { port: (server.address() as AddressInfo).port, stop: () => app.stop() }
}
