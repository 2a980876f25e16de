/**
 * Vitest, started once in the copy of the work tree and kept warm: what a defect does not touch is not loaded anew for
 * each. Takes the files to run, and tells what came of them. Stopped with its process.
 */
import { join } from 'node:path'
import { createVitest, type TestModule } from 'vitest/node'

export interface TestsAsked {
  /** Below the copy. */
  readonly tests: readonly string[]
  /** Written since the last run, below the copy. */
  readonly changed: readonly string[]
}

export interface TestsTold {
  readonly verdict: 'found' | 'let pass' | 'timed out' | 'could not run'
  readonly because: string
}

const root = process.cwd()
const vitest = await createVitest('test', {
  watch: false,
  bail: 1,
  // Two defects are never in the copy at once, and the machine has other things to do.
  maxWorkers: 1,
  fileParallelism: false,
  reporters: [{}],
})

process.on('message', async ({ tests, changed }: TestsAsked) => {
  for (const file of changed) vitest.invalidateFile(join(root, file))
  process.send?.(await run(tests))
})

async function run(tests: readonly string[]): Promise<TestsTold> {
  const wanted = await vitest.globTestSpecifications([...tests])
  if (wanted.length === 0) return { verdict: 'could not run', because: `no tests in ${tests.join(' ')}` }
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(wanted)
  const ids = new Set(wanted.map(({ moduleId }) => moduleId))
  const modules = testModules.filter(({ moduleId }) => ids.has(moduleId))
  const notLoaded = modules.flatMap((module) => module.errors().map(({ message }) => message))
  const [failed] = modules.flatMap(failuresOf)
  if (failed) return failed
  if (notLoaded.length > 0) return { verdict: 'could not run', because: notLoaded.join('\n') }
  if (unhandledErrors.length > 0) return { verdict: 'found', because: messageOf(unhandledErrors[0]) }
  // Where a file was left out, its tests said nothing.
  const isRun = modules.length > 0 && modules.every((module) => module.ok())
  return isRun ? { verdict: 'let pass', because: '' } : { verdict: 'could not run', because: 'not all ran' }
}

/** What never comes on a busy machine may come on a quiet one: a timeout says nothing of the defect. */
const late = /\btimed out in \d+ms|did not succeed in time/

function failuresOf(module: TestModule): readonly TestsTold[] {
  return [...module.children.allTests('failed')].map((test) => {
    const errors = test.result().errors ?? []
    const words = errors.flatMap((error) => [messageOf(error), messageOf(error.cause)])
    const isLate = words.some((text) => late.test(text))
    const because = `${module.relativeModuleId} > ${test.fullName}: ${words[0] ?? ''}`
    return { verdict: isLate ? 'timed out' : 'found', because }
  })
}

function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return ''
  return String(error.message).split('\n')[0] ?? ''
}

process.on('disconnect', () => process.exit())
process.send?.('ready')
