/** The local Zendesk and our client against Zendesk's own description of its API. */
import { describe, expect, test } from 'vitest'
import { zendeskEmail, zendeskToken } from '../../sandbox/zendesk/zendesk.ts'
import { aZendesk } from '../clients/local.ts'
import { contract, faults, haveContracts, skipReason } from './contracts.ts'

describe.skipIf(!haveContracts)(`by Zendesk's description${skipReason}`, () => {
  const zendesk = haveContracts ? contract('zendesk/zendesk-support-oas-2.0.0.yaml') : undefined

  test('an update is what Zendesk takes', async () => {
    const { local, client } = await aZendesk()
    const { id } = local.submitTicket('x')
    const updatedStamp = (await client.ticket(id)).updatedAt
    const comment = { htmlBody: '<p>x</p>', public: true }
    const customFields = [{ id: 3, value: 'x' }]
    await client.updateTicket(id, { status: 'solved', comment, customFields, updatedStamp, opId: 'op-1' })

    const [sent] = local.fake.received('PUT', /./).map((request) => request.body as { ticket: unknown })
    // `metadata` is documented beside the description ("Setting metadata" of the Ticket Audits page), and a custom
    // field's value is described there as the definition of a field.
    const except = ['metadata', 'custom_fields']
    expect(zendesk && faults(zendesk, 'TicketUpdateInput', sent?.ticket, { except })).toEqual([])
    expect(Object.keys(Object(sent?.ticket))).toContain('updated_stamp')
  })

  test('a ticket and an audit have the fields that Zendesk describes', async () => {
    const { local } = await aZendesk()
    const { id } = local.submitTicket('x')
    const read = async (path: string) => {
      const authorization = `Basic ${Buffer.from(`${zendeskEmail}/token:${zendeskToken}`).toString('base64')}`
      return (await fetch(`${local.url}/api/v2/${path}`, { headers: { authorization } })).json()
    }

    const { ticket } = (await read(`tickets/${id}`)) as { ticket: unknown }
    const { audits } = (await read(`tickets/${id}/audits`)) as { audits: unknown[] }

    expect(zendesk && faults(zendesk, 'TicketAuditObject', audits[0])).toEqual([])
    expect(zendesk && faults(zendesk, 'TicketObject', ticket, { except: ['fields'] })).toEqual([])
  })
})
