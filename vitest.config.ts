import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const app = ['test/app/**/*.test.ts']
const browser = ['test/browser/**/*.test.ts']
/** What happens where a service, the database or the bot itself fails, hangs or is restarted; and what starts processes. */
const failures = ['test/failures/**/*.test.ts', 'test/processes/**/*.test.ts']
/** Whole proofs in small: processes killed, databases failing, seeds played. */
const resilience = ['test/resilience/**/*.test.ts']
/** What is said of PostgreSQL alone; the store's other tests run on both, and the app's: `npm run test:postgres:app`. */
const postgres = ['test/postgres/**/*.test.ts']
/** What is said of SQLite alone. */
const ofSqlite = ['backlog', 'beside', 'migrate', 'observations', 'query-plans'].map(
  (name) => `test/store/${name}.test.ts`,
)

/** They wait for most of their time, of which the others make use. */
const longest =
  /\/(?:crash|crash-clicks|crash-outages|replicas|replicas-disturbed|server-away|two-versions|unfit-in-use)\.test\.ts$/

/**
 * One project after the other: a worker is kept only as long as the next file is one of the same project, and each new
 * one loads all modules again. What waits most comes first, so that nothing waits for it in the end.
 */
class ProjectByProject extends BaseSequencer {
  /** `--shard 2/10` is every tenth proof, so that those that take longest are not all in one; the failures are in each. */
  override async shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { index, count } = this.ctx.config.shard ?? { index: 1, count: 1 }
    const inEach = files.filter(({ project }) => project.name === 'failures')
    const proofs = files
      .filter((file) => !inEach.includes(file))
      .toSorted((one, other) => (one.moduleId < other.moduleId ? -1 : 1))
    const dealt = [
      ...proofs.filter(({ moduleId }) => longest.test(moduleId)),
      ...proofs.filter(({ moduleId }) => !longest.test(moduleId)),
    ]
    return [...inEach, ...dealt.filter((_file, at) => at % count === index - 1)]
  }

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = ['browser', 'app', 'unit', 'failures', 'resilience', 'postgres']
    const place = ({ project, moduleId }: TestSpecification) =>
      longest.test(moduleId) ? -1 : order.indexOf(project.name)
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other))
  }
}

/** One more worker than cores costs a tenth of the processor time: they get into each other's way. */
const mostlyBusy = { maxWorkers: availableParallelism(), sequence: { groupOrder: 0 } }
/** A good part of their time is waiting. */
const partlyWaiting = { maxWorkers: 2 * availableParallelism(), sequence: { groupOrder: 1 } }
/** Most of their time is waiting: for processes that start, servers that stand still, limits. */
const mostlyWaiting = { maxWorkers: 3 * availableParallelism(), sequence: { groupOrder: 2 } }

/** Its processes are of a bundle that is written once. */
const ofTheBundle = { globalSetup: 'test/write-bundle.ts', setupFiles: 'test/start-the-bundle.ts' }

/** Loading the modules anew for each file costs more than most of these tests. */
const shared = { pool: 'threads', isolate: false } as const

export default defineConfig({
  test: {
    // The modules are loaded as production loads them: by Node, which strips the types.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: ProjectByProject },
    // Nothing waits for these to pass: on a machine that does other things, too, all takes longer.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 45_000 } },
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          ...mostlyBusy,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...app, ...browser, ...failures, ...resilience, ...postgres],
        },
      },
      { extends: true, test: { ...shared, ...mostlyBusy, name: 'app', include: app } },
      { extends: true, test: { ...shared, ...partlyWaiting, name: 'failures', include: failures } },
      {
        extends: true,
        test: {
          ...shared,
          ...shared,
          ...mostlyWaiting,
          name: 'postgres',
          include: [...postgres, 'test/store/**/*.test.ts'],
          exclude: ofSqlite,
          globalSetup: [ofTheBundle.globalSetup, 'test/postgres/start-server.ts'],
          setupFiles: [ofTheBundle.setupFiles, 'test/postgres/skip-without-server.ts'],
        },
      },
      { extends: true, test: { ...shared, ...mostlyBusy, name: 'browser', include: browser } },
      { extends: true, test: { ...mostlyWaiting, ...ofTheBundle, name: 'resilience', include: resilience } },
    ],
  },
})
