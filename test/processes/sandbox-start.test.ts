/** The sandbox stays on this machine, and leaves nothing behind. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { examineSandbox } from '../../sandbox/doctor.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'

const startedAt = performance.now()

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-start-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const given = (port: number, folderIn: string) => ({
  now: () => new Date(Date.parse('2026-03-10T10:00:00.000Z') + performance.now() - startedAt),
  random: () => 0.5,
  log: pino({ level: 'silent' }),
  ...{ port, folderIn },
})

test('the bot, its services and the page are heard at 127.0.0.1 alone, and the folder goes with them', {
  timeout: 60_000,
}, async () => {
  const folder = aFolder()
  const sandbox = await startSandbox(given(0, folder))
  const bot = sandbox.slack.app?.url.replace(/\/slack.*/, '') ?? ''
  const all = [`${bot}/healthz`, sandbox.url, sandbox.gitlab.url, sandbox.zendesk.url, sandbox.slack.url]

  for (const url of all) {
    expect((await fetch(url)).status, url).toBeGreaterThan(0)
    // Another address of the same machine, at which a server for all interfaces answers, too.
    await expect(fetch(url.replace('127.0.0.1', '127.0.0.2')), url).rejects.toThrow()
  }
  await sandbox.close()

  expect(readdirSync(folder)).toEqual([])
})

test('a start that fails leaves no folder', { timeout: 60_000 }, async () => {
  const folder = aFolder()

  // No such port: it fails when all else has started.
  await expect(startSandbox(given(65_536, folder))).rejects.toThrow()

  expect(readdirSync(folder)).toEqual([])
})

test('the doctor can be tried on it, and finds what every bot of a Reporter would hear', async () => {
  let text = ''

  const code = await examineSandbox({ write: (part) => (text += part) })

  expect(code).toBe(0)
  expect(text.split('\n').filter((line) => /^(warn|problem)/.test(line))).toEqual([
    'warn    GitLab webhook: the token may not see it (that takes a Maintainer). Fix: look at Settings → Webhooks of the project yourself',
  ])
})
