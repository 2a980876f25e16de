/** Plays a list of attempts from the beginning to the end, and tells the whole play where a rule did not hold. */
import { beginning, play, type Turn } from './play.ts'
import type { Attempt, World } from './world.ts'

export function playThrough(world: World, all: readonly Attempt[], check: (turn: Turn) => void): void {
  const lines: string[] = []
  let state = beginning(world)
  try {
    for (const attempt of all) {
      const next = play(world, state, attempt)
      if (!('outcome' in next)) {
        state = next
        continue
      }
      lines.push(lineOf(next))
      check(next)
      state = next.after
    }
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${lines.join('\n')}`, {
      cause: error,
    })
  }
}

/** `2026-03-09 evaluating: fail-verification by UMAN -> move to closed`: how a failure reads. */
function lineOf({ before, event, outcome, after }: Turn): string {
  const what =
    event.kind === 'decision'
      ? `${event.decision} by ${event.by.id} with ${JSON.stringify(event.input)}`
      : JSON.stringify(event.observation)
  const came =
    outcome.kind === 'move' ? `moved to ${after.request.step}` : `${outcome.kind}: ${outcome.because}`
  return `${before.now} ${before.request.flow}/${before.request.step}: ${what} -> ${came}`
}
