/** `npm run sandbox`: starts the sandbox and says where its page is. SANDBOX_PORT chooses the port (default 4000); where it is taken, the next free one. */
// First: a Node that is too old does nothing but say so.
import '../src/node-version.js'
import { createLog } from '../src/http/log.ts'
import { startSandbox } from './sandbox.ts'

const port = Number(process.env.SANDBOX_PORT ?? 4000)
const sandbox = await startSandbox({
  now: () => new Date(),
  random: Math.random,
  log: createLog('warn', process.stderr, []),
  port,
})
const tickets = [...sandbox.zendesk.tickets.values()]
  .filter(({ recipient }) => recipient.startsWith('support@'))
  .map(({ id }) => id)
  .join(' and ')
console.log(
  `The sandbox is ready: ${sandbox.url}\nThe local Zendesk has the tickets ${tickets} to support, for /privacy redirect-ticket, and some to security@.\nEnd it with Ctrl+C.`,
)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void sandbox.close().then(() => process.exit(0)))
