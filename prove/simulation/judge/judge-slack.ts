/** What is owed to people in Slack: that a refusal is told, a command answered, a reply announced; a card for whatever is open. */
import { failedChecks, reviewedOnReply } from '../../handbook/privacy.ts'
import type { Evidence } from '../check.ts'
import type { OutgoingCall } from '../network.ts'
import { type Act, decoded, opensFor, refusesInModal } from './acts.ts'
import { byBot, type CaseFile, calls, closesDecided, hasFailedChecks } from './case-file.ts'
import { givenUpMessages, isGivenUp } from './given-up.ts'
import { isAfter, threadOf } from './owed-in-gitlab.ts'
import { type Counts, owe } from './tally.ts'

/** A process that ends between what it decided and what it says can't say it any more. */
const endsNearMs = 60_000
/** Slack may be away meanwhile, and the process too. */
const toldWithinMs = 20 * 60_000
const toldAtOnceMs = 5_000

/** Each refusal in the bot's log is a sentence that its person was told. */
export function judgeRefusals(evidence: Evidence, acts: readonly Act[], counts: Counts): void {
  const { audit, world, findings } = evidence
  const refused = audit.filter(({ what }) => what === 'refused')
  for (const [who, entries] of Map.groupBy(refused, (entry) => entry.who.replace('slack:', ''))) {
    const own = acts.filter(({ userId }) => userId === who)
    const tellings = tellingsTo(evidence, who, own)
    const taken = new Set<number>()
    for (const { at, details } of entries) {
      const { first, last } = world.bot.clock.whenItSaid(at)
      const couldNot =
        world.bot.ends.some((end) => end >= first - 3_000 && end <= last + endsNearMs) ||
        world.bot.stops.some(({ from, until }) => from <= last && first <= until)
      // Where it may have been told nobody, what the same person is told later is of something else.
      const until = last + (couldNot ? toldAtOnceMs : toldWithinMs)
      const found = tellings.findIndex(
        (told, index) => !taken.has(index) && told >= first - 3_000 && told <= until,
      )
      if (found >= 0) taken.add(found)
      if (found < 0 && couldNot) continue
      if (!owe(counts, 'refusals that are told', found >= 0))
        findings.missing.push(`${who} was refused ${details.decision} at ${at} and never told`)
    }
  }
}

/** When somebody was told something alone: where they had clicked, in the channel, directly, or in their modal. */
function tellingsTo({ world }: Evidence, who: string, acts: readonly Act[]): readonly number[] {
  const paths = new Set(acts.flatMap(({ responsePath }) => responsePath ?? []))
  const isPrivate = (call: OutgoingCall) => isToldIn(call) || acts.some((act) => refusesInModal(act, call))
  const isToldIn = ({ service, path, text }: OutgoingCall) =>
    service === 'slack' &&
    (paths.has(path) ||
      (/chat\.post(?:Ephemeral|Message)$/.test(path) &&
        decoded(text).includes(who) &&
        isToOne(path, text, who)))
  // Where the answer to a modal gets lost, Slack itself says so and leaves the modal open.
  const inModals = acts.flatMap(({ kind, delivery: { answers } }) =>
    kind === 'submit'
      ? answers.filter(({ status, text }) => status === 0 || text.includes('response_action'))
      : [],
  )
  const inModalsAt = inModals.map(({ at }) => at)
  return [...world.network.calls.filter(isPrivate).map(({ at }) => at), ...inModalsAt].sort(
    (one, other) => one - other,
  )
}

function isToOne(path: string, text: string, who: string): boolean {
  const form = new URLSearchParams(text)
  return path.endsWith('postEphemeral') ? form.get('user') === who : form.get('channel') === who
}

/** Each command that was taken has its answer, to whoever typed it. */
export function judgeCommands({ world, findings }: Evidence, acts: readonly Act[], counts: Counts): void {
  for (const { kind, isAcknowledged, responsePath, triggerId, delivery, button, userId, at } of acts) {
    if (kind !== 'command' || !isAcknowledged) continue
    const last = delivery.answers.findLast(({ status }) => status === 200)?.at ?? at
    if (world.bot.ends.some((end) => end >= at && end <= last + endsNearMs)) continue
    const isAnswered = world.network.calls.some(
      ({ service, path, text, at: sent }) =>
        service === 'slack' &&
        sent >= at &&
        (path === responsePath ||
          opensFor({ triggerId }, { service, path, text }) ||
          (/chat\.post(?:Ephemeral|Message)$/.test(path) && decoded(text).includes(userId))),
    )
    const isInline = delivery.answers.some(({ status, text }) => status === 200 && text.length > 2)
    if (!owe(counts, 'answers to commands', isAnswered || isInline))
      findings.missing.push(`“${button}” of ${userId} was never answered`)
  }
}

const tellsOfReply = /has written|have written|requester replied on/

/** "the card and thread say so" (flows.md): whatever the requester writes is said below the card. */
export function judgeAnnouncements(
  { world, findings }: Evidence,
  files: readonly CaseFile[],
  counts: Counts,
): void {
  for (const file of files) {
    if (file.issue.removed || byBot(file.issue)) continue
    if (!world.cards().some(({ text }) => text.startsWith(`${file.name} `))) continue
    const said = threadOf(world, file).filter(({ text }) => tellsOfReply.test(text))
    for (const { ms, at } of world.replies.filter(({ iid }) => iid === file.iid)) {
      const isSaid = said.some(({ ts }) => isAfter(ts, ms))
      if (!isSaid && isGivenUp(world, file, (text) => tellsOfReply.test(text), at))
        owe(counts, givenUpMessages, true)
      else if (!owe(counts, 'replies that are announced', isSaid))
        findings.missing.push(
          `${file.name}: what the requester wrote at ${new Date(ms).toISOString()} was never said`,
        )
    }
  }
}

/**
 * The first reply to a request that nobody had closed, decided to close, or taken for one that failed the checks, by the time at which the
 * reply was told of below the card: whoever it calls for is called there, whatever else is said.
 */
export function judgeReviews(
  { world, audit, findings }: Evidence,
  files: readonly CaseFile[],
  counts: Counts,
): void {
  for (const file of files) {
    const { issue, types, iid, name } = file
    const [first] = world.replies.filter((reply) => reply.iid === iid)
    // A type that somebody chose and was refused is none.
    const isSet =
      world.submissions.get(iid)?.form?.type === reviewedOnReply.type ||
      audit.some((one) => one.iid === iid && one.what === 'decided' && one.details.decision === 'set-type')
    const isOne = types.length === 1 && types[0] === reviewedOnReply.type && isSet
    const isLeft = issue.removed || issue.labelEvents.some(({ label }) => label === failedChecks.label)
    if (!first || !isOne || byBot(issue) || isLeft) continue
    if (!world.cards().some(({ text }) => text.startsWith(`${name} `))) continue
    const told = threadOf(world, file).find(
      ({ ts, text }) => isAfter(ts, first.ms) && tellsOfReply.test(text),
    )
    const shut = [
      ...issue.stateEvents.slice(0, 1).map(({ createdAt }) => Date.parse(createdAt)),
      ...closesDecided({ world, audit }, file),
    ]
    // Slack's timestamps are looked at by the second.
    if (shut.some((ms) => !told || isAfter(told.ts, ms - 1_000))) continue
    const says = (text: string) => calls(text, reviewedOnReply.calls) && text.includes(name)
    // Answers that somebody took in by hand, before any reply, are called for then.
    const taken = file.acts.filter(({ button }) => button === 'Answers Received').map(({ ms }) => ms)
    const since = Math.min(first.ms, ...taken)
    const isCalled = threadOf(world, file).some(({ ts, text }) => isAfter(ts, since) && says(text))
    if (!isCalled && isGivenUp(world, file, says, first.at)) owe(counts, givenUpMessages, true)
    else if (!owe(counts, 'reviews of the evidence of authority that are called for', isCalled))
      findings.missing.push(`${name}: the requester has replied, and ${reviewedOnReply.calls} was not called`)
  }
}

/** "A new card always shows …": whatever is open has a card; what failed the automated checks has none. */
export function judgeCards({ world, findings }: Evidence, files: readonly CaseFile[], counts: Counts): void {
  for (const { issue, name, iid } of files) {
    const title = world.submissions.get(iid)?.title
    if (title === undefined || issue.removed || issue.state === 'closed') continue
    const isInvalid = title.includes(failedChecks.title)
    const cards = world.cards().filter(({ text }) => text.startsWith(`${name} `))
    // Whoever sets the label before the bot has seen it keeps the card away; after that the card stays.
    if (!hasFailedChecks(issue) && !owe(counts, 'cards', cards.length > 0))
      findings.missing.push(`${name} is open and has no card`)
    if (isInvalid && cards.length > 0)
      findings.broken.push(`${name} failed the automated checks and has a card`)
  }
}
