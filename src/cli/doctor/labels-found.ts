// A label that isn't in a project yet is no fault: GitLab makes it when it is first set. One that is there in another
// spelling is: the bot would make a second one beside it, and never read the first.
import { distance } from 'fastest-levenshtein'
import type { Project } from '../../services/gitlab/client.ts'
import { type Finding, warn } from './finding.ts'
import type { GitLabReads } from './gitlab-reads.ts'

/** A label that a project lacks, with one of the project's own that may be the same in another spelling. */
interface AbsentLabel {
  readonly name: string
  readonly alike?: string
}

/** Returns those of the labels that the project lacks. Without a project it is the Service Desk project. */
export async function labelsIn(
  names: readonly string[],
  reads: GitLabReads,
  project?: Project,
): Promise<readonly AbsentLabel[]> {
  const absent: AbsentLabel[] = []
  for (const name of names) {
    if (await reads.hasLabel(name, project)) continue
    const others = await reads.labelsWith(searchWordOf(name), project)
    const alike = others.find((other) => isAlike(other, name) && !names.includes(other))
    absent.push({ name, ...(alike !== undefined && { alike }) })
  }
  return absent
}

/** Says how many of the labels are there, and names those that aren't where some are. */
export function presenceText(absent: readonly AbsentLabel[], wanted: readonly string[]): string {
  const there = wanted.length - absent.length
  if (absent.length === 0) return `all ${wanted.length} are there`
  if (there === 0) return `none of the ${wanted.length} is there yet; each is made when the bot first sets it`
  const names = absent.map(({ name }) => `“${name}”`).join(', ')
  return `${there} of ${wanted.length} are there; made when the bot first sets them: ${names}`
}

/** Returns a warning for each label that is there in another spelling only; `mend` is given the label and that one. */
export function misspeltFindings(
  what: string,
  absent: readonly AbsentLabel[],
  mend: (name: string, alike: string) => string,
): readonly Finding[] {
  return absent.flatMap(({ name, alike }) =>
    alike === undefined ? [] : [warn(`${what}: “${name}” isn’t there, but “${alike}” is`, mend(name, alike))],
  )
}

/** GitLab's search takes a part of the name in any case, but no slip: the longest word of it. */
function searchWordOf(name: string): string {
  const words = name.match(/\p{L}+/gu) ?? [name]
  return words.reduce((longest, word) => (word.length > longest.length ? word : longest))
}

/** The same letters and digits in the same order, or two slips away from them. */
function isAlike(one: string, other: string): boolean {
  const [plain, otherPlain] = [plainOf(one), plainOf(other)]
  return plain === otherPlain || (distance(plain, otherPlain) <= slips && otherPlain.length >= shortest)
}

const slips = 2
/** Among shorter names two slips make anything of anything. */
const shortest = 8

function plainOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
}
