/** Socket Mode: what people do comes over a WebSocket, and is acknowledged there. */
import type { DeskOptions } from './desk-of-processes.ts'
import { type Scenario, scenarios } from './scenarios.ts'

export const socketMode: DeskOptions = { env: { SLACK_APP_TOKEN: 'xapp-sandbox-app-token' } }

/** A click, a modal and a command. */
const names = ['Fail Verification', 'Close Duplicate', '/privacy claim']

export const overSockets: readonly Scenario[] = scenarios
  .filter(({ name }) => names.includes(name))
  .map((one) => ({ ...one, name: `${one.name}, in Socket Mode` }))
