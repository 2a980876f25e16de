import { defineConfig } from 'vitest/config'

const app = ['test/app/**/*.test.ts']
const browser = ['test/browser/**/*.test.ts']
/** Whole proofs in small: processes killed, databases failing, seeds played. */
const resilience = ['test/resilience/**/*.test.ts']

export default defineConfig({
  test: {
    // Vitest takes one core less than there are: on a machine of two, everything one after the other.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...app, ...browser, ...resilience],
          // Loading the modules anew for each file costs more than most of these tests.
          pool: 'threads',
          isolate: false,
        },
      },
      { extends: true, test: { name: 'app', include: app } },
      { extends: true, test: { name: 'browser', include: browser } },
      { extends: true, test: { name: 'resilience', include: resilience } },
    ],
  },
})
