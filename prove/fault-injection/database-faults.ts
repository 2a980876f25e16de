/** The n-th statement of the bot's database fails, once or from then on, as SQLite's own tests let allocations and writes fail. */
import Sqlite from 'better-sqlite3'
import type { VirtualTime } from '../simulation/virtual-time.ts'

export const sqliteFaults = ['SQLITE_IOERR', 'SQLITE_BUSY', 'SQLITE_FULL'] as const
export type SqliteFault = (typeof sqliteFaults)[number]

export interface PlannedStatement {
  /** From 1. */
  readonly statement: number
  readonly fault: SqliteFault
  /** `on`: it and everything after it, until healed. */
  readonly lasts: 'once' | 'on'
}

export interface Met {
  readonly source: string
  /** In milliseconds since the run began. */
  readonly at: number
  /** It can meet a full disk. */
  readonly writes: boolean
  /** After it the file holds something else than before. */
  readonly commits: boolean
}

/** Far more than any scenario has, with an outage of half a minute in it. */
const mostStatements = 20_000

type Run = (this: Sqlite.Statement, ...given: unknown[]) => unknown

/** What SQLite rolls back by itself: https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction */
const rollsBack: readonly SqliteFault[] = ['SQLITE_IOERR', 'SQLITE_FULL']

const words = {
  SQLITE_IOERR: 'disk I/O error',
  SQLITE_BUSY: 'database is locked',
  SQLITE_FULL: 'database or disk is full',
} as const satisfies Record<SqliteFault, string>

export class DatabaseFaults {
  /** Each statement since it was armed. */
  readonly statements: Met[] = []
  isMet = false
  /** What failed was asked for again and again without a pause: nothing else would ever have had a turn. */
  isEndless = false
  /** Called before each of them. */
  before: ((number: number, met: Met) => void) | undefined
  #plan: PlannedStatement | undefined
  #isArmed = false
  readonly #time: VirtualTime

  constructor(time: VirtualTime) {
    this.#time = time
  }

  /** Counts from now on, and lets the planned one fail. */
  arm(plan?: PlannedStatement): void {
    this.#isArmed = true
    this.#plan = plan
  }

  disarm(): void {
    this.#isArmed = false
  }

  /** From now on every statement of the bot passes here; gives the way back. */
  install(): () => void {
    const sqlite = new Sqlite(':memory:')
    const prototype = Object.getPrototypeOf(sqlite.prepare('select 1')) as Record<'run' | 'all', Run>
    sqlite.close()
    const { run, all } = prototype
    const through = (asItWas: Run): Run => {
      const check = (statement: Sqlite.Statement) => this.#check(statement)
      return function checked(...given) {
        check(this)
        return asItWas.apply(this, given)
      }
    }
    Object.assign(prototype, { run: through(run), all: through(all) })
    return () => void Object.assign(prototype, { run, all })
  }

  #check(statement: Sqlite.Statement): void {
    // Who reads the database from outside, as the proof does, belongs to no life of the bot. What undoes never fails.
    if (!this.#isArmed || !this.#time.owners.getStore() || /^\s*rollback\b/i.test(statement.source)) return
    const { source } = statement
    const met = { source, at: this.#time.elapsed, writes: isWrite(statement), commits: isCommit(statement) }
    this.statements.push(met)
    const number = this.statements.length
    this.before?.(number, met)
    if (number === mostStatements) {
      this.isEndless = true
      this.disarm()
    }
    const plan = this.#plan
    if (!plan) return
    if (plan.lasts === 'once' ? number !== plan.statement : number < plan.statement) return
    if (plan.fault === 'SQLITE_FULL' && !isWrite(statement)) return
    this.isMet = true
    const { database } = statement
    if (rollsBack.includes(plan.fault) && database.inTransaction) database.exec('rollback')
    throw new Sqlite.SqliteError(words[plan.fault], plan.fault)
  }
}

function isWrite({ source, readonly }: Sqlite.Statement): boolean {
  return /^\s*commit\b/i.test(source) || (!readonly && !/^\s*(begin|pragma)\b/i.test(source))
}

function isCommit(statement: Sqlite.Statement): boolean {
  return /^\s*commit\b/i.test(statement.source) || (isWrite(statement) && !statement.database.inTransaction)
}
