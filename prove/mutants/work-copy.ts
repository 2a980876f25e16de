/** A copy of the work tree in which one defect at a time is made, and the suites that look for it. */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Mutant, type Suite, withDefect } from './mutant.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** No suite takes longer that finds anything; one that hangs with the defect has found it. */
const mostMs = 15 * 60_000

export type Verdict = 'found' | 'let pass' | 'could not run'

export interface Trial {
  readonly verdict: Verdict
  readonly by?: Suite
  /** The first thing that it said. */
  readonly because?: string
}

export class WorkCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'privacy-desk-mutants-'))

  constructor() {
    const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    })
    for (const file of files.split('\0').filter((one) => one !== ''))
      cpSync(join(root, file), join(this.#folder, file), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'))
  }

  /** Runs the suites with the defect, until one finds it. */
  async tryOut(mutant: Mutant): Promise<Trial> {
    const file = join(this.#folder, 'src', mutant.file)
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, withDefect(before, mutant))
    try {
      for (const suite of mutant.foundBy) {
        const { verdict, because } = await this.run(suite)
        if (verdict !== 'let pass') return { verdict, by: suite, because }
      }
      return { verdict: 'let pass' }
    } finally {
      writeFileSync(file, before)
    }
  }

  /** Without a defect every suite has to let the code pass, or what it finds says nothing. */
  async run(suite: Suite): Promise<{ readonly verdict: Verdict; readonly because: string }> {
    const { code, output } = await this.#node(commandOf(suite))
    if (code === 0) return { verdict: 'let pass', because: '' }
    if (code === 'too long') return { verdict: 'found', because: 'it came to no end' }
    const because = firstWords.exec(output)?.[1] ?? output.slice(-300)
    return { verdict: found.test(output) ? 'found' : 'could not run', because }
  }

  end(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #node(
    given: readonly string[],
  ): Promise<{ readonly code: number | null | 'too long'; readonly output: string }> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, given, { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      const listen = (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-200_000)
      }
      child.stdout.on('data', listen)
      child.stderr.on('data', listen)
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        resolve({ code: 'too long', output })
      }, mostMs)
      child.once('exit', (code) => {
        clearTimeout(timer)
        resolve({ code, output })
      })
    })
  }
}

/** A test that failed, or a promise of the simulation that was broken; a file that can't even be loaded is neither. */
const found = /: BROKEN|Tests\s+\S*\d+ failed|FAIL +[^\n]+ > /

/** The first problem of the seed that broke, or the first test that failed. */
const firstWords = /(?:seed \d+, step \d+:\n +|FAIL +)([^\n]{1,200})/

const vitest = join(dirname(fileURLToPath(import.meta.resolve('vitest/package.json'))), 'vitest.mjs')

function commandOf(suite: Suite): readonly string[] {
  if ('tests' in suite) return [vitest, 'run', '--no-color', ...suite.tests]
  return [
    'prove/simulate.ts',
    '--steps',
    '260',
    '--lines',
    '0',
    '--runs',
    String(suite.seeds),
    '--until-broken',
  ]
}
