/** Parts of a proof in processes of their own, one for each core: what a part leaves behind in memory goes with its process. */
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { sideBySide } from './crash/side-by-side.ts'

/** What came of a part, or how its process ended without a result. */
export type Outcome<Result> = { readonly result: Result } | { readonly died: string }

/** `script` answers with `answerParent`. In the order of the parts. */
export async function inProcesses<Part extends object, Result>(
  script: URL,
  parts: readonly Part[],
  log: (line: string) => void,
): Promise<readonly Outcome<Result>[]> {
  const outcomes: Outcome<Result>[] = []
  await sideBySide(availableParallelism(), [...parts.entries()], async ([index, part]) => {
    outcomes[index] = await inProcess<Part, Result>(script, part)
    const done = outcomes.filter((outcome) => outcome !== undefined).length
    if (done % 10 === 0 || done === parts.length) log(`${done} of ${parts.length} parts`)
  })
  return outcomes
}

function inProcess<Part extends object, Result>(script: URL, part: Part): Promise<Outcome<Result>> {
  return new Promise((resolve) => {
    const child = fork(script, { serialization: 'advanced' })
    child.once('message', (result) => {
      resolve({ result: result as Result })
      child.kill()
    })
    child.once('error', (error) => resolve({ died: String(error) }))
    child.once('exit', (code, signal) => resolve({ died: `it ended with ${signal ?? code}` }))
    child.send(part)
  })
}

/** In the script of a part: takes it, and answers with its result; it is ended when that has arrived. */
export function answerParent<Part, Result>(work: (part: Part) => Promise<Result>): void {
  process.once('message', async (part) => process.send?.(await work(part as Part)))
}

/** Of so many each, the last one of what is left. */
export function chunksOf<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  )
}
