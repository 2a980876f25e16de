// Reads how far a meta issue is: its task list items that begin with "Support Engineer:".
import { withoutListMark } from './form-entries.ts'
import { linesOf, plainText } from './form-text.ts'

interface Task {
  readonly done: boolean
  /** Without e-mail addresses, @names and links, at most 120 characters. */
  readonly text: string
}

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
 * "Complete each step in the issue that begins with Support Engineer: in order." A box marked `[~]` does not apply:
 * https://docs.gitlab.com/user/markdown/#task-lists
 */
export function readTasks(description: string): Tasks {
  const steps = outsideCode(linesOf(description.slice(0, longestDescription))).flatMap(readTask)
  const next = steps.find(({ done }) => !done)
  const progress = { steps, done: steps.filter(({ done }) => done).length, total: steps.length }
  return next === undefined ? progress : { ...progress, next: next.text }
}

function readTask(line: string): readonly Task[] {
  const { text, box } = withoutListMark(line)
  if (box === undefined || box === '~') return []
  const step = /^[*_]{0,3}support engineers?[*_]{0,3}\s?:/i.exec(text)
  return step === null ? [] : [{ done: box !== ' ', text: shown(text.slice(step[0].length)) }]
}

function shown(markdown: string): string {
  const text = withoutPersons(plainText(upTo(2000, markdown).replace(/^[*_]{1,3}/, '')))
  return text.length <= longestText ? text : `${upTo(longestText - 1, text).trimEnd()}…`
}

/** What could say who the requester is: links are kept as their words, addresses and names are not. */
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
