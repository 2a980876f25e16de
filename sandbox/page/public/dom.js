/** Building the page from data: text is always text, and HTML comes only through an allow-list. */

/** An element with properties, attributes (`aria-…`, `data-…`, `for`, `role`) and children; null children are left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'class') element.className = value
    else if (/^(aria-|data-|for$|role$|list$)/.test(name)) element.setAttribute(name, value)
    else element[name] = value
  }
  element.append(
    ...children
      .flat(Number.POSITIVE_INFINITY)
      .filter((child) => child !== null && child !== undefined && child !== false),
  )
  return element
}

const TAGS = new Set(['A', 'BLOCKQUOTE', 'BR', 'CODE', 'DEL', 'EM', 'PRE', 'SPAN', 'STRONG'])

/** The nodes of a mrkdwn text; a tag or an attribute outside the list is dropped, its text stays. */
export function fromHtml(html) {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  return [...parsed.body.childNodes].flatMap(cleaned)
}

function cleaned(node) {
  if (node.nodeType === Node.TEXT_NODE) return [node.textContent]
  if (node.nodeType !== Node.ELEMENT_NODE) return []
  const children = [...node.childNodes].flatMap(cleaned)
  if (!TAGS.has(node.tagName)) return children
  if (node.tagName === 'A') return [link(node.getAttribute('href') ?? '', children)]
  return [h(node.tagName, { class: node.className }, children)]
}

export function link(href, children) {
  if (!/^(https?:|mailto:|tel:)/i.test(href)) return h('span', {}, children)
  return h('a', { href, target: '_blank', rel: 'noreferrer noopener' }, children)
}

const drawnAs = new WeakMap()

/** Puts keyed children into a list, leaving alone those whose data is the same: focus and scrolling survive. */
export function keep(parent, items, draw) {
  const known = drawnAs.get(parent) ?? new Map()
  const next = new Map()
  for (const [key, data] of items) {
    const signature = JSON.stringify(data)
    const old = known.get(key)
    next.set(key, old?.signature === signature ? old : { signature, element: draw(data) })
  }
  drawnAs.set(parent, next)
  const elements = [...next.values()].map(({ element }) => element)
  return placed(parent, elements)
}

/** Another issue or ticket is read from its beginning, and its row stands in view. */
export function showFromTop(article, key, rows) {
  if (article.dataset.shown === key) return
  article.dataset.shown = key
  article.scrollTop = 0
  rows.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
}

/** What stays is not moved: an element taken out between press and release would never hear of the click. */
function placed(parent, elements) {
  const stays = new Set(elements)
  const gone = [...parent.children].filter((element) => !stays.has(element))
  const focus = document.activeElement?.dataset?.key
  for (const element of gone) element.remove()
  let hasMoved = gone.length > 0
  for (const [at, element] of elements.entries()) {
    if (parent.children[at] === element) continue
    parent.insertBefore(element, parent.children[at] ?? null)
    hasMoved = true
  }
  if (hasMoved && focus && document.activeElement?.dataset?.key !== focus)
    parent.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus()
  return hasMoved
}

const ICONS = {
  eye: 'M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8Zm7 2.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z',
  lock: 'M4.5 7V5a3.5 3.5 0 0 1 7 0v2h.5a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h.5Zm1.5 0h4V5a2 2 0 0 0-4 0v2Z',
  mail: 'M1.5 4a1 1 0 0 1 1-1h11a1 1 0 0 1 1 1v.4L8 8.6 1.5 4.4V4Zm0 2.2V12a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1V6.2L8 10.4 1.5 6.2Z',
  picture: 'M2 3h12v10H2V3Zm1.5 8h9L9.5 7l-2.2 2.8L5.8 8.2 3.5 11Z',
  reply: 'M7 3v3c5 .2 7 3 7.5 7C12.8 10.5 10.5 9.8 7 9.8V13L1.5 8 7 3Z',
  shield:
    'M8 1l6 2v4.5c0 3.6-2.5 6.2-6 7.5-3.5-1.3-6-3.9-6-7.5V3l6-2Zm-.8 9.6 4-4.4-1.1-1-2.9 3.2-1.6-1.6-1.1 1.1 2.7 2.7Z',
}

/** A small picture beside words; it says nothing that the words do not. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', ICONS[name])
  path.setAttribute('fill-rule', 'evenodd')
  svg.append(path)
  return svg
}
