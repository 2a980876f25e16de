/** A real PostgreSQL in virtual time: a statement takes as long as it takes there, and no time in the run. */
import pg from 'pg'
import type { BotDatabase } from './bot-database.ts'
import type { Owner, VirtualTime } from './virtual-time.ts'

type Method = (this: pg.Client, ...given: unknown[]) => unknown
/** What asks the server, and answers by a callback or by a promise. */
const asking = ['connect', 'query', 'end'] as const

export class PostgresOfLives implements BotDatabase {
  readonly clockIsTheServers = true
  readonly #databaseUrl: string
  readonly #time: VirtualTime
  readonly #ours: pg.Client
  readonly #open = new Map<pg.Client, Owner>()
  #hasBegun = false

  private constructor(databaseUrl: string, time: VirtualTime, ours: pg.Client) {
    this.#databaseUrl = databaseUrl
    this.#time = time
    this.#ours = ours
  }

  /** `databaseUrl`: of a database with nothing in it. */
  static async open(databaseUrl: string, time: VirtualTime): Promise<PostgresOfLives> {
    const types = {
      getTypeParser: (type: number, format?: 'text' | 'binary') =>
        type === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(type, format),
    }
    const ours = new pg.Client({ connectionString: databaseUrl, application_name: 'simulation', types })
    await ours.connect()
    return new PostgresOfLives(databaseUrl, time, ours)
  }

  isThere(): boolean {
    return this.#hasBegun
  }

  /** What a killed process had sent the server still carries out; then it finds the connection broken. */
  begin(): { readonly env: { readonly DATABASE_URL: string } } {
    this.#hasBegun = true
    for (const [client, owner] of this.#open)
      if (owner.isDead) {
        client.connection.stream.destroy()
        this.#open.delete(client)
      }
    return { env: { DATABASE_URL: this.#databaseUrl } }
  }

  async rows<Row>(statement: string): Promise<readonly Row[]> {
    // No pool gives it out, so that nothing else waits for it.
    return (await this.#ours.query<Row & pg.QueryResultRow>(statement)).rows
  }

  async end(): Promise<void> {
    this.begin()
    await this.#ours.end()
  }

  /** From now on what a life asks of the server is answered in its turn; gives the way back. */
  install(): () => void {
    const prototype = pg.Client.prototype as unknown as Record<(typeof asking)[number], Method>
    const { connect, query, end } = prototype
    const [time, open] = [this.#time, this.#open]
    const inTurn = (method: Method): Method =>
      function (...given) {
        const life = time.owners.getStore()
        if (!life) return method.apply(this, given)
        open.set(this, life)
        const told = given.at(-1)
        if (typeof told !== 'function') return time.answerOf(() => method.apply(this, given))
        const answer = () =>
          new Promise<readonly unknown[]>((resolve) => {
            method.apply(this, [...given.slice(0, -1), (...answered: unknown[]) => resolve(answered)])
          })
        void time.answerOf(answer).then((answered) => told(...answered))
        return undefined
      }
    Object.assign(prototype, { connect: inTurn(connect), query: inTurn(query), end: inTurn(end) })
    return () => void Object.assign(prototype, { connect, query, end })
  }
}
