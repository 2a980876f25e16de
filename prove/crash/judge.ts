/** Two pictures of the outside compared: what was lost, and what was done twice. */
import type { Outside } from './outside.ts'

export interface Judged {
  readonly missing: readonly string[]
  readonly duplicated: readonly string[]
  readonly broken: readonly string[]
  /** Cards and messages said twice, as docs/decisions/0004 allows where the bot dies in the middle of saying them. */
  readonly saidTwice: number
  readonly checked: number
}

/** `deaths`: how often the bot was killed meanwhile; each may leave a card behind. */
export function judge(untouched: Outside, killed: Outside, deaths = 1): Judged {
  const exact = compare([...untouched.done, ...untouched.once], [...killed.done, ...killed.once], 1)
  const said = compare(untouched.said.filter(isExpected), killed.said.filter(isExpected), 2)
  const broken: string[] = []
  const isComplete = exact.missing.length + exact.duplicated.length === 0
  if (isComplete && untouched.done.join('\n') !== killed.done.join('\n'))
    broken.push(`in another order: ${killed.done.map(short).join(' | ')}`)
  if (untouched.state !== killed.state)
    broken.push(`the issue ends as “${killed.state}”, not “${untouched.state}”`)
  if (untouched.card !== killed.card)
    broken.push(`the card says something else: ${difference(untouched.card, killed.card)}`)
  if (killed.chain !== undefined) broken.push(`the audit chain is broken at ${killed.chain}`)
  return {
    missing: [...exact.missing, ...said.missing, ...(killed.cards < untouched.cards ? ['the card'] : [])],
    duplicated: [
      ...exact.duplicated,
      ...said.duplicated,
      ...(killed.cards > untouched.cards + deaths ? [`${killed.cards} cards`] : []),
    ],
    broken,
    saidTwice: Math.max(0, killed.cards - untouched.cards) + said.extra,
    checked: untouched.done.length + untouched.once.length + untouched.said.length + 3,
  }
}

/** That all of a decision is done is said to whoever took it where it took longer, as it does after a death. */
const isExpected = (text: string): boolean => !/^<@\w+> “[^”]+” is done: /.test(text)

/** `allowed`: how often each may stand there for every time that it should. */
function compare(wanted: readonly string[], got: readonly string[], allowed: number) {
  const missing: string[] = []
  const duplicated: string[] = []
  let extra = 0
  for (const one of new Set([...wanted, ...got])) {
    const should = wanted.filter((other) => other === one).length
    const is = got.filter((other) => other === one).length
    if (is < should) missing.push(short(one))
    if (is > should * allowed) duplicated.push(`${short(one)} (${is} times, not ${should})`)
    extra += Math.max(0, is - should)
  }
  return { missing, duplicated, extra }
}

const short = (text: string): string => text.replaceAll('\n', ' ').slice(0, 120)

function difference(one: string, other: string): string {
  const lines = one.split('\n')
  return short(
    other
      .split('\n')
      .filter((line) => !lines.includes(line))
      .join(' / ') || 'something is missing',
  )
}
