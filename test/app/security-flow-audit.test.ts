/** The audit log of the security desk: every decision with its ticket, an unbroken chain, nobody's data. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import { verifyAudit } from '../../src/store/audit-chain.ts'
import { openStore } from '../../src/store/open-store.ts'
import { people, type World } from './desk-world.ts'
import { agent, askSecurity, aTicket, customerReport, decideOnTicket, openOnTicket } from './ticket-acts.ts'

const secrets = ['Wayne', 'Batcave', 'Robin', 'requester@example.com', 'Initech', 'Salesforce', 'AES-256']

const submitted = (world: World, text: string) =>
  world.zendesk.submitTicket(`${text}, asks Bruce Wayne of the Batcave`, { subject: 'Wayne' }).id

/** A ticket for each way, and what the others may not do. */
async function aBusyDay() {
  const { world, ticket: first } = await aTicket({ text: 'Hello from Wayne', subject: 'Batcave' })
  world.gitlab.addExpertTeam(appSec)
  const tickets = [first, ...['1', '2', '3', '4', '5'].map((text) => submitted(world, text))]
  await world.settle()
  const [reply = 0, expert = 0, support = 0, bounty = 0, dmca = 0, report = 0] = tickets
  const on = (ticket: number) => ({ world, ticket })
  await decideOnTicket(on(reply), 'Reply', { 'Reply to the requester': 'Dear Wayne, AES-256.' })
  await decideOnTicket(on(expert), 'Engage Expert', {
    Team: appSec.name,
    'Question for the team': 'Is Wayne safe?',
  })
  await decideOnTicket(on(support), 'Redirect: Support', { 'Internal note for support': 'Wayne again' })
  await decideOnTicket(on(bounty), 'Redirect: Vulnerability')
  await decideOnTicket(on(dmca), 'Redirect: Copyright')
  await decideOnTicket(on(report), 'Compliance Report', customerReport)
  await openOnTicket(on(expert), 'Reply', people.manager.id)
  await askSecurity(world, `claim ${expert}`)
  await decideOnTicket(on(expert), 'Send Update')
  world.zendesk.requesterReplies(reply, 'Thanks, says Wayne')
  await world.settle()
  await world.advance({ days: 3 })
  await decideOnTicket(on(report), 'Report Sent')
  return { world, tickets }
}

describe('The audit log', () => {
  test('holds every decision: which ticket, who, from where to where', async () => {
    const { world, tickets } = await aBusyDay()

    const decided = (await world.audit()).filter(({ what }) => what === 'decided')

    const [reply, expert, support, bounty, dmca, report] = tickets
    const at = (step: string) => `security-ticket/${step}`
    expect(
      decided.map(({ who, details: { ticket, decision, from, to, roles } }) => [
        ...[ticket, decision, from, to],
        ...[who, roles],
      ]),
    ).toEqual(
      [
        [reply, 'reply', at('new'), at('solved')],
        [expert, 'engage-expert', at('new'), at('waiting-on-expert')],
        [support, 'redirect-support', at('new'), at('redirected')],
        [bounty, 'redirect-vulnerability', at('new'), at('solved')],
        [dmca, 'redirect-copyright', at('new'), at('solved')],
        [report, 'compliance-report', at('new'), at('queued')],
        [expert, 'send-update', at('waiting-on-expert'), at('waiting-on-expert')],
        [report, 'report-sent', at('queued'), at('solved')],
      ].map((entry) => [...entry, `slack:${agent}`, ['field-security']]),
    )
  })

  test('holds every effect in Zendesk with its ticket and outcome, each once', async () => {
    const { world, tickets } = await aBusyDay()

    const done = (await world.audit()).filter(
      ({ what, details: { effect } }) =>
        what === 'effect' && /^(ticket-|forward-|open-expert|link-expert)/.test(String(effect)),
    )

    const [reply, expert, support, bounty, dmca, report] = tickets
    expect(done.map(({ details: { ticket, effect, outcome } }) => [ticket, effect, outcome])).toEqual(
      [
        [reply, 'ticket-reply'],
        [expert, 'open-expert-issue'],
        [expert, 'ticket-reply'],
        [expert, 'link-expert-issue'],
        [support, 'forward-ticket'],
        [bounty, 'ticket-reply'],
        [dmca, 'ticket-reply'],
        [report, 'ticket-reply'],
        [report, 'ticket-note'],
        [expert, 'ticket-reply'],
        [report, 'ticket-reply'],
      ].map((entry) => [...entry, 'done']),
    )
  })

  test('names the ticket in every entry about one: opened, revealed, refused, claimed and seen too', async () => {
    const { world, tickets } = await aBusyDay()

    const entries = (await world.audit()).filter(({ requestId }) => requestId !== undefined)

    const known = new Set(tickets)
    expect(entries.filter(({ details }) => !known.has(Number(details.ticket)))).toEqual([])
    expect([...new Set(entries.map(({ what }) => what))].sort()).toEqual([
      ...['claimed', 'decided', 'effect', 'opened', 'refused', 'revealed', 'seen'],
    ])
  })

  test('is a whole chain', async () => {
    const { world } = await aBusyDay()
    const entries = await world.audit()

    const store = await openStore({ databaseUrl: world.databaseUrl, now: world.clock.now })
    const verdict = await verifyAudit(store.tables)
    await store.close()

    expect(verdict).toEqual({ ok: true, count: entries.length, head: entries.at(-1)?.hash })
  })

  test('holds no personal data: no name, no address, no word of a ticket or of an answer', async () => {
    const { world } = await aBusyDay()

    const log = JSON.stringify(await world.audit())

    for (const secret of secrets) expect(log).not.toContain(secret)
  })

  test('is what /security show tells of a ticket', async () => {
    const { world, tickets } = await aBusyDay()

    const answer = await askSecurity(world, `show ${tickets[3]}`)

    expect(answer).toContain(`Redirect: Vulnerability, now “Solved”, by <@${agent}>`)
    expect(answer).toContain(`<@${agent}> was shown what the requester wrote`)
  })
})
