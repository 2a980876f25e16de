/** Shows a pasted link to a request with where the request stands, and opens its pane for one reader. */
import { addressOf, isSameAddress } from '../../desks/address.ts'
import { aboutRequest, type Desk, worksAt } from '../../desks/desk.ts'
import { slackActor, type WhoIs } from '../../engine/request.ts'
import type { Log } from '../../http/log.ts'
import { recordRefusal } from '../../requests/audit-draft.ts'
import { type CardState, type CardStateParts, cardStateOf } from '../../requests/card-states.ts'
import { nowOf } from '../../requests/desk-context.ts'
import type { RequestRow } from '../../store/store.ts'
import { paneObject, sharedBlocks, sharedObject } from '../../views/work-object.ts'
import type { SlackClient } from './client.ts'
import { SlackCallFailed } from './failure.ts'

/** The parts that showing links needs. */
export interface UnfurlParts extends CardStateParts {
  readonly slack: Pick<SlackClient, 'unfurl' | 'presentDetails'>
  readonly whoIs: WhoIs
  readonly isOn: (desk: Desk) => boolean
  readonly log: Pick<Log, 'warn'>
}

/** Links that somebody posted, or has in the composer. */
export interface SharedLinks {
  readonly userId: string
  readonly teamId: string
  readonly channel: string
  readonly ts: string
  /** Of a message that is still being written. */
  readonly unfurlId?: string
  readonly source?: string
  readonly links: readonly string[]
}

/** Somebody who opens the pane of a link. */
export interface OpenedPane {
  readonly userId: string
  readonly teamId: string
  readonly triggerId: string
  readonly url: string
}

/**
 * Shows each link to a request of a desk at which whoever posted it works; other people's links stay links. Throws
 * `CallFailed` where Slack can't be reached.
 */
export async function showLinks(parts: UnfurlParts, shared: SharedLinks): Promise<void> {
  const who = await parts.whoIs(shared.userId, shared.teamId)
  if ('refused' in who) return
  const found: { readonly url: string; readonly state: CardState }[] = []
  for (const url of new Set(shared.links)) {
    const row = await requestAt(parts, url)
    if (row && worksAt(parts.context.desks.of(row), who.person.roles))
      found.push({ url, state: await cardStateOf(parts, row) })
  }
  if (found.length === 0) return
  const entities = found.map(({ url, state }) => sharedObject(state, url))
  const blocks = Object.fromEntries(found.map(({ url, state }) => [url, sharedBlocks(state)]))
  // Slack drops an object that it does not take, and says so in a warning only.
  if (await taken(parts, () => parts.slack.unfurl(shared, { entities }))) return
  await taken(parts, () => parts.slack.unfurl(shared, { blocks }))
}

/**
 * Opens the pane for its reader, by the roles that they hold now; each opening stands in the audit log, and each
 * refusal. Throws `CallFailed` where Slack can't be reached.
 */
export async function openPane(parts: UnfurlParts, opened: OpenedPane): Promise<void> {
  const { context, slack } = parts
  const { userId, teamId, triggerId, url } = opened
  const present = (shown: Parameters<SlackClient['presentDetails']>[1]) =>
    taken(parts, () => slack.presentDetails(triggerId, shown))
  const who = await parts.whoIs(userId, teamId)
  const row = await requestAt(parts, url)
  const desk = row && context.desks.of(row)
  const { audit } = context.store.tables
  if ('refused' in who || !desk || !worksAt(desk, who.person.roles)) {
    const because = 'refused' in who ? who.refused : (desk?.words.rolesOnly ?? 'I’m not tracking this one.')
    await recordRefusal(context, { audit }, { row, decision: 'open-pane', userId, because })
    await present({ because })
    return
  }
  const isShown = await present({ entity: paneObject(await cardStateOf(parts, row)) })
  if (!isShown) return
  await audit.append({
    at: nowOf(context),
    ...aboutRequest(desk, row, { pane: true }),
    what: 'revealed',
    who: slackActor(userId),
  })
}

/** A number alone may be that of another project: the address is that of the request. */
async function requestAt({ context, isOn }: UnfurlParts, url: string): Promise<RequestRow | undefined> {
  const address = addressOf(url)
  if (!address) return undefined
  for (const desk of context.desks.all.filter(isOn)) {
    const row = await context.store.tables.requests.byNumber(address.number, desk.source)
    const isListed = row && !context.flows[row.flow]?.isCountedOnly
    if (isListed && isSameAddress(address.url, row.url)) return row
  }
  return undefined
}

/** False where Slack refuses it: a link that stays a link is no failure. */
async function taken({ log }: UnfurlParts, call: () => Promise<boolean>): Promise<boolean> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof SlackCallFailed) || error.kind !== 'not-done') throw error
    log.warn({ code: error.code }, 'Slack refused to show a link')
    return false
  }
}
