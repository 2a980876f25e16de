/** A folder on a disk, not in memory: what a machine writes that may lose its power. */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** https://man7.org/linux/man-pages/man2/statfs.2.html */
const inMemory: readonly number[] = [0x01021994, 0x858458f6]
const candidates = [tmpdir(), '/var/tmp', fileURLToPath(new URL('../..', import.meta.url))]

export interface RealDisk {
  readonly folder: string
  close(): void
}

/** Or undefined where every place is in memory. */
export function newFolderOnDisk(): RealDisk | undefined {
  const place = candidates.find((one) => !inMemory.includes(statfsSync(one).type))
  if (place === undefined) return undefined
  const folder = mkdtempSync(join(place, 'privacy-desk-on-disk-'))
  return { folder, close: () => rmSync(folder, { recursive: true, force: true }) }
}
