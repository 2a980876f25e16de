/**
 * Markdown and HTML, as a form or a mail program writes them -> the lines that a reader sees.
 *
 * GitLab keeps a mail's HTML inside the Markdown of the description, so both are read as GitLab does it: the Markdown
 * becomes HTML, and the HTML is walked tag by tag, without a tree that a hostile text could make deep.
 */
import { createRequire } from 'node:module'
import type { MarkdownIt } from 'markdown-it'

/** A line as a reader sees it: a text, a table's row, or a rule. */
export type Line = TextLine | Row | { readonly kind: 'rule' }

/** A line of text. */
export interface TextLine {
  readonly kind: 'text'
  /** Trimmed; empty between two paragraphs. An address behind a link stands in angle brackets: `Jo <jo@example.com>`. */
  readonly text: string
  /** `# Heading` or `<h1>`. */
  readonly isHeading: boolean
  /** Begins in bold, or is underlined as a heading: it may name what follows. */
  readonly isStrong: boolean
  readonly isQuoted: boolean
}

/** A table's row; a line break within a cell is "\n". */
export interface Row {
  readonly kind: 'row'
  readonly cells: readonly string[]
  /** Rows with the same number are of one table. */
  readonly table: number
}

/** More than any form has; it bounds the work that a table of many columns can make. */
const mostColumns = 50

/**
 * Returns the text without the characters that show nothing: byte order mark, zero-width, soft hyphen, direction
 * marks.
 */
export function withoutInvisibles(text: string): string {
  return text.replace(/\p{Cf}/gu, '')
}

/**
 * Reads Markdown with HTML in it into lines. The time is linear in the text's length, about 3 ms a kibibyte at worst,
 * so the caller bounds the length.
 */
export function readMarkup(text: string): readonly Line[] {
  return linesOfHtml(toHtml(prepared(text)))
}

/** Returns the text with one kind of line end; marks and comments that would hide the rest of the text stay text. */
function prepared(text: string): string {
  const lines = withoutInvisibles(text)
    .replace(/\r\n|\n\r|[\r\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
  const lastEnds = new Map(hiding.map(([opening, end]) => [opening, lines.toLowerCase().lastIndexOf(end)]))
  return lines
    .replace(/<!doctype[^>]{0,200}>/gi, '')
    .replace(/<(?=\?|!(?!--))/g, '&lt;')
    .replace(/<(?:!--|script|style|title|textarea|head|template|noscript)/gi, (mark, at: number) =>
      at < (lastEnds.get(mark.toLowerCase()) ?? -1) ? mark : `&lt;${mark.slice(1)}`,
    )
    .replace(/^( {0,3}>.*)\n(?! {0,3}>)/gm, '$1\n\n')
}

/** Tags that hide everything up to their end. */
const hidingTags = ['script', 'style', 'title', 'textarea', 'head', 'template', 'noscript']
const hiding = [['<!--', '-->'], ...hidingTags.map((tag) => [`<${tag}`, `</${tag}`])] as const

interface Readers {
  readonly markdown: MarkdownIt
  readonly html: typeof import('htmlparser2')
}

let loaded: Readers | undefined

/**
 * Loads the readers of Markdown and HTML, once: with the first form, or ahead of it. They are a twentieth of what a start
 * loads, and whoever waits for the start has no use for them.
 */
export function loadReaders(): Readers {
  if (loaded) return loaded
  const require = createRequire(import.meta.url)
  const markdownIt: typeof import('markdown-it').default = require('markdown-it')
  // For what stands in a block of code: a form that was pasted as code is a form.
  const withoutFences = markdownReader(markdownIt).disable('fence')
  const markdown = markdownReader(markdownIt)
  markdown.renderer.rules.fence = (tokens, at) =>
    `<div>${withoutFences.render(tokens[at]?.content ?? '')}</div>`
  loaded = { markdown, html: require('htmlparser2') }
  return loaded
}

function markdownReader(markdownIt: typeof import('markdown-it').default): MarkdownIt {
  // A plain text that is indented is no code, nor is what stands between two backticks of different lines; every line
  // end counts, since a form is made of lines.
  const reader = markdownIt({ html: true, breaks: true }).disable(['code', 'backticks', 'image'])
  const { rules } = reader.renderer
  // `_jane_` is a username.
  for (const name of ['em_open', 'em_close', 'strong_open', 'strong_close'])
    rules[name] = (tokens, at, options, _env, renderer) => {
      const token = tokens[at]
      if (token === undefined) return ''
      return token.markup.startsWith('_') ? token.markup : renderer.renderToken(tokens, at, options)
    }
  // A line of dashes below a text is a signature as often as it makes a heading.
  for (const name of ['heading_open', 'heading_close'])
    rules[name] = (tokens, at, options, _env, renderer) => {
      const token = tokens[at]
      if (token === undefined) return ''
      if (token.markup.startsWith('#')) return renderer.renderToken(tokens, at, options)
      const open = tokens[name === 'heading_open' ? at + 1 : at - 1]?.content.includes('\n')
      const tags = open ? ['<p>', '</p>'] : ['<p><strong>', '</strong></p>']
      return tags[name === 'heading_open' ? 0 : 1] ?? ''
    }
  return reader
}

function toHtml(text: string): string {
  return loadReaders().markdown.render(text)
}

/** Between two of these stands an empty line. */
const paragraphs = new Set(
  'p h1 h2 h3 h4 h5 h6 blockquote table ul ol dl pre section article header footer form fieldset hr'.split(
    ' ',
  ),
)
/** Each begins a line. */
const blocks = new Set([
  ...paragraphs,
  ...'div li dt dd tr br caption address summary details legend label'.split(' '),
])
const unseen = new Set(['script', 'style', 'title', 'head', 'template', 'noscript'])

function linesOfHtml(html: string): readonly Line[] {
  const walk = new Walk()
  const parser = new (loadReaders().html.Parser)(
    {
      onopentag: (tag, attributes) => walk.open(tag, attributes),
      onclosetag: (tag) => walk.close(tag),
      ontext: (text) => walk.text(text),
    },
    { decodeEntities: true, lowerCaseTags: true },
  )
  parser.end(html)
  return walk.lines()
}

/** The place in a table that is being read: its number, the cells of the row, and the text of the cell so far. */
interface Table {
  readonly number: number
  cells: string[] | undefined
  /** A cell holds a table or the row has been broken up: its cells are read as blocks, as in a mail's layout. */
  isLayout: boolean
}

class Walk {
  readonly #lines: Line[] = []
  readonly #tables: Table[] = []
  #tableCount = 0
  #text = ''
  #bold = 0
  #startsBold = false
  #heading = false
  #quotes = 0
  #unseen = 0
  #preformatted = 0
  #blankBefore = false
  #link: { readonly href: string; readonly from: number } | undefined

  open(tag: string, { href = '' }: Readonly<Record<string, string>>): void {
    if (unseen.has(tag)) this.#unseen++
    if (tag === 'pre') this.#preformatted++
    if (tag === 'b' || tag === 'strong') this.#bold++
    if (tag === 'a') this.#link = { href, from: this.#text.length }
    if (tag === 'td' || tag === 'th') this.#openCell()
    if (!blocks.has(tag)) return
    if (this.#isInCell() && tag !== 'table' && tag !== 'tr') {
      this.#breakInCell(tag)
      return
    }
    this.#endLine(tag)
    if (/^h[1-6]$/.test(tag)) this.#heading = true
    if (tag === 'blockquote') this.#quotes++
    if (tag === 'hr') this.#lines.push({ kind: 'rule' })
    if (tag === 'table') this.#openTable()
    if (tag === 'tr') this.#openRow()
  }

  close(tag: string): void {
    if (unseen.has(tag)) this.#unseen = Math.max(0, this.#unseen - 1)
    if (tag === 'pre') this.#preformatted = Math.max(0, this.#preformatted - 1)
    if (tag === 'b' || tag === 'strong') this.#bold = Math.max(0, this.#bold - 1)
    if (tag === 'a') this.#closeLink()
    if (tag === 'td' || tag === 'th') this.#closeCell()
    if (tag === 'tr') this.#closeRow()
    if (!blocks.has(tag) || tag === 'br' || tag === 'tr') return
    if (this.#isInCell() && tag !== 'table') {
      this.#breakInCell(tag)
      return
    }
    if (tag === 'table') this.#closeRow()
    this.#endLine(tag)
    if (tag === 'table') this.#tables.pop()
    if (/^h[1-6]$/.test(tag)) this.#heading = false
    if (tag === 'blockquote') this.#quotes = Math.max(0, this.#quotes - 1)
  }

  text(text: string): void {
    if (this.#unseen > 0) return
    if (this.#preformatted > 0 && text.includes('\n')) {
      for (const line of text.split('\n')) {
        this.text(line)
        this.open('br', {})
      }
      return
    }
    const seen = withoutInvisibles(text)
      .replace(/[^\S\t]+/g, ' ')
      .replace(/[^\P{Cc}\t]/gu, ' ')
    if (this.#text.trim() === '' && seen.trim() !== '') this.#startsBold = this.#bold > 0
    this.#text += seen
  }

  lines(): readonly Line[] {
    while (this.#tables.length > 0) this.close('table')
    this.#endLine('p')
    return this.#lines
  }

  #isInCell(): boolean {
    return this.#tables.at(-1)?.cells !== undefined
  }

  #breakInCell(tag: string): void {
    if (this.#text.trim() !== '' && (tag === 'br' || !this.#text.endsWith('\n'))) this.#text += '\n'
  }

  #endLine(tag: string): void {
    const text = this.#text.trim().replace(/\\$/, '').trim()
    this.#text = ''
    this.#link = undefined
    if (text !== '') {
      const before = this.#lines.at(-1)
      if (this.#blankBefore && before?.kind === 'text' && before.text !== '') this.#push('', false)
      this.#blankBefore = false
      this.#push(text, this.#startsBold)
    } else if (tag === 'br') this.#blankBefore ||= this.#lines.length > 0
    this.#blankBefore ||= paragraphs.has(tag)
  }

  #push(text: string, isStrong: boolean): void {
    const isHeading = this.#heading && text !== ''
    this.#lines.push({ kind: 'text', text, isHeading, isStrong, isQuoted: this.#quotes > 0 })
  }

  #openTable(): void {
    const outer = this.#tables.at(-1)
    if (outer?.cells !== undefined) this.#breakUp(outer)
    this.#tables.push({ number: this.#tableCount++, cells: undefined, isLayout: false })
  }

  #openRow(): void {
    this.#closeRow()
    const table = this.#tables.at(-1)
    if (table) table.isLayout = false
  }

  #openCell(): void {
    const table = this.#tables.at(-1)
    if (table !== undefined && !table.isLayout && table.cells !== undefined) {
      if (this.#text.trim() !== '') this.#closeCell()
    } else {
      this.#endLine('div')
      if (table !== undefined && !table.isLayout) table.cells = []
    }
    this.#text = ''
  }

  #closeCell(): void {
    const cells = this.#tables.at(-1)?.cells
    if (cells === undefined) {
      this.#endLine('div')
      return
    }
    if (cells.length < mostColumns) cells.push(cellText(this.#text))
    this.#text = ''
    this.#link = undefined
  }

  #closeRow(): void {
    const table = this.#tables.at(-1)
    if (table?.cells === undefined) {
      this.#endLine('div')
      return
    }
    if (this.#text.trim() !== '') this.#closeCell()
    const { cells, number } = table
    table.cells = undefined
    if (cells.some((cell) => cell !== '')) this.#lines.push({ kind: 'row', cells, table: number })
  }

  /** The cells read so far become lines, and so does all that follows in this row. */
  #breakUp(table: Table): void {
    const cells = [...(table.cells ?? []), cellText(this.#text)]
    table.cells = undefined
    table.isLayout = true
    this.#text = ''
    for (const line of cells.flatMap((cell) => cell.split('\n'))) if (line !== '') this.#push(line, false)
  }

  #closeLink(): void {
    const link = this.#link
    this.#link = undefined
    if (link === undefined || link.from > this.#text.length) return
    const before = this.#text.slice(0, link.from)
    const words = this.#text.slice(link.from).trim()
    const address = addressIn(link.href)
    if (address !== undefined) {
      const name = words.replace(/^mailto:/i, '') === address ? '' : `${words} `
      this.#text = `${before}${name}<${address}>`
    } else if (/^https?:/i.test(words) && /\S$/.test(before)) this.#text = before
  }
}

/** "mailto:jane@example.com?subject=x" */
function addressIn(href: string): string | undefined {
  if (!/^mailto:/i.test(href)) return undefined
  const address = href.slice('mailto:'.length).replace(/\?.*$/s, '')
  try {
    return decodeURIComponent(address)
  } catch {
    return address
  }
}

function cellText(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim()
}
