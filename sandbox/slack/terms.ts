/** What the workspace's plan, the app's scopes and Slack's limits allow, asked before a method is carried out. */
import type { Answer } from '../fake-server.ts'
import type { Arguments } from './arguments.ts'
import type { Workspace } from './workspace.ts'

export interface Terms {
  /** Slack's code where the app gets no user groups: `paid_teams_only`, `plan_upgrade_required`. */
  noUserGroups: string | undefined
  /** The list of groups leaves their members out, whatever was asked for. */
  groupsWithoutMembers: boolean
  /** Scopes that an administrator took from the app, or never gave it. */
  missingScopes: readonly string[]
  /** Work Objects are switched off for the app: Slack drops them with a warning. */
  noWorkObjects: boolean
  /** The hosts, each with its port, whose links the app is told of. */
  unfurlDomains: readonly string[]
  /** Types of blocks that the workspace has not got yet. */
  unknownBlocks: readonly string[]
  /**
   * Off unless set, since a clock that stands still lets nobody ask again. Of how many posts in a channel a burst may
   * consist Slack does not say ("short bursts of more than one a second").
   */
  limits: { readonly postBurst: number } | undefined
}

export function defaultTerms(): Terms {
  return {
    noUserGroups: undefined,
    groupsWithoutMembers: false,
    missingScopes: [],
    unknownBlocks: [],
    noWorkObjects: false,
    unfurlDomains: [],
    limits: undefined,
  }
}

/** Calls a minute: https://docs.slack.dev/apis/web-api/rate-limits, and the tier on the page of each method. */
const perMinute = { tier1: 1, tier2: 20, tier3: 50, tier4: 100 } as const

const tiers: Readonly<Record<string, keyof typeof perMinute>> = {
  'apps.connections.open': 'tier1',
  'chat.delete': 'tier3',
  'chat.postEphemeral': 'tier4',
  'chat.update': 'tier3',
  'conversations.info': 'tier3',
  'conversations.list': 'tier2',
  'conversations.members': 'tier4',
  'conversations.open': 'tier3',
  'usergroups.list': 'tier2',
  'usergroups.users.list': 'tier2',
  'users.info': 'tier4',
  'users.list': 'tier2',
  'views.open': 'tier4',
  'views.publish': 'tier4',
  'views.push': 'tier4',
  'views.update': 'tier4',
}

const scopes: readonly (readonly [methods: RegExp, scope: string])[] = [
  [/^chat\.unfurl$/, 'links:write'],
  [/^chat\.(?!getPermalink)/, 'chat:write'],
  [/^files\./, 'files:write'],
  [/^usergroups\./, 'usergroups:read'],
  [/^users\./, 'users:read'],
  [/^conversations\.open$/, 'im:write'],
  [/^conversations\.(?:info|list|members)$/, 'groups:read'],
]

/** The refusal of a call that is not carried out; undefined where it may be. */
export function refusalBy(space: Workspace, method: string, given: Arguments): Answer | undefined {
  const needed = scopes.find(([methods]) => methods.test(method))?.[1]
  if (needed !== undefined && space.terms.missingScopes.includes(needed)) {
    return { status: 200, body: { ok: false, error: 'missing_scope', needed, provided: 'commands' } }
  }
  const { limits } = space.terms
  if (!limits) return undefined
  const tier = tiers[method]
  const isPost = method === 'chat.postMessage'
  const seconds = isPost
    ? secondsUntilPosted(space, String(given.channel), limits.postBurst)
    : tier === undefined
      ? 0
      : secondsUntilAsked(space, method, perMinute[tier])
  return seconds > 0 ? rateLimited(seconds).answer : undefined
}

/** The failure to give `fake.fail` when Slack should say that it is asked too much. */
export function rateLimited(retryAfterSeconds: number) {
  return {
    answer: {
      status: 429,
      headers: { 'retry-after': String(retryAfterSeconds) },
      body: { ok: false, error: 'ratelimited' },
    },
  } as const
}

function secondsUntilAsked({ now, asked }: Workspace, method: string, most: number): number {
  const at = now().getTime()
  const recent = (asked.get(method) ?? []).filter((before) => at - before < 60_000 && before <= at)
  const first = recent.at(-most)
  asked.set(method, first === undefined ? [...recent, at] : recent)
  return first === undefined ? 0 : Math.ceil((first + 60_000 - at) / 1000)
}

/** One a second in each channel, and a burst where nothing was posted for as long. */
function secondsUntilPosted({ now, asked }: Workspace, channel: string, burst: number): number {
  const at = now().getTime()
  const freeAt = Math.max(at, asked.get(channel)?.[0] ?? at) + 1000
  const waitMs = freeAt - burst * 1000 - at
  if (waitMs <= 0) asked.set(channel, [freeAt])
  return Math.ceil(Math.max(0, waitMs) / 1000)
}
