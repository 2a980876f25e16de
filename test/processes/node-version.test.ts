/** The processes themselves, with another version of Node than this one pretended to them. */
import { execFile, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../store/temporary-store.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

const pretending = (version: string) =>
  `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`

/** Everything the process said, and what it left in its folder. */
async function started(file: string, version: string) {
  const cwd = temporaryFolder()
  const run = promisify(execFile)(process.execPath, ['--import', pretending(version), join(root, file)], {
    cwd,
    // What is read before the version is looked at is read several times here.
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/privacy-desk') },
  })
  const { code, stdout, stderr } = await run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
  return { code, said: stdout + stderr, left: readdirSync(cwd) }
}

describe('a Node that is too old is told which one is needed, before anything is made', () => {
  test.each([
    ['src/main.ts', '24.11.0'],
    ['src/cli.ts', '24.11.0'],
    ['sandbox/main.ts', '25.9.1'],
    ['src/main.ts', '20.20.2'],
    ['src/main.ts', '6.0.0'],
  ])('%s on Node %s', async (file, version) => {
    expect(await started(file, version)).toEqual({
      code: 1,
      said: `privacy-desk needs Node 26 or newer; this is Node ${version}.\n`,
      left: [],
    })
  })

  test('a newer one is taken: the configuration is what is lacking then', async () => {
    const { code, said } = await started('src/main.ts', '27.0.0')

    expect(code).toBe(1)
    expect(said).toMatch(/^The configuration can't be used:/)
  })
})

// A Node that is too old to read .ts files reads none of ours but this one.
test('the scripts for operators look at the version before a .ts file is read', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

  const first = '--import ./src/node-version.js '
  expect(['build', 'start', 'sandbox', 'doctor'].filter((name) => !scripts[name].includes(first))).toEqual([])
})

describe('a signal that npm passes on to its shell', () => {
  test.each(['start', 'sandbox'])('reaches the process of `npm run %s` itself', async (name) => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const stands = scripts[name].replace(/node .*/, 'sleep 30; echo woken')
    // As npm runs a script: https://github.com/npm/promise-spawn
    const shell = spawn('sh', ['-c', stands], { stdio: 'ignore' })
    onTestFinished(() => void shell.kill('SIGKILL'))
    await new Promise((resolve) => shell.once('spawn', resolve))

    const command = () => readFileSync(`/proc/${shell.pid}/cmdline`, 'utf8').split('\0')[0]

    await expect.poll(command, { timeout: 10_000, interval: 5 }).toBe('sleep')
  })
})
