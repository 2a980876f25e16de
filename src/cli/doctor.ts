import { readFileSync } from 'node:fs'
import { type Config, ConfigError, loadConfig } from '../config/config.ts'
import { instantText } from '../engine/time.ts'
import { networkThrough, type ProxySettings } from '../http/proxy.ts'
import { readArguments } from './arguments.ts'
import { checkCalendar } from './doctor/check-calendar.ts'
import { checkClocks, clockOf } from './doctor/check-clocks.ts'
import { checkDatabase } from './doctor/check-database.ts'
import { checkGitLab } from './doctor/check-gitlab.ts'
import { checkSlack } from './doctor/check-slack.ts'
import { checkZendesk } from './doctor/check-zendesk.ts'
import { type Finding, lineOf, missing, ok, warn } from './doctor/finding.ts'
import type { Env, ExitCode, Io } from './io.ts'

const deskFile = new URL('../../config/desk.yaml', import.meta.url)

/** `doctor`: one line a finding; 1 when the bot could not work. It changes nothing anywhere. */
export async function doctor(args: readonly string[], env: Env, io: Io): Promise<ExitCode> {
  readArguments(args, {})
  const findings: Finding[] = []
  const report = (found: readonly Finding[]) => {
    for (const finding of found) io.out.write(lineOf(finding))
    findings.push(...found)
  }
  const config = configured(env)
  if ('problems' in config) report(config.problems)
  else {
    report(onItsOwn(config, io.now()))
    report([await checkDatabase(config.databaseUrl, io.now)])
    const { fetch } = networkThrough(config.proxy, io.fetch)
    const newClock = () => clockOf(fetch, io.now)
    const clocks = { Slack: newClock(), GitLab: newClock(), Zendesk: newClock() }
    report(await checkSlack(config, clocks.Slack.fetch))
    report(await checkGitLab(config, clocks.GitLab.fetch, io.now))
    report(await checkZendesk(config, clocks.Zendesk.fetch, io.now))
    report(checkClocks(config.slack, clocks))
    report(checkCalendar(config, io.now()))
  }
  return findings.some(({ verdict }) => verdict === 'missing') ? 1 : 0
}

function configured(env: Env): Config | { readonly problems: readonly Finding[] } {
  try {
    return loadConfig(env, readFileSync(deskFile, 'utf8'))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const mend = 'set it as .env.example and config/desk.yaml explain'
    return { problems: error.problems.map((problem) => missing(`Configuration: ${problem}`, mend)) }
  }
}

/** What needs nobody else to be asked. */
function onItsOwn({ timezone, withoutEffect, proxy }: Config, now: Date): readonly Finding[] {
  return [
    ok('Configuration: everything that is required is set'),
    ...withoutEffect.map((sentence) => warn(`Configuration: ${sentence.replace(/\.$/, '')}`, 'leave it out')),
    ...(proxy ? [ok(proxyText(proxy))] : []),
    ok(`Time zone: there it is ${instantText(now.toISOString(), timezone)}`),
  ]
}

/** Without the name and the password that may stand in it. */
function proxyText({ https, http, no }: ProxySettings): string {
  const hosts = new Set([https, http].flatMap((url) => (url === undefined ? [] : new URL(url).host)))
  const but = no === undefined ? '' : `, but not ${no}`
  return `Proxy: Slack, GitLab and Zendesk are asked through ${[...hosts].join(' and ')}${but}`
}
