// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
/** Defects in what time does: calendar and business days, holds, deadlines, reminders, the digest. */
import { defects, type Mutant } from '../mutant.ts'

const clocks = 'test/engine/clocks.test.ts'
const businessTime = 'test/engine/business-time.test.ts'
const distributionDays = 'test/engine/distribution-days.test.ts'

export const inTheClocks: readonly Mutant[] = [
  ...defects('clocks', 'engine/time.ts', 'test/engine/time.test.ts', [
    [
      'a clock ends with its last day’s beginning',
      'overAt: endOfDay(lastDay, timeZone)',
      'overAt: startOf(lastDay, timeZone)',
    ],
    [
      'days are counted in UTC',
      'if (at < startOf(day, timeZone)) return dayBeside(day, -1)\n',
      'if (at <= day) return dayBeside(day, -1)\n',
    ],
    [
      'a day begins at midnight in UTC',
      'Temporal.PlainDate.from(day).toZonedDateTime(timeZone)',
      "Temporal.PlainDate.from(day).toZonedDateTime('UTC')",
    ],
    [
      'a day begins when it does in the zone that was asked for first',
      'const known = starts.get(timeZone) ??',
      'const known = starts.get(timeZone) ?? [...starts.values()][0] ??',
    ],
  ]),
  ...defects('clocks', 'engine/business-time.ts', businessTime, [
    [
      'Saturday is a business day',
      'return dayOfWeek(day) <= 5 && !calendar.isHoliday(day)',
      'return dayOfWeek(day) <= 6 && !calendar.isHoliday(day)',
    ],
    [
      'a holiday is a business day',
      'return dayOfWeek(day) <= 5 && !calendar.isHoliday(day)',
      'return dayOfWeek(day) <= 5',
    ],
    [
      'what arrives on a Sunday ends on Monday at the same time',
      'if (!isBusinessDay(firstDay, calendar)) return endOfDay(lastDay, timeZone)',
      '',
    ],
    [
      'a business day ends at midnight',
      'toZonedDateTime({ timeZone, plainTime })',
      'toZonedDateTime({ timeZone })',
    ],
  ]),
  ...defects('clocks', 'engine/business-time.ts', distributionDays, [
    [
      'reports go out on Tuesdays',
      'if (dayOfWeek(day) === 1 || dayOfWeek(day) === 4) return true',
      'if (dayOfWeek(day) === 2 || dayOfWeek(day) === 4) return true',
    ],
    [
      'a holiday moves no distribution day',
      'return !isBusinessDay(before, calendar) && isReportsTurn(before, calendar)',
      'return false',
    ],
    [
      'a report is promised for the same day',
      'let next = dayBeside(day, 1)\n',
      'let next = dayBeside(day, 0)\n',
    ],
    [
      'reports go out on a holiday',
      'return isBusinessDay(day, calendar) && isReportsTurn(day, calendar)',
      'return isReportsTurn(day, calendar)',
    ],
  ]),
  ...defects('clocks', 'engine/clocks.ts', clocks, [
    [
      'a clock is over only after its end',
      'const isOver = place.now >= end.overAt',
      'const isOver = place.now > end.overAt',
    ],
    [
      'holds do not make a clock later',
      'endOf(rule, request, startsAt, extendedDays + pausedDays, place)',
      'endOf(rule, request, startsAt, extendedDays, place)',
    ],
    [
      'extensions do not make a clock later',
      'endOf(rule, request, startsAt, extendedDays + pausedDays, place)',
      'endOf(rule, request, startsAt, pausedDays, place)',
    ],
    [
      'a hold revives a clock that was over',
      'const isOver = begins >= endOfClock(startsAt, days + paused, timeZone).overAt',
      'const isOver = begins > to',
    ],
    [
      'a hold from before the clock began makes it later',
      'const begins = from > startsAt ? from : startsAt',
      'const begins = from',
    ],
    [
      'the extension of one step’s clock counts at every step',
      "one.clock === 'step' && one.step === step && isOfThisClock(one.at),",
      "one.clock === 'step' && isOfThisClock(one.at),",
    ],
    [
      'the extension of a step’s clock counts again when the request comes back',
      ' && isOfThisClock(one.at)',
      '',
    ],
    [
      'a hold that has ended still holds',
      'return last !== undefined && last.to === undefined',
      'return last !== undefined',
    ],
  ]),
  ...defects('clocks', 'engine/clocks.ts', 'test/requests/remind-ticket.test.ts', [
    ['a reopened ticket keeps its old clock', 'return facts.reopenedAt ?? createdAt', 'return createdAt'],
  ]),
  ...defects('clocks', 'requests/desk-context.ts', 'test/requests/remind.test.ts', [
    ['the warning comes a day late', 'const warnDays = 5', 'const warnDays = 4'],
  ]),
  ...defects('clocks', 'requests/desk-context.ts', 'test/requests/remind-ticket.test.ts', [
    ['a ticket’s warning comes an hour late', 'const warnHours = 3', 'const warnHours = 2'],
  ]),
  ...defects('told', 'requests/handle-event.ts', 'test/requests/remind.test.ts', [
    [
      'an event between the deadline and the tick swallows the call',
      'const isDue = due !== undefined && due <= now',
      'const isDue = due === now && due < now',
    ],
  ]),
  ...defects('keys', 'requests/remind.ts', 'test/requests/remind.test.ts', [
    [
      'a reminder is given again and again',
      'tables.settings.claimOnce(keyOf(name), nowOf(context))',
      'tables.settings.claimOnce(`${keyOf(name)}:${context.newId()}`, nowOf(context))',
    ],
    [
      'one request’s reminder is that of all',
      'tables.settings.claimOnce(keyOf(name), nowOf(context))',
      'tables.settings.claimOnce(name, nowOf(context))',
    ],
  ]),
  ...defects('told', 'requests/reminders.ts', 'test/requests/remind.test.ts', [
    [
      'who has claimed a request is not called',
      "forWhom(same) === 'assignee' ? `${assigneeWord} ${text}` : `${text}${whoseText(row)}`",
      '`${text}${whoseText(row)}`',
    ],
    [
      'nobody is called when a step is over',
      'return [...ofDeadline(context, flow, row), ...ofStep(context, flow, row)]',
      'return ofDeadline(context, flow, row)',
    ],
    [
      'nobody is warned before a deadline',
      "...(isPast(warnAt) ? [{ ...named('due-soon'), text, isForAssignee: true, mention: [] }] : []),",
      '',
    ],
  ]),
  ...defects('keys', 'requests/digest.ts', 'test/requests/digest.test.ts', [
    [
      'the digest comes again after each start',
      'if (!(await tables.settings.claimOnce(name, now))) return',
      'await tables.settings.claimOnce(name, now)',
    ],
  ]),
]
