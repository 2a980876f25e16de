/** The days off that the clocks of tickets and the distribution days go by. */
import type { Config } from '../../config/config.ts'
import { usFederalHolidays } from '../../config/us-holidays.ts'
import { calendarEndsSoon } from '../../engine/business-time.ts'
import { dayIn, dayText, toInstant } from '../../engine/time.ts'
import { type Finding, ok, warn } from './finding.ts'

/** Privacy requests know calendar days only. */
export function checkCalendar({ zendesk, desk, timezone }: Config, now: Date): readonly Finding[] {
  if (zendesk === undefined) return []
  const calendar = usFederalHolidays(desk.holidays.also, desk.holidays.checkedUntil)
  const text = `US federal holidays are checked until ${dayText(calendar.checkedUntil)}`
  if (!calendarEndsSoon(dayIn(timezone, toInstant(now)), calendar)) return [ok(text)]
  const mend =
    'take a newer version, or compare the next years with the list of the US Office of Personnel Management and set holidays in desk.yaml'
  return [warn(text, mend)]
}
