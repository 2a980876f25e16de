// Variables that are set and that nothing reads: most of them are one of ours with a slip of the pen.
import { closest, distance } from 'fastest-levenshtein'
import { variableNames } from './environment.ts'

/** A variable that is set and that the bot does not know. It never holds the value. */
export interface Misspelt {
  readonly name: string
  /** The variable that is probably meant; left out where none is near. */
  readonly nearest?: string
}

/** A name that begins so is meant for this bot, or for somebody who talks to the same service. */
const prefixes = ['SLACK_', 'GITLAB_', 'ZENDESK_', 'PRIVACY_', 'SECURITY_', 'SUPPORT_', 'DIGEST_', 'REPORT_']

/** Read by other programs under just these names, which are near to ours. */
const others: ReadonlySet<string> = new Set(['ALL_PROXY', 'FTP_PROXY', 'RSYNC_PROXY', 'NODE'])

/** Two letters changed places, or one is missing and one is wrong; with our prefix a word may be another one, too. */
const slips = 2
const slipsWithPrefix = 4
/** Among shorter names two slips make anything of anything. */
const shortest = 6

/** Returns the variables of an environment that look like one of ours and are none, by name. */
export function misspeltIn(env: Readonly<Record<string, string | undefined>>): readonly Misspelt[] {
  const known: readonly string[] = variableNames
  return Object.keys(env)
    .filter((name) => env[name] !== undefined && env[name] !== '')
    .filter((name) => !known.includes(name) && !isProxy(name) && !others.has(name.toUpperCase()))
    .flatMap((name) => misspelt(name, env.GITLAB_CI !== undefined))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** Returns the sentence for an operator. */
export function misspeltText({ name, nearest }: Misspelt): string {
  return nearest === undefined
    ? `${name} is set, but the bot doesn’t know it`
    : `${name} is set, but the bot doesn’t know it: did you mean ${nearest}?`
}

function misspelt(name: string, isInGitLabCi: boolean): readonly Misspelt[] {
  const upper = name.toUpperCase()
  const prefix = prefixes.find((one) => upper.startsWith(one))
  // A job of GitLab CI has dozens of its own.
  const isOurs = prefix !== undefined && !(isInGitLabCi && prefix === 'GITLAB_')
  const nearest = closest(upper, variableNames)
  const isNear = distance(upper, nearest) <= (isOurs ? slipsWithPrefix : slips) && name.length >= shortest
  if (isNear) return [{ name, nearest }]
  return isOurs ? [{ name }] : []
}

/** The variables of proxies are read in small letters, too. */
function isProxy(name: string): boolean {
  const isKnown = (variableNames as readonly string[]).includes(name.toUpperCase())
  return name.endsWith('_proxy') && isKnown
}
