/** What was answered with 200 was handled exactly once: decided, refused, or the person was told or shown something. */
import type { Evidence } from '../check.ts'
import type { InboxRow } from '../database.ts'
import type { Delivery } from '../deliveries.ts'
import { decoded, type Interaction, interactionOf } from './payloads.ts'

/** Within this time a person is told, or the process that would have told them has ended. */
const toldWithinMs = 30_000

/** By what was decided, by whom, on which request: the keys of what was stored. */
type Decisions = Map<string, Set<string>>

export function checkAcknowledged(evidence: Evidence): void {
  const { world, findings } = evidence
  const decisions: Decisions = new Map()
  for (const delivery of world.deliveries.all) {
    const isTaken = delivery.answers.some(({ status }) => status === 200)
    if (delivery.isForged) {
      if (isTaken) findings.letIn.push(`a forged delivery of ${delivery.at} was taken`)
      continue
    }
    if (delivery.from === 'gitlab') checkHint(evidence, isTaken, 'gitlab', String(idOf(delivery)))
    else if (delivery.from === 'zendesk') checkHint(evidence, isTaken, 'zendesk', zendeskIdOf(delivery))
    else checkInteraction(evidence, delivery, isTaken, decisions)
  }
  checkDecisions(evidence, decisions)
}

/** Its row bears the id of the delivery, beside the number of what it is about. */
function checkHint({ inbox, findings }: Evidence, isTaken: boolean, service: string, id: string): void {
  if (!isTaken) return
  const row = inbox.find(({ key }) => key.startsWith(`${service}:`) && key.endsWith(`:${id}`))
  if (!row) findings.missing.push(`${service} webhook ${id} was acknowledged and is not in the inbox`)
  else if (row.error !== null) findings.missing.push(`${service} webhook ${id} was given up: ${row.error}`)
}

function idOf({ sent: { headers } }: Delivery): string | undefined {
  return headers['webhook-id'] ?? headers['idempotency-key']
}

/** Of one event there may be several deliveries. */
function zendeskIdOf({ sent }: Delivery): string {
  const { id } = JSON.parse(sent.text) as { readonly id: string }
  return id
}

function checkInteraction(
  evidence: Evidence,
  delivery: Delivery,
  isTaken: boolean,
  decisions: Decisions,
): void {
  const { inbox, findings } = evidence
  const act = interactionOf(delivery)
  if (!act) return
  // All Sent is one decision for each ticket, under a key of its own.
  const rows = inbox.filter(({ key }) => key === act.key || key.startsWith(`${act.key}:`))
  for (const row of rows) {
    if (row.error) findings.missing.push(`${row.key} was given up: ${row.error}`)
    note(decisions, act, row)
  }
  if (isTaken && rows.length === 0 && !wasAnswered(evidence, delivery, act))
    findings.missing.push(
      `${act.kind} ${act.key} (${act.words}) of ${delivery.at} was acknowledged and nothing came of it`,
    )
}

function note(
  decisions: Decisions,
  { userId, stands, key: asked }: Interaction,
  { kind, key }: InboxRow,
): void {
  const decided =
    kind === 'redirect-ticket'
      ? { requestId: '', decision: 'send-to-form' }
      : key === asked
        ? stands
        : { requestId: key.slice(asked.length + 1), decision: 'report-sent' }
  if (!decided || !['decision', 'redirect-ticket'].includes(kind)) return
  const name = nameOf(userId, decided.requestId, decided.decision)
  decisions.set(name, new Set([...(decisions.get(name) ?? []), key]))
}

/** Shown a modal, told privately, given the errors of a modal; or it could not be, since the process ended. */
function wasAnswered({ world }: Evidence, delivery: Delivery, act: Interaction): boolean {
  if (delivery.answers.some(({ text }) => text.includes('response_action'))) return true
  const last = delivery.answers.findLast(({ status }) => status === 200)?.at ?? delivery.at
  const isNear = (at: number) => at >= delivery.at && at <= last + toldWithinMs
  if (world.bot.ends.some(isNear)) return true
  return world.network.calls.some(({ service, path, text, at }) => {
    if (service !== 'slack' || !isNear(at)) return false
    if (path === act.responsePath) return true
    const given = decoded(text)
    if (path.endsWith('views.open')) return given.includes(act.triggerId)
    const isPrivate = path.endsWith('chat.postEphemeral') || path.endsWith('chat.postMessage')
    return isPrivate && given.includes(act.userId)
  })
}

/** Each stored decision has one entry in the audit log; a refusal before a modal or at its fields has one, too. */
function checkDecisions(
  { audit, findings }: Evidence,
  decisions: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  const entries = new Map<string, { decided: number; refused: number }>()
  for (const { what, who, requestId = '', details } of audit) {
    if (what !== 'decided' && what !== 'refused') continue
    const name = nameOf(who.replace('slack:', ''), requestId, String(details.decision))
    const so = entries.get(name) ?? { decided: 0, refused: 0 }
    entries.set(name, { ...so, [what]: so[what] + 1 })
  }
  for (const [name, { size: stored }] of decisions) {
    const { decided = 0, refused = 0 } = entries.get(name) ?? {}
    if (decided + refused < stored)
      findings.missing.push(`${name}: ${stored} stored, ${decided} decided, ${refused} refused`)
  }
  for (const [name, { decided }] of entries) {
    const stored = decisions.get(name)?.size ?? 0
    if (decided > stored) findings.duplicated.push(`${name}: ${stored} stored, but ${decided} times decided`)
  }
}

function nameOf(userId: string, requestId: string, decision: string): string {
  return `${decision} by ${userId} on ${requestId.slice(0, 8)}`
}
