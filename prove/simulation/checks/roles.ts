/** Nobody decided what is not theirs to decide: by the user groups, not by what the bot noted. */
import { GROUPS } from '../../../sandbox/slack/people.ts'
import type { Decision, Flows } from '../../../src/engine/flow.ts'
import { flows as privacyFlows } from '../../../src/flows/index.ts'
import type { AuditEntry } from '../../../src/store/store.ts'
import type { Evidence } from '../check.ts'

const flows: Flows = privacyFlows

const members = {
  'support-engineer': GROUPS.engineers.members,
  'support-manager': GROUPS.managers.members,
  privacy: GROUPS.privacy.members,
  'field-security': GROUPS.fieldSecurity.members,
} as const satisfies Record<string, readonly string[]>

export function checkRoles(evidence: Evidence): void {
  const { audit, findings, world } = evidence
  const needsBoth = world.environment.REQUIRE_PRIVACY_APPROVAL === 'true'
  const acted = audit.filter(({ what }) => what === 'decided' || what === 'tried-again' || what === 'claimed')
  const tickets = new Set(audit.filter(({ details }) => details.ticket !== undefined).map(idOf))
  for (const entry of acted) {
    // A ticket that is sent to the form has no request of its own.
    if (entry.requestId !== undefined && tickets.has(entry.requestId)) {
      checkOnTicket(evidence, entry)
      continue
    }
    const userId = entry.who.replace('slack:', '')
    const allowed = entry.what === 'decided' ? deciders(entry, needsBoth) : Object.keys(members)
    const holds = Object.entries(members).filter(([, ids]) => (ids as readonly string[]).includes(userId))
    if (!holds.some(([role]) => allowed.includes(role)))
      findings.letIn.push(
        `${userId} ${entry.what} ${entry.details.decision ?? ''} on #${entry.iid} without the role`,
      )
  }
}

/** Groups are asked for at most once a minute, and what was read for the decision was read after that. */
const knownForMs = 60_000 + 20_000

/** Field Security alone, and who is in it changes. */
function checkOnTicket({ findings, world: { bot, fieldSecurity } }: Evidence, entry: AuditEntry): void {
  const { who, what, details } = entry
  const userId = who.replace('slack:', '')
  const { first, last } = bot.clock.whenItSaid(entry.at)
  if (!fieldSecurity.held(userId, first - knownForMs, last))
    findings.letIn.push(
      `${userId} ${what} ${details.decision ?? ''} on ticket ${details.ticket} without the role`,
    )
}

function idOf({ requestId }: AuditEntry): string | undefined {
  return requestId
}

/** With REQUIRE_PRIVACY_APPROVAL, one of each approves what takes two. */
function deciders({ details }: AuditEntry, needsBoth: boolean): readonly string[] {
  const [flowName = '', step = ''] = String(details.from).split('/')
  const name = String(details.decision)
  const flow = flows[flowName]
  const everywhere = Object.values(flow?.steps ?? {}).flatMap(({ decisions }) => decisions[name] ?? [])
  const here: Decision | undefined = flow?.steps[step]?.decisions[name] ?? flow?.anytime[name]
  // What completes a request that was closed by hand is a decision of the step from which it was closed.
  const rules = here ? [here] : everywhere
  return rules.flatMap(({ by, alsoBy, fourEyes }) => [
    ...by,
    ...(alsoBy?.roles ?? []),
    ...(fourEyes && needsBoth ? ['support-manager', 'privacy'] : []),
  ])
}
