/** `npm run simulate -- --seed 7 --steps 200`: one run, or several from a seed on; a run that fails tells how to play it again. `--database postgres`: the bot's database is a real PostgreSQL, from npm. */
import { parseArgs } from 'node:util'
import { startPostgres } from '../sandbox/postgres-server.ts'
import { owedIn, problemsOf, tell } from './simulation/prove-simulation.ts'
import { type Run, run } from './simulation/run.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '150' },
    runs: { type: 'string', default: '1' },
    /** `sqlite` or `postgres`. */
    database: { type: 'string', default: 'sqlite' },
    /** How many lines of the history are shown of a run that failed, or of any with --verbose. */
    lines: { type: 'string', default: '40' },
    /** Plays no further seed once one is broken. */
    'until-broken': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})
if (!['sqlite', 'postgres'].includes(values.database)) throw new Error('--database is sqlite or postgres')
const server = values.database === 'postgres' ? await startPostgres() : undefined
const first = Number(values.seed)
const reached = new Map<string, number>()
const played: Run[] = []

for (let seed = first; seed < first + Number(values.runs); seed++) {
  const started = performance.now()
  const result = await run(seed, Number(values.steps), await server?.emptyDatabase())
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  played.push({ ...result, lastLines: [] })
  const isKept = problemsOf(result).length === 0
  const { findings, digest } = result
  const verdict = isKept ? 'kept every promise' : 'BROKEN'
  console.log(
    `seed ${seed}: ${verdict} (${findings.effectsChecked} effects, ${seconds} s, ${digest.slice(0, 12)})`,
  )
  if (!isKept || values.verbose) tell(result, console.log, Number(values.lines))
  if (!isKept) process.exitCode = 1
  if (!isKept && values['until-broken']) break
  for (const [name, times] of result.reached) reached.set(name, (reached.get(name) ?? 0) + times)
}
await server?.stop()
console.table(owedIn(played))
if (values.verbose) console.table(Object.fromEntries([...reached].sort()))
