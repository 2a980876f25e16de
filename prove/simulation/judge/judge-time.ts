/** What time owes: a digest each day, a call before the thirty days end and one when they are over, and the right day in a refusal. */

import type { Message } from '../../../sandbox/slack/workspace.ts'
import { dayOf, minuteOfDay, openFrom } from '../../handbook/clocks.ts'
import { failedChecks, fulfilment } from '../../handbook/privacy.ts'
import type { Evidence } from '../check.ts'
import type { World } from '../world.ts'
import { byBot, type CaseFile, calls, closesDecided } from './case-file.ts'
import { clear, givenUpMessages, isGivenUp } from './given-up.ts'
import { isAfter, threadOf } from './owed-in-gitlab.ts'
import { opensFrom } from './permitted.ts'
import { type Counts, owe } from './tally.ts'

/** DIGEST_AT, as nothing else is set: 09:00. */
const digestMinute = 9 * 60
/** What is due is asked for every minute, and the bot's clock may be behind by most of an hour. */
const wakesWithinMs = 3 * 60_000
const wrongClockMs = 52 * 60_000

export const privacyChannel = 'privacy-team_help'

export const securityChannel = 'field-security'

const desks = [privacyChannel, securityChannel] as const

/** A message in the channel itself, titled with what the desk works and the day. */
export function digestsIn({ slack }: World, channel: (typeof desks)[number]): readonly Message[] {
  return slack.messages(slack.space.channel(channel)?.id ?? '').filter(({ text }) => titled.test(text))
}

/** "One message in the channel each day at DIGEST_AT …, exactly once a day however often the bot restarts" */
export function judgeDigests({ world, findings }: Evidence, counts: Counts): void {
  const days = daysOwed(world)
  for (const channel of desks) {
    const digests = digestsIn(world, channel)
    const posted = digests.map(({ ts }) => dayOf(Number(ts.split('.')[0]) * 1000, zoneOf(world)))
    for (const day of days) {
      // Days on which nothing could be posted come as one.
      const isThere = posted.some((one) => one >= day)
      if (!owe(counts, 'digests', isThere))
        findings.missing.push(`the digest of ${day} never came to ${channel}`)
    }
    for (const { text, ts, channel: id } of digests) {
      const ms = msOf(ts)
      // One that had no clear answer is posted once more, whenever the first was.
      const before = digests.findLast((one) => msOf(one.ts) < ms && titleDay(one.text) !== titleDay(text))
      const last = before ? msOf(before.ts) : 0
      const wasAskedFor =
        wasTriedBefore(world, id, text, { last, ms }) || endedBefore(world, text, { last, ms })
      if (isEarly(text, ms, zoneOf(world)) && !wasAskedFor)
        findings.broken.push(`“${text.slice(0, 40)}…” came to ${channel} before its time`)
    }
    // A message of which Slack gave no answer is posted once more: twice is bearable, more is a fault.
    // One of a day before, which came before the time of this one and bears its day, is another.
    const kindOf = ({ text, ts }: Message) =>
      isEarly(text, msOf(ts), zoneOf(world)) ? `${titleDay(text)}, before its time` : text.slice(0, 40)
    for (const [text, same] of Map.groupBy(digests, kindOf))
      if (same.length > 2) findings.duplicated.push(`“${text}…” came ${same.length} times to ${channel}`)
  }
}

function msOf(ts = ''): number {
  return Number(ts.split('.')[0]) * 1000
}

/**
 * Slack had not taken one of a day before, or had given no clear answer to the last of them, whatever came of it: it comes whenever
 * it can and is drawn anew, so that the title is that of its last day.
 */
export function wasTriedBefore(
  { network }: Pick<World, 'network'>,
  channel: string,
  text: string,
  { last, ms }: { readonly last: number; readonly ms: number },
): boolean {
  const tries = network.calls.filter((call) => {
    if (call.service !== 'slack' || !call.path.endsWith('chat.postMessage')) return false
    const form = new URLSearchParams(call.text)
    const tried = form.get('text') ?? ''
    const isOne = titled.test(tried) && form.get('channel') === channel
    return isOne && call.ms < ms && titleDay(tried) < titleDay(text)
  })
  const fault = tries.at(-1)?.fault
  return tries.some((call) => call.ms > last) || (fault !== undefined && !clear.includes(fault))
}

/**
 * A process ended on a day before, when it was time for the digest of that day, which had not come: what it may have asked for
 * comes as soon as the bot is back, and is drawn anew.
 */
export function endedBefore(
  { bot, time, environment }: Pick<World, 'bot' | 'time' | 'environment'>,
  text: string,
  { last, ms }: { readonly last: number; readonly ms: number },
): boolean {
  const zone = zoneOf({ environment })
  const isDue = (at: number) => minuteOfDay(at + wrongClockMs, zone) >= digestMinute
  return bot.ends
    .map((at) => time.msAt(at))
    .some((end) => {
      const day = dayOf(end, zone)
      const hasCome = last > end || (dayOf(last, zone) === day && isDue(last))
      return end < ms && day < titleDay(text) && isDue(end) && !hasCome
    })
}

const titled = /^(?:Privacy requests|Security tickets), \w{3}, \w{3} \d+/

/** Those in which the simulation plays: in none of them does a day fall on the same weekday. */
const years = [2025, 2026, 2027, 2028]

/** The title has the weekday and no year. */
export function titleDay(text: string): string {
  const [, date] = /, (\w{3}, \w{3} \d+)/.exec(text) ?? []
  const days = years.map((year) => new Date(`${date?.slice(5)} ${year} 12:00 UTC`).toISOString().slice(0, 10))
  return days.find((day) => shortDate(day) === date) ?? ''
}

/** On the day that it bears in its title; one that Slack did not take on its day may come in the night after it. */
export function isEarly(text: string, postedMs: number, zone: string): boolean {
  const day = titleDay(text)
  const isItsDay = dayOf(postedMs, zone) === day && dayOf(postedMs + wrongClockMs, zone) === day
  return isItsDay && minuteOfDay(postedMs + wrongClockMs, zone) < digestMinute
}

/** `Sat, Nov 28` */
function shortDate(day: string): string {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: 'UTC', weekday: 'short', month: 'short', day: 'numeric' },
  } as const)
  return format.format(Date.parse(`${day}T12:00:00Z`))
}

/** The days on which the bot was up, and Slack could be reached, for long enough after the time of the digest. */
function daysOwed(world: World): readonly string[] {
  const zone = zoneOf(world)
  const days = new Set<string>()
  for (const [index, look] of world.looks.entries()) {
    const begins = beginningOfUp(world, index)
    const isDue = (ms: number) => minuteOfDay(ms, zone) >= digestMinute
    const day = dayOf(look.ms - wrongClockMs, zone)
    const isLongEnough = begins !== undefined && look.at - begins.at >= wakesWithinMs
    if (!isLongEnough || day !== dayOf(begins.ms - wrongClockMs, zone)) continue
    if (dayOf(look.ms + wrongClockMs, zone) === day && isDue(begins.ms - wrongClockMs)) days.add(day)
  }
  return [...days]
}

/** The first of the looks, without a gap, in which the bot was up and no clock was set forward. */
function beginningOfUp({ looks, bot }: World, index: number) {
  const last = looks[index]
  if (!last?.isUp) return undefined
  let first = last
  for (let before = index - 1; before >= 0; before--) {
    const one = looks[before]
    if (!one?.isUp || last.ms - one.ms !== last.at - one.at) break
    if (bot.ends.some((end) => end >= one.at && end <= last.at)) break
    first = one
  }
  return first
}

function zoneOf({ environment: { TIMEZONE = 'UTC' } }: Pick<World, 'environment'>): string {
  return TIMEZONE
}

const dayMs = 24 * 3_600_000

/** "digest and escalation before it ends; overdue after" (flows.md): the support managers are called below the card. */
export function judgeReminders(
  { world, findings, audit }: Evidence,
  files: readonly CaseFile[],
  counts: Counts,
): void {
  for (const file of files) {
    const { issue, acts, name } = file
    const isMoved = acts.some(({ button }) => /^(?:Pause|Resume|Extend) /.test(button))
    const wasShut = issue.stateEvents.length > 0 || issue.removed || wasTakenForInvalid(issue)
    if (byBot(issue) || isMoved || wasShut) continue
    const overAt = openFrom(Date.parse(issue.createdAt), fulfilment.days, zoneOf(world))
    // What is overdue when it is first seen stands in the digest.
    const cards = world
      .cards()
      .filter(({ text, ts }) => text.startsWith(`${name} `) && !isAfter(ts, overAt - wrongClockMs))
    if (cards.length === 0 || world.time.ms < overAt + dayMs / 6) continue
    const says = (text: string) => calls(text, fulfilment.calls) && /overdue/.test(text)
    const isCalled = threadOf(world, file).some(({ text }) => says(text))
    if (!isCalled && isGivenUp(world, file, says, 0)) owe(counts, givenUpMessages, true)
    else if (!owe(counts, 'calls when the thirty days are over', isCalled))
      findings.missing.push(`${name} is overdue and nobody was called`)
  }
  for (const warning of warnings) judgeWarnings({ world, findings, audit }, files, counts, warning)
}

/** Somebody has set the label of the failed checks: GitLab closes it by itself, and nobody is called. */
function wasTakenForInvalid({ labelEvents }: CaseFile['issue']): boolean {
  return labelEvents.some(({ label }) => label === failedChecks.label)
}

/** Who was to be called, as soon as so many days are left. */
interface Warning {
  readonly kind: string
  readonly daysLeft: number
  readonly isTo: (text: string) => boolean
}

const warnings: readonly Warning[] = [
  {
    kind: 'calls with a few days left',
    daysLeft: fulfilment.fewDays.left,
    // Somebody by name has it: the managers are one group, unless the workspace has none.
    isTo: (text) => text.includes('<@') || calls(text, fulfilment.fewDays.calls),
  },
  { kind: 'calls on the last day', daysLeft: 1, isTo: (text) => calls(text, fulfilment.calls) },
]

/**
 * Whoever looks at the bot while so few days are left finds that those were called for whom it is time. What becomes of the
 * request after that does not matter.
 */
function judgeWarnings(
  evidence: Evidence,
  files: readonly CaseFile[],
  counts: Counts,
  { kind, daysLeft, isTo }: Warning,
): void {
  const { world, findings } = evidence
  for (const file of files) {
    const { issue, name } = file
    if (byBot(issue) || issue.removed || wasTakenForInvalid(issue)) continue
    const [card] = world.cards().filter(({ text }) => text.startsWith(`${name} `))
    if (!card) continue
    const created = Date.parse(issue.createdAt)
    const untouched = untouchedUntil(evidence, file)
    const from = openFrom(created, fulfilment.days - daysLeft - 1, zoneOf(world)) + wrongClockMs
    const until = openFrom(created, fulfilment.days, zoneOf(world)) - wrongClockMs
    const isSeen = world.looks.some((look, index) => {
      const begins = beginningOfUp(world, index)
      return (
        look.ms < Math.min(until, untouched) &&
        begins !== undefined &&
        begins.ms > from &&
        !isAfter(card.ts, begins.ms) &&
        look.at - begins.at >= wakesWithinMs
      )
    })
    if (!isSeen) continue
    const says = (text: string) => isTo(text) && / is due \w{3} \d/.test(text)
    const isCalled = threadOf(world, file).some(({ text }) => says(text))
    if (!isCalled && isGivenUp(world, file, says, 0)) owe(counts, givenUpMessages, true)
    else if (!owe(counts, kind, isCalled))
      findings.missing.push(`${name} had ${daysLeft} of its days left and nobody was called`)
  }
}

/** Until somebody closed or reopened it, held or extended its clock, or by the log decided to close it, which GitLab may not let. */
function untouchedUntil(evidence: Evidence, file: CaseFile): number {
  const moved = file.acts.filter(({ button }) => /^(?:Pause|Resume|Extend) /.test(button)).map(({ ms }) => ms)
  const shut = file.issue.stateEvents.map(({ createdAt }) => Date.parse(createdAt))
  return Math.min(...moved, ...shut, ...closesDecided(evidence, file))
}

/** "a refusal before then names Mar 9": the day from which it will be open. */
export function judgeNamedDays(
  { world, findings }: Evidence,
  files: readonly CaseFile[],
  counts: Counts,
): void {
  const { messages, notices } = world.slack.space
  const told = [...messages, ...notices].filter(({ visibleTo }) => visibleTo !== undefined)
  for (const file of files) {
    if (file.acts.some(({ button }) => /^(?:Pause|Resume|Extend) /.test(button))) continue
    const days = file.decisions.flatMap(({ button, opensAfter }) => {
      const from =
        opensAfter && opensAfter.since === 'creation' ? opensFrom(world, file, opensAfter) : undefined
      return from === undefined ? [] : [{ button, day: inWords(dayOf(from, zoneOf(world))) }]
    })
    for (const { text } of told) {
      const [, button, named] =
        new RegExp(
          `^Too early: .{3,80}\\. (.{3,30}) opens for ${file.name} on (\\w+ \\d+(?:, \\d{4})?)\\.`,
        ).exec(text) ?? []
      if (button === undefined) continue
      const right = days.filter((one) => one.button === button)
      // Of a request that was given another type the other one's clock may have been meant, which starts elsewhere.
      const startsElsewhere = file.decisions.some(
        (one) => one.button === button && one.opensAfter && one.opensAfter.since !== 'creation',
      )
      if (right.length === 0 || startsElsewhere) continue
      if (
        !owe(
          counts,
          'days that a refusal names',
          right.some(({ day }) => day === named || `${named}, ${day.slice(-4)}` === day),
        )
      )
        findings.broken.push(
          `${file.name}: ${button} is said to be open from ${named}, and it is from ${right[0]?.day}`,
        )
    }
  }
}

/** `Mar 8, 2026` */
function inWords(day: string): string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
  return format.format(Date.parse(`${day}T12:00:00Z`))
}
