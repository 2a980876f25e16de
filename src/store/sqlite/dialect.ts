/** Kysely's SQLite dialect, with transactions that take the write lock at once and undo what a failed migration did. */
import type { Database as Sqlite } from 'better-sqlite3'
import {
  type BinaryOperationNode,
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  OperatorNode,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  ValueNode,
} from 'kysely'

export function sqliteDialect(sqlite: Sqlite): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => new ImmediateDriver(sqlite),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new PlannedOnce(),
  }
}

/** SQLite does undo CREATE TABLE on rollback; Kysely leaves it off for the sake of PRAGMAs within migrations. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/**
 * SQLite plans by the value that a column is compared with where it is a bare parameter, and compiles the statement
 * again each time one is bound. It does not look into an expression; one that passes on what it is given has no affinity
 * either, and an index is used as before.
 */
class PlannedOnce extends SqliteQueryCompiler {
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const { leftOperand, operator, rightOperand } = node
    const isBare = ValueNode.is(rightOperand) && !rightOperand.immediate
    if (isBare && OperatorNode.is(operator) && equalities.has(operator.operator)) {
      this.visitNode(leftOperand)
      this.append(` ${operator.operator} ifnull(`)
      this.visitNode(rightOperand)
      this.append(', null)')
    } else super.visitBinaryOperation(node)
  }
}

const equalities: ReadonlySet<string> = new Set(['=', 'is', 'is not distinct from'])

/**
 * Each statement is compiled once: compiling costs ten times what most of them take. That holds as long as no value on
 * which the plan hangs is a parameter, of which SQLite compiles the statement again at each new value: limits and
 * patterns of `like` are literals, and for equalities see above (https://www.sqlite.org/c3ref/prepare.html).
 */
function withKeptStatements(sqlite: Sqlite): SqliteDatabase {
  const kept = new Map<string, ReturnType<Sqlite['prepare']>>()
  return {
    close: () => void sqlite.close(),
    prepare: (source: string) => {
      const known = kept.get(source)
      if (known) return known
      const statement = sqlite.prepare(source)
      if (kept.size >= mostKept) kept.clear()
      kept.set(source, statement)
      return statement
    },
  }
}

/** Far more than the bot has; lists of ids of different lengths are statements of their own. */
const mostKept = 500

class ImmediateDriver extends SqliteDriver {
  readonly #sqlite: Sqlite

  constructor(sqlite: Sqlite) {
    super({ database: withKeptStatements(sqlite) })
    this.#sqlite = sqlite
  }

  /** A transaction that begins with a read can't be refused in the middle: it waits for other writers here. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /** On a full disk SQLite has rolled back by itself; a second rollback would hide the first error. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#sqlite.inTransaction) await super.rollbackTransaction(connection)
  }
}
