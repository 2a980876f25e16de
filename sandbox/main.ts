/**
 * `npm run sandbox`: starts the sandbox and says where its page is. SANDBOX_PORT chooses the port (default 4000); where
 * it is taken, the next free one. `npm run sandbox -- doctor`: what the doctor says of it, and no page.
 */
// First: a Node that is too old does nothing but say so.
import '../src/node-version.js'
import { createLog } from '../src/http/log.ts'
import { examineSandbox } from './doctor.ts'
import { EXAMPLE_DAYS } from './examples.ts'
import { startSandbox } from './sandbox.ts'

/** Settings of the bot that one can try here, as `REQUIRE_PRIVACY_APPROVAL=true npm run sandbox`. */
const passedOn = ['REQUIRE_PRIVACY_APPROVAL', 'UNDO_SECONDS', 'UNFURL_LINKS', 'DIGEST_AT', 'DIGEST_DAYS']

if (process.argv[2] === 'doctor') process.exit(await examineSandbox(process.stdout))

console.log(
  `Starting a local Slack, GitLab and Zendesk, and playing ${EXAMPLE_DAYS} days of examples. This takes a few seconds.`,
)
const port = Number(process.env.SANDBOX_PORT ?? 4000)
const sandbox = await startSandbox({
  now: () => new Date(),
  random: Math.random,
  log: createLog('warn', process.stderr, []),
  port,
  env: Object.fromEntries(passedOn.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
})
console.log(
  `Ready: open ${sandbox.url} in a browser. “Try this first” on that page leads the way.\nPress Ctrl+C to stop.`,
)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void sandbox.close().then(() => process.exit(0)))
