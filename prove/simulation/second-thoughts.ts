/** People who think again: where a reply waits (`UNDO_SECONDS`) some click Undo, at once or in the last second, and some too late. */
import { interactive } from '../../sandbox/slack/blocks.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import type { Prng } from './prng.ts'
import { actOnButton } from './slack-people.ts'
import type { World } from './world.ts'

/** What people have in mind about the replies that wait, by numbers of its own: all else stays as it is. */
export interface SecondThoughts {
  readonly prng: Prng
  /** The values of the buttons that somebody has seen. */
  readonly seen: Set<string>
}

/** In most runs replies go out at once, as by default. */
export function undoSecondsFrom(prng: Prng): Readonly<Record<string, string>> {
  return prng.chance(0.25) ? { UNDO_SECONDS: prng.pick(['5', '20', '60', '300']) } : {}
}

/** Whoever sees that a reply waits makes up their mind once. */
export function thinkAgain(world: World): void {
  const { environment, secondThoughts, time } = world
  if (environment.UNDO_SECONDS === undefined) return
  const { prng, seen } = secondThoughts
  for (const card of [...world.cards(), ...world.ticketCards()]) {
    const undo = interactive(card.blocks).find(({ element }) => element.action_id === 'undo')
    const value = undo?.element.value
    if (value === undefined || seen.has(value)) continue
    seen.add(value)
    const left = endOf(card) - world.bot.clock.now().getTime()
    const inMs = prng.weighted<number | undefined>([
      [5, undefined],
      [2, prng.between(0, 1_500)],
      [4, left + prng.between(-1_200, 1_200)],
    ])
    if (inMs === undefined) continue
    const who = prng.weighted(card.text.startsWith('#') ? ofPrivacyDesk : ofSecurityDesk)
    // As it is on the screen now, whatever becomes of it.
    const asSeen = structuredClone(card)
    time.after(inMs, () => {
      world.history.count('somebody clicked Undo')
      actOnButton(world, who, asSeen, 'undo')
    })
  }
}

/** `Reply goes out at <!date^1772359200^…>`, in milliseconds since 1970 by the bot's clock. */
function endOf({ blocks }: Message): number {
  const [, seconds] = /Reply goes out at <!date\^(\d+)\^/.exec(JSON.stringify(blocks)) ?? []
  return Number(seconds ?? 0) * 1_000
}

const ofPrivacyDesk = [
  [4, PEOPLE.engineer.id],
  [3, PEOPLE.secondEngineer.id],
  [3, PEOPLE.manager.id],
  [1, PEOPLE.privacy.id],
  [0.5, PEOPLE.guest.id],
] as const

const ofSecurityDesk = [
  [5, PEOPLE.fieldSecurity.id],
  [3, PEOPLE.secondPrivacy.id],
  [0.5, PEOPLE.engineer.id],
] as const
