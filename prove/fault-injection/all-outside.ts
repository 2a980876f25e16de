/** What somebody outside can see, with the digests: whatever stands in the two channels and is no card. */
import { CHANNELS } from '../../sandbox/slack/people.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { channel } from '../crash/acts.ts'
import type { Desk } from '../crash/desk.ts'
import { type Outside, shown } from '../crash/outside.ts'
import { outsideWithTickets } from '../crash/outside-of-tickets.ts'
import type { Subject } from '../crash/scenarios.ts'

export async function allOutside(desk: Desk, subject: Subject): Promise<Outside> {
  const seen = await outsideWithTickets(desk, subject)
  return {
    ...seen,
    said: [...seen.said, ...digests(desk).map((one) => plain(shown(desk, one)))],
    card: plain(seen.card),
  }
}

function digests({ slack }: Desk): readonly Message[] {
  const isCard = ({ text }: Message) => /^(#\d|Security ticket )/.test(text)
  return [channel, CHANNELS.security.name]
    .flatMap((where) => slack.messages(where))
    .filter((one) => !isCard(one))
}

/** What failed makes the log longer, and everything later. */
function plain(text: string): string {
  return text
    .replace(/\d+:[0-9a-f]{64}/g, 'HEAD')
    .replace(/\b\d+ (days?|hours?|minutes?) left\b/g, 'SOME TIME left')
    .replace(/<!date\^\d+/g, '<!date^TIME')
    .replace(/\b\d\d:\d\d(:\d\d)?\b/g, 'TIME')
}
