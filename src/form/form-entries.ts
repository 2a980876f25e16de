// Finds the form's entries in an issue's description, in whichever of the usual shapes they were written.
import { cellsOf, isTableRow, plainText } from './form-text.ts'

export interface Entry<Field> {
  readonly field: Field
  /** As it was written, lines joined by "\n"; empty when the field was left empty. */
  readonly value: string
}

export interface EntryNames<Field> {
  /** The field that goes by this name, or undefined when no field does. */
  readonly fieldOf: (name: string) => Field | undefined
  /** Whether this field's value goes on over the following lines and paragraphs. */
  readonly isLong: (field: Field) => boolean
  /** A line that belongs to no field's value. */
  readonly endsValue: (line: string) => boolean
}

interface Label<Field> {
  readonly field: Field
  readonly rest: string
}

const longestLabel = 120
/** More than any form has; it bounds the work that a table of many rows and columns can make. */
const mostColumns = 50

/** Every entry in the order of the description, a field that stands twice twice. */
export function findEntries<Field>(
  lines: readonly string[],
  names: EntryNames<Field>,
): readonly Entry<Field>[] {
  const entries: Entry<Field>[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    if (isTableRow(line)) {
      const end = endOfTable(lines, at)
      for (const entry of entriesOfTable(lines.slice(at, end), names)) entries.push(entry)
      at = end
      continue
    }
    const label = readLabel(line, names)
    at++
    if (label === undefined) continue
    const followed = label.rest === '' || names.isLong(label.field)
    const end = followed ? endOfValue(lines, at, label, names) : at
    entries.push({ field: label.field, value: [label.rest, ...lines.slice(at, end)].join('\n').trim() })
    at = end
  }
  return entries
}

/** Takes off what makes a line a list item, with the mark of a task's box. */
export function withoutListMark(line: string): { readonly text: string; readonly box?: string } {
  const text = line.replace(/^(?:[-*+]|\d{1,9}[.)])\s+/, '')
  const box = /^\[([ xX~])\]\s+/.exec(text)
  return box?.[1] === undefined ? { text } : { text: text.slice(box[0].length), box: box[1] }
}

/** "Label: value", "**Label:** value", "**Label**: value", "### Label", "**Label**", each also as a list item. */
function readLabel<Field>(line: string, names: EntryNames<Field>): Label<Field> | undefined {
  const { text } = withoutListMark(line)
  const heading = /^#{1,6}\s/.test(text)
  const content = heading ? text.replace(/^#+\s+/, '') : text
  const colon = content.slice(0, longestLabel).search(/[:：]/)
  if (colon === -1) return readBareLabel(content, heading, names)
  const written = content.slice(0, colon).trim()
  const opened = /^[*_]+/.exec(written)?.[0] ?? ''
  const closed = opened === '' || (written.length > opened.length && written.endsWith(opened))
  const field = names.fieldOf(closed ? written : written.slice(opened.length))
  if (field === undefined) return undefined
  const rest = content.slice(colon + 1).trim()
  return { field, rest: closed ? rest : withoutMark(rest, opened) }
}

function readBareLabel<Field>(
  content: string,
  heading: boolean,
  names: EntryNames<Field>,
): Label<Field> | undefined {
  const bold = /^(?:\*\*|__|<b>|<strong>)/i.test(content)
  if ((!heading && !bold) || content.length > longestLabel) return undefined
  const field = names.fieldOf(content)
  return field === undefined ? undefined : { field, rest: '' }
}

/** The emphasis that a label opened ends at the start of its value ("**Label:** value") or with it. */
function withoutMark(rest: string, mark: string): string {
  if (rest.startsWith(mark)) return rest.slice(mark.length).trim()
  return rest.endsWith(mark) ? rest.slice(0, -mark.length).trim() : rest
}

/** A long value ends where something else begins; a short one also at the end of its paragraph. */
function endOfValue<Field>(
  lines: readonly string[],
  from: number,
  label: Label<Field>,
  names: EntryNames<Field>,
): number {
  const long = names.isLong(label.field)
  let filled = false
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (beginsSomethingElse(line, names) || (!long && looksLikeLabel(line))) return at
    if (!long && filled && line === '') return at
    filled ||= line !== ''
  }
  return lines.length
}

function beginsSomethingElse<Field>(line: string, names: EntryNames<Field>): boolean {
  if (line === '') return false
  if (/^#{1,6}\s/.test(line) || isTableRow(line) || names.endsValue(line)) return true
  return isThematicBreak(line) || readLabel(line, names) !== undefined
}

/** A label of a field that is not ours must not become the value of an empty one that is. */
function looksLikeLabel(line: string): boolean {
  return /^[^:：@/]{1,60}[:：](?:\s|\*|_|$)/.test(line)
}

function isThematicBreak(line: string): boolean {
  return /^(?:-{3,}|\*{3,}|_{3,})$/.test(line.replace(/\s+/g, ''))
}

function endOfTable(lines: readonly string[], from: number): number {
  let at = from
  while (at < lines.length && isTableRow(lines[at] ?? '')) at++
  return at
}

/** Either the first row names the fields and the others hold values, or each row is a name and its value. */
function entriesOfTable<Field>(rows: readonly string[], names: EntryNames<Field>): readonly Entry<Field>[] {
  const table = rows.map(cellsOf)
  const [head = [], ...body] = table.filter((cells) => !isDelimiterRow(cells))
  const fields = head.slice(0, mostColumns).map((cell) => names.fieldOf(withoutColon(cell)))
  const known = fields.filter((field) => field !== undefined).length
  const headed = isDelimiterRow(table[1] ?? [])
  if (headed && (known > 1 || (known === 1 && head.length !== 2))) {
    return body.flatMap((cells) =>
      fields.flatMap((field, column) => (field === undefined ? [] : [{ field, value: cells[column] ?? '' }])),
    )
  }
  return [head, ...body].flatMap(([name = '', value = '']) => {
    const field = names.fieldOf(withoutColon(name))
    return field === undefined ? [] : [{ field, value }]
  })
}

function isDelimiterRow(cells: readonly string[]): boolean {
  return cells.length > 0 && cells.every((cell) => /^:?-+:?$/.test(cell))
}

function withoutColon(name: string): string {
  return plainText(name).replace(/[:：]$/, '')
}
