/** The disk that a power loss leaves: all that was synced, and of the rest any part. */
import { expect, test } from 'vitest'
import { Disk, everyLeft, type Operation, readRecord } from '../../prove/power-loss/disk.ts'

const operation = (given: Partial<Operation>): Operation => ({
  ...{ began: 0, file: 'database', kind: 'write', offset: 0, bytes: Buffer.alloc(0) },
  ...given,
})
const write = (text: string, offset = 0) => operation({ offset, bytes: Buffer.from(text) })
const sync = operation({ kind: 'sync' })
const always = () => 0.9

function left(...operations: readonly Operation[]) {
  const disk = new Disk()
  for (const one of operations) disk.do(one)
  return everyLeft.map((how) => disk.imageAfterPowerLoss(how, always).database?.toString())
}

test('What was synced is there, whatever becomes of the rest', () => {
  expect(left(write('1234'), sync)).toEqual(['1234', '1234', '1234', '1234'])
})

test('What was not synced is there, or not, or half of the last of it', () => {
  expect(left(write('1234'), sync, write('abcd', 2))).toEqual(['1234', '12abcd', '1234', '12ab'])
})

test('A file that was never synced may not be there at all', () => {
  expect(left(write('1234'))).toEqual([undefined, '1234', undefined, '12'])
})

test('A later write may have come without an earlier one, and leaves nothing where that was', () => {
  const disk = new Disk()
  for (const one of [write('ab'), write('cd', 2)]) disk.do(one)
  const turns = [0.9, 0.1]

  const image = disk.imageAfterPowerLoss('by chance', () => turns.shift() ?? 1)

  expect(image.database).toEqual(Buffer.from('\0\0cd'))
})

test('A file that was cut is shorter only once that was synced', () => {
  const cut = operation({ kind: 'truncate', offset: 2 })

  expect(left(write('1234'), sync, cut).slice(0, 2)).toEqual(['1234', '12'])
  expect(left(write('1234'), sync, cut, sync)).toEqual(['12', '12', '12', '12'])
})

test('The record is read up to an entry that a kill has cut off', () => {
  const header = Buffer.alloc(40)
  header.writeBigUInt64LE(1_500_000n, 0)
  header.writeBigInt64LE(7n, 16)
  for (const [at, value] of [
    [24, 1],
    [28, 2],
    [32, 3],
  ] as const)
    header.writeUInt32LE(value, at)

  const operations = readRecord(Buffer.concat([header, Buffer.from('abc'), header, Buffer.from('a')]))

  expect(operations).toEqual([
    { began: 1.5, file: 'journal', kind: 'write', offset: 7, bytes: Buffer.from('abc') },
  ])
})
