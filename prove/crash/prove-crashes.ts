/** kill -9 at every marked point and at random instants, a full disk and a locked database. */
import type { Prove } from '../proof.ts'
import { killAtEachPoint } from './each-point.ts'
import { extendDeadline } from './extend-deadline.ts'
import { killAtFirstStart } from './first-start.ts'
import { outages } from './outages.ts'
import { killAtRandomInstants } from './random-instants.ts'
import { scenarios } from './scenarios.ts'
import { overSockets, socketMode } from './socket-mode.ts'
import { newTally, proofOf } from './tally.ts'
import { ticketScenarios } from './ticket-scenarios.ts'
import { tryAgain } from './try-again.ts'

/** `ci` takes a sample of all kinds of points, for each start of the process takes the better part of a second. */
const sizes = {
  ci: { points: 2, firstStartPoints: 4, kills: 6, seeds: [1], desks: 3, options: {} },
  // Where it takes its time the database lies on a disk, which takes its own.
  full: {
    ...{ points: Infinity, firstStartPoints: Infinity, kills: 20, seeds: [1, 2, 3], desks: 8 },
    options: { isOnDisk: true },
  },
} as const

export const proveCrashes: Prove = async ({ size, log }) => {
  const { points, firstStartPoints, kills, seeds, desks, options } = sizes[size]
  const tally = newTally()
  await Promise.all([
    // Mostly waiting, so it takes hardly anything from the others.
    outages(log, tally),
    (async () => {
      const each = { most: points, desks, options, log }
      const all = [...scenarios, ...ticketScenarios, tryAgain, extendDeadline]
      await killAtEachPoint({ ...each, scenarios: all }, tally)
      await killAtEachPoint(
        { ...each, scenarios: overSockets, options: { ...options, ...socketMode } },
        tally,
      )
      await killAtFirstStart({ most: firstStartPoints, desks, log }, tally)
      for (const seed of seeds) await killAtRandomInstants({ seed, kills, log }, tally)
    })(),
  ])
  return { ...proofOf('kill -9', tally), seeds }
}
