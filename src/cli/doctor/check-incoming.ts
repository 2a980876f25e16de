import type { Config } from '../../config/config.ts'
import { type Finding, ok, problem, warn } from './finding.ts'
import type { Delivery, GitLabReads, Hook, Listed } from './gitlab-reads.ts'

/** Service Desk issues are confidential, so that their events come by the confidential triggers alone. */
const events = {
  issues_events: 'Issues events',
  confidential_issues_events: 'Confidential issues events',
  note_events: 'Comments',
  confidential_note_events: 'Confidential comments',
} as const

/**
 * Checks that the project's webhook fires for all that is needed. Without a webhook nothing is lost: the bot asks
 * GitLab every GITLAB_POLL_SECONDS.
 */
export async function checkHook(config: Config['gitlab'], reads: GitLabReads): Promise<readonly Finding[]> {
  if (config.webhookSecret === undefined) {
    return [
      ok(`GitLab webhook: off (no GITLAB_WEBHOOK_SECRET); GitLab is read every ${config.pollSeconds} s`),
    ]
  }
  const hooks = await reads.hooks()
  if (hooks === undefined) {
    const mend = 'look at Settings → Webhooks of the project yourself'
    return [warn('GitLab webhook: the token may not see it (that takes a Maintainer)', mend)]
  }
  const ours = hooks.filter(({ url }) => isOurs(url))
  if (ours.length === 0) {
    const mend = 'add one in Settings → Webhooks, to https://…/webhooks/gitlab'
    return [warn('GitLab webhook: the project has none that ends in /webhooks/gitlab', mend)]
  }
  return ours.map(verdictOn)
}

function verdictOn(hook: Hook): Finding {
  const off = Object.entries(events).flatMap(([key, name]) =>
    hook[key as keyof typeof events] ? [] : [name],
  )
  if (off.length > 0) {
    return warn(`GitLab webhook: does not fire for ${off.join(', ')}`, 'tick them in Settings → Webhooks')
  }
  if (hook.alert_status !== 'executable') {
    const mend = 'see why in its recent events, then press Test'
    return warn(`GitLab webhook: GitLab has switched it off after failures (${hook.alert_status})`, mend)
  }
  return ok('GitLab webhook: fires for issues and comments, confidential ones too')
}

function isOurs(url: string): boolean {
  return URL.canParse(url) && new URL(url).pathname.endsWith('/webhooks/gitlab')
}

/** GitLab keeps the deliveries of a webhook about this long. */
const keptMs = 2 * 24 * 3_600_000

/**
 * The newest request of the Service Desk: which form GitLab gives it (an issue, or since 2026 a ticket), whether REST
 * lists it, on which the bot rests, and whether the webhook told of it.
 */
export async function checkServiceDesk(
  { gitlab: config, desk }: Pick<Config, 'gitlab' | 'desk'>,
  reads: GitLabReads,
  now: () => Date,
): Promise<readonly Finding[]> {
  const listed = (await reads.newest()) ?? []
  const bots = desk.supportBot.usernames
  const newest = listed.find((one) => isFromServiceDesk(one, bots))
  const deliveries = config.webhookSecret === undefined ? undefined : await ourDeliveries(reads)
  const unlisted = highestOpened(deliveries ?? [])
  if (unlisted !== undefined && listed.every(({ iid }) => iid < unlisted)) {
    const mend = 'update GitLab: the bot reads requests by REST, which has to list tickets as well'
    return [problem(`GitLab Service Desk: the webhook told of #${unlisted}, which REST does not list`, mend)]
  }
  if (newest === undefined) {
    const mend = 'nothing, if none has come yet; else see that GITLAB_PROJECT is the Service Desk project'
    return [
      warn('GitLab Service Desk: no request among the newest 100 issues and tickets', mend),
      supportBotUnknown(bots, listed),
    ]
  }
  const name = `#${newest.iid} of ${newest.created_at.slice(0, 10)}`
  const seen = ok(`GitLab Service Desk: the newest request, ${name}, is listed as ${formOf(newest)}`)
  const bot = ok(`GitLab Support Bot: ${newest.author.username}, who opened #${newest.iid}`)
  return [seen, bot, ...(deliveries === undefined ? [] : deliveryFindings(newest, deliveries, now()))]
}

/** Replies of requesters come in under its name, so whoever does not know it takes an answer for silence. */
function supportBotUnknown(bots: readonly string[], listed: readonly Listed[]): Finding {
  const known = bots.length === 0 ? 'no account' : bots.join(', ')
  const like = listed.find(({ author }) => /support-?bot/i.test(author.username))
  if (like) {
    const { username } = like.author
    return warn(
      `GitLab Support Bot: perhaps ${username}, who opened #${like.iid}, but GitLab shows no address that it came from, so what it writes counts as no reply`,
      `if it is, name ${username} under support-bot in desk.yaml; else nothing`,
    )
  }
  return warn(
    `GitLab Support Bot: its account is not known yet, so replies count only where ${known} wrote them or opened the issue by e-mail`,
    'send a test request to the Service Desk address, then run the doctor again; an account of another name belongs under support-bot in desk.yaml',
  )
}

function deliveryFindings(newest: Listed, deliveries: readonly Delivery[], now: Date): readonly Finding[] {
  const last = deliveries.find((one) => numberIn(one) === newest.iid)
  const failed = deliveries.slice(0, 1).filter(({ response_status }) => !/^2\d\d$/.test(response_status))
  if (failed[0]) {
    const mend = 'see it in the webhook’s recent events; 401 is a wrong GITLAB_WEBHOOK_SECRET'
    return [warn(`GitLab webhook: its last delivery was answered ${failed[0].response_status}`, mend)]
  }
  if (last) return [ok(`GitLab webhook: told of #${newest.iid}, answered ${last.response_status}`)]
  if (now.getTime() - Date.parse(newest.created_at) > keptMs) return []
  const mend =
    'see that Confidential issues events and Confidential comments are ticked; the poll serves meanwhile'
  return [warn(`GitLab webhook: has not told of the newest request, #${newest.iid}`, mend)]
}

/** Undefined where the token may not see them. */
async function ourDeliveries(reads: GitLabReads): Promise<readonly Delivery[] | undefined> {
  const hook = (await reads.hooks())?.find(({ id, url }) => id !== undefined && isOurs(url))
  return hook?.id === undefined ? undefined : reads.deliveries(hook.id)
}

function highestOpened(deliveries: readonly Delivery[]): number | undefined {
  const opened = deliveries.filter(
    ({ request_data: { object_kind: kind, object_attributes: what } }) =>
      (kind === 'issue' || kind === 'work_item') && what?.action === 'open',
  )
  const numbers = opened.flatMap((one) => numberIn(one) ?? [])
  return numbers.length === 0 ? undefined : Math.max(...numbers)
}

function numberIn({ request_data: data }: Delivery): number | undefined {
  if (data.object_kind === 'note') return data.issue?.iid ?? data.work_item?.iid
  return data.object_attributes?.iid
}

function isFromServiceDesk({ author, service_desk_reply_to }: Listed, bots: readonly string[]): boolean {
  return Boolean(service_desk_reply_to) || bots.includes(author.username)
}

function formOf({ type }: Listed): string {
  return type.toUpperCase() === 'TICKET' ? 'a ticket' : type.toUpperCase() === 'ISSUE' ? 'an issue' : type
}
