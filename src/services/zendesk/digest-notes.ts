/** What Zendesk has to say in the desk's digest besides its tickets. */

import type { Log } from '../../http/log.ts'
import type { Zendesk } from './client.ts'
import { apiTokensEndText, daysOfApiTokens } from './sign-in.ts'

export interface DigestNotes {
  readonly zendesk: Pick<Zendesk, 'suspended'>
  /** The address that the queue asks for; left out where the query names none. */
  readonly recipient?: string | undefined
  /** Whether an API token signs in, of which Zendesk makes an end. */
  readonly hasApiToken: boolean
  /** `2026-11-30` */
  readonly today: string
  readonly log: Pick<Log, 'warn'>
}

export async function digestNotes(parts: DigestNotes): Promise<readonly string[]> {
  return [...(await suspendedNotes(parts)), ...(parts.hasApiToken ? apiTokensText(parts.today) : [])]
}

/** The digest does not wait for it: what can't be asked is not said. */
async function suspendedNotes({ zendesk, recipient, log }: DigestNotes): Promise<readonly string[]> {
  if (recipient === undefined) return []
  try {
    return suspendedText(await zendesk.suspended(recipient))
  } catch (error) {
    log.warn({ error: String(error) }, 'the suspended e-mails could not be counted')
    return []
  }
}

/** E-mails that Zendesk holds back as suspected spam; nothing where it does not say how many. */
export function suspendedText(count = 0): readonly string[] {
  if (count === 0) return []
  return [
    count === 1
      ? '1 e-mail to security@ is held back by Zendesk as suspected spam: look at it there.'
      : `${count} e-mails to security@ are held back by Zendesk as suspected spam: look at them there.`,
  ]
}

function apiTokensText(today: string): readonly string[] {
  const ending = apiTokensEndText(daysOfApiTokens(today))
  return [`${ending}, and with them this desk: its operators have to set up an OAuth client.`]
}
