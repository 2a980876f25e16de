/** Messages below a card that Slack never answered clearly: they are said twice at most (docs/decisions/0004), and then a person has to look. */
import type { FaultKind } from '../faults.ts'
import type { World } from '../world.ts'
import type { CaseFile } from './case-file.ts'

/** What such messages are counted as. */
export const givenUpMessages = 'messages that Slack twice gave no clear answer of'

/** The bot waits 10 seconds for an answer. */
export const waitsMs = 10_500
/** From one try to the other, where a process has ended with one of them before it had left. */
const triedAgainWithinMs = 5 * 60_000

/** So that the sender can tell what has become of it. */
export const clear: readonly FaultKind[] = ['refused-connection', '429', '429-bare', 'slow']

/**
 * Returns whether what was to be said below a card of this request or ticket was given up as it should be. The network says so: it
 * was posted and had no clear answer, twice; or once, and a process ended that may have been about to post it.
 */
export function isGivenUp(
  { network, bot, cards, ticketCards }: Pick<World, 'network' | 'bot' | 'cards' | 'ticketCards'>,
  /** `#12`, or `ticket 12`. */
  { name }: Pick<CaseFile, 'name'>,
  says: (text: string) => boolean,
  sinceMs: number,
): boolean {
  const isOfIt = new RegExp(`^(?:Security )?${name}\\b`)
  const threads = [...cards(), ...ticketCards()].flatMap(({ ts, text }) => (isOfIt.test(text) ? ts : []))
  const isEnded = (from: number, until: number) => bot.ends.some((end) => end >= from && end <= until)
  const unclear = network.calls.filter(({ service, path, text, at, fault }) => {
    if (service !== 'slack' || !path.endsWith('chat.postMessage') || at < sinceMs) return false
    const form = new URLSearchParams(text)
    if (!threads.includes(form.get('thread_ts') ?? '') || !says(form.get('text') ?? '')) return false
    return fault === undefined ? isEnded(at, at + waitsMs) : !clear.includes(fault)
  })
  const [first] = unclear
  if (!first) return false
  return unclear.length > 1 || isEnded(first.at - triedAgainWithinMs, first.at + triedAgainWithinMs)
}
