/** Whether somebody had asked for what the bot did: a person who may, not before its time, and with the right it takes. */
import { openFrom } from '../../handbook/clocks.ts'
import type { Decision, Owed, Role } from '../../handbook/words.ts'
import type { World } from '../world.ts'
import { type Act, opensFor } from './acts.ts'
import { type CaseFile, decisionsBehind, holds } from './case-file.ts'
import { isOwed } from './owed-in-gitlab.ts'

/** The clock of the bot's machine may be wrong by 50 minutes and what it is away from the services'. */
const wrongClockMs = 52 * 60_000

/** Those of the privacy desk: whatever they decide by themselves they may take back. */
const undoesSteps: readonly Role[] = ['support engineer', 'support manager', 'privacy']

/** What may stand for something that the bot did: an act, and what it means by the handbook. */
export interface Ground {
  readonly act: Act
  readonly decision: Decision
}

/** One thing that the bot did on a request. */
export interface Deed {
  /** In words: `closed the issue`. */
  readonly what: string
  /** In milliseconds since 1970, by the clocks of the services. */
  readonly ms: number
  readonly isOwedBy: (owed: Owed, act: Act) => boolean
}

/** The grounds on which it was rightly done; else the sentence that says what is wrong. */
export function groundsOf(
  world: World,
  file: CaseFile,
  deed: Deed,
): readonly Ground[] | { readonly wrong: string; readonly isLetIn: boolean } {
  const asked = file.acts
    .filter(({ ms, isSentBack }) => ms <= deed.ms && !isSentBack)
    .flatMap((act) => decisionsBehind(file, act).map((decision) => ({ act, decision })))
    .filter(({ act, decision }) =>
      decision.owes.some((owed) => isOwed(world, act, owed) && deed.isOwedBy(owed, act)),
    )
  if (asked.length === 0) return { wrong: 'and nobody had asked for it', isLetIn: true }
  const byWhomMay = asked.filter((ground) => mayDecide(world, file, ground))
  if (byWhomMay.length === 0) return { wrong: `and ${names(asked)} may not decide that`, isLetIn: true }
  const inTime = byWhomMay.filter((ground) => isOpen(world, file, ground.decision, deed.ms))
  if (inTime.length === 0) return { wrong: `before its time, for ${names(byWhomMay)}`, isLetIn: false }
  const toSilence = inTime.filter(
    ({ decision }) => !decision.toSilence || isSilent(world, file, decision, deed.ms),
  )
  if (toSilence.length === 0) return { wrong: 'although the requester had written', isLetIn: false }
  return toSilence
}

function names(grounds: readonly Ground[]): string {
  return [...new Set(grounds.map(({ act, decision }) => `${act.userId} with ${decision.button}`))].join(', ')
}

/** With two approvals the act that counts is the second of them. */
export function mayDecide(world: World, file: CaseFile, { act, decision }: Ground): boolean {
  const { approves } = decision
  if (!approves) return holds(act.userId, decision.by)
  if (world.environment.REQUIRE_PRIVACY_APPROVAL !== 'true')
    return holds(act.userId, decision.by) && !hasAsked(world, file, act, approves.notBy)
  const before = file.acts.filter(
    (one) =>
      one.button === decision.button &&
      one.ms <= act.ms &&
      !one.isSentBack &&
      !hasAsked(world, file, one, approves.notBy),
  )
  const by = (roles: readonly Role[]) => before.filter(({ userId }) => holds(userId, roles))
  return by(decision.by).some((one) => by([approves.also]).some(({ userId }) => userId !== one.userId))
}

/**
 * Nobody else asked for it since, nobody took it back, and they were told of no refusal: then it is theirs. What may have been
 * taken back counts as taken back, also where nobody heard that this was taken.
 */
export function hasAsked(
  world: Pick<World, 'network'>,
  { acts }: Pick<CaseFile, 'acts'>,
  { userId, ms }: Pick<Act, 'userId' | 'ms'>,
  button: string,
): boolean {
  const before = acts.filter((one) => one.ms < ms && !wasToldAt(world, one))
  const undone = before.findLast(
    (one) =>
      one.button === 'Undo Step' &&
      one.kind === 'submit' &&
      !one.isSentBack &&
      holds(one.userId, undoesSteps),
  )?.ms
  const asked = before.filter((one) => one.button === button && one.isAcknowledged && one.ms > (undone ?? 0))
  const last = asked.at(-1)
  return last !== undefined && asked.every((one) => one.userId === userId)
}

/** At the address that Slack gave for this act, or in a modal, which refuses or asks: with that alone nothing is done. */
function wasToldAt({ network }: Pick<World, 'network'>, act: Act): boolean {
  return network.calls.some(
    (call) =>
      (call.service === 'slack' && act.responsePath !== undefined && call.path === act.responsePath) ||
      (act.kind === 'click' && opensFor(act, call)),
  )
}

function isOpen(world: World, file: CaseFile, { opensAfter }: Decision, ms: number): boolean {
  if (!opensAfter) return true
  const from = opensFrom(world, file, opensAfter)
  return from !== undefined && ms + wrongClockMs >= from
}

/** Holds and extensions only make it later. */
export function opensFrom(
  { environment: { TIMEZONE = 'UTC' } }: Pick<World, 'environment'>,
  { issue, acts }: CaseFile,
  { days, since }: NonNullable<Decision['opensAfter']>,
): number | undefined {
  const start =
    since === 'creation' ? Date.parse(issue.createdAt) : acts.find(({ button }) => button === since)?.ms
  return start === undefined ? undefined : openFrom(start, days, TIMEZONE)
}

/**
 * What was read for it, at the latest, may be as old as a replica lags and a write takes: a minute each, of the time that has
 * passed. The clocks may have been set forward while the write was under way.
 */
const blindMs = 2 * 60_000 + 5_000

/** Somebody who may takes a reply for none, or back the step that it led to. */
function takesReplyBack({ button, kind, isSentBack, userId }: Act): boolean {
  if (button === 'Not an Answer') return true
  return button === 'Undo Step' && kind === 'submit' && !isSentBack && holds(userId, undoesSteps)
}

/** Whether nobody has written, as far as can be known, by this instant. */
export function isSilent(
  world: Pick<World, 'time' | 'replies'>,
  { iid, acts }: Pick<CaseFile, 'iid' | 'acts'>,
  { opensAfter }: Pick<Decision, 'opensAfter'>,
  ms: number,
): boolean {
  const since = opensAfter?.since
  const sent = acts.findLast(({ button, ms: at }) => button === since && at <= ms)?.ms ?? 0
  const taken = acts.findLast((act) => takesReplyBack(act) && act.ms <= ms)?.ms ?? 0
  const now = world.time.elapsedAt(ms)
  return !world.replies.some(
    (reply) => reply.iid === iid && reply.ms > Math.max(sent, taken) && reply.at < now - blindMs,
  )
}
