/**
 * `npm run mutants`: makes each defect of the list in a copy of the work tree, one at a time, and says which suite finds
 * it. `--sample N` takes so many of them by chance, `--only WORDS` those whose name or file holds the words, `--by tests`
 * or `--by simulation` those that these have to find. Ends with 1 when a defect is let pass, or can't be made.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Mutant, type Suite, withDefect } from './mutant.ts'
import { mutants } from './mutants.ts'
import { type Trial, WorkCopy } from './work-copy.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    by: { type: 'string' },
    sample: { type: 'string' },
    /** Does not ask first whether the suites let the code pass as it is. */
    trust: { type: 'boolean', default: false },
    /** Which sample: the same number gives the same. */
    seed: { type: 'string', default: String(Math.floor(Date.now() / 86_400_000)) },
  },
})

// All of them, also those that are not tried today: a list that no longer fits the code finds nothing.
for (const mutant of mutants)
  withDefect(readFileSync(new URL(`../../src/${mutant.file}`, import.meta.url), 'utf8'), mutant)

const wanted = sampleOf(mutants.filter(isWanted))
if (wanted.length === 0) throw new Error('No defect of the list is so named')

const copy = new WorkCopy()
process.once('exit', () => copy.end())
const results: (Trial & { readonly mutant: Mutant })[] = []
const passes = new Map<string, boolean>()

for (const [index, mutant] of wanted.entries()) {
  const isSound = values.trust || (await Promise.all(mutant.foundBy.map(letsCodePass))).every((is) => is)
  const result: Trial = isSound ? await copy.tryOut(mutant) : { verdict: 'could not run' }
  results.push({ mutant, ...result })
  const by = result.by ? ` by ${nameOf(result.by)}` : ''
  console.log(`${index + 1} of ${wanted.length}: ${result.verdict}${by}: ${mutant.name} (${mutant.file})`)
  if (result.because) console.log(`  ${result.because}`)
}

console.table(tableOf(results))
const bad = results.filter(({ verdict }) => verdict !== 'found')
for (const { mutant, verdict } of bad) console.log(`${verdict}: ${mutant.name} (src/${mutant.file})`)
console.log(`${results.length - bad.length} of ${results.length} defects were found`)
if (bad.length > 0) process.exitCode = 1

function isWanted({ name, file, foundBy }: Mutant): boolean {
  const isNamed = values.only === undefined || `${name} ${file}`.includes(values.only)
  const isOf = (suite: Suite) => ('tests' in suite ? 'tests' : 'simulation') === values.by
  return isNamed && (values.by === undefined || foundBy.some(isOf))
}

/** Every so-manieth, from a place that the seed gives. */
function sampleOf(all: readonly Mutant[]): readonly Mutant[] {
  const count = values.sample === undefined ? all.length : Math.min(Number(values.sample), all.length)
  const step = all.length / count
  const first = Number(values.seed) % Math.max(1, Math.floor(step))
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * step) + first]).filter(
    (one) => one !== undefined,
  )
}

/** Asked once for each suite. */
async function letsCodePass(suite: Suite): Promise<boolean> {
  const name = nameOf(suite)
  const known = passes.get(name)
  if (known !== undefined) return known
  const { verdict, because } = await copy.run(suite)
  const isPassed = verdict === 'let pass'
  if (!isPassed) console.log(`${name}: fails without any defect: ${because}`)
  passes.set(name, isPassed)
  return isPassed
}

function nameOf(suite: Suite): string {
  return 'tests' in suite ? suite.tests.join(' ') : `the simulation, ${suite.seeds} seeds`
}

function tableOf(all: typeof results) {
  const kinds = [...Map.groupBy(all, ({ mutant }) => mutant.kind)]
  const count = (some: typeof results, wantedBy: 'tests' | 'simulation') =>
    some.filter(
      ({ by, verdict }) => verdict === 'found' && by && ('tests' in by ? 'tests' : 'simulation') === wantedBy,
    ).length
  return Object.fromEntries(
    kinds.map(([kind, some]) => [
      kind,
      {
        made: some.length,
        'found by tests': count(some, 'tests'),
        'found by the simulation': count(some, 'simulation'),
        'let pass': some.filter(({ verdict }) => verdict === 'let pass').length,
        'could not run': some.filter(({ verdict }) => verdict === 'could not run').length,
      },
    ]),
  )
}
