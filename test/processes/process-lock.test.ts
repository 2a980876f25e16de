import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CannotOpenStore } from '../../src/store/cannot-open-store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { now, temporaryFolder, temporaryStore } from '../store/temporary-store.ts'

const holder = fileURLToPath(new URL('../store/hold-store.ts', import.meta.url))

/** Another process that has the database open, once it has said so. */
async function anotherProcess(path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [holder, `file:${path}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

function refusal(path: string): CannotOpenStore {
  return new CannotOpenStore(
    `Another privacy-desk process has the database ${path} open. Stop it first: one SQLite database serves one process.`,
  )
}

describe('one SQLite database serves one process', () => {
  test('a second process is refused with a sentence that says so', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    await anotherProcess(path)

    await expect(openStore({ databaseUrl: `file:${path}`, now })).rejects.toThrow(refusal(path))
  })

  test('a process that was killed leaves no lock behind', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    const child = await anotherProcess(path)
    child.kill('SIGKILL')
    await once(child, 'exit')

    const store = await temporaryStore(path)

    expect(await store.tables.settings.get('held-by')).toBe(String(child.pid))
  })

  test('another name of the same file is the same database', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'desk.db')
    await temporaryStore(path)
    symlinkSync(path, join(folder, 'other-name.db'))

    await expect(openStore({ databaseUrl: `file:${folder}/other-name.db`, now })).rejects.toThrow(
      refusal(path),
    )
  })

  test('a store that was closed lets the next one in', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    await (await temporaryStore(path)).close()

    await expect(temporaryStore(path)).resolves.toBeDefined()
  })

  test('a command beside the bot needs no lock, and writes', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    const child = await anotherProcess(path)

    const beside = await openStore({ databaseUrl: `file:${path}`, now, beside: true })

    await beside.tables.settings.set('written', 'beside')
    expect(await beside.tables.settings.get('held-by')).toBe(String(child.pid))
    expect(await beside.tables.settings.get('written')).toBe('beside')
    await beside.close()
  })
})
