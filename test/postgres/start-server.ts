/** One PostgreSQL for a run of the tests. Where it can't be started the tests on it are skipped, and say why. */
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../sandbox/postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined in the tests on SQLite. */
    readonly postgres?: { readonly url: string } | { readonly because: string }
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  try {
    const server = await startPostgres()
    project.provide('postgres', { url: server.urlOf('postgres') })
    return server.stop
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error)
    console.warn(`The tests on PostgreSQL are skipped. ${because}`)
    project.provide('postgres', { because })
    return undefined
  }
}
