/** This file reads how far a meta issue is: its task list items that begin with "Support Engineer:". */
import { withoutInvisibles } from './markup.ts'

/** How far a meta issue is. Of its steps' words nothing is kept: whoever makes the issue may name the requester there. */
export interface Tasks {
  readonly done: number
  readonly total: number
  /** Which is the first step that is not done, from 1. */
  readonly next?: number
}

const longestDescription = 1024 * 1024

/**
 * Reads the steps of a meta issue: "Complete each step in the issue that begins with Support Engineer: in order." A
 * box marked `[~]` does not apply: https://docs.gitlab.com/user/markdown/#task-lists. A step that can't be read
 * counts as open: no requester is told of a deletion that is not done.
 */
export function readTasks(description: string): Tasks {
  const steps = outsideCode(linesOf(description.slice(0, longestDescription))).flatMap(isStepDone)
  const next = steps.indexOf(false)
  const progress = { done: steps.filter((isDone) => isDone).length, total: steps.length }
  return next === -1 ? progress : { ...progress, next: next + 1 }
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

/** Empty where the line is no step that counts. */
function isStepDone(line: string): readonly boolean[] {
  const [, box, text = ''] = taskItem.exec(line) ?? []
  if (box === undefined || box === '~') return []
  return ofSupport.test(upTo(2000, text)) ? [/^[xX]$/.test(box)] : []
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
