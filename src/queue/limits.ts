/** Our own limits towards the services, so that theirs are seldom met. */
import { definitionIfReadable, type EffectDefinitions } from '../engine/effect.ts'
import type { EffectDefinition, EffectLimit } from '../engine/effects/definition.ts'
import type { OutboxEntry, RequestRow } from '../store/store.ts'
import type { LimitShare } from './replicas.ts'
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

/**
 * However often a request changes, nobody reads its card faster than this; the last redraw shows all of it. Each
 * replica's own: of one request one redraw waits, whoever makes it, and it takes from its channel too.
 */
const redrawsOfOne: BucketSize = { burst: 1, perMinute: 60 }
/** A bucket that is full again is as good as a new one, so beyond so many these are forgotten. */
const rememberedRedraws = 500

type Limited = Pick<OutboxEntry, 'work' | 'requestId'> & { readonly request?: RequestRow }

export interface Limits {
  /** To be waited for before work is looked for: with how many others they are shared. */
  look(): Promise<void>
  /** Returns the buckets of this entry: it takes a token from each of them. */
  of(entry: Limited): Promise<readonly TokenBucket[]>
}

export function limitsWith(given: {
  readonly now: () => Date
  readonly definitions: EffectDefinitions
  readonly channelOfDesk: (desk: string) => string
  /** The channel in which the request's card stands, or will. */
  readonly channelOfRequest: (requestId: string, known?: RequestRow) => Promise<string>
  readonly sizes?: Partial<LimitSizes>
  /** The part of them that is this process's own; all unless given. */
  readonly share?: Pick<LimitShare, 'now' | 'look'>
}): Limits {
  const { now, definitions } = given
  const share = given.share?.now
  const sizes = { ...defaultLimitSizes, ...given.sizes }
  /** Each made when it is first asked for: before the first look nobody has a share, and would begin with nothing. */
  const services = new Map<'gitlabNotes' | 'zendeskUpdates', TokenBucket>()
  const channels = new Map<string, TokenBucket>()
  const redraws = new Map<string, TokenBucket>()

  function redrawsOf(requestId: string): TokenBucket {
    if (redraws.size >= rememberedRedraws)
      for (const [id, bucket] of redraws) if (bucket.hasOne()) redraws.delete(id)
    return remembered(redraws, requestId, () => tokenBucket(redrawsOfOne, now))
  }

  const ofService = (size: 'gitlabNotes' | 'zendeskUpdates') =>
    remembered(services, size, () => tokenBucket(sizes[size], now, share))
  const ofChannel = (channel: string) =>
    remembered(channels, channel, () => tokenBucket(sizes.slackPosts, now, share))

  async function channelOf(
    definition: EffectDefinition,
    { work, requestId = '', request }: Limited,
  ): Promise<string> {
    const desk = definition.postsTo?.(work)
    return desk === undefined ? given.channelOfRequest(requestId, request) : given.channelOfDesk(desk)
  }

  const bucketOf: Readonly<
    Record<EffectLimit, (definition: EffectDefinition, entry: Limited) => Promise<TokenBucket>>
  > = {
    notes: async () => ofService('gitlabNotes'),
    'ticket-updates': async () => ofService('zendeskUpdates'),
    redraws: async (_definition, { requestId = '' }) => redrawsOf(requestId),
    channel: async (definition, entry) => ofChannel(await channelOf(definition, entry)),
  }

  return {
    look: async () => given.share?.look(),
    async of(entry) {
      // What can't be read is not sent, so it takes nobody's turn: the attempt at it says why.
      const definition = definitionIfReadable(definitions, entry.work)
      if (!definition) return []
      return Promise.all(definition.limits.map((limit) => bucketOf[limit](definition, entry)))
    },
  }
}

function remembered<Name>(buckets: Map<Name, TokenBucket>, name: Name, make: () => TokenBucket): TokenBucket {
  const bucket = buckets.get(name) ?? make()
  buckets.set(name, bucket)
  return bucket
}
