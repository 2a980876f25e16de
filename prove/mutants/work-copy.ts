/** A copy of the work tree in which one defect at a time is made, and the suites that look for it. */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Mutant, type Seeds, type Suite, withDefect } from './mutant.ts'
import type { TestsAsked, TestsTold } from './warm-tests.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** No suite takes longer that finds anything. */
const mostMs = 15 * 60_000
/** The slowest file of the list takes a tenth of it. */
const mostMsOfTests = 5 * 60_000

/** `timed out`: nothing was said within the time, which on a busy machine says nothing of the defect. */
export type Verdict = TestsTold['verdict']

export interface Trial {
  readonly verdict: Verdict
  readonly by?: Suite
  /** The first thing that it said. */
  readonly because?: string
}

type Told = Pick<TestsTold, 'verdict' | 'because'>

const timedOut: Told = { verdict: 'timed out', because: 'it came to no end' }

export class WorkCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'privacy-desk-mutants-'))
  #tests: Promise<ChildProcess> | undefined
  #simulation: ChildProcess | undefined
  /** Below the copy, since the tests were last run. */
  readonly #changed = new Set<string>()
  /** Which suites let the code pass as it is. */
  readonly #passes = new Map<string, boolean>()

  constructor() {
    const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    })
    for (const file of files.split('\0').filter((one) => one !== ''))
      cpSync(join(root, file), join(this.#folder, file), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'))
  }

  /**
   * Runs the suites with the defect, until one finds it that lets the code pass as it is; `isTrusted` says that all do.
   */
  async tryOut(mutant: Mutant, { isTrusted }: { readonly isTrusted: boolean }): Promise<Trial> {
    for (const suite of mutant.foundBy) {
      const trial =
        'tests' in suite
          ? await this.#tryTests(mutant, suite, isTrusted)
          : await this.#trySeeds(mutant, suite, isTrusted)
      if (trial.verdict !== 'let pass') return trial
    }
    return { verdict: 'let pass' }
  }

  async #tryTests(
    mutant: Mutant,
    suite: Suite & { readonly tests: readonly string[] },
    isTrusted: boolean,
  ): Promise<Trial> {
    if (!isTrusted && !(await this.#letsCodePass(suite))) return { verdict: 'could not run', by: suite }
    const { verdict, because } = await this.#withDefect(mutant, () => this.#runTests(suite.tests))
    return { verdict, by: suite, because }
  }

  /** A seed that is broken without the defect, too, has found nothing: the next ones are played. */
  async #trySeeds(mutant: Mutant, { from, to }: Seeds, isTrusted: boolean): Promise<Trial> {
    for (let next = from; next <= to; ) {
      const { verdict, because, seed } = await this.#withDefect(mutant, () =>
        this.#simulate({ from: next, to }),
      )
      const by = { from: seed ?? next, to: seed ?? to }
      if (seed === undefined || isTrusted || (await this.#letsCodePass(by))) return { verdict, by, because }
      next = seed + 1
    }
    return { verdict: 'let pass' }
  }

  async #withDefect<T>(mutant: Mutant, run: () => Promise<T>): Promise<T> {
    const name = `src/${mutant.file}`
    const file = join(this.#folder, name)
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, withDefect(before, mutant))
    this.#changed.add(name)
    try {
      return await run()
    } finally {
      writeFileSync(file, before)
      this.#changed.add(name)
    }
  }

  /** Asked once for each suite. */
  async #letsCodePass(suite: Suite): Promise<boolean> {
    const name = nameOf(suite)
    const known = this.#passes.get(name)
    if (known !== undefined) return known
    const { verdict, because } =
      'tests' in suite ? await this.#runTests(suite.tests) : await this.#simulate(suite)
    if (verdict !== 'let pass') console.log(`${name}: fails without any defect: ${because}`)
    this.#passes.set(name, verdict === 'let pass')
    return verdict === 'let pass'
  }

  end(): void {
    void this.#tests?.then((child) => child.kill('SIGKILL'))
    this.#simulation?.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #runTests(tests: readonly string[]): Promise<Told> {
    this.#tests ??= this.#startTests()
    const child = await this.#tests
    const asked: TestsAsked = { tests, changed: [...this.#changed] }
    this.#changed.clear()
    const told = await new Promise<Told>((resolve) => {
      const timer = setTimeout(() => resolve(timedOut), mostMsOfTests)
      const end = (code: number | null) =>
        resolve({ verdict: 'could not run', because: `the tests ended with ${code}` })
      child.once('exit', end)
      child.once('message', (message) => {
        clearTimeout(timer)
        child.off('exit', end)
        resolve(message as TestsTold)
      })
      child.send(asked)
    })
    // Nobody knows what a process still does that was not heard of again.
    if (told === timedOut || child.exitCode !== null) {
      child.kill('SIGKILL')
      this.#tests = undefined
    }
    return told
  }

  #startTests(): Promise<ChildProcess> {
    // Else it would take itself for a worker of the tests by which it may have been started.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')))
    const child = fork(join(this.#folder, 'prove/mutants/warm-tests.ts'), {
      cwd: this.#folder,
      env: { ...env, PROPERTY_RUNS: propertyRuns },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    return new Promise((resolve, reject) => {
      child.once('message', () => resolve(child))
      child.once('exit', (code) => reject(new Error(`the tests could not be started: ${code}`)))
    })
  }

  #simulate({ from, to }: Seeds): Promise<Told & { readonly seed?: number }> {
    const which = ['--seed', String(from), '--runs', String(to - from + 1), '--until-broken']
    return new Promise((resolve) => {
      const child = spawn(
        process.execPath,
        ['prove/simulate.ts', ...which, '--steps', '260', '--lines', '0'],
        {
          cwd: this.#folder,
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      )
      this.#simulation = child
      let output = ''
      const listen = (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-200_000)
      }
      child.stdout.on('data', listen)
      child.stderr.on('data', listen)
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        resolve(timedOut)
      }, mostMs)
      child.once('exit', (code) => {
        clearTimeout(timer)
        if (code === 0) return resolve({ verdict: 'let pass', because: '' })
        const [, seed, because] = firstProblem.exec(output) ?? []
        if (seed === undefined) return resolve({ verdict: 'could not run', because: output.slice(-300) })
        resolve({ verdict: 'found', because: because ?? '', seed: Number(seed) })
      })
    })
  }
}

/** How a suite is named to people. */
export function nameOf(suite: Suite): string {
  if ('tests' in suite) return suite.tests.join(' ')
  const { from, to } = suite
  return `the simulation, ${from === to ? `seed ${from}` : `seeds ${from} to ${to}`}`
}

/** A defect of the list is found by an example; what is random beside it would only take time. */
const propertyRuns = '25'

/** Of the seed that broke: which one, and what was found first. */
const firstProblem = /seed (\d+), step \d+:\n +([^\n]{1,200})/
