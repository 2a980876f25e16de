/** Writes down what the bot's process writes to its database, by a library that is loaded before it. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Operation, readRecord } from './disk.ts'

export interface Recorder {
  /** For the process whose database lies there. */
  env(databaseFile: string): Readonly<Record<string, string>>
  operations(): readonly Operation[]
  close(): void
}

const source = fileURLToPath(new URL('record-writes.c', import.meta.url))

/** Or the reason why there is none: it needs Linux with glibc, and a C compiler. */
export function newRecorder(): Recorder | string {
  const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-record-'))
  const [library, record] = [join(folder, 'record-writes.so'), join(folder, 'record')]
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], { stdio: 'pipe' })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    return error instanceof Error ? error.message.trim().split('\n').slice(0, 2).join(' ') : String(error)
  }
  return {
    env: (databaseFile) => ({
      LD_PRELOAD: library,
      RECORD_DATABASE: databaseFile,
      RECORD_TO: record,
    }),
    operations: () => (existsSync(record) ? readRecord(readFileSync(record)) : []),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
