import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ConfigError, loadConfig } from '../../src/config/config.ts'
import { readDesk } from '../../src/config/desk.ts'
import { temporaryFolder } from '../store/temporary-store.ts'
import { commandLine, help } from './command-line.ts'

const deskFile = new URL('../../config/desk.yaml', import.meta.url)
const shipped = () => parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'))

async function setup(...argv: readonly string[]) {
  const file = join(temporaryFolder(), '.env')
  const { code, out, err } = await commandLine(['setup', ...argv, '--env', file])
  const link = /https:\/\/api\.slack\.com\S+/.exec(out)?.[0] ?? ''
  const manifest = () => JSON.parse(new URL(link).searchParams.get('manifest_json') ?? '')
  return { file, code, out, err, link, manifest, written: () => readFileSync(file, 'utf8') }
}

/** What the bot says of a file that was written, before anybody has filled it in. */
function lacking(written: string): readonly string[] {
  try {
    loadConfig(parseEnv(written), readDesk(readFileSync(deskFile, 'utf8')))
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('setup', () => {
  test('gives a link that creates the whole Slack app, with the bot’s own address wherever there is one', async () => {
    const { code, link, manifest, out } = await setup('https://desk.example.org/')

    expect(code).toBe(0)
    expect(link.startsWith('https://api.slack.com/apps?new_app=1&manifest_json=')).toBe(true)
    // Browsers and servers take so many.
    expect(link.length).toBeLessThan(8000)
    const text = JSON.stringify(shipped()).replaceAll('privacy-desk.example.com', 'desk.example.org')
    expect(manifest()).toEqual(JSON.parse(text))
    expect(out).toContain('URL https://desk.example.org/webhooks/gitlab\n')
    expect(out).toContain('a webhook to https://desk.example.org/webhooks/zendesk;')
  })

  test('with Socket Mode names no address, in the link or besides', async () => {
    const { code, out, manifest, written } = await setup('--socket-mode')

    expect(code).toBe(0)
    const { settings, features, ...rest } = shipped()
    expect(manifest()).toMatchObject(rest)
    expect(manifest().settings.socket_mode_enabled).toBe(true)
    expect(manifest().settings.event_subscriptions).toEqual({
      bot_events: settings.event_subscriptions.bot_events,
    })
    expect(manifest().features.slash_commands.map(({ command }: { command: string }) => command)).toEqual(
      features.slash_commands.map(({ command }: { command: string }) => command),
    )
    expect(JSON.stringify(manifest())).not.toContain('https://')
    expect(out).not.toContain('/webhooks/')
    expect(written()).toContain('\nSLACK_APP_TOKEN=\n')
  })

  test.each([
    [
      'https://desk.example.com',
      ['SLACK_BOT_TOKEN', 'GITLAB_TOKEN', 'GITLAB_PROJECT', 'SLACK_SIGNING_SECRET'],
    ],
    ['--socket-mode', ['SLACK_BOT_TOKEN', 'GITLAB_TOKEN', 'GITLAB_PROJECT', 'SLACK_SIGNING_SECRET']],
  ])('%s writes an .env of which the bot says only what has to be filled in', async (given, names) => {
    const { file, out, written } = await setup(given)

    expect(lacking(written()).map((problem) => problem.split(' ')[0])).toEqual(names)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(out).toContain(`${file} is new`)
  })

  test('makes a secret for GitLab’s webhook, and shows it to nobody', async () => {
    const { out, written } = await setup('https://desk.example.com')

    expect(written()).toContain(`\nGITLAB_WEBHOOK_SECRET=${'ab'.repeat(32)}\n`)
    expect(out).not.toContain('abab')
  })

  test('leaves an .env that is there as it is', async () => {
    const file = join(temporaryFolder(), '.env')
    writeFileSync(file, 'GITLAB_TOKEN=glpat-mine\n')

    const { code, out } = await commandLine(['setup', 'https://desk.example.com', '--env', file])

    expect(code).toBe(0)
    expect(out).toContain(`${file} was there and is left as it is`)
    expect(readFileSync(file, 'utf8')).toBe('GITLAB_TOKEN=glpat-mine\n')
  })

  test.each([
    [[], 'At which address will Slack reach the bot'],
    [['http://desk.example.com'], 'The bot’s address must be https://'],
    [['desk.example.com'], 'The bot’s address must be https://'],
    [['https://desk.example.com/slack/events'], 'The bot’s address must be https://'],
    [['https://me:secret@desk.example.com'], 'The bot’s address must be https://'],
    [['https://desk.example.com?x=1'], 'The bot’s address must be https://'],
    [['https://desk.example.com', '--socket-mode'], 'With --socket-mode Slack needs no address'],
    [['https://a.example.com', 'https://b.example.com'], 'Too many arguments'],
  ])('%j is refused, and nothing is written', async (argv, sentence) => {
    const { code, out, err, written } = await setup(...argv)

    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err.startsWith(sentence)).toBe(true)
    expect(err).toContain(help)
    expect(written).toThrow('ENOENT')
  })
})
