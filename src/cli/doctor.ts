import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isOutdated } from '../config/built-from.ts'
import { type Config, ConfigError, loadConfig } from '../config/config.ts'
import { readDesk } from '../config/desk.ts'
import { misspeltIn, misspeltText } from '../config/misspelt.ts'
import { shortInstantText, toInstant } from '../engine/time.ts'
import { networkThrough, type ProxySettings } from '../http/outgoing.ts'
import { CannotOpenStore, OfEarlierVersion } from '../store/cannot-open-store.ts'
import { databasePath, inMemory, isPostgres } from '../store/database-url.ts'
import { openStore } from '../store/open-store.ts'
import { lookAtPostgres } from '../store/postgres/open-postgres.ts'
import { checkCalendar, checkClocks, clockOf } from './doctor/check-clocks.ts'
import { checkGitLab } from './doctor/check-gitlab.ts'
import { checkSlack } from './doctor/check-slack.ts'
import { checkZendesk } from './doctor/check-zendesk.ts'
import { counted, type Finding, lineOf, ok, problem, warn } from './doctor/finding.ts'
import { type Env, type ExitCode, type Io, readArguments } from './io.ts'

const deskFile = new URL('../../config/desk.yaml', import.meta.url)

/**
 * The command `doctor`. It writes one line a finding and changes nothing anywhere; the exit code is 1 when the bot
 * could not work.
 */
export async function doctor(args: readonly string[], env: Env, io: Io): Promise<ExitCode> {
  readArguments(args, {})
  const findings: Finding[] = []
  const report = (found: readonly Finding[]) => {
    for (const finding of found) io.out.write(lineOf(finding))
    findings.push(...found)
  }
  const config = configured(env)
  report(misspelt(env))
  report(await checkBuild(io))
  if ('problems' in config) report(config.problems)
  else {
    report(onItsOwn(config, io.now()))
    report([await checkDatabase(config.databaseUrl, io.now)])
    const { fetch } = networkThrough(config.proxy, io.fetch)
    const newClock = () => clockOf(fetch, io.now)
    const clocks = { Slack: newClock(), GitLab: newClock(), Zendesk: newClock() }
    report(await checkSlack(config, clocks.Slack.fetch, io))
    report(await checkGitLab(config, clocks.GitLab.fetch, io.now))
    report(await checkZendesk(config, clocks.Zendesk.fetch, io.now))
    report(checkClocks(config.slack, clocks))
    report(checkCalendar(config, io.now()))
  }
  io.out.write(summaryOf(findings))
  return findings.some(({ verdict }) => verdict === 'problem') ? 1 : 0
}

/** The end: whether the bot can work like this, and the problems once more where they lie between lines that are fine. */
function summaryOf(findings: readonly Finding[]): string {
  const count = (which: Finding['verdict']) => findings.filter(({ verdict }) => verdict === which).length
  const rest = `${counted(count('warn'), 'warning')}, ${count('ok')} checks fine`
  const problems = findings.filter(({ verdict }) => verdict === 'problem')
  if (problems.length === 0) return `\nNo problems, ${rest}.\n`
  const text = `\n${counted(problems.length, 'problem')}, ${rest}: the bot can’t work until the lines with “problem” are fixed`
  return count('ok') === 0 ? `${text}.\n` : `${text}:\n\n${problems.map(lineOf).join('')}`
}

function configured(env: Env): Config | { readonly problems: readonly Finding[] } {
  try {
    return loadConfig(env, readDesk(readFileSync(deskFile, 'utf8')))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const mend = 'set it as .env.example and config/desk.yaml explain'
    return { problems: error.problems.map((text) => problem(`Configuration: ${text}`, mend)) }
  }
}

/** `npm start` builds it anew each time; a supervisor that starts `dist` does not. */
async function checkBuild({ bundle }: Io): Promise<readonly Finding[]> {
  return bundle !== undefined && (await isOutdated(bundle))
    ? [
        warn(
          'Build: dist was built from other code than lies beside it',
          'run npm run build, and restart the bot',
        ),
      ]
    : []
}

/** Said first: what isn’t set is often there under a wrong name. */
function misspelt(env: Env): readonly Finding[] {
  return misspeltIn(env).map((one) =>
    warn(
      `Configuration: ${misspeltText({ name: one.name })}`,
      one.nearest === undefined ? 'leave it out' : `rename it to ${one.nearest}, or leave it out`,
    ),
  )
}

/** Findings for which nobody else need be asked. */
function onItsOwn({ timezone, proxy }: Config, now: Date): readonly Finding[] {
  return [
    ok('Configuration: everything that is required is set'),
    ...(proxy ? [ok(proxyText(proxy))] : []),
    ok(`Time zone: there it is ${shortInstantText(toInstant(now), timezone, toInstant(now))}`),
  ]
}

/** Without the name and the password that may stand in it. */
function proxyText({ https, http, no }: ProxySettings): string {
  const hosts = new Set([https, http].flatMap((url) => (url === undefined ? [] : new URL(url).host)))
  const but = no === undefined ? '' : `, but not ${no}`
  return `Proxy: Slack, GitLab and Zendesk are asked through ${[...hosts].join(' and ')}${but}`
}

/** Makes and changes nothing, so that it can be asked beside the running bot as well as before the first start. */
async function checkDatabase(databaseUrl: string, now: () => Date): Promise<Finding> {
  try {
    if (isPostgres(databaseUrl)) return await checkPostgres(databaseUrl, now)
    const path = databasePath(databaseUrl)
    if (path === inMemory)
      return warn('Database: in memory, so that a stop loses everything', 'set DATABASE_URL')
    if (!existsSync(path)) return checkPlace(resolve(path))
    return await checkTables(path, databaseUrl, now)
  } catch (error) {
    if (error instanceof CannotOpenStore) return problem(`Database: ${error.message}`, 'check DATABASE_URL')
    throw error
  }
}

async function checkPostgres(databaseUrl: string, now: () => Date): Promise<Finding> {
  const { place, hasTables } = await lookAtPostgres(databaseUrl)
  if (!hasTables) return ok(`Database: ${place} is empty; its tables will be made at the first start`)
  return checkTables(place, databaseUrl, now)
}

/** They need not be of this version: an upgrade is looked at before it, too. */
async function checkTables(place: string, databaseUrl: string, now: () => Date): Promise<Finding> {
  try {
    const store = await openStore({ databaseUrl, now, beside: true })
    const { seq } = await store.tables.audit.head()
    await store.close()
    return ok(`Database: ${place} opens; its audit log has ${seq} entries`)
  } catch (error) {
    if (!(error instanceof OfEarlierVersion)) throw error
    return ok(`Database: ${place} opens; its tables will be brought up to date at the next start`)
  }
}

/** The nearest folder that is there has to let the rest be made. */
function checkPlace(path: string): Finding {
  let folder = dirname(path)
  while (!existsSync(folder)) folder = dirname(folder)
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return ok(`Database: ${path} will be made at the first start`)
  } catch {
    return problem(`Database: ${folder} may not be written`, 'let the bot write there, or set DATABASE_URL')
  }
}
