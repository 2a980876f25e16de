/** `npm run prove`: every proof and its table; `--full` takes its time, `--only NAME` runs one, `--runs N` plays so many seeds, `--from M` those from M on, `--kills N` kills so many replicas, or as many as come in `--minutes M`, `--other FOLDER` has every second one of another version. Ends with 1 when a promise was broken. */
import { parseArgs } from 'node:util'
import { writeProduction } from '../bundle.ts'
import { startProcessesFrom } from '../sandbox/world.ts'
import { proveConcurrency } from './concurrency/prove-concurrency.ts'
import { proveCrashes } from './crash/prove-crashes.ts'
import { proveFailover } from './failover/prove-failover.ts'
import { proveFaultInjection } from './fault-injection/prove-fault-injection.ts'
import { proveModel } from './model/prove-model.ts'
import { provePowerLoss } from './power-loss/prove-power-loss.ts'
import { isProved, type Proof, type Prove } from './proof.ts'
import { proveRecovery } from './recovery/prove-recovery.ts'
import { proveReplicas } from './replicas/prove-replicas.ts'
import { proveSecurity } from './security/prove-security.ts'
import { proveSimulation } from './simulation/prove-simulation.ts'
import { proofTable } from './table.ts'

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
    /** How many seeds of the simulation. */
    runs: { type: 'string' },
    /** The first of these seeds. */
    from: { type: 'string' },
    /** How many kills of a replica. */
    kills: { type: 'string' },
    minutes: { type: 'string' },
    /** The folder of another version, of which every second replica is. */
    other: { type: 'string' },
  },
})
const seeds = {
  ...(values.runs !== undefined && { runs: Number(values.runs) }),
  ...(values.from !== undefined && { firstSeed: Number(values.from) }),
}

const proofs: Readonly<Record<string, Prove>> = {
  simulation: (effort) => proveSimulation({ ...effort, ...seeds }),
  crashes: proveCrashes,
  'power-loss': provePowerLoss,
  'fault-injection': proveFaultInjection,
  recovery: proveRecovery,
  concurrency: proveConcurrency,
  security: proveSecurity,
  model: proveModel,
  replicas: (effort) =>
    proveReplicas({
      ...effort,
      other: values.other,
      ...(seeds.firstSeed !== undefined && { seed: seeds.firstSeed }),
      ...(values.kills !== undefined && { kills: Number(values.kills) }),
      ...(values.minutes !== undefined && { minutes: Number(values.minutes) }),
    }),
  failover: proveFailover,
}

const wanted = Object.entries(proofs).filter(([name]) => values.only === undefined || values.only === name)
if (wanted.length === 0) throw new Error(`--only takes one of ${Object.keys(proofs).join(', ')}`)

// The bundle, which production starts, is ready in two thirds of the time.
startProcessesFrom(await writeProduction())
const results: Proof[] = []
for (const [name, prove] of wanted) {
  const started = performance.now()
  const proof = await prove({ size: values.full ? 'full' : 'ci', log: (line) => console.error(line) })
  const minutes = ((performance.now() - started) / 60_000).toFixed(1)
  console.error(`${name}: ${isProved(proof) ? 'kept every promise' : 'BROKEN'}, ${minutes} min`)
  results.push(proof)
}
console.log(proofTable(results))
if (!results.every(isProved)) process.exitCode = 1
