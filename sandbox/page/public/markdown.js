/** As much of GitLab's Markdown as its issues use here, built as nodes: no HTML of the source survives. */
import { h, link } from './dom.js'

export function markdown(source) {
  const nodes = []
  const lines = source
    .replaceAll('\r', '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .split('\n')
  while (lines.length > 0) nodes.push(...blockOf(lines))
  return nodes
}

function blockOf(lines) {
  const line = lines[0]
  if (line.trim() === '') {
    lines.shift()
    return []
  }
  const heading = /^(#{1,6}) +(.+)$/.exec(line)
  if (heading) {
    lines.shift()
    return [h(`h${Math.min(6, heading[1].length + 2)}`, {}, inline(heading[2]))]
  }
  if (/^```/.test(line)) return [fence(lines)]
  if (/^\s*([-*]|\d+\.) /.test(line)) return [list(lines)]
  if (/^> ?/.test(line))
    return [
      h(
        'blockquote',
        {},
        markdown(
          take(lines, /^> ?/)
            .map((one) => one.replace(/^> ?/, ''))
            .join('\n'),
        ),
      ),
    ]
  if (/^\|.*\|/.test(line)) return [table(take(lines, /^\|/))]
  if (/^(---+|\*\*\*+)$/.test(line)) {
    lines.shift()
    return [h('hr')]
  }
  return [paragraph(lines)]
}

function take(lines, pattern) {
  const taken = []
  while (lines.length > 0 && pattern.test(lines[0])) taken.push(lines.shift())
  return taken
}

function fence(lines) {
  lines.shift()
  const taken = []
  while (lines.length > 0 && !/^```/.test(lines[0])) taken.push(lines.shift())
  lines.shift()
  return h('pre', {}, h('code', {}, taken.join('\n')))
}

function list(lines) {
  const isOrdered = /^\s*\d+\./.test(lines[0])
  const items = take(lines, /^\s*([-*]|\d+\.) /)
  return h(isOrdered ? 'ol' : 'ul', {}, items.map(item))
}

function item(line) {
  const indent = Math.min(3, Math.floor(/^\s*/.exec(line)[0].length / 2))
  const text = line.replace(/^\s*([-*]|\d+\.) /, '')
  const task = /^\[([ xX])\] (.*)$/.exec(text)
  if (!task) return h('li', { class: `indent-${indent}` }, inline(text))
  const checked = task[1] !== ' '
  return h(
    'li',
    { class: `task indent-${indent}` },
    h('label', {}, h('input', { type: 'checkbox', checked, disabled: true }), h('span', {}, inline(task[2]))),
  )
}

function table(lines) {
  const cells = (line) =>
    line
      .replace(/^\||\|\s*$/g, '')
      .split('|')
      .map((one) => one.trim())
  const rows = lines.filter((line) => !/^\|[\s:|-]+\|?\s*$/.test(line))
  return h(
    'table',
    {},
    rows.map((row, at) =>
      h(
        'tr',
        {},
        cells(row).map((cell) => h(at === 0 ? 'th' : 'td', {}, inline(cell))),
      ),
    ),
  )
}

function paragraph(lines) {
  const taken = [lines.shift()]
  while (
    lines.length > 0 &&
    lines[0].trim() !== '' &&
    !/^(#{1,6} |```|\s*[-*] |\s*\d+\. |> |\|)/.test(lines[0])
  )
    taken.push(lines.shift())
  return h(
    'p',
    {},
    taken.flatMap((line, at) => (at === 0 ? inline(line) : [h('br'), ...inline(line)])),
  )
}

const MARK =
  /(`[^`]+`|\*\*[^*]+\*\*|__[^_]+__|\[[^\]]+\]\([^)\s]+\)|https?:\/\/[^\s<>)]+[^\s<>).,;:]|(?<![\w*])[*_][^*_\s][^*_]*[*_](?![\w*]))/

function inline(text) {
  return text
    .split(MARK)
    .filter((one) => one !== '')
    .map(marked)
}

function marked(part) {
  if (/^`.+`$/.test(part)) return h('code', {}, part.slice(1, -1))
  if (/^(\*\*|__).+\1$/.test(part)) return h('strong', {}, part.slice(2, -2))
  const named = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part)
  if (named) return link(named[2], [named[1]])
  if (/^https?:/.test(part)) return link(part, [part])
  if (/^([*_]).+\1$/.test(part)) return h('em', {}, part.slice(1, -1))
  return part.replace(/&(lt|gt|amp);/g, (_whole, name) => ENTITIES[name])
}

const ENTITIES = { lt: '<', gt: '>', amp: '&' }
