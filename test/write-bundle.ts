/** The bundle of this version, written once for a run of the tests. */
import type { TestProject } from 'vitest/node'
import { writeProduction } from '../bundle.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of its file. */
    readonly bundle: string
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('bundle', (await writeProduction()).href)
}
