/** Our own limits towards the services, so that theirs are seldom met. */
import type { OutboxWork } from '../store/store.ts'
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
 */
const defaultLimitSizes: LimitSizes = {
  gitlabNotes: { burst: 60, perMinute: 60 },
  slackPosts: { burst: 20, perMinute: 60 },
  zendeskUpdates: { burst: 100, perMinute: 100 },
}

export interface Limits {
  /** The bucket from which this work takes a token; undefined where nothing limits it. */
  of(work: OutboxWork): TokenBucket | undefined
}

export function limitsWith(given: {
  readonly now: () => Date
  /** The channel in which the cards stand. */
  readonly cardChannel: string
  readonly sizes?: Partial<LimitSizes>
}): Limits {
  const sizes = { ...defaultLimitSizes, ...given.sizes }
  const notes = tokenBucket(sizes.gitlabNotes, given.now)
  const updates = tokenBucket(sizes.zendeskUpdates, given.now)
  const channels = new Map<string, TokenBucket>()

  function ofChannel(channel: string): TokenBucket {
    const known = channels.get(channel)
    if (known) return known
    const bucket = tokenBucket(sizes.slackPosts, given.now)
    channels.set(channel, bucket)
    return bucket
  }

  return {
    of(work) {
      switch (work.kind) {
        case 'reply':
        case 'typed-reply':
        case 'feature-request-note':
        case 'internal-note':
        case 'mark-duplicate':
          return notes
        case 'thread':
        case 'card':
          return ofChannel(given.cardChannel)
        case 'post':
          return ofChannel(work.channel)
        case 'redirect-ticket':
          return updates
        default:
          return undefined
      }
    },
  }
}
