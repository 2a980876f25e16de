import type { Env } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'
import { clockWith } from '../../src/clock.ts'
import { now } from '../store/temporary-store.ts'

export const help = `Usage:
  privacy-desk setup `

/** One command line, and everything that came of it. No command but doctor may reach the network. */
export async function commandLine(argv: readonly string[], env: Env = {}) {
  let out = ''
  let err = ''
  const code = await run(argv, env, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    ...clockWith(now),
    randomHex: (bytes) => 'ab'.repeat(bytes),
    fetch: () => Promise.reject(new Error('Nothing may be fetched here')),
  })
  return { code, out, err }
}
