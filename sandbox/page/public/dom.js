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
  const focus = document.activeElement?.dataset?.key
  const elements = [...next.values()].map(({ element }) => element)
  const same =
    parent.children.length === elements.length && elements.every((one, at) => parent.children[at] === one)
  if (same) return false
  parent.replaceChildren(...elements)
  if (focus && document.activeElement?.dataset?.key !== focus)
    parent.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus()
  return true
}
