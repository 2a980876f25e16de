/** What the bot says that was decided, compared with what was done: all of it, in its order, and for somebody who had asked. */
import { interactive } from '../../../sandbox/slack/blocks.ts'
import type { Decision, Owed } from '../../handbook/words.ts'
import type { Evidence } from '../check.ts'
import type { AuditEntry } from '../database.ts'
import type { World } from '../world.ts'
import { type Act, keyOf } from './acts.ts'
import { anyRole, byBot, type CaseFile, calls, decisionsBehind, holds } from './case-file.ts'
import { givenUpMessages, isGivenUp } from './given-up.ts'
import { inWords, kindOf } from './judge-requests.ts'
import { type Done, doneOf, isAfter, isOwed, threadOf } from './owed-in-gitlab.ts'
import { type Ground, mayDecide } from './permitted.ts'
import { type Counts, owe } from './tally.ts'
import { undoneIn } from './undone.ts'

/** A minute for which roles are remembered, and the time until a decision has been handled. */
export const rolesKnownMs = 80_000

/** An entry of the bot's own log: a claim. */
interface Claim {
  readonly iid: number
  readonly userId: string
  readonly decision: string
  /** In milliseconds since the run began. */
  readonly at: number
  readonly staysWhereItIs: boolean
  /** So often the same person had taken the same decision on it by then: each time for another act of theirs. */
  readonly before: number
}

export function judgeClaims(evidence: Evidence, files: readonly CaseFile[], counts: Counts): void {
  const byNumber = new Map(files.map((file) => [file.iid, file]))
  const taken = new Map<string, number>()
  const undone = new Set(undoneIn(evidence.audit).map(({ decided }) => decided))
  for (const entry of evidence.audit) {
    const { what, iid, who, details, at } = entry
    if (what === 'tried-again' || what === 'claimed') judgeHolder(evidence, entry)
    if (what !== 'decided' || details.ticket !== undefined || iid === undefined || undone.has(entry)) continue
    const file = byNumber.get(iid)
    if (!file || byBot(file.issue)) continue
    const same = `${iid} ${who} ${details.decision}`
    const before = taken.get(same) ?? 0
    taken.set(same, before + 1)
    judgeClaim(evidence, file, counts, {
      iid,
      userId: who.replace('slack:', ''),
      decision: String(details.decision),
      at: evidence.world.bot.clock.whenItSaid(at).last,
      staysWhereItIs: details.from === details.to,
      before,
    })
  }
}

/** Claim and Try Again are for whoever works at the desk. */
function judgeHolder({ world, findings }: Evidence, { what, who, iid, details, at }: AuditEntry): void {
  const userId = who.replace('slack:', '')
  const { first, last } = world.bot.clock.whenItSaid(at)
  const isTheirs =
    details.ticket === undefined
      ? holds(userId, anyRole)
      : world.fieldSecurity.held(userId, first - rolesKnownMs, last)
  const of = details.ticket === undefined ? `#${iid}` : `ticket ${details.ticket}`
  if (!isTheirs) findings.letIn.push(`${userId} ${what} on ${of} without a role`)
}

function judgeClaim(evidence: Evidence, file: CaseFile, counts: Counts, claim: Claim): void {
  const { world, findings } = evidence
  const acts = file.acts.filter(
    ({ userId, button, at }) =>
      userId === claim.userId && keyOf(button) === claim.decision && at <= claim.at + 1,
  )
  const name = `${file.name}: ${claim.decision} by ${claim.userId}`
  if (acts.length === 0) {
    findings.letIn.push(`${name} stands in the audit log, and they never clicked it`)
    return
  }
  const grounds = acts.flatMap((act) => decisionsBehind(file, act).map((decision) => ({ act, decision })))
  if (grounds.length === 0) {
    findings.letIn.push(`${name} was decided, and the handbook has no such decision for it`)
    return
  }
  const permitted = grounds.filter((ground) => mayDecide(world, file, ground))
  if (permitted.length === 0) {
    const isFirstOfTwo = grounds.some(({ act, decision }) =>
      isFirstApproval(evidence, file, decision, act, claim),
    )
    if (!isFirstOfTwo) findings.letIn.push(`${name} was decided, and they may not`)
    return
  }
  if (permitted.every(({ decision }) => decision.approves) && claim.staysWhereItIs) return
  const outcomes = permitted.map(({ act, decision }) => outcomeOf(evidence, file, act, decision))
  const ofActs = [...Map.groupBy(outcomes, ({ key }) => key).values()].flatMap(
    (same) => inOrderOfMissing(same)[0] ?? [],
  )
  const best = inOrderOfMissing(ofActs)[Math.min(claim.before, ofActs.length - 1)]
  if (!best) return
  const isExcused = best.missing.length > 0 && excuse(evidence, file, acts)
  const unsaid = best.missing.filter((owed) => isCallGivenUp(evidence, file, owed, acts))
  for (const owed of best.owed) {
    const isFound = !best.missing.includes(owed)
    if (!isFound && unsaid.includes(owed)) owe(counts, givenUpMessages, true)
    else if (isFound || !isExcused) owe(counts, kindOf(owed), isFound)
    else owe(counts, `${kindOf(owed)}, which are seen to have failed`, true)
  }
  if (isExcused) return
  for (const owed of best.missing.filter((one) => !unsaid.includes(one)))
    findings.missing.push(`${name}: ${inWords(owed)} is missing`)
  if (outcomes.every(({ isInOrder }) => !isInOrder))
    findings.broken.push(`${name}: it was not done in its order`)
}

/** With two approvals the first does nothing but call the other. */
function isFirstApproval(
  { world }: Evidence,
  { acts }: CaseFile,
  { approves, by, button }: Decision,
  { userId }: Act,
  { staysWhereItIs }: Claim,
): boolean {
  if (!approves || world.environment.REQUIRE_PRIVACY_APPROVAL !== 'true' || !staysWhereItIs) return false
  return acts.some((act) => act.button === button && act.userId === userId) && by.length > 0
}

function inOrderOfMissing(outcomes: readonly OutcomeOfAct[]): readonly OutcomeOfAct[] {
  return outcomes.toSorted((one, other) => one.missing.length - other.missing.length)
}

interface OutcomeOfAct {
  readonly key: string
  readonly owed: readonly Owed[]
  readonly missing: readonly Owed[]
  readonly isInOrder: boolean
}

function outcomeOf({ world }: Evidence, file: CaseFile, act: Act, decision: Decision): OutcomeOfAct {
  const owed = decision.owes.filter((one) => isOwed(world, act, one))
  const place = { world, file, act, until: Number.POSITIVE_INFINITY }
  const done = owed.map((one): readonly [Owed, Done | undefined] => [one, doneOf(one, place)])
  return {
    key: act.key,
    owed,
    missing: done.flatMap(([one, is]) => (is ? [] : one)),
    isInOrder: isInOrder(
      done.flatMap(([one, is]) => (is && is.event > 0 ? one : [])),
      place,
      (one) => isOwedByAnother(world, file, one, { act, decision }),
    ),
  }
}

/** Somebody who may has decided something else that owes the same, or the same before: what of that still waited came then. */
function isOwedByAnother(
  world: World,
  file: CaseFile,
  owed: Owed,
  { act: own, decision: { button } }: Ground,
): boolean {
  return file.acts.some(
    (act) =>
      (act.button !== button || (act.key !== own.key && act.ms < own.ms)) &&
      decisionsBehind(file, act).some(
        (decision) =>
          decision.owes.some((one) => isOwed(world, act, one) && isSame(one, owed)) &&
          mayDecide(world, file, { act, decision }),
      ),
  )
}

function isSame(one: Owed, other: Owed): boolean {
  const what = ({ onlyIf: _, ...rest }: Owed) => JSON.stringify(rest)
  const isClose = (owed: Owed) => 'close' in owed || 'duplicate' in owed
  return what(one) === what(other) || (isClose(one) && isClose(other))
}

/**
 * Returns whether each was done after what the decision names before it. The same may have been done before that, too, for
 * another decision, and need not be done again then. Labels that follow on each other have no order: of an update that was
 * refused in part the rest comes later.
 */
export function isInOrder(
  owed: readonly Owed[],
  place: Parameters<typeof doneOf>[1],
  isOfAnother: (owed: Owed) => boolean,
): boolean {
  let after = 0
  let latest = 0
  let wasLabel = false
  for (const one of owed) {
    const isLabel = 'label' in one || 'unlabel' in one
    if (!isLabel || !wasLabel) after = latest
    const event = doneOf(one, { ...place, after })?.event ?? 0
    if (event <= after && !isOfAnother(one)) return false
    latest = Math.max(latest, event)
    wasLabel = isLabel
  }
  return true
}

function isCallGivenUp({ world }: Evidence, file: CaseFile, owed: Owed, acts: readonly Act[]): boolean {
  if (!('call' in owed)) return false
  const says = (text: string) => owed.call.every((role) => calls(text, role))
  return isGivenUp(world, file, says, acts[0]?.at ?? 0)
}

/**
 * Nobody can write on what is gone; what failed shows on the card, with Try Again; a reply stops what was said to silence,
 * and whoever reopens an issue stops what had not been done of its close.
 */
function excuse({ world, audit }: Evidence, file: CaseFile, acts: readonly Act[]): boolean {
  if (file.issue.removed) return true
  const cards = world.cards().filter(({ text }) => text.startsWith(`${file.name} `))
  const isShown = cards.some(({ blocks }) =>
    interactive(blocks).some(({ element }) => element.action_id === 'try-again'),
  )
  if (isShown) return true
  const first = acts[0]?.ms ?? 0
  // It may have been before the click, where it was seen, and said, only after that.
  const saysReopened = (text: string) => /was reopened in GitLab/.test(text)
  const isSeenAfter =
    threadOf(world, file).some(({ ts, text }) => saysReopened(text) && isAfter(ts, first)) ||
    isGivenUp(world, file, saysReopened, acts[0]?.at ?? 0)
  const isReopened = file.issue.stateEvents.some(
    (event) =>
      event.state === 'reopened' && !byBot(event) && (isSeenAfter || Date.parse(event.createdAt) >= first),
  )
  const isSaid = audit.some(
    ({ iid, details }) =>
      iid === file.iid &&
      details.outcome === 'stopped' &&
      /was reopened in GitLab, which was not known when this was decided/.test(String(details.because)),
  )
  if (isReopened && isSaid) return true
  const isToSilence = acts.some((act) => decisionsBehind(file, act).some(({ toSilence }) => toSilence))
  const tells = (text: string) => /was not closed|Nothing was sent/.test(text)
  return (
    isToSilence &&
    world.replies.some(({ iid, ms }) => iid === file.iid && ms >= first - 120_000) &&
    (threadOf(world, file).some(({ text }) => tells(text)) || isGivenUp(world, file, tells, acts[0]?.at ?? 0))
  )
}
