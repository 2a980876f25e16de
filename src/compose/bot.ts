/** The parts of the bot, built once and in order: clients, context, services, workspace, people. */

import type { Config } from '../config/config.ts'
import { usFederalHolidays } from '../config/us-holidays.ts'
import { type Desk, desksOf, nobodyHolds, type StaffedDesk } from '../desks/desk.ts'
import { checkFlows } from '../engine/check-flows.ts'
import type { WhoIs } from '../engine/request.ts'
import { toInstant } from '../engine/time.ts'
import { labels } from '../flows/labels.ts'
import { loadSnippets, type Snippets, snippetNames } from '../flows/snippets.ts'
import type { Counts } from '../http/counts.ts'
import type { Log } from '../http/log.ts'
import type { Intake } from '../inbox/handler.ts'
import { type Receive, receiver, rushOf } from '../inbox/receive.ts'
import { accountsOf } from '../requests/accounts.ts'
import type { CardStateParts } from '../requests/card-states.ts'
import type { DeskContext } from '../requests/desk-context.ts'
import { recentLog } from '../requests/log-sentences.ts'
import { recoverFromBackup } from '../requests/restore-gap.ts'
import {
  connectGitLabAdmin,
  connectGitLabExports,
  type GitLabAdmin,
  type GitLabExports,
} from '../services/gitlab/admin.ts'
import { connectGitLab, type RememberingGitLab, remembering } from '../services/gitlab/client.ts'
import { type MovedProjects, movedProjects } from '../services/gitlab/moved-projects.ts'
import { gitlabLooks } from '../services/gitlab/needs.ts'
import { readToken, type SeenToken } from '../services/gitlab/token-end.ts'
import { memoize } from '../services/memoize.ts'
import { type Looks, lookForNeeds } from '../services/needs.ts'
import type { Services } from '../services/service.ts'
import { connectSlack, type SlackClient } from '../services/slack/client.ts'
import { drawViews } from '../services/slack/home.ts'
import { type RolesReader, rolesReader } from '../services/slack/roles.ts'
import { openPane, showLinks } from '../services/slack/unfurl.ts'
import { findWorkspace, type Workspace } from '../services/slack/workspace.ts'
import { connectZendesk, type Zendesk } from '../services/zendesk/client.ts'
import { zendeskLooks } from '../services/zendesk/needs.ts'
import type { TicketReader } from '../services/zendesk/ticket-reader.ts'
import type { Store } from '../store/store.ts'
import { answer, answerWithUndo } from '../views/answers.ts'
import { taskText } from '../views/effect-text.ts'
import { judgementOf } from './judgement.ts'

/** Each part takes what it needs of it. It is all that handlers and cards need, too. */
export interface Bot extends Intake, CardStateParts {
  readonly config: Config
  readonly connections: Connections
  readonly snippets: Snippets
  readonly workspace: Workspace
  readonly mention: RolesReader['mention']
  readonly nameOf: RolesReader['nameOf']
  /** Stores what came in; the inbox then looks. */
  readonly receive: Receive
  /** True while so much comes in that what has come in already waits for a moment. */
  readonly isInRush: () => boolean
  /** There may be something new in the inbox. */
  readonly wakeInbox: () => void
  /** One life of the process. */
  readonly owner: string
  /** At least 0, below 1. */
  readonly random: () => number
  readonly log: Log
  readonly counts: Counts
}

/** The clients of the outside services. */
interface Connections {
  readonly slack: SlackClient
  readonly gitlab: RememberingGitLab
  /** GitLab projects that answer to another path by now. */
  readonly moved: MovedProjects
  /** With the administrator's token where there is one. */
  readonly reads: GitLabAdmin
  readonly exports: GitLabExports
  /** What GitLab says of each of its tokens, by their settings. */
  readonly gitlabTokens: Readonly<Record<string, () => Promise<SeenToken | undefined>>>
  readonly zendesk?: Zendesk
}

/** The parts from which the services of requests are built. */
export type ServiceParts = Pick<
  Bot,
  | 'clock'
  | 'config'
  | 'connections'
  | 'context'
  | 'counts'
  | 'receive'
  | 'snippets'
  | 'tickets'
  | 'wakeInbox'
  | 'log'
> & {
  /** Who acts from our own workspace: asked of Slack, which is known only once the services are there. */
  readonly whoIsHere: (userId: string) => ReturnType<WhoIs>
}

interface Given extends Pick<Bot, 'clock' | 'config' | 'counts' | 'log' | 'owner' | 'random' | 'wakeInbox'> {
  readonly desks: readonly StaffedDesk[]
  readonly servicesOf: (parts: ServiceParts) => Services
  readonly store: Store
  readonly fetch: typeof globalThis.fetch
  /** Instead of each client's own limit for one answer. */
  readonly answerWithinMs?: number
  /** This many random bytes, in hexadecimal. */
  readonly randomHex: (bytes: number) => string
  readonly wakeWorker: () => void
  /** Aborted when the bot stops. */
  readonly stopped: AbortSignal
}

/** Fails where the Slack workspace is not as it has to be, with a sentence that says so. */
export async function buildBot(given: Given): Promise<Bot> {
  const { clock, config, counts, desks, log, owner, random, stopped, wakeInbox } = given
  const connections = connectionsOf(given)
  const { slack } = connections
  const context = await contextOf(given)
  const tickets = ticketsOf(config, connections, context)
  const put = receiver(given.store)
  const rush = rushOf(clock.now)
  const receive: Receive = async (entry) => {
    rush.note()
    const isNew = await put(entry)
    wakeInbox()
    return isNew
  }
  const known = {
    ...{ clock, config, connections, context, counts, log, owner, random, receive, wakeInbox },
    isInRush: rush.isOn,
    snippets: loadSnippets(),
    ...(tickets && { tickets }),
  }
  const here: { whoIs?: ServiceParts['whoIsHere'] } = {}
  const services = given.servicesOf({
    ...known,
    whoIsHere: async (userId) => (await here.whoIs?.(userId)) ?? { refused: 'The bot is starting.' },
  })
  const workspace = await findWorkspace(
    slack,
    desks.filter(({ desk }) => isOn({ services }, desk)),
    log,
  )
  const { whoIs, isHeld, mention, nameOf } = rolesReader({ slack, ...workspace, clock, stopped })
  const drawing = {
    ...{ context, taskText, slack, log, whoIs, mention },
    cardUrl: workspace.cardUrl,
    isOn: (desk: Desk) => isOn({ services }, desk),
    recentLog: (requestId: string) => recentLog(context, requestId),
  }
  here.whoIs = (userId) => whoIs(userId, workspace.teamId)
  return {
    ...known,
    ...{ services, workspace, taskText, whoIs, mention, nameOf },
    lookForNeeds: (needs, request) => lookForNeeds(looksWith(known), needs, request),
    cardUrl: workspace.cardUrl,
    drawViews: (wanted) => drawViews(drawing, wanted),
    showLinks: (shared) => showLinks(drawing, shared),
    openPane: (opened) => openPane(drawing, opened),
    vacancy: async (role) => ((await isHeld(role)) ? undefined : nobodyHolds(context.desks, role)),
    tell: async (to, text, undo) => {
      await slack
        .answerPrivately(to, undo ? answerWithUndo(text, undo) : answer(text))
        .catch((error: unknown) => {
          log.warn({ userId: to.userId, error: String(error) }, 'a person could not be answered')
        })
    },
  }
}

/** With the same clients and settings as the effects themselves. */
function looksWith({ config, connections: { gitlab, zendesk } }: Pick<Bot, 'config' | 'connections'>): Looks {
  const { desk, gitlab: settings, zendesk: helpDesk } = config
  const { project, trustSafetyProject } = settings
  return {
    ...gitlabLooks({
      ...{ gitlab, project, trustSafetyProject },
      templateNames: desk.templates,
      expertTeams: desk.expertTeams,
      featureRequest: desk.featureRequest,
    }),
    ...zendeskLooks({ zendesk, supportGroup: helpDesk?.supportGroup }),
  }
}

export function isOn({ services }: Pick<Bot, 'services'>, { source }: Pick<Desk, 'source'>): boolean {
  return Object.hasOwn(services, source)
}

/** Connects nothing yet: each call opens what it needs. */
/** A digest goes out without the lines about tokens rather than late. */
const digestWaitsMs = 5_000

function connectionsOf({ answerWithinMs, config, clock: { now, sleep }, fetch }: Given): Connections {
  const { slack, gitlab, zendesk } = config
  const through = { fetch, ...(answerWithinMs !== undefined && { timeoutMs: answerWithinMs }) }
  const soon = { fetch, timeoutMs: Math.min(answerWithinMs ?? digestWaitsMs, digestWaitsMs) }
  const { adminToken } = gitlab
  const isAsAdmin = adminToken !== undefined
  const asAdmin = { url: gitlab.url, token: adminToken ?? gitlab.token, isAsAdmin, ...through }
  const moved = movedProjects()
  return {
    moved,
    slack: connectSlack({ token: slack.botToken, apiUrl: slack.apiUrl, ...through, sleep }),
    gitlab: remembering(connectGitLab({ ...gitlab, ...through, moved })),
    reads: connectGitLabAdmin(asAdmin),
    exports: connectGitLabExports(asAdmin),
    gitlabTokens: {
      GITLAB_TOKEN: () => readToken({ ...gitlab, ...soon }),
      ...(isAsAdmin && { GITLAB_ADMIN_TOKEN: () => readToken({ ...asAdmin, ...soon }) }),
    },
    ...(zendesk && { zendesk: connectZendesk({ ...zendesk, ...through, now }) }),
  }
}

/** With what the bot knows that it has forgotten, where it wakes up in a copy of its database. */
async function contextOf({
  config,
  desks: staffed,
  store,
  clock,
  randomHex,
  wakeWorker,
}: Given): Promise<DeskContext> {
  const { desk, gitlab } = config
  const desks = staffed.map((one) => one.desk)
  const calendar = usFederalHolidays(desk.holidays.also, desk.holidays.checkedUntil)
  const context: DeskContext = {
    store,
    desks: desksOf(desks),
    flows: checkFlows(
      Object.fromEntries(desks.flatMap(({ flows }) => flows.map((flow) => [flow.name, flow]))),
      { labels, snippets: snippetNames },
    ),
    now: clock.now,
    startedAt: toInstant(clock.now()),
    newId: () => randomHex(16),
    timeZone: config.timezone,
    calendar,
    requirePrivacyApproval: config.requirePrivacyApproval,
    labelApproves: desk.labelApproves,
    undoSeconds: config.undoSeconds,
    stuckAfterDays: desk.stuckAfterDays,
    settings: {
      'trust-safety-project': gitlab.trustSafetyProject !== undefined,
      'feature-request': desk.featureRequest !== undefined,
      'admin-token': gitlab.adminToken !== undefined,
    },
    accounts: accountsOf(desk.people),
    wakeWorker,
  }
  const judged = { ...context, judgement: judgementOf(context, calendar.daysOff) }
  const restoreGap = await recoverFromBackup(judged)
  return restoreGap ? { ...judged, restoreGap } : judged
}

/** Undefined where everything Zendesk is off. */
function ticketsOf(
  { zendesk: config }: Config,
  { zendesk }: Connections,
  { accounts, restoreGap }: DeskContext,
): { readonly reader: TicketReader } | undefined {
  if (!config || !zendesk) return undefined
  const { url, query, supportGroup } = config
  return {
    reader: {
      ...{ zendesk, url, query },
      ownId: memoize(async () => (await zendesk.me()).id),
      ...(supportGroup === undefined ? {} : { supportGroup }),
      ...(accounts?.areKnownIn('zendesk') && {
        personOf: (agentId: string) => accounts.personOf('zendesk', agentId),
      }),
      ...(restoreGap && { restoreGap }),
    },
  }
}
