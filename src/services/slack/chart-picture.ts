/** A chart as a picture, for workspaces that draw none themselves. */
import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import type { Chart } from '../../views/chart.ts'

/** Shipped with the bot: a bare host has no fonts. */
const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')

/** In pixels of the drawing; the picture has twice as many, for screens of today. */
const size = { width: 760, label: 210, bar: 440, row: 22, gap: 12, title: 44, foot: 16 } as const
/** Told apart in grey, too: the number stands beside each bar, and the legend names the series. */
const fills = ['#1f3a5f', '#8fb3d9', '#5f7f3a', '#c9b037', '#7a4f7a', '#a0a0a0'] as const
const longestLabel = 28

/** Draws a PNG of bars, a group of them for each category. */
export function chartPicture(chart: Chart): Buffer {
  const drawing = new Resvg(svgOf(chart), {
    fitTo: { mode: 'zoom', value: 2 },
    font: { fontFiles: [font], loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
  })
  return drawing.render().asPng()
}

function svgOf({ title, categories, series }: Chart): string {
  const most = Math.max(1, ...series.flatMap(({ values }) => values))
  const legend = series.length > 1 ? series.map(({ name }, index) => legendEntry(name, index)) : []
  const top = size.title + (legend.length > 0 ? size.row + size.gap : 0)
  const groupHeight = series.length * size.row + size.gap
  const groups = categories.map((category, index) => {
    const y = top + index * groupHeight
    const bars = series.map(({ values }, at) => bar(values[index] ?? 0, most, y + at * size.row, at))
    return text(size.label - 10, y + (series.length * size.row) / 2 + 5, category, 'end') + bars.join('')
  })
  const height = top + categories.length * groupHeight + size.foot
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${height}" font-family="DejaVu Sans" font-size="14">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(16, 28, title, 'start', 17),
    ...legend,
    ...groups,
    '</svg>',
  ].join('')
}

function bar(value: number, most: number, y: number, series: number): string {
  const width = Math.round((value * size.bar) / most)
  const drawn = `<rect x="${size.label}" y="${y}" width="${Math.max(1, width)}" height="${size.row - 4}" fill="${fills[series % fills.length]}"/>`
  return drawn + text(size.label + width + 8, y + size.row - 8, String(value), 'start')
}

function legendEntry(name: string, index: number): string {
  const x = size.label + index * 150
  const box = `<rect x="${x}" y="${size.title}" width="14" height="14" fill="${fills[index % fills.length]}"/>`
  return box + text(x + 20, size.title + 12, name, 'start')
}

function text(x: number, y: number, words: string, anchor: 'start' | 'end', fontSize = 14): string {
  const short =
    words.length > longestLabel && anchor === 'end' ? `${words.slice(0, longestLabel - 1)}…` : words
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${fontSize}" fill="#1d1c1d">${inXml(short)}</text>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML knows no control characters at all. */
function inXml(words: string): string {
  return words
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[&<>"]/g, (character) => entities[character] ?? '')
}
