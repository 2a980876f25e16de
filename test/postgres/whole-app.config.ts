/** All tests of the app on PostgreSQL: they take several times as long as on SQLite, so `npm run test:postgres:app` alone runs them. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    ...{ name: 'app on postgres', include: ['test/app/**/*.test.ts', 'test/failures/**/*.test.ts'] },
    ...{ pool: 'threads', isolate: false, maxWorkers: 2 },
    // Every statement is a round trip, and some tests have thousands of requests.
    ...{ testTimeout: 300_000, hookTimeout: 60_000, expect: { poll: { timeout: 45_000 } } },
    globalSetup: 'test/postgres/start-server.ts',
    setupFiles: 'test/postgres/skip-without-server.ts',
  },
})
