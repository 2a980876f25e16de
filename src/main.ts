/** The process: environment in, signals, clean stop. Only this file and `cli.ts` read the environment and the wall clock. */
// First: a Node that is too old does nothing but say so.
import './node-version.js'
import { existsSync, readFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { type App, startApp } from './app.ts'
import { clockWith } from './clock.ts'
import { isOutdated } from './config/built-from.ts'
import { type Config, ConfigError, loadConfig } from './config/config.ts'
import { readDesk } from './config/desk.ts'
import { createLog } from './http/log.ts'

if (existsSync('.env')) process.loadEnvFile('.env')

/** Long enough for a load balancer that asks each second, and short of the ten seconds after which Docker kills a process. */
const leaveMs = 2_000
/** One that is told to stop and has not started by then has accepted nothing that it would have to finish. */
const startsWithinMs = 2_000

const config = configOrExit()
const log = createLog(config.logLevel, process.stdout, config.secrets)
const clock = clockWith(() => new Date())
const starting = startOrExit(config)

// Before it has started: whoever reaches it then may tell it to stop. A second one asks for what is under way already, and
// is over within its limit.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    log.info({ signal }, 'stopping: what is under way is finished first')
    Promise.race([starting, clock.sleep(startsWithinMs)])
      .then((app) => app?.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => fail('the bot could not stop cleanly', error),
      )
  })

await starting
if (await isOutdated(new URL('.', import.meta.url)))
  log.warn({}, 'dist was built from other code than lies beside it: run npm run build, and restart')
// Once it has started, for the next start: a process that is killed writes nothing at its end.
flushCompileCache()

function configOrExit(): Config {
  try {
    const deskFile = new URL('../config/desk.yaml', import.meta.url)
    return loadConfig(process.env, readDesk(readFileSync(deskFile, 'utf8')))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}

async function startOrExit(given: Config): Promise<App> {
  try {
    const wallClock = () => new Date(Date.now())
    return await startApp({ config: given, clock, wallClock, leaveMs, random: Math.random, fetch, log })
  } catch (error) {
    return fail('the bot could not start: npm run doctor says what is wrong and how to fix it', error)
  }
}

function fail(message: string, error: unknown): never {
  log.fatal({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }, message)
  process.exit(1)
}
