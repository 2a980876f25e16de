/** Our own limits towards the services, so that theirs are seldom met. */
import type { Source } from '../engine/request.ts'
import type { OutboxEntry } from '../store/store.ts'
import { type BucketSize, type TokenBucket, tokenBucket } from './token-bucket.ts'

export interface LimitSizes {
  readonly gitlabNotes: BucketSize
  /** Of each channel. */
  readonly slackPosts: BucketSize
  readonly zendeskUpdates: BucketSize
}

/**
 * GitLab.com takes 60 notes a minute of one user (https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom),
 * Slack about one post a second in a channel with short bursts (https://docs.slack.dev/apis/web-api/rate-limits),
 * Zendesk 100 updates a minute of one account (https://developer.zendesk.com/api-reference/introduction/rate-limits/).
 * Its further limit, 30 updates in 10 minutes of one ticket by one user, is left to its 429: a ticket's updates are
 * made one after the other, three at most for a decision, and every one of them is a person's.
 */
const defaultLimitSizes: LimitSizes = {
  gitlabNotes: { burst: 60, perMinute: 60 },
  slackPosts: { burst: 20, perMinute: 60 },
  zendeskUpdates: { burst: 100, perMinute: 100 },
}

/** However often a request changes, nobody reads its card faster than this; the last redraw shows all of it. */
const redrawsOfOne: BucketSize = { burst: 1, perMinute: 60 }
/** A bucket that is full again is as good as a new one, so beyond so many these are forgotten. */
const rememberedRedraws = 500

export interface Limits {
  /** Where this entry takes a token: from each of them. */
  of(entry: Pick<OutboxEntry, 'work' | 'requestId'>): Promise<readonly TokenBucket[]>
}

export function limitsWith(given: {
  readonly now: () => Date
  /** The channel in which a desk's cards stand. */
  readonly channelOf: (source: Source) => string
  /** Undefined where the request is not known any more. */
  readonly sourceOf: (requestId: string) => Promise<Source | undefined>
  readonly sizes?: Partial<LimitSizes>
}): Limits {
  const { now, channelOf, sourceOf } = given
  const sizes = { ...defaultLimitSizes, ...given.sizes }
  const notes = tokenBucket(sizes.gitlabNotes, now)
  const updates = tokenBucket(sizes.zendeskUpdates, now)
  const channels = new Map<string, TokenBucket>()
  const redraws = new Map<string, TokenBucket>()

  function redrawsOf(requestId: string): TokenBucket {
    if (redraws.size >= rememberedRedraws)
      for (const [id, bucket] of redraws) if (bucket.hasOne()) redraws.delete(id)
    return remembered(redraws, requestId, () => tokenBucket(redrawsOfOne, now))
  }

  const ofChannel = (channel: string) =>
    remembered(channels, channel, () => tokenBucket(sizes.slackPosts, now))

  async function cardChannel(requestId: string): Promise<TokenBucket> {
    return ofChannel(channelOf((await sourceOf(requestId)) ?? 'gitlab'))
  }

  return {
    async of({ work, requestId = '' }) {
      switch (work.kind) {
        case 'reply':
        case 'typed-reply':
        case 'feature-request-note':
        case 'internal-note':
        case 'mark-duplicate':
          return [notes]
        case 'thread':
          return [await cardChannel(requestId)]
        case 'card':
          return [redrawsOf(requestId), await cardChannel(requestId)]
        case 'batch':
          return [redrawsOf(requestId), ofChannel(channelOf('zendesk'))]
        case 'post':
          return [ofChannel(work.channel)]
        case 'redirect-ticket':
        case 'ticket-reply':
        case 'ticket-note':
        case 'forward-ticket':
        case 'link-expert-issue':
          return [updates]
        default:
          return []
      }
    },
  }
}

function remembered(buckets: Map<string, TokenBucket>, name: string, make: () => TokenBucket): TokenBucket {
  const bucket = buckets.get(name) ?? make()
  buckets.set(name, bucket)
  return bucket
}
