/** What is kept beside requests is judged anew where anything that it was judged by has changed. */
import { describe, expect, test } from 'vitest'
import { judgementOf } from '../../src/compose/judgement.ts'
import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import type { DeskContext } from '../../src/requests/desk-context.ts'
import { environment } from '../engine/a-request.ts'
import { aDesk } from '../requests/a-desk.ts'

describe('The name of a judgement', () => {
  const { daysOff } = usFederalHolidays()

  test('is the same where all is the same', async () => {
    const { context } = await aDesk()
    const { daysOff: again } = usFederalHolidays()

    expect(judgementOf({ ...context }, again)).toBe(judgementOf(context, daysOff))
  })

  test.each<[what: string, given: Partial<DeskContext>, daysOff: readonly string[]]>([
    ['the flows', { flows: {} }, daysOff],
    ['the time zone', { timeZone: 'Asia/Kolkata' }, daysOff],
    ['a day off', {}, usFederalHolidays(['2026-12-24']).daysOff],
    ['how far the holidays are known', {}, usFederalHolidays([], '2031-12-31').daysOff],
    ['who approves', { requirePrivacyApproval: true }, daysOff],
    ['what a label approves', { labelApproves: 'with-role' }, daysOff],
    ['what is stuck', { stuckAfterDays: 77 }, daysOff],
    ['a setting', { settings: { ...environment().settings, 'admin-token': false } }, daysOff],
  ])('differs where %s does', async (_, given, off) => {
    const { context } = await aDesk()

    expect(judgementOf({ ...context, ...given }, off)).not.toBe(judgementOf(context, daysOff))
  })
})
