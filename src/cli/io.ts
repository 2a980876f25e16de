/** What a command may reach outside: everything else it is given. */
export interface Io {
  readonly out: { write(text: string): unknown }
  readonly err: { write(text: string): unknown }
  readonly now: () => Date
  readonly fetch: typeof globalThis.fetch
}

export type Env = Readonly<Record<string, string | undefined>>

/** 0: it is as it should be. 1: it is not, or it did not work. 2: the command was not understood. */
export type ExitCode = 0 | 1 | 2

/** The command line can't be understood; answered with the usage. */
export class Misused extends Error {
  override readonly name = 'Misused'
}
