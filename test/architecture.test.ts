/** docs/architecture.md says how the rooms stand now, and the decisions are in one form. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { roomsPicture, withPicture } from '../docs/rooms-picture.ts'

const docs = fileURLToPath(new URL('../docs/', import.meta.url))
const textOf = (file: string) => readFileSync(`${docs}${file}`, 'utf8')
const decisions = globSync('decisions/0*.md', { cwd: docs }).sort()

test('the picture of the rooms is drawn from the imports as they are now', () => {
  const page = textOf('architecture.md')

  expect(page, 'docs/architecture.md is not current: run npm run draw-architecture').toBe(withPicture(page))
})

test('the picture has an arrow from the handbook as data to the engine, and none back', () => {
  expect(roomsPicture()).toContain('flows --> engine')
  expect(roomsPicture()).not.toContain('engine --> ')
})

test('every room is told of in the table below the picture', () => {
  const rooms = globSync('*/', { cwd: fileURLToPath(new URL('../src/', import.meta.url)) })
  const table = textOf('architecture.md').split('## The way of one click')[0] ?? ''

  expect(rooms.filter((room) => !table.includes(`\`${room.replace(/\/$/, '')}\``))).toEqual([])
})

test.each(decisions)('%s has its date, its status, and says why, what and with what consequence', (file) => {
  const page = textOf(file)

  expect(page).toMatch(/^# \d{4} .+\n\nDate: \d{4}-\d\d-\d\d · Status: (accepted|superseded by \[\d{4}\])/)
  expect(page).toContain('\n## Context\n')
  expect(page).toContain('\n## Decision\n')
  expect(page).toContain('\n## Consequence')
})

test('the list of decisions has every page, with the date and the status that it bears', () => {
  const list = textOf('decisions/README.md')
  const rows = decisions.map((file) => {
    const [, number, title] = /^# (\d{4}) (.+)$/m.exec(textOf(file)) ?? []
    const [, date, status] = /^Date: (\S+) · Status: (.+)$/m.exec(textOf(file)) ?? []
    return `| [${number}](${file.replace('decisions/', '')}) | ${title} | ${date} | ${status} |`
  })

  expect(list.split('\n').filter((line) => /^\| \[\d/.test(line))).toEqual(rows)
})
