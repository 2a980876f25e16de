/** Slack's date tokens. https://docs.slack.dev/messaging/formatting-message-text#date-formatting */

interface Here {
  readonly now: Date
  readonly timeZone: string
}

const DAY_MS = 86_400_000

/** The text of a date in the reader's time zone; undefined where the timestamp is none. */
export function dateText(timestamp: number, format: string, { now, timeZone }: Here): string | undefined {
  if (!Number.isFinite(timestamp)) return undefined
  const date = new Date(timestamp * 1000)
  const shown = (options: Intl.DateTimeFormatOptions) => formatter(timeZone, options).format(date)
  const long = () => shown({ month: 'long', day: 'numeric', year: 'numeric' })
  const short = () => shown({ month: 'short', day: 'numeric', year: 'numeric' })
  const full = () => `${shown({ weekday: 'long' })}, ${long()}`
  const day = () => nearDay(date, now, timeZone)
  const tokens: Readonly<Record<string, () => string>> = {
    date_num: () => numbered(date, timeZone),
    date: long,
    date_pretty: () => day() ?? long(),
    date_short: short,
    date_short_pretty: () => day() ?? short(),
    date_long: full,
    date_long_pretty: () => day() ?? full(),
    time: () => shown({ hour: 'numeric', minute: '2-digit' }),
    time_secs: () => shown({ hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: () => ago(now.getTime() - date.getTime()),
  }
  return format.replace(/\{(\w+)\}/g, (whole, name: string) => tokens[name]?.() ?? whole)
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** The same one each time: to make one costs a thousand times what it costs to use it. */
export function formatter(
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
  locale = 'en-US',
): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, timeZone, options])
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, { timeZone, ...options })
  formatters.set(key, made)
  return made
}

/** As 2026-03-10. */
const numbered = (moment: Date, timeZone: string) => formatter(timeZone, {}, 'en-CA').format(moment)

function nearDay(date: Date, now: Date, timeZone: string): string | undefined {
  const days = Math.round(
    (Date.parse(numbered(date, timeZone)) - Date.parse(numbered(now, timeZone))) / DAY_MS,
  )
  return { '-1': 'yesterday', '0': 'today', '1': 'tomorrow' }[String(days)]
}

function ago(pastMs: number): string {
  const minutes = Math.abs(pastMs) / 60_000
  const words =
    minutes < 60
      ? `${Math.round(minutes)} min`
      : minutes < 1440
        ? `${Math.round(minutes / 60)} h`
        : `${Math.round(minutes / 1440)} days`
  return pastMs >= 0 ? `${words} ago` : `in ${words}`
}
