// Markdown as people and mail programs write it -> plain lines. Every step reads the text once, so the time is linear.

const lineEnds = /\r\n|\n\r|[\r\v\f\u0085\u2028\u2029]/g
const lineBreakTag = /<br ?\/?>/gi
const styleTag = /<\/?(?:b|strong|em|i|u|p|div|span|code|tt)>/gi
const entity =
  /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp|colon|commat|lowbar|period));/g
const escapedMark = /\\([!-/:-@[-`{-~])/g
const emphasis = ['***', '**', '``', '*', '`'] as const
const emphasisOfNames = ['***', '___', '**', '__', '``', '*', '_', '`'] as const

const namedEntities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  colon: ':',
  commat: '@',
  lowbar: '_',
  period: '.',
}

/** Without the characters that show nothing: byte order mark, zero-width, soft hyphen, direction marks. */
export function withoutInvisibles(text: string): string {
  return text.replace(/\p{Cf}/gu, '')
}

/** The lines of a text, trimmed, whatever ends them (`\` is Markdown's hard break); HTML comments are left out. */
export function linesOf(text: string): readonly string[] {
  return withoutComments(withoutInvisibles(text).replace(lineEnds, '\n'))
    .split('\n')
    .flatMap((line) => (isTableRow(line.trim()) ? [line] : line.split(lineBreakTag)))
    .map((line) =>
      line
        .replace(/\p{Cc}/gu, ' ')
        .trim()
        .replace(/\\$/, ''),
    )
}

export function isTableRow(line: string): boolean {
  return line.startsWith('|')
}

/** The cells of a Markdown table's row; `\|` does not part cells, `<br>` is a new line within one. */
export function cellsOf(row: string): readonly string[] {
  const cells: string[] = []
  let from = row.startsWith('|') ? 1 : 0
  for (let at = from; at < row.length; at++) {
    if (row[at] === '\\') at++
    else if (row[at] === '|') {
      cells.push(row.slice(from, at))
      from = at + 1
    }
  }
  const last = row.slice(from)
  if (last.trim() !== '') cells.push(last)
  return cells.map((cell) => cell.replace(lineBreakTag, '\n').trim())
}

/**
 * The text that a reader sees: entities, escapes, simple tags and the emphasis around the whole taken off. Underscores
 * stay, since `_jane_` is a username.
 */
export function plainText(markdown: string): string {
  return unmarked(markdown, emphasis)
}

/** A name as it is compared: case, spaces, dashes, width and emphasis of the letters make no difference. */
export function comparableName(text: string): string {
  return unmarked(withoutInvisibles(text), emphasisOfNames)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .split(/\s+/)
    .filter((word) => word !== '')
    .join(' ')
}

function unmarked(markdown: string, marks: readonly string[]): string {
  const text = decodeEntities(markdown.replace(styleTag, '')).trim()
  return withoutEmphasis(text, marks).replace(escapedMark, '$1').trim()
}

function decodeEntities(text: string): string {
  return text.replace(entity, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return namedEntities[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return whole
    // A line end or an invisible must not come in by this door either.
    return withoutInvisibles(String.fromCodePoint(code)).replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
  })
}

/** Takes off what surrounds the whole text, at most three marks deep: "**`name`**". */
function withoutEmphasis(text: string, marks: readonly string[]): string {
  let bare = text
  for (let depth = 0; depth < 3; depth++) {
    const mark = marks.find(
      (mark) => bare.length > 2 * mark.length && bare.startsWith(mark) && bare.endsWith(mark),
    )
    if (mark === undefined) return bare
    bare = bare.slice(mark.length, -mark.length).trim()
  }
  return bare
}

function withoutComments(text: string): string {
  const kept: string[] = []
  let from = 0
  for (;;) {
    const start = text.indexOf('<!--', from)
    const end = start === -1 ? -1 : text.indexOf('-->', start + 4)
    if (end === -1) return kept.join('') + text.slice(from)
    kept.push(text.slice(from, start))
    from = end + 3
  }
}
