/**
 * The federal holidays as observed, day for day, as the US Office of Personnel Management lists them; it has
 * published them up to 2030. https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/
 */
export const officialHolidays: readonly string[] = [
  // New Year, Martin Luther King, Washington, Memorial Day, Juneteenth, Independence Day,
  // Labor Day, Columbus Day, Veterans Day, Thanksgiving, Christmas.
  ...['2025-01-01', '2025-01-20', '2025-02-17', '2025-05-26', '2025-06-19', '2025-07-04'],
  ...['2025-09-01', '2025-10-13', '2025-11-11', '2025-11-27', '2025-12-25'],
  // 4 July 2026 is a Saturday.
  ...['2026-01-01', '2026-01-19', '2026-02-16', '2026-05-25', '2026-06-19', '2026-07-03'],
  ...['2026-09-07', '2026-10-12', '2026-11-11', '2026-11-26', '2026-12-25'],
  // 19 June and 25 December 2027 are Saturdays, 4 July is a Sunday.
  ...['2027-01-01', '2027-01-18', '2027-02-15', '2027-05-31', '2027-06-18', '2027-07-05'],
  ...['2027-09-06', '2027-10-11', '2027-11-11', '2027-11-25', '2027-12-24'],
  // 1 January and 11 November 2028 are Saturdays.
  ...['2027-12-31', '2028-01-17', '2028-02-21', '2028-05-29', '2028-06-19', '2028-07-04'],
  ...['2028-09-04', '2028-10-09', '2028-11-10', '2028-11-23', '2028-12-25'],
  // 11 November 2029 is a Sunday.
  ...['2029-01-01', '2029-01-15', '2029-02-19', '2029-05-28', '2029-06-19', '2029-07-04'],
  ...['2029-09-03', '2029-10-08', '2029-11-12', '2029-11-22', '2029-12-25'],
  ...['2030-01-01', '2030-01-21', '2030-02-18', '2030-05-27', '2030-06-19', '2030-07-04'],
  ...['2030-09-02', '2030-10-14', '2030-11-11', '2030-11-28', '2030-12-25'],
]

/** Every day from one to another, counted without time zones. */
export function everyDay(from: string, to: string): readonly string[] {
  const days: string[] = []
  for (let day = from; day <= to; day = theDayAfter(day)) days.push(day)
  return days
}

export function theDayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + 86_400_000).toISOString().slice(0, 10)
}

/** Saturday, Sunday, or on the list. */
export function isDayOff(day: string): boolean {
  return [0, 6].includes(new Date(`${day}T00:00:00.000Z`).getUTCDay()) || officialHolidays.includes(day)
}
