/** Three replicas on one PostgreSQL, killed, paused for longer than a lease, and told to stop at random, under load. */
import { startPostgres } from '../../sandbox/postgres-server.ts'
import { newTally, proofOf } from '../crash/tally.ts'
import type { Prove } from '../proof.ts'
import { disturbReplicas, rarePaths } from './disturb-replicas.ts'

const sizes = { ci: { kills: 12 }, full: { kills: 1_000 } } as const
const seed = 1

/** `kills`: as many as the size has, unless given. A PostgreSQL that can't be started breaks the proof. */
export const proveReplicas = async (
  given: Parameters<Prove>[0] & {
    readonly kills?: number
    /** Fewer where they are not done in so many. */
    readonly minutes?: number
    readonly seed?: number
    readonly other?: string | undefined
  },
): ReturnType<Prove> => {
  const tally = newTally()
  const one = given.seed ?? seed
  // A few kills may all come while nothing is in hand.
  if (given.size === 'full') for (const what of rarePaths) tally.reached[what] = 0
  try {
    await onPostgres((databaseUrl) =>
      disturbReplicas(
        {
          ...{ databaseUrl, seed: one, kills: given.kills ?? sizes[given.size].kills },
          ...{ other: given.other, log: given.log },
          ...(given.minutes !== undefined && { forMs: given.minutes * 60_000 }),
        },
        tally,
      ),
    )
  } catch (error) {
    tally.broken.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return { ...proofOf('replicas', tally), seeds: [one] }
}

async function onPostgres(work: (databaseUrl: string) => Promise<void>): Promise<void> {
  const server = await startPostgres()
  try {
    await work(server.urlOf('postgres'))
  } finally {
    await server.stop()
  }
}
