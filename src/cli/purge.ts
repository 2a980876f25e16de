import { plus, toInstant } from '../engine/time.ts'
import { openStore } from '../store/open-store.ts'
import { readArguments } from './arguments.ts'
import type { Env, ExitCode, Io } from './io.ts'
import { readSettings } from './settings.ts'

const dayInMilliseconds = 86_400_000

/** `purge`: also while the bot runs. */
export async function purge(args: readonly string[], env: Env, io: Io): Promise<ExitCode> {
  readArguments(args, {})
  const { databaseUrl, retentionDays } = readSettings(env)
  const before = plus(toInstant(io.now()), -retentionDays * dayInMilliseconds)
  const store = await openStore({ databaseUrl, now: io.now, beside: true })
  try {
    const { requests, inbox, outbox } = await store.purge(before)
    io.out.write(
      `ok: of what was closed or handled before ${before}: ${requests} requests, ${inbox} inbox and ${outbox} outbox rows deleted\n`,
    )
    return 0
  } finally {
    await store.close()
  }
}
