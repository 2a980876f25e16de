/** Where the bot's database lies from one life to the next, and what lies in it, read past the bot. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { AppOptions } from '../../sandbox/world.ts'

export interface BotDatabase {
  /** Whose the time is by which leases run out: the machine's own, or that of the database's server, which is kept. */
  readonly clockIsTheServers: boolean
  /** False before the first life has made it. */
  isThere(): boolean
  /** Lets go what the life before had open, and returns what the next one is started with. */
  begin(): Pick<AppOptions, 'databaseFile' | 'env'>
  rows<Row>(statement: string): Promise<readonly Row[]>
  /** After the last life. */
  end(): Promise<void>
}

/** Each life on a copy of the files, as the dead one's handles would else keep them locked: a process that ends lets go. */
export class FilesOfLives implements BotDatabase {
  readonly clockIsTheServers = false
  readonly #folder: string
  #lives = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** That of the life that began last. */
  get file(): string {
    return join(this.#folder, `life-${this.#lives}`, 'desk.db')
  }

  isThere(): boolean {
    return existsSync(this.file)
  }

  begin(): Pick<AppOptions, 'databaseFile'> {
    const before = this.file
    this.#lives += 1
    mkdirSync(join(this.file, '..'))
    for (const part of ['', '-wal'])
      if (existsSync(before + part)) copyFileSync(before + part, this.file + part)
    return { databaseFile: this.file }
  }

  async rows<Row>(statement: string): Promise<readonly Row[]> {
    const sqlite = new Sqlite(this.file, { fileMustExist: true })
    try {
      return sqlite.prepare<[], Row>(statement).all()
    } finally {
      sqlite.close()
    }
  }

  async end(): Promise<void> {}
}
