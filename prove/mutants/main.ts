/**
 * `npm run mutants`: makes each defect of the list in a copy of the work tree, one at a time, and says which suite finds
 * it. `--sample N` takes so many of them, `--seed M` others, `--only WORDS` those whose name or file holds the words,
 * `--by tests` or `--by simulation` those that these have to find. Ends with 1 when a defect is let pass for which there
 * is no reason, or can't be made.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Mutant, type Suite, withDefect } from './mutant.ts'
import { mutants } from './mutants.ts'
import { sampleOf } from './sample.ts'
import { nameOf, type Trial, WorkCopy } from './work-copy.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    by: { type: 'string' },
    sample: { type: 'string' },
    /** Does not ask whether the suites let the code pass as it is. */
    trust: { type: 'boolean', default: false },
    /** Which sample: the same number gives the same. */
    seed: { type: 'string', default: String(Math.floor(Date.now() / 86_400_000)) },
  },
})

// All of them, also those that are not tried today: a list that no longer fits the code finds nothing.
for (const mutant of mutants)
  withDefect(readFileSync(new URL(`../../src/${mutant.file}`, import.meta.url), 'utf8'), mutant)

const named = mutants.filter(isWanted)
const wanted =
  values.sample === undefined ? named : sampleOf(named, Number(values.sample), Number(values.seed))
if (wanted.length === 0) throw new Error('No defect of the list is so named')

const copy = new WorkCopy()
process.once('exit', () => copy.end())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const results: (Trial & { readonly mutant: Mutant })[] = []

for (const [index, mutant] of wanted.entries()) {
  const started = performance.now()
  const result = await copy.tryOut(mutant, { isTrusted: values.trust })
  results.push({ mutant, ...result })
  const by = result.by ? ` by ${nameOf(result.by)}` : ''
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  console.log(
    `${index + 1} of ${wanted.length}, ${seconds} s: ${result.verdict}${by}: ${mutant.name} (${mutant.file})`,
  )
  if (result.because) console.log(`  ${result.because}`)
}

console.table(tableOf(results))
for (const { mutant, verdict } of results.filter(({ verdict }) => verdict !== 'found'))
  console.log(
    `${verdict}: ${mutant.name} (src/${mutant.file})${mutant.survives ? `: ${mutant.survives}` : ''}`,
  )
const found = results.filter(({ verdict }) => verdict === 'found')
console.log(`${found.length} of ${results.length} defects were found`)
// One that was expected to pass and is found has lost its reason.
if (results.some(({ mutant, verdict }) => (verdict === 'found') === (mutant.survives !== undefined)))
  process.exitCode = 1
process.exit()

function isWanted({ name, file, foundBy }: Mutant): boolean {
  const isNamed = values.only === undefined || `${name} ${file}`.includes(values.only)
  const isOf = (suite: Suite) => ('tests' in suite ? 'tests' : 'simulation') === values.by
  return isNamed && (values.by === undefined || foundBy.some(isOf))
}

function tableOf(all: typeof results) {
  const kinds = [...Map.groupBy(all, ({ mutant }) => mutant.kind), ['all of them', all] as const]
  const foundBy = (some: typeof results, wantedBy: 'tests' | 'simulation') =>
    some.filter(
      ({ by, verdict }) => verdict === 'found' && by && ('tests' in by ? 'tests' : 'simulation') === wantedBy,
    ).length
  const count = (some: typeof results, wanted: Trial['verdict']) =>
    some.filter(({ verdict }) => verdict === wanted).length
  return Object.fromEntries(
    kinds.map(([kind, some]) => [
      kind,
      {
        made: some.length,
        'found by tests': foundBy(some, 'tests'),
        'found by the simulation': foundBy(some, 'simulation'),
        'let pass': count(some, 'let pass'),
        'timed out': count(some, 'timed out'),
        'could not run': count(some, 'could not run'),
      },
    ]),
  )
}
