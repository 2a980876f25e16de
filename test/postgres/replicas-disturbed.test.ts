/** Three replicas, killed, paused and stopped by chance while people work. At length: `npm run prove -- --only replicas --full`. */
import { expect, test } from 'vitest'
import { newTally } from '../../prove/crash/tally.ts'
import { disturbReplicas } from '../../prove/replicas/disturb-replicas.ts'
import { expectProved } from '../resilience/expect-proved.ts'
import { bareDatabase } from './databases.ts'

test('Of three replicas of which chance kills, pauses and stops one after the other nothing is lost and nothing doubled', {
  timeout: 600_000,
}, async () => {
  const tally = newTally()

  await disturbReplicas(
    { databaseUrl: await bareDatabase(), seed: 7, kills: 2, open: 2, log: () => undefined },
    tally,
  )

  expectProved(tally)
  expect(tally.kills).toBe(2)
  expect(tally.effectsChecked).toBeGreaterThan(20)
})
