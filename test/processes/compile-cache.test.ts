import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../store/temporary-store.ts'

/** A project of one file, started as `npm start` starts the bot. */
async function started(folder: string, env: Readonly<Record<string, string>> = {}) {
  mkdirSync(join(folder, 'src'))
  copyFileSync(new URL('../../src/compile-cache.js', import.meta.url), join(folder, 'src/compile-cache.js'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'src/main.ts'), "const started: string = 'started'\nconsole.log(started)\n")
  const node = ['--import', './src/compile-cache.js', 'src/main.ts']
  const { stdout, stderr } = await promisify(execFile)(process.execPath, node, {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  return stdout + stderr
}

test('what was compiled is kept beside the packages', async () => {
  const folder = temporaryFolder()

  expect(await started(folder)).toBe('started\n')

  expect(readdirSync(join(folder, 'node_modules/.cache/privacy-desk'))).toHaveLength(1)
})

test('or where NODE_COMPILE_CACHE says', async () => {
  const folder = temporaryFolder()

  expect(await started(folder, { NODE_COMPILE_CACHE: join(folder, 'kept') })).toBe('started\n')

  expect(readdirSync(join(folder, 'kept'))).toHaveLength(1)
  expect(existsSync(join(folder, 'node_modules'))).toBe(false)
})

test('where it can’t be kept, the start goes on and says nothing', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'node_modules'), 'not a folder')

  expect(await started(folder)).toBe('started\n')
})
