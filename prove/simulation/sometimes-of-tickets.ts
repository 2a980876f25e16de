/** The rare paths of the security desk. */
import type { Evidence } from './check.ts'
import type { AuditEntry, InboxRow } from './database.ts'
import { zendeskWeather } from './zendesk-weather.ts'

const atSubmit = 'a ticket had changed before the modal was submitted'
const atHandling = 'a ticket had changed before the submit was handled'
const byZendesk = 'a decision was taken back since Zendesk refused its update'
const conflict = 'Zendesk refused an update of a ticket that had changed (409)'
const ownFound = 'an update of a ticket was found after its answer was lost'
const reopened = 'a ticket was reopened'
const back = 'a ticket came back from support'
const answered = 'an expert answered'
const inBatch = 'a report was sent with all of its day'
const keptInternal = 'a reply that Zendesk kept internal was told'
const roleLost = 'a role was lost between the modal and its submit'

export const sometimesOfTickets: readonly string[] = [
  ...[atSubmit, atHandling, byZendesk, conflict, ownFound, reopened, back],
  ...[answered, inBatch, roleLost, keptInternal],
  ...Object.values(zendeskWeather),
]

/** Each as often as it happened; what the network counts itself is not among them. */
export function inTickets(evidence: Evidence, inbox: readonly InboxRow[]): readonly string[] {
  const { world, audit } = evidence
  const changedModals = world.deliveries.all.filter(({ answers }) =>
    answers.some(({ text }) => text.includes('"response_action":"update"')),
  )
  return [
    ...changedModals.map(() => atSubmit),
    ...rewrittenIn(world).map(() => zendeskWeather.rewritten),
    ...audit.flatMap((entry) => namesOf(evidence, inbox, entry)),
  ]
}

/** The updates of the bot whose text stands there otherwise than it was sent, as Zendesk keeps texts. */
function rewrittenIn({ network, zendesk }: Evidence['world']): readonly unknown[] {
  const posted = [...zendesk.tickets.values()].flatMap((ticket) => ticket.posted)
  const kept = new Map(posted.map((one) => [one.metadata.custom.op_id, one]))
  return network.calls.filter(({ service, method, path, text }) => {
    if (service !== 'zendesk' || method !== 'PUT' || !/\/tickets\/\d+\.json$/.test(path)) return false
    const { comment, metadata } = (JSON.parse(text) as Sent).ticket
    const found = kept.get(metadata?.op_id)
    return found?.isRewritten === true && comment?.body !== undefined && found.body !== comment.body
  })
}

/** Only the fields that are looked at. */
interface Sent {
  readonly ticket: {
    readonly comment?: { readonly body?: string }
    readonly metadata?: { readonly op_id?: string }
  }
}

function namesOf(evidence: Evidence, inbox: readonly InboxRow[], entry: AuditEntry): readonly string[] {
  const { what, details } = entry
  const { name, because, effect, foundLater, from, decision } = details
  if (details.ticket === undefined) return []
  return [
    ...(what === 'refused' && /has changed since you read it/.test(String(because)) ? [atHandling] : []),
    ...(what === 'refused' && hadRole(evidence, entry) ? [roleLost] : []),
    ...(name === 'ticket-update-refused' ? [byZendesk] : []),
    ...(what === 'effect' && foundLater === true && /ticket/.test(String(effect)) ? [ownFound] : []),
    ...(name === 'ticket-reopened' ? [reopened] : []),
    ...(name === 'ticket-reply-kept-internal' ? [keptInternal] : []),
    ...(what === 'effect' && /did not do all of it/.test(String(details.error ?? because))
      ? [zendeskWeather.undone]
      : []),
    ...(name === 'ticket-reopened' && from === 'security-ticket/redirected' ? [back] : []),
    ...(name === 'expert-issue-seen' ? [answered] : []),
    ...(what === 'decided' && decision === 'report-sent' && isOfBatch(inbox, entry) ? [inBatch] : []),
  ]
}

function hadRole({ world: { bot, fieldSecurity } }: Evidence, { who, at, details }: AuditEntry): boolean {
  return (
    /^Only Field Security can use /.test(String(details.because)) &&
    fieldSecurity.held(who.replace('slack:', ''), 0, bot.clock.whenItSaid(at).last)
  )
}

function isOfBatch(inbox: readonly InboxRow[], { requestId, who }: AuditEntry): boolean {
  return inbox.some(
    ({ key }) => key.startsWith('submit:') && key.endsWith(`:${who.replace('slack:', '')}:${requestId}`),
  )
}
