/** This machine's clock beside those of the services, by the dates of the answers that the doctor got anyway. */
import type { Config } from '../../config/config.ts'
import { usFederalHolidays } from '../../config/us-holidays.ts'
import { calendarEndsSoon } from '../../engine/business-time.ts'
import { dayIn, shortDayText, toInstant } from '../../engine/time.ts'
import type { Fetch } from '../../services/ask.ts'
import { counted, type Finding, ok, problem, warn } from './finding.ts'

const minute = 60_000

/** A date has whole seconds, and the answer was some seconds on its way. */
const sameWithinMs = minute

/** Slack signs its HTTP requests with their time, and an older one is refused as a replay: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const slackTakesMs = 5 * minute

/** A `fetch` that notes by how much this machine's clock differs from the answering service's. */
export interface Clock {
  readonly fetch: Fetch
  /** By how many milliseconds our own clock is ahead of the last answer's date; undefined where none had one. */
  readonly aheadMs: () => number | undefined
}

/** Wraps a `fetch` to read the time from each answer's `Date`: https://www.rfc-editor.org/rfc/rfc9110#name-date */
export function clockOf(fetch: Fetch, now: () => Date): Clock {
  let aheadMs: number | undefined
  return {
    async fetch(input, init) {
      const answer = await fetch(input, init)
      const date = Date.parse(answer.headers.get('date') ?? '')
      if (!Number.isNaN(date)) aheadMs = now().getTime() - date
      return answer
    },
    aheadMs: () => aheadMs,
  }
}

/**
 * Compares this machine's clock with each service's. Over HTTP a difference of more than 5 minutes is fatal, since
 * Slack's signatures are then refused as replays.
 */
export function checkClocks(
  slack: Config['slack'],
  clocks: Readonly<Record<'Slack' | 'GitLab' | 'Zendesk', Clock>>,
): readonly Finding[] {
  return Object.entries(clocks).flatMap(([service, clock]) => {
    const aheadMs = clock.aheadMs()
    if (aheadMs === undefined) return []
    if (Math.abs(aheadMs) <= sameWithinMs) return [ok(`Clock: the same as ${service}’s`)]
    const text = `Clock: ${lengthText(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} ${service}’s`
    const mend = 'let this machine keep its time by a time server'
    const isRefused = service === 'Slack' && slack.appToken === undefined && Math.abs(aheadMs) > slackTakesMs
    return [
      isRefused ? problem(`${text}, so Slack’s clicks and commands are all refused`, mend) : warn(text, mend),
    ]
  })
}

/** In the largest unit of which there are two: 90 minutes, 27 days. */
function lengthText(ms: number): string {
  const minutes = Math.round(ms / minute)
  if (minutes < 120) return counted(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 48 ? counted(hours, 'hour') : counted(Math.round(hours / 24), 'day')
}

// The days off that the clocks of tickets and the distribution days go by.

/**
 * Checks that the list of holidays reaches far enough. Only tickets need it: privacy requests know calendar days only.
 */
export function checkCalendar({ zendesk, desk, timezone }: Config, now: Date): readonly Finding[] {
  if (zendesk === undefined) return []
  const calendar = usFederalHolidays(desk.holidays.also, desk.holidays.checkedUntil)
  const today = dayIn(timezone, toInstant(now))
  const text = `US federal holidays are checked until ${shortDayText(calendar.checkedUntil, today)}`
  if (!calendarEndsSoon(today, calendar)) return [ok(text)]
  const mend =
    'take a newer version, or compare the next years with the list of the US Office of Personnel Management and set holidays in desk.yaml'
  return [warn(text, mend)]
}
