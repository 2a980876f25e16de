/** `npm run simulate -- --seed 7 --steps 200`: one run, or several from a seed on; a run that fails tells how to play it again. */
import { parseArgs } from 'node:util'
import { type Run, run } from './simulation/run.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '150' },
    runs: { type: 'string', default: '1' },
    lines: { type: 'string', default: '40' },
    verbose: { type: 'boolean', default: false },
  },
})
const first = Number(values.seed)
const reached = new Map<string, number>()
let failures = 0

for (let seed = first; seed < first + Number(values.runs); seed++) {
  const started = performance.now()
  const result = await run(seed, Number(values.steps))
  for (const [name, times] of result.reached) reached.set(name, (reached.get(name) ?? 0) + times)
  const problems = problemsOf(result)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `seed ${seed}: ${problems.length === 0 ? 'kept every promise' : 'BROKEN'} (${result.findings.effectsChecked} effects, ${seconds} s, ${result.digest.slice(0, 12)})`,
  )
  if (problems.length > 0 || values.verbose) tell(result, problems)
  if (problems.length > 0) failures += 1
}
if (values.verbose) console.table(Object.fromEntries([...reached].sort()))
process.exitCode = failures > 0 ? 1 : 0

function problemsOf({ findings: { lost, doubled, letIn, broken } }: Run): readonly string[] {
  const named = { lost, doubled, 'let in': letIn, broken }
  return Object.entries(named).flatMap(([name, list]) => list.map((one) => `${name}: ${one}`))
}

function tell({ seed, steps, step, lastLines, faults }: Run, problems: readonly string[]): void {
  for (const problem of problems) console.log(`  ${problem}`)
  console.log(`  faults: ${JSON.stringify(Object.fromEntries(faults))}`)
  console.log(`  the last lines, at step ${step}:`)
  for (const line of lastLines.slice(-Number(values.lines))) console.log(`    ${line}`)
  console.log(`  again: npm run simulate -- --seed ${seed} --steps ${steps}`)
}
