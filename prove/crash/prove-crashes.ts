/** kill -9 at every marked point and at random instants, a full disk and a locked database. */
import type { Prove } from '../proof.ts'
import { killAtEachPoint } from './each-point.ts'
import { killAtFirstStart } from './first-start.ts'
import { outages } from './outages.ts'
import { killAtRandomInstants } from './random-instants.ts'
import { scenarios } from './scenarios.ts'
import { newTally, proofOf } from './tally.ts'
import { ticketScenarios } from './ticket-scenarios.ts'

/** `ci` takes a sample of all kinds of points, for each start of the process takes the better part of a second. */
const sizes = {
  ci: { points: 2, firstStartPoints: 4, kills: 6, seeds: [1], desks: 3 },
  full: { points: Infinity, firstStartPoints: Infinity, kills: 20, seeds: [1, 2, 3], desks: 3 },
} as const

export const proveCrashes: Prove = async ({ size, log }) => {
  const { points, firstStartPoints, kills, seeds, desks } = sizes[size]
  const tally = newTally()
  await Promise.all([
    // Mostly waiting, so it takes hardly anything from the others.
    outages(log, tally),
    (async () => {
      await killAtEachPoint(
        { scenarios: [...scenarios, ...ticketScenarios], most: points, desks, log },
        tally,
      )
      await killAtFirstStart({ most: firstStartPoints, desks, log }, tally)
      for (const seed of seeds) await killAtRandomInstants({ seed, kills, log }, tally)
    })(),
  ])
  return { ...proofOf('kill -9', tally), seeds }
}
