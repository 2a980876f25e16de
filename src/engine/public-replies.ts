/** When the writer of a ticket was answered: where the latest answer is refused, the one before it counts again. */
import type { Facts } from './request.ts'
import type { Instant } from './time.ts'

/** An answer that is read late takes no later one back. */
export function withPublicReply(facts: Facts, at: Instant): Facts {
  return withReplies(facts, [...repliesOf(facts), at].sort())
}

export function withoutPublicReply(facts: Facts, at: Instant): Facts {
  const replies = repliesOf(facts)
  const taken = replies.lastIndexOf(at)
  return withReplies(
    facts,
    replies.filter((_one, index) => index !== taken),
  )
}

function repliesOf({ earlierReplies = [], lastPublicReplyAt }: Facts): readonly Instant[] {
  return lastPublicReplyAt === undefined ? earlierReplies : [...earlierReplies, lastPublicReplyAt]
}

/** Oldest first. */
function withReplies(facts: Facts, replies: readonly Instant[]): Facts {
  const { earlierReplies: _earlier, lastPublicReplyAt: _last, ...kept } = facts
  const last = replies.at(-1)
  const earlier = replies.slice(0, -1)
  return {
    ...kept,
    ...(last === undefined ? {} : { lastPublicReplyAt: last }),
    ...(earlier.length > 0 ? { earlierReplies: earlier } : {}),
  }
}
