/** What lies on the disk after a power loss, rebuilt from what was written to it: all that was synced, and of the rest any part. */

/** The files that have to survive: the write-ahead log's index in memory is made anew at the next start. */
export type FileName = 'database' | 'journal'
const fileNames: readonly FileName[] = ['database', 'journal']

/** One call to the file system that has succeeded. */
export interface Operation {
  /** In milliseconds since 1970. */
  readonly began: number
  readonly file: FileName
  readonly kind: 'write' | 'truncate' | 'sync'
  /** Where it was written, or the size that the file was cut to. */
  readonly offset: number
  readonly bytes: Buffer
}

const headerLength = 40
const kinds = { 1: 'write', 2: 'truncate', 3: 'sync' } as const
const files = { 1: 'database', 2: 'journal' } as const

/** Reads what `record-writes.c` has written down. An entry that was cut off by a kill is left out. */
export function readRecord(record: Buffer): readonly Operation[] {
  const operations: Operation[] = []
  for (let at = 0; at + headerLength <= record.length; ) {
    const kind = kinds[record.readUInt32LE(at + 24) as keyof typeof kinds]
    const file = files[record.readUInt32LE(at + 28) as keyof typeof files]
    const end = at + headerLength + record.readUInt32LE(at + 32)
    if (end > record.length) break
    operations.push({
      ...{ kind, file, began: Number(record.readBigUInt64LE(at) / 1000n) / 1000 },
      offset: Number(record.readBigInt64LE(at + 16)),
      bytes: record.subarray(at + headerLength, end),
    })
    at = end
  }
  return operations
}

/** `nothing` and `all` of what was not synced, some of it `by chance`, or all with the last write `torn` in the middle. */
export type Left = 'nothing' | 'all' | 'by chance' | 'torn'
export const everyLeft: readonly Left[] = ['nothing', 'all', 'by chance', 'torn']

/** By file; one that was never there is missing. */
export type Image = Readonly<Partial<Record<FileName, Buffer>>>

export class Disk {
  readonly #safe = new Map<FileName, Buffer>()
  readonly #open = new Map<FileName, Operation[]>(fileNames.map((name) => [name, []]))

  do(operation: Operation): void {
    const open = this.#open.get(operation.file) ?? []
    if (operation.kind !== 'sync') return void open.push(operation)
    this.#safe.set(operation.file, open.reduce(written, this.#safe.get(operation.file) ?? Buffer.alloc(0)))
    this.#open.set(operation.file, [])
  }

  /** True where a power loss now may leave more than one thing. */
  isUnsynced(): boolean {
    return [...this.#open.values()].some((open) => open.length > 0)
  }

  imageAfterPowerLoss(left: Left, random: () => number): Image {
    const image: Partial<Record<FileName, Buffer>> = {}
    for (const name of fileNames) {
      const safe = this.#safe.get(name)
      const kept = keptOf(this.#open.get(name) ?? [], left, random)
      if (safe || kept.length > 0) image[name] = kept.reduce(written, safe ?? Buffer.alloc(0))
    }
    return image
  }
}

function keptOf(open: readonly Operation[], left: Left, random: () => number): readonly Operation[] {
  if (left === 'nothing') return []
  if (left === 'by chance') return open.filter(() => random() < 0.5)
  const last = open.at(-1)
  if (left === 'all' || last?.kind !== 'write') return open
  return [...open.slice(0, -1), { ...last, bytes: last.bytes.subarray(0, last.bytes.length / 2) }]
}

/** The content after it; never changes what it is given. */
function written(content: Buffer, { kind, offset, bytes }: Operation): Buffer {
  if (kind === 'truncate') {
    const cut = Buffer.alloc(offset)
    content.copy(cut)
    return cut
  }
  const after = Buffer.alloc(Math.max(content.length, offset + bytes.length))
  content.copy(after)
  bytes.copy(after, offset)
  return after
}
