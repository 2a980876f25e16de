/** What better-sqlite3 is asked in this process, by whomever: how many statements, and how many rows they give. */
import Sqlite from 'better-sqlite3'

type Execute = (this: unknown, ...values: unknown[]) => unknown

/** Counts from now on; `end` counts no more. */
export function countStatements() {
  const database = new Sqlite(':memory:')
  const prototype: Record<string, Execute> = Object.getPrototypeOf(database.prepare('select 1'))
  database.close()
  const counted = { statements: 0, rows: 0 }
  const executing = (['run', 'all', 'get'] as const).map((name) => ({ name, execute: prototype[name] }))
  for (const { name, execute } of executing)
    prototype[name] = function (...values) {
      const given = execute?.apply(this, values)
      counted.statements += 1
      counted.rows += Array.isArray(given) ? given.length : 0
      return given
    }
  return {
    counted: (): Readonly<typeof counted> => ({ ...counted }),
    end(): void {
      for (const { name, execute } of executing) if (execute) prototype[name] = execute
    },
  }
}
