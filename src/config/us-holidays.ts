/** The US federal holidays as observed, by the rules of 5 U.S.C. 6103, as a business calendar. */
import { allForYear } from '@18f/us-federal-holidays'
import type { BusinessCalendar } from '../engine/business-time.ts'

/**
 * The rules know no end, but the law changes. Until this day they have been compared with the list of the
 * US Office of Personnel Management, in test/config/us-holidays.test.ts. A later list goes there first.
 * https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/
 */
export const checkedUntil = '2030-12-31'

/**
 * Makes the business calendar. `also` holds days off beside the law's, `2026-12-24`: closings by executive order, say.
 * Throws `RangeError` for a day that does not exist.
 */
export function usFederalHolidays(
  also: readonly string[] = [],
  until: string = checkedUntil,
): BusinessCalendar & {
  /** Those of the last ten years for which it is checked, which is longer than any request is open. */
  readonly daysOff: readonly string[]
} {
  // A day that is none is refused here, rather than passed over on the day it was meant for.
  const added = new Set(also.map((day) => Temporal.PlainDate.from(day).toString()))
  return {
    isHoliday: (day) => added.has(day) || holidaysOf(day.slice(0, 4)).has(day),
    checkedUntil: until,
    daysOff: [...added, ...lastTenYears(until).flatMap((year) => [...holidaysOf(year)])],
  }
}

function lastTenYears(until: string): readonly string[] {
  return Array.from({ length: 10 }, (_, back) => String(Number(until.slice(0, 4)) - back))
}

const years = new Map<string, ReadonlySet<string>>()

/** The law's alone, which are the same for every calendar. */
function holidaysOf(year: string): ReadonlySet<string> {
  const known = years.get(year)
  if (known) return known
  const holidays = observedIn(Number(year))
  years.set(year, holidays)
  return holidays
}

/** With New Year's Day of the year after, which is observed on 31 December when it is a Saturday. */
function observedIn(year: number): ReadonlySet<string> {
  const shift = { shiftSaturdayHolidays: true, shiftSundayHolidays: true }
  // `date` depends on the machine's time zone, `dateString` doesn't.
  return new Set(
    [year, year + 1].flatMap((one) => allForYear(one, shift)).map(({ dateString }) => dateString),
  )
}
