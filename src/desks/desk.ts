/**
 * A desk: what a team works, in one description. It says how the desk's requests are named, who works there, by which
 * flows and within which time, what its slash command understands, and what its digest lists. Where the requests are
 * stored is another thing: a service.
 */
import type { RunningClock } from '../engine/clocks.ts'
import { type DeskRules, type Flow, own, roleName, type Step } from '../engine/flow.ts'
import type { Request, Role, WhoAnswer } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'

/** A desk, as it is shipped. */
export interface Desk extends DeskRules {
  /** Who works here, in the order in which they are named. */
  readonly people: readonly DeskRole[]
  /** The variable that names the channel in which its cards stand. */
  readonly channelVariable: string
  /** Why no other desk may share its channel, where none may: `tickets are for Field Security only`. */
  readonly ownChannel?: string
  readonly flows: readonly Flow[]
  readonly words: DeskWords
  readonly command: DeskCommand
  readonly reminders: Reminders
  readonly digest: Digest
  /** Left out: nothing is counted. */
  readonly statistics?: Statistics
  /** The effect that writes an internal note on a request; left out: nothing can be attached to one. */
  readonly internalNote?: 'internal-note' | 'ticket-note'
  /** The person who decides sees what the requester wrote, read at that moment, and decides on just that. */
  readonly isReadFirst?: true
}

/** A role at the desk, and the variable that says who holds it. */
export interface DeskRole {
  readonly name: Role
  /** The variable that says who holds it. */
  readonly variable: string
  /** Unless the variable is set, every full member of the channel holds it. */
  readonly isWholeChannel?: true
}

/** The desk's own words. `{number}` is the request's number, `{flow}` the title of its flow. */
export interface DeskWords {
  /** At the top of the card: `#{number} {flow}`. */
  readonly title: string
  /** Of the link to the request: `Issue #{number} in GitLab`. */
  readonly link: string
  /** One of them, in lists: `request`. */
  readonly noun: string
  /** The page of the handbook that its flows perform. */
  readonly handbookPage: string
  /** Somebody of the service by their number there, where that says who it was: `GitLab user {id}`. */
  readonly outsider?: string
  /** The button that shows one person what the requester wrote; left out where the service shows nothing. */
  readonly details?: string
  /** Why a request may have become unreadable. */
  readonly whyUnreadable: string
  /** On a card whose request was closed before and is open again. */
  readonly reopened?: string
  /** The sentence for a person who asks or acts without a role. */
  readonly rolesOnly: string
  /** Asked for a request that the bot does not know. */
  readonly unknown: string
  /** The same to whoever wants to claim it. */
  readonly unknownToClaim: string
  /** Why nothing can be read, where the service is switched off. */
  readonly serviceOff?: string
  /** To whoever types the command, where the service that its requests are in is switched off. */
  readonly off?: string
}

/** The desk's slash command: its name, and what it understands. */
export interface DeskCommand {
  /** `/privacy` */
  readonly name: `/${string}`
  /** The words that narrow the list. */
  readonly filters: readonly ListWord[]
  /** The further way to narrow it: the type of a request, or the step at which it stands. */
  readonly narrowedBy: 'type' | 'step'
  /** The words that it understands besides `list`, `show`, `claim` and `help`. */
  readonly also: readonly ('track' | 'redirect-ticket' | 'batch' | 'stats' | 'digest' | 'audit')[]
  /** Each with what it does, for `help`. */
  readonly usage: readonly (readonly [words: string, what: string])[]
}

/** A word that narrows the list of open requests. */
export type ListWord = 'overdue' | 'mine' | 'unassigned' | 'waiting' | 'approval'

/**
 * The texts of a request's thread, each said once. `{request}` is the request's name, `{Request}` the same at the
 * beginning of a sentence, `{lastDay}` and `{end}` say when the clock ends, `{by}` by when (`by the end of Mon, Mar 9`,
 * or an instant as it is), `{left}` how far that is (`in 3 days`), `{limit}` its length
 * where nothing has moved it (` (30-day limit)`), `{start}` when it began, `{because}` why, `{next}`
 * what comes next and whose turn that is.
 */
export interface Reminders {
  /** Who is called besides when the deadline is about to end, and when it is over. */
  readonly whom: Role
  /** Who works the requests, and is called for one that nobody has claimed; left out: the same. */
  readonly worker?: Role
  /** Before the deadline: to whoever has the request, and once more to the others shortly before the end. */
  readonly dueSoon: string
  readonly overdue: string
}

/** A desk as the configuration has it. */
export interface StaffedDesk {
  readonly desk: Desk
  /** A name without its `#`, or an id. */
  readonly channel: string
  /** By role. */
  readonly members: Readonly<Record<Role, Members>>
}

/** The people who hold a role. */
export interface Members {
  /** Slack user group ids, `S…`. */
  readonly groups: readonly string[]
  /** User group handles without their `@`. */
  readonly handles: readonly string[]
  /** Slack user ids, `U…`. */
  readonly users: readonly string[]
}

/** A request as it stands at this moment, with its flow and its clocks. */
export interface Standing {
  readonly request: Request
  readonly flow: Flow
  readonly now: Instant
  readonly timeZone: string
  /** The request's own deadline first, then the step's. */
  readonly clocks: readonly RunningClock[]
}

/**
 * What has come about of a request since the last digest: `opened` (taken in), `ended`, and the names of what was
 * observed (`requester-replied`).
 */
export type News = ReadonlySet<string>

/** The desk's daily digest: its name, its title, and what it lists besides what comes next of each request. */
export interface Digest {
  /** Posted once a day under this name. */
  readonly name: string
  readonly title: string
  /** Closed requests that somebody has to look at, by what there is to look at. */
  readonly closed?: readonly (readonly [title: string, fits: (request: Request, news: News) => boolean])[]
  /** For how many days after the close such a request is looked at. */
  readonly closedDays: number
  /** The things that have come about since the last digest, by the word that says so, counted over all requests. */
  readonly counts: Readonly<
    Record<string, (standing: Pick<Standing, 'request' | 'flow'>, news: News) => boolean>
  >
  /** It ends with the head of the audit log. */
  readonly showsAuditHead?: true
}

/** The words in which the desk is told how fast it is. */
export interface Statistics {
  /** `Security tickets` */
  readonly title: string
  /** `the business day` */
  readonly within: string
}

/** All desks, in the order in which they are named. */
export interface Desks {
  readonly all: readonly Desk[]
  /** The one that works the request. Throws where there is none. */
  of(request: Pick<Request, 'source'>): Desk
}

/** Returns the desks with the ways to find one of them. */
export function desksOf(all: readonly Desk[]): Desks {
  return {
    all,
    of({ source }) {
      const desk = all.find((one) => one.source === source)
      if (!desk) throw new Error(`no desk works the requests of ${source}`)
      return desk
    },
  }
}

/** Returns the sentence for somebody who was asked for when nobody holds the role: it says what to set. */
export function nobodyHolds({ all }: Pick<Desks, 'all'>, role: Role): string {
  const desk = all.find(({ people }) => people.some(({ name }) => name === role))
  const variable = desk?.people.find(({ name }) => name === role)?.variable
  const name = desk ? roleName(desk, role) : role
  return `Nobody here works as ${name}, so nobody can answer this: ${variable === undefined ? 'tell your admins' : `set ${variable} to somebody and restart the bot`}.`
}

/** True when somebody with these roles works at the desk. */
export function worksAt({ roles }: Pick<Desk, 'roles'>, held: readonly Role[]): boolean {
  return held.some((role) => own(roles, role) !== undefined)
}

/** Returns why somebody can't be given the desk's requests, for whoever has chosen them; undefined where they can. */
export function refusesAssignee(desk: Pick<Desk, 'roles'>, chosen: WhoAnswer): string | undefined {
  if ('refused' in chosen) return chosen.ofThem ?? chosen.refused
  if (worksAt(desk, chosen.person.roles)) return undefined
  return 'They have no role at this desk. Choose somebody who works here.'
}

/** Returns who works the desk's requests: called where nobody has claimed one. */
export function workerOf({ reminders }: Pick<Desk, 'reminders'>): Role {
  return reminders.worker ?? reminders.whom
}

/** Returns what an entry of the audit log says of the request that it is about. */
export function aboutRequest(
  { loggedAs }: Pick<Desk, 'loggedAs'>,
  { id, number }: Pick<Request, 'id' | 'number'>,
  details: Readonly<Record<string, unknown>> = {},
) {
  return loggedAs === undefined
    ? { requestId: id, iid: number, details }
    : { requestId: id, details: { [loggedAs]: number, ...details } }
}

/** Returns the command that shows a request: `/security show 456`. */
export function showCommand({ command }: Pick<Desk, 'command'>, number: number): string {
  return `${command.name} show ${number}`
}

/** Returns the step at which the request stands, or undefined where its flow has no such step. */
export function stepOf({
  flow,
  request,
}: Pick<Standing, 'flow'> & { readonly request: Pick<Request, 'step'> }): Step | undefined {
  return own(flow.steps, request.step)
}

/** True for a request that was closed by hand without what the handbook asks for, until it is completed or left so. */
export function isUnfinished({ facts }: Pick<Request, 'facts'>): boolean {
  return facts.isIncomplete === true
}
