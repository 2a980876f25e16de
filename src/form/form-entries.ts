/** Finds the form's entries in an issue's description, in whichever of the usual shapes they were written. */
import type { Line, Row, TextLine } from './markup.ts'

/** A field of the form with the value that stands in the description. */
export interface Entry<Field> {
  readonly field: Field
  /** As a reader sees it, lines joined by "\n"; empty when the field was left empty. */
  readonly value: string
}

/** The rules by which a field is found and its value ends. */
export interface EntryNames<Field> {
  /** The field that goes by this name, or undefined when no field does. */
  readonly fieldOf: (name: string) => Field | undefined
  /** True when this field's value goes on over the following lines and paragraphs. */
  readonly isLong: (field: Field) => boolean
  /** A line that belongs to no field's value. */
  readonly endsValue: (line: Line) => boolean
  /** True when a line that is only a name counts as one: a heading whose mark a mail program has lost. */
  readonly takesBareNames: boolean
}

interface Label<Field> {
  readonly field: Field
  readonly rest: string
}

const longestLabel = 120

/** Returns every entry in the order of the description; a field that stands there twice is returned twice. */
export function findEntries<Field>(
  lines: readonly Line[],
  names: EntryNames<Field>,
): readonly Entry<Field>[] {
  const entries: Entry<Field>[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at]
    if (line === undefined) break
    const end = endOfTable(lines, at, names)
    if (end > at) {
      for (const entry of entriesOfTable(lines.slice(at, end).map(cellsOf), names)) entries.push(entry)
      at = end
      continue
    }
    const label = readLabel(line, names)
    at++
    if (label === undefined) continue
    const followed = label.rest === '' || names.isLong(label.field)
    const last = followed ? endOfValue(lines, at, label, names) : at
    const below = lines.slice(at, last).map((line) => shown(line, names.isLong(label.field)))
    const value = [label.rest, ...below].join('\n').trim()
    entries.push({ field: label.field, value })
    at = last
  }
  return entries
}

/** Returns the text without the box of a task. */
export function withoutBox(text: string): { readonly text: string; readonly box?: string } {
  const box = /^\[([ xX~])\](?:\s+|$)/.exec(text)
  return box?.[1] === undefined ? { text } : { text: text.slice(box[0].length), box: box[1] }
}

/** Returns the texts of a line: one, or those of a row's cells. */
export function textsOf(line: Line): readonly string[] {
  if (line.kind === 'rule') return []
  if (line.kind === 'row') return line.cells
  return line.isQuoted ? [] : cellsOf(line)
}

/** "Label: value", "Label*: value", "/Label:/ value"; "Label" alone where it is a heading or bold. */
function readLabel<Field>(line: Line, names: EntryNames<Field>): Label<Field> | undefined {
  if (line.kind !== 'text' || line.isQuoted) return undefined
  const { text } = withoutBox(line.text)
  const colon = text.slice(0, longestLabel).search(/[:：]/)
  if (colon === -1) return readBareLabel(line, text, names)
  const written = text.slice(0, colon).trim()
  const field = names.fieldOf(written)
  if (field === undefined) return undefined
  const opened = /^[*_/~`]+/.exec(written)?.[0] ?? ''
  const closed = opened === '' || (written.length > opened.length && written.endsWith(opened))
  const rest = text.slice(colon + 1).trim()
  return { field, rest: closed ? rest : withoutMark(rest, opened) }
}

function readBareLabel<Field>(
  line: TextLine,
  text: string,
  names: EntryNames<Field>,
): Label<Field> | undefined {
  const mayName = line.isHeading || line.isStrong || /^__/.test(text) || names.takesBareNames
  if (!mayName || text.length > longestLabel) return undefined
  const field = names.fieldOf(text)
  return field === undefined ? undefined : { field, rest: '' }
}

/** The emphasis that a label opened ends at the start of its value ("/Label:/ value") or with it. */
function withoutMark(rest: string, mark: string): string {
  if (rest.startsWith(mark)) return rest.slice(mark.length).trim()
  return rest.endsWith(mark) ? rest.slice(0, -mark.length).trim() : rest
}

/** A long value ends where something else begins; a short one also at the end of its paragraph. */
function endOfValue<Field>(
  lines: readonly Line[],
  from: number,
  label: Label<Field>,
  names: EntryNames<Field>,
): number {
  const long = names.isLong(label.field)
  let filled = false
  for (let at = from; at < lines.length; at++) {
    const line = lines[at]
    if (line?.kind !== 'text' || beginsSomethingElse(lines, at, names)) return at
    if (!long && looksLikeLabel(line.text)) return at
    if (!long && filled && line.text === '') return at
    filled ||= line.text !== ''
  }
  return lines.length
}

function beginsSomethingElse<Field>(lines: readonly Line[], at: number, names: EntryNames<Field>): boolean {
  const line = lines[at]
  if (line?.kind !== 'text') return true
  if (line.isHeading || names.endsValue(line) || readLabel(line, names) !== undefined) return true
  return endOfTable(lines, at, names) > at
}

/** A label of a field that is not ours must not become the value of an empty one that is. */
function looksLikeLabel(line: string): boolean {
  return /^[^:：@/]{1,60}[:：](?:\s|\*|_|$)/.test(line)
}

function shown(line: Line, withQuotes: boolean): string {
  if (line.kind !== 'text') return ''
  return withQuotes && line.isQuoted && line.text !== '' ? `> ${line.text}` : line.text
}

/** After its last row; where it stands already when no table with one of our names begins there. */
function endOfTable<Field>(lines: readonly Line[], from: number, { fieldOf }: EntryNames<Field>): number {
  const first = lines[from]
  if (first === undefined || first.kind === 'rule') return from
  if (first.kind === 'text' && !isRowOfText(first)) return from
  if (first.kind === 'text' && fieldOf(cellsOf(first)[0] ?? '') === undefined) return from
  let at = from
  while (at < lines.length && belongsTogether(first, lines[at])) at++
  return at
}

function belongsTogether(first: Row | TextLine, line: Line | undefined): boolean {
  if (line === undefined || line.kind === 'rule') return false
  if (first.kind === 'row') return line.kind === 'row' && line.table === first.table
  return line.kind === 'text' && isRowOfText(line)
}

/**
 * Tells whether a line is a row of a table in plain text: cells between bars that make no Markdown table, or
 * parted by tabs.
 */
function isRowOfText({ text, isQuoted }: TextLine): boolean {
  return !isQuoted && (/^\|.*\|/.test(text) || text.includes('\t'))
}

function cellsOf(line: Line): readonly string[] {
  if (line.kind === 'rule') return []
  if (line.kind === 'row') return line.cells
  if (!isRowOfText(line)) return [line.text]
  const cells = line.text.startsWith('|')
    ? line.text.slice(1).replace(/\|$/, '').split('|')
    : line.text.split(/\t+/)
  return cells.slice(0, 50).map((cell) => cell.trim())
}

/** Either the first row names the fields and the others hold values, or each row is a name and its value. */
function entriesOfTable<Field>(
  rows: readonly (readonly string[])[],
  names: EntryNames<Field>,
): readonly Entry<Field>[] {
  const [head = [], ...body] = rows
  const fields = head.map(names.fieldOf)
  const known = fields.filter((field) => field !== undefined).length
  if (body.length > 0 && (known > 1 || (known === 1 && head.length > 2))) {
    return body.flatMap((cells) =>
      fields.flatMap((field, column) => (field === undefined ? [] : [{ field, value: cells[column] ?? '' }])),
    )
  }
  return rows.flatMap((cells) => {
    const [name = '', value = '', ...more] = cells
    const field = names.fieldOf(name)
    if (field !== undefined) return [{ field, value }]
    return value === '' && more.every((cell) => cell === '') ? findEntries(linesOfCell(name), names) : []
  })
}

/** A line that stands right below a table is a row of it, and a table of one column is a list. */
function linesOfCell(cell: string): readonly Line[] {
  return cell
    .replaceAll('\t', ' ')
    .split('\n')
    .map((text) => ({ kind: 'text', text, isHeading: false, isStrong: false, isQuoted: false }))
}
