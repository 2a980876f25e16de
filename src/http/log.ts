/** One log, one line of JSON an entry, and no secret in any of them. */
import { type DestinationStream, type Logger, pino } from 'pino'

/** The log. A line has what is known as fields, then a sentence; pino's loggers are such logs. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Secrets are taken out by their value, and by their shape where somebody else's slips in. */
const shapes =
  /xox[abeprs]-[\w-]{10,}|xapp-[\w-]{10,}|gl(?:pat|ptt|rt|dt)-[\w-]{10,}|whsec_[\w+/=-]{10,}|Basic [\w+/=]{10,}|Bearer [\w.~+/=-]{10,}/g

/** Makes the log, which writes one line of JSON an entry and takes these secrets out of each. */
export function createLog(
  level: string,
  destination: { write(text: string): unknown },
  secrets: readonly string[],
): Logger {
  const stream: DestinationStream = { write: (line) => void destination.write(withoutSecrets(line, secrets)) }
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream)
}

function withoutSecrets(line: string, secrets: readonly string[]): string {
  // As it stands in JSON: a secret with a quote or a backslash is escaped there.
  const known = secrets.reduce(
    (text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), '[secret]'),
    line,
  )
  return known.replace(shapes, '[secret]')
}
