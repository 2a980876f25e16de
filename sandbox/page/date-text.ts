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
  const shown = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-US', { timeZone, ...options }).format(date)
  const long = shown({ month: 'long', day: 'numeric', year: 'numeric' })
  const short = shown({ month: 'short', day: 'numeric', year: 'numeric' })
  const full = `${shown({ weekday: 'long' })}, ${long}`
  const day = nearDay(date, now, timeZone)
  const tokens: Readonly<Record<string, string>> = {
    date_num: new Intl.DateTimeFormat('en-CA', { timeZone }).format(date),
    date: long,
    date_pretty: day ?? long,
    date_short: short,
    date_short_pretty: day ?? short,
    date_long: full,
    date_long_pretty: day ?? full,
    time: shown({ hour: 'numeric', minute: '2-digit' }),
    time_secs: shown({ hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: ago(now.getTime() - date.getTime()),
  }
  return format.replace(/\{(\w+)\}/g, (whole, name: string) => tokens[name] ?? whole)
}

function nearDay(date: Date, now: Date, timeZone: string): string | undefined {
  const dayOf = (moment: Date) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(moment)
  const days = Math.round((Date.parse(dayOf(date)) - Date.parse(dayOf(now))) / DAY_MS)
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
