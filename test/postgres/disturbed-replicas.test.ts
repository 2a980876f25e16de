/** A small part of the proof with replicas that are killed, paused and told to stop. All of it: `npm run prove`. */
import { expect, test } from 'vitest'
import { newTally } from '../../prove/crash/tally.ts'
import { disturbReplicas } from '../../prove/replicas/disturb-replicas.ts'
import { expectProved } from '../resilience/expect-proved.ts'
import { bareDatabase } from './databases.ts'

/** Half a minute of disturbances, and the 75 s after which an append without an answer is repeated; more on a busy machine. */
const patienceMs = 420_000

test('three replicas are killed, paused for longer than a lease and told to stop: nothing is lost or doubled, and others go on in time', {
  timeout: patienceMs,
}, async () => {
  const tally = newTally()

  await disturbReplicas({ databaseUrl: await bareDatabase(), seed: 3, kills: 7, log: () => {} }, tally)

  expectProved(tally)
  expect(tally).toMatchObject({ kills: 7, faults: { killed: 7, paused: 2 } })
  expect(tally.effectsChecked).toBeGreaterThan(0)
})
