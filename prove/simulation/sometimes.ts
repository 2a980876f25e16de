/** The rare paths that a batch of runs has to have gone: one that was never gone is not proved. */
import type { Evidence } from './check.ts'
import { conditions } from './conditions.ts'
import type { AuditEntry, InboxRow } from './database.ts'
import { inTickets, sometimesOfTickets } from './sometimes-of-tickets.ts'

type Found = (entry: AuditEntry) => boolean

const isEffect = (entry: AuditEntry, outcome: string) =>
  entry.what === 'effect' && entry.details.outcome === outcome
const because = (entry: AuditEntry, words: RegExp) =>
  entry.what === 'refused' && words.test(String(entry.details.because))

/** Found in the audit log. */
const inAudit: Readonly<Record<string, Found>> = {
  'an effect was found by look-up after its answer was lost': (entry) => entry.details.foundLater === true,
  'an effect had no clear answer': (entry) => isEffect(entry, 'unknown'),
  'an effect was refused for good': (entry) => isEffect(entry, 'failed'),
  'somebody chose Try Again': ({ what }) => what === 'tried-again',
  'a reply was undone while it waited': ({ what }) => what === 'undone',
  'Undo came too late': (entry) => because(entry, /^Too late: .* has started to go out/),
  'a decision was refused for want of the role': (entry) => because(entry, /^Only .+ can use /),
  'a guest or member without a role was refused': (entry) => because(entry, /Guests|with a role/),
  'a decision was refused since it was not open yet': (entry) => because(entry, /^Too early: |opens as soon/),
  'the requester wrote while the close was being sent': ({ details }) => details.name === 'close-stopped',
  'somebody of another organisation was refused': (entry) =>
    because(entry, /Only members of this Slack workspace/),
  'an issue was closed by hand': ({ details }) => details.name === 'issue-closed',
  'an issue was reopened by hand': ({ details }) => details.name === 'issue-reopened',
  'a colleague sent the reply by hand': ({ details }) => details.name === 'snippet-sent',
  'an issue could not be read': ({ details }) => details.name === 'issue-unreadable',
  'a decision with a public reply and a close': ({ what, details }) =>
    what === 'decided' &&
    ['reply', 'close'].every((kind) => JSON.stringify(details.effects ?? []).includes(`"kind":"${kind}"`)),
  'a deletion was started': ({ details, what }) =>
    what === 'decided' && details.decision === 'start-deletion',
  'a request was completed': ({ details, what }) =>
    what === 'decided' && details.decision === 'complete-request',
  'an exception was approved': ({ details, what }) =>
    what === 'decided' && details.decision === 'approve-exception',
}

/** Counted by the world itself while it ran. */
const inWorld = [
  'the process died',
  'a restart with effects in flight',
  'a clean restart',
  'a start that failed',
  'the clock jumped',
  'the clock of the bot was set forward',
  'the clock of the bot was set back',
  'a click on what an old card showed',
  'Try Again after the faults had ended',
] as const

/** Found in what went over the wire. */
const onTheWire = [
  'a stale card was refused',
  'a duplicate delivery was acknowledged and ignored',
  'a delivery too old was refused',
  'a link that was there already (409)',
] as const

export const sometimes: readonly string[] = [
  ...Object.keys(inAudit),
  ...inWorld,
  ...onTheWire,
  ...conditions,
  ...sometimesOfTickets,
]

export function countSometimes(evidence: Evidence, inbox: readonly InboxRow[]): void {
  const { world, audit } = evidence
  for (const name of inTickets(evidence, inbox)) world.history.count(name)
  const { history, deliveries } = world
  for (const [name, isIt] of Object.entries(inAudit))
    for (const entry of audit) if (isIt(entry)) history.count(name)
  for (const { answers, isForged } of deliveries.all) {
    if (answers.filter(({ status }) => status === 200).length > 1)
      history.count('a duplicate delivery was acknowledged and ignored')
    if (!isForged && answers.some(({ status }) => status === 401))
      history.count('a delivery too old was refused')
  }
  const { messages, notices } = world.slack.space
  for (const { text, visibleTo } of [...messages, ...notices])
    if (visibleTo !== undefined && text.includes('is no longer open'))
      history.count('a stale card was refused')
}
