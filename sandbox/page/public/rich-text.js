/** Rich text blocks: sections, lists, quotes and preformatted text, with styled leaves. */
import { h, link } from './dom.js'

export function richText(block) {
  return h('div', { class: 'rich-text' }, block.elements.map(part))
}

function part(given) {
  const leaves = () => given.elements.map(leaf)
  switch (given.type) {
    case 'rich_text_list':
      return h(
        given.style === 'ordered' ? 'ol' : 'ul',
        {
          class: `indent-${given.indent ?? 0}`,
          start: given.style === 'ordered' ? (given.offset ?? 0) + 1 : undefined,
        },
        given.elements.map((item) => h('li', {}, item.elements.map(leaf))),
      )
    case 'rich_text_quote':
      return h('blockquote', {}, leaves())
    case 'rich_text_preformatted':
      return h('pre', {}, h('code', {}, leaves()))
    default:
      return h('div', { class: 'rich-section' }, leaves())
  }
}

function leaf(given) {
  const { style = {} } = given
  let node =
    given.type === 'link'
      ? link(given.url, [given.text ?? given.url])
      : given.type === 'text'
        ? h('span', { class: 'lines' }, given.text)
        : h(
            'span',
            { class: ['emoji', 'date', 'color'].includes(given.type) ? '' : 's-mention' },
            given.shown ?? given.value ?? '',
          )
  if (style.code) node = h('code', {}, node)
  if (style.bold) node = h('strong', {}, node)
  if (style.italic) node = h('em', {}, node)
  if (style.strike) node = h('del', {}, node)
  return node
}
