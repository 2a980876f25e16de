/** What time owes: a digest each day, a call before the thirty days end and one when they are over, and the right day in a refusal. */

import type { Message } from '../../../sandbox/slack/workspace.ts'
import { dayOf, minuteOfDay, openFrom } from '../../handbook/clocks.ts'
import { failedChecks, fulfilment } from '../../handbook/privacy.ts'
import type { Evidence } from '../check.ts'
import type { World } from '../world.ts'
import { byBot, type CaseFile, calls } from './case-file.ts'
import { givenUpMessages, isGivenUp } from './given-up.ts'
import { isAfter, threadOf } from './owed-in-gitlab.ts'
import { opensFrom } from './permitted.ts'
import { type Counts, owe } from './tally.ts'

/** DIGEST_AT, as nothing else is set: 09:00. */
const digestMinute = 9 * 60
/** What is due is asked for every minute, and the bot's clock may be behind by most of an hour. */
const wakesWithinMs = 3 * 60_000
const wrongClockMs = 52 * 60_000

export const privacyChannel = 'privacy-team_help'

const desks = [privacyChannel, 'field-security'] as const

/** A message in the channel itself, titled with what the desk works and the day. */
export function digestsIn({ slack }: World, channel: (typeof desks)[number]): readonly Message[] {
  return slack
    .messages(slack.space.channel(channel)?.id ?? '')
    .filter(({ text }) => /^(?:Privacy requests|Security tickets), \d+ \w+ \d{4}/.test(text))
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
    for (const { text, ts } of digests)
      if (isEarly(text, Number(ts.split('.')[0]) * 1000, zoneOf(world)))
        findings.broken.push(`“${text.slice(0, 40)}…” came to ${channel} before its time`)
    // A message of which Slack gave no answer is posted once more: twice is bearable, more is a fault.
    for (const [text, same] of Map.groupBy(digests, (one) => one.text.slice(0, 40)))
      if (same.length > 2) findings.duplicated.push(`“${text}…” came ${same.length} times to ${channel}`)
  }
}

/** On the day that it bears in its title; one that Slack did not take on its day may come in the night after it. */
export function isEarly(text: string, postedMs: number, zone: string): boolean {
  const [, date, month, year] = /, (\d+) (\w+) (\d{4})/.exec(text) ?? []
  const day = new Date(`${date} ${month} ${year} 12:00 UTC`).toISOString().slice(0, 10)
  const isItsDay = dayOf(postedMs, zone) === day && dayOf(postedMs + wrongClockMs, zone) === day
  return isItsDay && minuteOfDay(postedMs + wrongClockMs, zone) < digestMinute
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
  { world, findings }: Evidence,
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
  judgeWarnings({ world, findings }, files, counts)
}

/** Somebody has set the label of the failed checks: GitLab closes it by itself, and nobody is called. */
function wasTakenForInvalid({ labelEvents }: CaseFile['issue']): boolean {
  return labelEvents.some(({ label }) => label === failedChecks.label)
}

/** One day is left: whoever looks at the bot from then on finds that the managers were called. */
function judgeWarnings(
  { world, findings }: Pick<Evidence, 'world' | 'findings'>,
  files: readonly CaseFile[],
  counts: Counts,
): void {
  for (const file of files) {
    const { issue, acts, name } = file
    if (byBot(issue) || issue.removed || issue.stateEvents.length > 0 || wasTakenForInvalid(issue)) continue
    if (acts.some(({ button }) => /^(?:Pause|Resume|Extend) /.test(button))) continue
    if (!world.cards().some(({ text }) => text.startsWith(`${name} `))) continue
    const created = Date.parse(issue.createdAt)
    const from = openFrom(created, fulfilment.days - 2, zoneOf(world)) + wrongClockMs
    const until = openFrom(created, fulfilment.days, zoneOf(world)) - wrongClockMs
    const isSeen = world.looks.some((look, index) => {
      const begins = beginningOfUp(world, index)
      return (
        look.ms < until && begins !== undefined && begins.ms > from && look.at - begins.at >= wakesWithinMs
      )
    })
    if (!isSeen) continue
    const says = (text: string) => calls(text, fulfilment.calls) && /has to be fulfilled by/.test(text)
    const isCalled = threadOf(world, file).some(({ text }) => says(text))
    if (!isCalled && isGivenUp(world, file, says, 0)) owe(counts, givenUpMessages, true)
    else if (!owe(counts, 'calls before the thirty days end', isCalled))
      findings.missing.push(`${name} had one day left and nobody was called`)
  }
}

/** "a refusal before then names 9 March": the day from which it will be open. */
export function judgeNamedDays(
  { world, findings }: Evidence,
  files: readonly CaseFile[],
  counts: Counts,
): void {
  const told = world.slack.space.messages.filter(({ visibleTo }) => visibleTo !== undefined)
  for (const file of files) {
    if (file.acts.some(({ button }) => /^(?:Pause|Resume|Extend) /.test(button))) continue
    const days = file.decisions.flatMap(({ button, opensAfter }) => {
      const from =
        opensAfter && opensAfter.since === 'creation' ? opensFrom(world, file, opensAfter) : undefined
      return from === undefined ? [] : [{ button, day: inWords(dayOf(from, zoneOf(world))) }]
    })
    for (const { text } of told) {
      const [, button, named] =
        new RegExp(`^(.{3,30}) is not open for ${file.name}\\. It is open from (\\d+ \\w+ \\d{4})`).exec(
          text,
        ) ?? []
      if (button === undefined) continue
      const right = days.filter((one) => one.button === button)
      if (right.length === 0) continue
      if (
        !owe(
          counts,
          'days that a refusal names',
          right.some(({ day }) => day === named),
        )
      )
        findings.broken.push(
          `${file.name}: ${button} is said to be open from ${named}, and it is from ${right[0]?.day}`,
        )
    }
  }
}

/** `8 March 2026` */
function inWords(day: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })
  return format.format(Date.parse(`${day}T12:00:00Z`))
}
