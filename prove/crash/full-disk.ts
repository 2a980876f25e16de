/** A disk that is full: a small file system of its own where this process may mount one, else SQLite made to say so. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { DeskOfProcesses } from './desk-of-processes.ts'

export interface Disk {
  readonly folder: string
  close(): void
}

const size = '8m'

/** Or the reason why there is none. */
export function mountSmallDisk(): Disk | string {
  const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    return error instanceof Error ? error.message.trim().replaceAll('\n', ' ') : String(error)
  }
  return {
    folder,
    close() {
      execFileSync('umount', [folder], { stdio: 'pipe' })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Fills the disk to the last byte; what is returned makes room again. */
export function fill({ folder }: Disk, databaseFile: string): () => void {
  emptyJournal(databaseFile)
  const ballast = join(folder, 'ballast')
  const file = openSync(ballast, 'w')
  for (let bytes = 1024 * 1024; bytes >= 1; bytes = bytes / 2) writeWhatFits(file, Buffer.alloc(bytes))
  closeSync(file)
  return () => rmSync(ballast, { force: true })
}

/** Else what is written would find room in pages of the journal that are there already. */
function emptyJournal(databaseFile: string): void {
  const sqlite = new Sqlite(databaseFile)
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
  sqlite.close()
}

function writeWhatFits(file: number, bytes: Buffer): void {
  try {
    while (writeSync(file, bytes) === bytes.length);
  } catch {
    // Full for a piece of this size.
  }
}

/** Every write of the bot fails as SQLite does on a full disk. */
export async function pretendFull({ bot }: DeskOfProcesses): Promise<() => Promise<void>> {
  await bot.order({ order: 'disk', isFull: true })
  return async () => void (await bot.order({ order: 'disk', isFull: false }))
}
