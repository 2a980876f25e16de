/** Hostile texts through every path by which a person's text leaves the bot. */
import type { Findings } from './findings.ts'
import { hostileStrings } from './hostile-strings.ts'
import { slackPaths } from './messages-of-strings.ts'
import { gitlabPaths, type TryText } from './notes-of-strings.ts'
import { ticketSlackPaths } from './ticket-messages-of-strings.ts'
import { ticketPaths } from './tickets-of-strings.ts'

const paths: Readonly<Record<string, TryText>> = {
  ...gitlabPaths,
  ...slackPaths,
  ...ticketPaths,
  ...ticketSlackPaths,
}

/** As many strings as wanted through each path, and each path its own. */
export async function proveInjection(findings: Findings, strings: number): Promise<void> {
  for (const [name, tryText] of Object.entries(paths)) {
    findings.reach(name, 0)
    for (const text of hostileStrings(`injection/${name}`, strings)) {
      try {
        await tryText(text, findings)
      } catch (error) {
        findings.broken(`${name} throws`, `${String(error)} for ${text}`)
      }
    }
    findings.reach(name, strings)
  }
}
