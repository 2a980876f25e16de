/** This file reads how far a meta issue is: its task list items that begin with "Support Engineer:". */
import { withoutInvisibles } from './markup.ts'

interface Task {
  readonly done: boolean
  /** Without e-mail addresses, @names and links, at most 120 characters. */
  readonly text: string
}

/** The steps of a meta issue, and how many of them are done. */
export interface Tasks {
  readonly steps: readonly Task[]
  readonly done: number
  readonly total: number
  /** The first step that is not done. */
  readonly next?: string
}

const longestText = 120
const longestDescription = 1024 * 1024

/**
 * Reads the steps of a meta issue: "Complete each step in the issue that begins with Support Engineer: in order." A
 * box marked `[~]` does not apply: https://docs.gitlab.com/user/markdown/#task-lists. A step that can't be read
 * counts as open: no requester is told of a deletion that is not done.
 */
export function readTasks(description: string): Tasks {
  const steps = outsideCode(linesOf(description.slice(0, longestDescription))).flatMap(readTask)
  const next = steps.find(({ done }) => !done)
  const progress = { steps, done: steps.filter(({ done }) => done).length, total: steps.length }
  return next === undefined ? progress : { ...progress, next: next.text }
}

/**
 * A list item, quoted or within others, with a box, by GitLab's grammar: any of Unicode's spaces may stand in the box.
 * https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/models/concerns/taskable.rb
 * Further than it, a box with something else in it is taken for one that is not ticked.
 */
const taskItem = /^(?:>\s{0,4})*(?:\s*(?:[-+*]|\d{1,9}[.)]))+\s+\[([^[\]]{0,5})\](?!\()\s*(.*)$/u

const mark = '[*_~`\\s[\\]]|<[^<>]{0,50}>|&nbsp;|&#160;'
/** "Support Engineer:" with what Markdown and HTML may put around it; also where the colon is missing. */
const ofSupport = new RegExp(
  `^(?:${mark})*support(?:${mark})+engineers?(?![\\p{L}\\p{N}])(?:(?:${mark}|\\([^()]{0,200}\\))*[:：])?`,
  'iu',
)

function readTask(line: string): readonly Task[] {
  const [, box, text = ''] = taskItem.exec(line) ?? []
  if (box === undefined || box === '~') return []
  const step = ofSupport.exec(upTo(2000, text))
  return step === null ? [] : [{ done: /^[xX]$/.test(box), text: shown(text.slice(step[0].length)) }]
}

function shown(markdown: string): string {
  const text = withoutPersons(
    upTo(2000, markdown)
      .replace(/^[*_`]{1,3}/, '')
      .trim(),
  )
  return text.length <= longestText ? text : `${upTo(longestText - 1, text).trimEnd()}…`
}

/**
 * Returns the text without anything that could say who the requester is: links are kept as their words, addresses
 * and names are not.
 */
function withoutPersons(text: string): string {
  const words = text
    .normalize('NFKC')
    .replace(/\]\([^()\s]{0,500}\)/g, ']')
    .replace(/[[\]]/g, '')
    .split(/\s+/)
  return words.map((word) => (/@|https?:/i.test(word) ? '[removed]' : word)).join(' ')
}

/** A cut that never leaves the beginning of a word behind, nor half a character. */
function upTo(length: number, text: string): string {
  if (text.length <= length) return text
  return text.slice(0, Math.max(text.lastIndexOf(' ', length), 0))
}

function linesOf(text: string): readonly string[] {
  return (
    withoutComments(withoutInvisibles(text).replace(/\r\n|\n\r|[\r\v\f\u0085\u2028\u2029]/g, '\n'))
      .split('\n')
      // A million empty lines are a million lines.
      .filter((line) => /\[|```|~~~/.test(line))
      .map((line) => line.replace(/\p{Cc}/gu, ' ').trim())
  )
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

function outsideCode(lines: readonly string[]): readonly string[] {
  let fence: string | undefined
  return lines.filter((line) => {
    const mark = /^(?:`{3,}|~{3,})/.exec(line)?.[0]
    if (fence === undefined) fence = mark
    else if (mark?.startsWith(fence) && mark === line) fence = undefined
    else return false
    return mark === undefined
  })
}
