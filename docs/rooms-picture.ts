/** The picture of the rooms of `src`, drawn from what its files import. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importsOf } from './imports-of.ts'

const src = fileURLToPath(new URL('../src/', import.meta.url))

/** Marks between which docs/architecture.md holds what is drawn. */
export const begin = '<!-- drawn by npm run draw-architecture -->'
export const end = '<!-- end of what is drawn -->'

/** A Mermaid flowchart: an arrow leads from a room to one whose code it uses. Types alone draw no arrow. */
export function roomsPicture(): string {
  const needs = roomImports()
  const rooms = [...needs.keys()].sort()
  const arrows = rooms.flatMap((room) =>
    [...(needs.get(room) ?? [])]
      .filter((target) => !isReachedOtherwise(needs, room, target))
      .sort()
      .map((target) => `  ${room} --> ${target}`),
  )
  return ['```mermaid', 'flowchart TD', ...arrows, '```'].join('\n')
}

/** The page with the picture as it is now. Throws where the marks are missing. */
export function withPicture(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/architecture.md lacks ${begin} or ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${roomsPicture()}\n\n${page.slice(to)}`
}

/** Room by room: whose code it uses. Files directly in `src` put the parts together and are left out. */
function roomImports(): ReadonlyMap<string, ReadonlySet<string>> {
  const needs = new Map<string, Set<string>>()
  for (const file of globSync('*/**/*.ts', { cwd: src })) {
    const room = roomOf(file)
    const targets = needs.get(room) ?? new Set()
    needs.set(room, targets)
    for (const { from, typesOnly } of importsOf(readFileSync(join(src, file), 'utf8'))) {
      const target = from.startsWith('.') ? normalize(join(dirname(file), from)) : ''
      if (!typesOnly && target.includes('/') && !target.startsWith('..') && roomOf(target) !== room)
        targets.add(roomOf(target))
    }
  }
  return needs
}

/** Whether a longer way leads there too: the picture leaves such arrows out. */
function isReachedOtherwise(
  needs: ReadonlyMap<string, ReadonlySet<string>>,
  room: string,
  target: string,
): boolean {
  const others = [...(needs.get(room) ?? [])].filter((one) => one !== target)
  const seen = new Set(others)
  for (const one of seen) for (const next of needs.get(one) ?? []) if (next !== room) seen.add(next)
  return seen.has(target)
}

const roomOf = (file: string) => file.split('/')[0] ?? file
