/**
 * The proof that the protocol of inbox, queue and effects keeps its promises in every order of events, and not only in
 * those that were played: Spin visits every state of a small model of it (queue.pml), and then the model is made wrong on
 * purpose, one error at a time, each of which has to be found. docs/model.md says how model and code correspond.
 */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Proof, Prove } from '../proof.ts'

const run = promisify(execFile)
const source = new URL('queue.pml', import.meta.url)

/** The size of a model: processes beside each other, and how much may go wrong in one history. */
export interface ModelSize {
  readonly workers: 1 | 2
  readonly faults: number
}

/** What runs today, and what two processes on one database would need. */
const wholeModels = {
  ci: [{ workers: 1, faults: 1 }],
  full: [
    { workers: 1, faults: 3 },
    { workers: 2, faults: 1 },
  ],
} as const satisfies Record<string, readonly ModelSize[]>

/** Each error with the smallest model that shows it. */
export const seededErrors: Readonly<Record<string, ModelSize>> = {
  E_ACKNOWLEDGED_BEFORE_IT_IS_STORED: { workers: 1, faults: 1 },
  E_A_CLAIM_IS_HELD_FOR_EVER: { workers: 1, faults: 1 },
  E_A_DELIVERY_IS_TAKEN_TWICE: { workers: 1, faults: 1 },
  E_A_LATER_EFFECT_DOES_NOT_WAIT: { workers: 1, faults: 1 },
  E_A_REPLICA_LAGS_LONGER_THAN_ITS_LIMIT: { workers: 1, faults: 1 },
  E_A_REFUSED_LOOK_COUNTS_AS_CERTAIN: { workers: 1, faults: 1 },
  E_CLAIMED_AS_IT_WAS_READ: { workers: 2, faults: 1 },
  E_LOOKS_END_BEFORE_THE_HORIZON: { workers: 1, faults: 1 },
  E_LOOKS_END_BEFORE_THE_REPLICA_HAS_CAUGHT_UP: { workers: 1, faults: 1 },
  E_NOTHING_IS_TAKEN_OVER: { workers: 1, faults: 1 },
  E_NO_ANSWER_COUNTS_AS_DONE: { workers: 1, faults: 1 },
  E_NO_ANSWER_COUNTS_AS_NOT_DONE: { workers: 1, faults: 1 },
  E_ONE_LOOK_IS_ENOUGH: { workers: 1, faults: 1 },
  E_REPEATED_WITHOUT_A_LOOK: { workers: 1, faults: 1 },
  E_RESULT_WITHOUT_FENCE: { workers: 2, faults: 1 },
  E_SENT_AFTER_THE_LEASE: { workers: 2, faults: 1 },
  E_TAKEN_OVER_AS_NOT_DONE: { workers: 1, faults: 1 },
  E_TAKEN_OVER_WITH_OLD_LOOKS: { workers: 1, faults: 2 },
  E_THE_INBOX_IS_MARKED_DONE_FIRST: { workers: 1, faults: 1 },
  E_THE_INBOX_IS_MARKED_DONE_LATER: { workers: 1, faults: 1 },
  E_THE_INBOX_IS_SETTLED_WITHOUT_FENCE: { workers: 2, faults: 1 },
  E_THE_SERVICE_IS_SLOWER_THAN_ITS_LIMIT: { workers: 1, faults: 1 },
  E_TRY_AGAIN_FORGETS_WHAT_IS_OPEN: { workers: 1, faults: 2 },
  E_UNKNOWN_IS_LEFT_ALONE: { workers: 1, faults: 1 },
}

export const proveModel: Prove = async ({ size, log }) => {
  if (!(await isInstalled())) {
    log('model: skipped, since Spin or a C compiler is not installed (Debian: spin, gcc)')
    return { name: 'model (skipped: no Spin here)', runs: 0, ...nothingBroken }
  }
  const broken: string[] = []
  let states = 0
  for (const whole of wholeModels[size]) {
    const checked = await check(whole)
    states += checked.states
    log(`${nameOf(whole)}: ${checked.states.toLocaleString('en-US')} states, depth ${checked.depth}`)
    if (checked.error) broken.push(`${nameOf(whole)}: ${checked.error}`)
  }
  const errors = Object.entries(seededErrors).slice(0, size === 'full' ? undefined : 2)
  for (const [error, small] of errors) {
    const checked = await check(small, error)
    log(`${error}: ${checked.error ? `found, ${checked.error}` : 'NOT FOUND'}`)
    if (!checked.error) broken.push(`the model stays whole with ${error}`)
  }
  return { name: 'model', runs: wholeModels[size].length + errors.length, states, ...nothingBroken, broken }
}

const nothingBroken = { missing: [], duplicated: [], letIn: [], broken: [] } satisfies Partial<Proof>

/** What came of visiting every state. `error`: the assertion that does not hold, and where. */
export interface Checked {
  readonly states: number
  readonly depth: number
  readonly error?: string
}

/**
 * Visits every state of the model.
 * @param error one of the macros of queue.pml by which the model is wrong
 * @throws where Spin or the compiler refuses the model, or it is too large for 8 GB
 */
async function check({ workers, faults }: ModelSize, error?: string): Promise<Checked> {
  const folder = await mkdtemp(join(tmpdir(), 'privacy-desk-model-'))
  const at = { cwd: folder, maxBuffer: 64 * 1024 * 1024 }
  try {
    await cp(source, join(folder, 'queue.pml'))
    const macros = [`-DWORKERS=${workers}`, `-DFAULTS=${faults}`, ...(error ? [`-D${error}`] : [])]
    await run('spin', ['-a', ...macros, 'queue.pml'], at)
    // To optimize the smallest model takes longer than to visit all of it.
    const optimized = workers === 1 && faults === 1 ? '-O0' : '-O2'
    const options = ['-w', optimized, '-DSAFETY', '-DCOLLAPSE', '-DMEMLIM=8000']
    await run('gcc', [...options, '-o', 'pan', 'pan.c'], at)
    const { stdout } = await run('./pan', ['-m1000000'], at)
    return checkedOf(stdout)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Reads what the verifier prints: https://spinroot.com/spin/Man/Pan.html */
export function checkedOf(printed: string): Checked {
  const states = /^\s*([\d.e+]+) states, stored/m.exec(printed)
  const depth = /depth reached (\d+), errors: (\d+)/.exec(printed)
  if (!states?.[1] || !depth?.[1]) throw new Error(`Spin ended without a result:\n${printed.slice(-2000)}`)
  if (/max search depth too small|Search not completed/.test(printed) && depth[2] === '0')
    throw new Error('Spin has not visited every state')
  const [, why] = /^pan:\d+: (.*)$/m.exec(printed) ?? []
  return {
    states: Number(states[1]),
    depth: Number(depth[1]),
    ...(depth[2] === '0' ? {} : { error: why ?? 'an error that Spin does not name' }),
  }
}

async function isInstalled(): Promise<boolean> {
  try {
    await run('spin', ['-V'])
    await run('gcc', ['--version'])
    return true
  } catch {
    return false
  }
}

function nameOf({ workers, faults }: ModelSize): string {
  return `${workers === 1 ? 'one process' : 'two processes'}, at most ${faults} ${faults === 1 ? 'fault' : 'faults'}`
}

/** Returns the errors that the model can be made to hold. */
export async function errorsInModel(): Promise<readonly string[]> {
  const text = await readFile(source, 'utf8')
  return [...new Set([...text.matchAll(/\bE_[A-Z_]{3,}\b/g)].map(([name]) => name))].toSorted()
}
