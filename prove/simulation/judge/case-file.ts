/** What is known of one request from outside the bot: what was asked for, what people did on it, and what GitLab says has happened to it. */

import { usernames } from '../../../sandbox/gitlab/gitlab.ts'
import type { Issue, LabelEvent, Note, StateEvent } from '../../../sandbox/gitlab/world.ts'
import { GROUPS } from '../../../sandbox/slack/people.ts'
import { decisionsOf, embargoed, everyRequest, failedChecks, unknownType } from '../../handbook/privacy.ts'
import {
  type Decision,
  isClose,
  isSilentClose,
  type RequestType,
  type Role,
  requestTypes,
} from '../../handbook/words.ts'
import type { Evidence } from '../check.ts'
import { supportManagers } from '../two-roles.ts'
import type { World } from '../world.ts'
import { type Act, keyOf, withoutPreviews } from './acts.ts'

export interface CaseFile {
  readonly iid: number
  readonly issue: Issue
  readonly name: string
  /** The types that the form names or that somebody has set. */
  readonly types: readonly RequestType[]
  /** As it came; the others were set later. */
  readonly formType?: string | undefined
  readonly email: string | undefined
  readonly isEmbargoed: boolean
  readonly acts: readonly Act[]
  readonly decisions: readonly Decision[]
}

/** One for each issue of the Service Desk project. */
export function caseFilesOf(world: World, all: readonly Act[]): readonly CaseFile[] {
  const acts = withoutPreviews(world, all)
  return world.gitlab.world.issues
    .filter(({ project }) => project.serviceDesk)
    .map((issue) => caseFileOf(world, issue, acts))
}

function caseFileOf(world: World, issue: Issue, all: readonly Act[]): CaseFile {
  const { iid } = issue
  const acts = all.filter(({ subject }) => subject && 'issue' in subject && subject.issue === iid)
  const form = world.submissions.get(iid)?.form
  const set = acts
    .filter(({ button, isSentBack }) => button === 'Set Type' && !isSentBack)
    .flatMap(({ chosen }) => chosen)
  const types = requestTypes.filter((type) => type === form?.type || set.includes(type))
  const settings = { hasTrustAndSafetyProject: world.environment.GITLAB_TRUST_SAFETY_PROJECT !== undefined }
  return {
    iid,
    issue,
    name: `#${iid}`,
    types,
    formType: form?.type,
    email: form?.email,
    isEmbargoed: embargoed.countries.some((country) => form?.country.startsWith(country)),
    acts,
    decisions: [...types.flatMap((type) => decisionsOf(type, settings)), ...unknownType, ...everyRequest],
  }
}

/**
 * The decisions that a button may stand for on this request; an embargoed country leaves those that close it without a
 * word to its requester, once the type is known for which it counts.
 */
export function decisionsBehind(file: CaseFile, act: Act): readonly Decision[] {
  const named = file.decisions.filter(({ button }) => button === act.button)
  const isOnlyClosed =
    file.isEmbargoed &&
    file.types.length === 1 &&
    file.types[0] === embargoed.type &&
    isKnownAt(file, act) &&
    act.button !== 'Set Type'
  return isOnlyClosed ? named.filter((one) => isSilentClose(one) && one.button !== 'Complete Request') : named
}

/** Whether its only type stood in the form, or somebody had set it by then. */
function isKnownAt({ types: [type], formType, acts }: CaseFile, { ms }: Act): boolean {
  if (type === undefined || formType === type) return type !== undefined
  const set = acts.find(
    ({ button, isSentBack, chosen }) => button === 'Set Type' && !isSentBack && chosen.includes(type),
  )
  return set !== undefined && set.ms <= ms
}

const members: Readonly<Record<Role, readonly string[]>> = {
  'support engineer': GROUPS.engineers.members,
  'support manager': supportManagers,
  privacy: GROUPS.privacy.members,
  'field security': GROUPS.fieldSecurity.members,
}

const groups: Readonly<Record<Role, string>> = {
  'support engineer': GROUPS.engineers.id,
  'support manager': GROUPS.managers.id,
  privacy: GROUPS.privacy.id,
  'field security': GROUPS.fieldSecurity.id,
}

/**
 * By its user group, or each of its people by name where the workspace has no groups; or it is said that nobody holds
 * the role, where Slack gives none any more.
 */
export function calls(text: string, role: Role): boolean {
  if (text.includes('Nobody here works as')) return true
  return text.includes(`<!subteam^${groups[role]}>`) || members[role].every((id) => text.includes(`<@${id}>`))
}

/** Claim, Try Again and Show Details are for whoever works at one of the desks. */
export const anyRole: readonly Role[] = ['support engineer', 'support manager', 'privacy', 'field security']

/** By the user groups of the workspace, which nobody changes at the privacy desk. */
export function holds(userId: string, roles: readonly Role[]): boolean {
  return roles.some((role) => members[role].includes(userId))
}

/** What the bot's account did on an issue. */
export function byBot(one: {
  readonly author?: { readonly username: string }
  readonly user?: { readonly username: string }
}): boolean {
  return (one.author ?? one.user)?.username === usernames.bot
}

export function ownNotes({ notes }: Issue): readonly Note[] {
  return notes.filter((note) => byBot(note) && !note.system)
}

export function ownLabelEvents({ labelEvents }: Issue): readonly LabelEvent[] {
  return labelEvents.filter(byBot)
}

export function ownStateEvents({ stateEvents }: Issue): readonly StateEvent[] {
  return stateEvents.filter(byBot)
}

/** By its title, or by the label where somebody else than the bot has set it last: GitLab closes it by itself. */
export function hasFailedChecks({ title, labels, labelEvents }: Issue): boolean {
  const { label } = failedChecks
  const set = labelEvents.findLast((event) => event.action === 'add' && event.label === label)
  return title.includes(failedChecks.title) || (labels.includes(label) && set !== undefined && !byBot(set))
}

/** When the issue was last opened before this instant. */
export function openedBefore({ stateEvents, createdAt }: Issue, ms: number): number {
  const reopened = stateEvents
    .filter(({ state }) => state === 'reopened')
    .map((one) => Date.parse(one.createdAt))
  return Math.max(Date.parse(createdAt), ...reopened.filter((at) => at <= ms))
}

/** Whether the label was on the issue at any time between an instant and an event; `until` is the event's number. */
export function hadLabel({ labelEvents }: Issue, label: string, fromMs: number, until: number): boolean {
  return stateOf(labelEvents, label, fromMs, until).some((is) => is)
}

/** Whether the label was on the issue at this instant. */
export function hadLabelAt({ labelEvents }: Issue, label: string, ms: number): boolean {
  return stateOf(labelEvents, label, ms, Number.POSITIVE_INFINITY)[0] === true
}

export function lackedLabel({ labelEvents }: Issue, label: string, fromMs: number, until: number): boolean {
  return stateOf(labelEvents, label, fromMs, until).some((is) => !is)
}

/** As it was at the beginning, and after each change. */
function stateOf(
  events: readonly LabelEvent[],
  label: string,
  fromMs: number,
  until: number,
): readonly boolean[] {
  const own = events.filter((one) => one.label === label && one.id < until)
  const before = own.findLast(({ createdAt }) => Date.parse(createdAt) < fromMs)
  const after = own.filter(({ createdAt }) => Date.parse(createdAt) >= fromMs)
  return [before?.action === 'add', ...after.map(({ action }) => action === 'add')]
}

/** Whether the issue was closed at any time between an instant and an event. */
export function wasClosed({ stateEvents }: Issue, fromMs: number, until: number): boolean {
  const before = stateEvents.findLast(({ createdAt }) => Date.parse(createdAt) < fromMs)
  const after = stateEvents.filter(({ createdAt, id }) => Date.parse(createdAt) >= fromMs && id < until)
  return before?.state === 'closed' || after.some(({ state }) => state === 'closed')
}

/** When it was decided to close the request, by the log: it is over at the desk from then on, whatever GitLab makes of it. */
export function closesDecided(
  { audit, world }: Pick<Evidence, 'audit' | 'world'>,
  { iid, decisions }: Pick<CaseFile, 'iid' | 'decisions'>,
): readonly number[] {
  const closes = decisions.filter(isClose).map(({ button }) => keyOf(button))
  return audit
    .filter(
      (one) => one.iid === iid && one.what === 'decided' && closes.includes(String(one.details.decision)),
    )
    .map(({ at }) => world.time.msAt(world.bot.clock.whenItSaid(at).first))
}

/** A text as it stands, but for what GitLab and Slack may change in it: line ends, and spaces at the end of lines. */
export function plain(text: string): string {
  return text
    .split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/)
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()
}

/** A text that was quoted, so that nothing in it acts: as it was typed. */
export function unquoted(text: string): string {
  return plain(
    text
      .split('\n')
      .map((line) => line.replace(/^> ?/, ''))
      .join('\n'),
  )
    .replaceAll('\u2060', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
}
