import { backupDatabase } from '../store/backup.ts'
import { readArguments } from './arguments.ts'
import { type Env, type ExitCode, type Io, Misused } from './io.ts'
import { readSettings } from './settings.ts'

/** `backup FILE`. */
export async function backup(args: readonly string[], env: Env, io: Io): Promise<ExitCode> {
  const { positionals } = readArguments(args, {}, 1)
  const [file] = positionals
  if (file === undefined) throw new Misused('Which file should the copy be written to?')
  const { bytes } = await backupDatabase(readSettings(env).databaseUrl, file, io.now)
  io.out.write(`ok: ${file} (${bytes} bytes) is a whole copy of the database\n`)
  return 0
}
