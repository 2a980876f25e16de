/** Block Kit as Slack shows it. `acting` says where the blocks stand and carries out what is clicked. */
import { fromHtml, h, icon } from './dom.js'
import { richText } from './rich-text.js'

export function blocksShown(blocks, acting) {
  return blocks.map((block) => blockShown(block, acting))
}

/** A text object: mrkdwn with its marks, plain text as it is, line by line. */
export function textShown(text) {
  return text.html === undefined ? h('span', { class: 'lines' }, text.text) : fromHtml(text.html)
}

function blockShown(block, acting) {
  switch (block.type) {
    case 'section':
      return section(block, acting)
    case 'header':
      return h('h3', { class: 'block header' }, block.text.text)
    case 'divider':
      return h('hr', { class: 'block' })
    case 'context':
      return h('div', { class: 'block context' }, block.elements.map(contextPart))
    case 'actions':
      return h(
        'div',
        { class: 'block actions' },
        block.elements.map((one) => elementShown(block, one, acting)),
      )
    case 'rich_text':
      return h('div', { class: 'block' }, richText(block))
    case 'markdown':
      return h('div', { class: 'block' }, fromHtml(block.html))
    case 'image':
      return picture(block)
    case 'data_visualization':
      return chartShown(block)
    case 'input':
      return acting.input(block)
    default:
      return h('p', { class: 'block unknown' }, `A block of the kind “${block.type}”`)
  }
}

function section(block, acting) {
  const text = block.text && h('div', { class: 'section-text' }, textShown(block.text))
  const fields =
    block.fields &&
    h(
      'div',
      { class: 'fields' },
      block.fields.map((field) => h('div', { class: 'field' }, textShown(field))),
    )
  const accessory =
    block.accessory && h('div', { class: 'accessory' }, elementShown(block, block.accessory, acting))
  return h('div', { class: 'block section' }, h('div', { class: 'section-body' }, text, fields), accessory)
}

/** Bars, each with its number: a table, so that it can be read without seeing them. */
function chartShown({ title, chart }) {
  const most = Math.max(1, ...chart.series.flatMap(({ data }) => data.map(({ value }) => value)))
  const row = (series, { label, value }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, chart.series.length > 1 ? `${label}, ${series.name}` : label),
      h('td', {}, h('progress', { value, max: most, 'aria-hidden': 'true' }), ` ${value}`),
    )
  return h(
    'table',
    { class: 'block chart' },
    h('caption', {}, title),
    chart.axis_config.categories.map((category) =>
      chart.series.map((series) =>
        series.data.filter(({ label }) => label === category).map((bar) => row(series, bar)),
      ),
    ),
  )
}

const contextPart = (part) =>
  part.type === 'image' ? picture(part) : h('span', { class: 'context-text' }, textShown(part))

/** Pictures of others are not fetched: the page asks nothing of the outside. */
const picture = (given) =>
  h('span', { class: 'picture', role: 'img', 'aria-label': given.alt_text }, icon('picture'), given.alt_text)

export function elementShown(block, element, acting) {
  switch (element.type) {
    case 'button':
      return buttonShown(block, element, acting)
    case 'static_select':
    case 'overflow':
      return selectShown(block, element, acting)
    case 'radio_buttons':
    case 'checkboxes':
      return choicesShown(block, element, acting)
    case 'image':
      return picture(element)
    default:
      return h('span', { class: 'unknown' }, `(${element.type})`)
  }
}

function buttonShown(block, element, acting) {
  return h(
    'button',
    {
      type: 'button',
      class: `slack-button ${element.style ?? ''}`,
      'data-key': keyOf(block, element, acting),
      'aria-label': element.accessibility_label,
      onclick: () => acting.click(block, element),
    },
    element.text.text,
  )
}

/** A select, or the “more” menu: the choice acts at once, and the same can be chosen again. */
function selectShown(block, element, acting) {
  const isMenu = element.type === 'overflow'
  const title = isMenu ? 'More actions' : (element.placeholder?.text ?? 'Choose an option')
  return h(
    'select',
    {
      class: isMenu ? 'slack-select overflow' : 'slack-select',
      'aria-label': title,
      'data-key': keyOf(block, element, acting),
      onchange: (event) => {
        const chosen = event.target.value
        event.target.value = ''
        if (chosen !== '') acting.choose(block, element, chosen)
      },
    },
    h('option', { value: '' }, isMenu ? '⋯' : title),
    optionNodes(element),
  )
}

export function optionNodes(element) {
  const isInitial = (option) => element.initial_option?.value === option.value
  const node = (option) => h('option', { value: option.value, selected: isInitial(option) }, option.text.text)
  if (!element.option_groups) return element.options.map(node)
  return element.option_groups.map((group) =>
    h('optgroup', { label: group.label.text }, group.options.map(node)),
  )
}

/** Radio buttons and checkboxes; `name` keeps those of one question together. */
export function choicesShown(block, element, acting) {
  const type = element.type === 'checkboxes' ? 'checkbox' : 'radio'
  const initial = [element.initial_option, ...(element.initial_options ?? [])]
    .filter(Boolean)
    .map((one) => one.value)
  const name = `${acting.where}-${block.block_id}-${element.action_id}`
  const changed = (event) => {
    const form = event.target.closest('.choices')
    const chosen = [...form.querySelectorAll('input:checked')].map((one) => one.value)
    acting.choose?.(block, element, type === 'radio' ? chosen[0] : chosen)
  }
  return h(
    'div',
    { class: 'choices' },
    element.options.map((option) =>
      h(
        'label',
        { class: 'choice' },
        h('input', {
          type,
          name,
          value: option.value,
          checked: initial.includes(option.value),
          required: acting.isRequired === true && type === 'radio',
          onchange: changed,
        }),
        h(
          'span',
          {},
          textShown(option.text),
          option.description && h('small', {}, textShown(option.description)),
        ),
      ),
    ),
  )
}

const keyOf = (block, element, acting) => `${acting.where}/${block.block_id}/${element.action_id}`
