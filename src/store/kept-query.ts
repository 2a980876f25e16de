/**
 * Queries of the hot paths, which are built once and not at each run: building one with Kysely, and turning its names
 * into those of the database, takes several times what the database needs for it.
 */
import type { Compilable, CompiledQuery, Kysely, QueryResult } from 'kysely'
import type { Schema } from './schema.ts'

type Run<Values, Row> = (db: Kysely<Schema>, values: Values) => Promise<QueryResult<Row>>

/**
 * Returns a query that is built at its first run. While it is built the values are not known: `build` hands each of them
 * on as it is, by its name.
 */
export function kept<Values extends object, Row>(
  build: (db: Kysely<Schema>, values: Values) => Compilable<Row>,
): Run<Values, Row> {
  const run = keptOfEach<Values, Row>((db, [values]) => build(db, values))
  return (db, values) => run(db, [values])
}

/** The same for several of them at once: two are another statement than three. */
export function keptOfEach<Values extends object, Row>(
  build: (db: Kysely<Schema>, values: readonly [Values, ...Values[]]) => Compilable<Row>,
): Run<readonly [Values, ...Values[]], Row> {
  const built = builtOnce<number, Row>()
  return (db, values) => {
    const query = built(db, values.length, () => {
      const [first, ...others] = values.map((_, index) => placeholders<Values>(index))
      return build(db, [first as Values, ...others])
    })
    return db.executeQuery(withValues(query, values))
  }
}

/** The same of one that has several forms, each with a name of its own: `build` makes that of the form that is named. */
export function keptInForms<Values extends object, Row>() {
  const built = builtOnce<string, Row>()
  return (
    db: Kysely<Schema>,
    form: string,
    build: (values: Values) => Compilable<Row>,
    values: Values,
  ): Promise<QueryResult<Row>> =>
    db.executeQuery(
      withValues(
        built(db, form, () => build(placeholders<Values>(0))),
        [values],
      ),
    )
}

/** SQLite and PostgreSQL have words of their own; two databases of a kind have not. */
function builtOnce<Form, Row>() {
  const built = new Map<unknown, Map<Form, CompiledQuery<Row>>>()
  return (db: Kysely<Schema>, form: Form, build: () => Compilable<Row>): CompiledQuery<Row> => {
    const kind = db.getExecutor().adapter.constructor
    const ofKind = built.get(kind) ?? new Map<Form, CompiledQuery<Row>>()
    built.set(kind, ofKind)
    const known = ofKind.get(form)
    if (known) return known
    const query = build().compile()
    ofKind.set(form, query)
    return query
  }
}

function withValues<Row>(query: CompiledQuery<Row>, values: readonly object[]): CompiledQuery<Row> {
  return { ...query, parameters: query.parameters.map((one) => givenFor(one, values)) }
}

/** Stands in a query that is kept for a value that is given at each run. */
class Placeholder {
  readonly index: number
  readonly name: string

  constructor(index: number, name: string) {
    this.index = index
    this.name = name
  }

  /** What is made of a value, and not the value itself, would be the same at each run. */
  toJSON(): never {
    throw new Error(`${this.name} is not known while a query that is kept is built`)
  }

  toString(): never {
    return this.toJSON()
  }
}

function placeholders<Values extends object>(index: number): Values {
  return new Proxy({} as Values, {
    get: (_, name) => new Placeholder(index, String(name)),
    ownKeys() {
      throw new Error('a query that is kept names each of its values')
    },
  })
}

function givenFor(parameter: unknown, values: readonly object[]): unknown {
  if (!(parameter instanceof Placeholder)) return parameter
  const { index, name } = parameter
  const value: unknown = Reflect.get(values[index] ?? {}, name)
  if (value === undefined) throw new Error(`a query that is kept is given no ${name}`)
  return value
}
