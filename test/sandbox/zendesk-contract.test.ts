/** The local Zendesk and our client against Zendesk's own description of its API. */
import { describe, expect, test } from 'vitest'
import {
  type LocalZendesk,
  supportGroupId,
  zendeskBotId,
  zendeskEmail,
  zendeskToken,
} from '../../sandbox/zendesk/zendesk.ts'
import { aZendesk } from '../services/local.ts'
import { type Contract, contract, faults, haveContracts, skipReason } from './contracts.ts'

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

  test('an update that moves the ticket to a group is what Zendesk takes', async () => {
    const { local, client } = await aZendesk()
    const { id } = local.submitTicket('x')
    const updatedStamp = (await client.ticket(id)).updatedAt
    const comment = { body: 'For support', public: false }
    await client.updateTicket(id, { groupId: String(supportGroupId), comment, updatedStamp, opId: 'op-1' })

    const [sent] = local.fake.received('PUT', /./).map((request) => request.body as { ticket: unknown })
    expect(zendesk && faults(zendesk, 'TicketUpdateInput', sent?.ticket, { except: ['metadata'] })).toEqual(
      [],
    )
    expect(Object.keys(Object(sent?.ticket))).toContain('group_id')
  })

  test('what is asked for has the paths and the parameters that Zendesk describes', async () => {
    const { local, client } = await aZendesk()
    const { id } = local.submitTicket('x')
    await Promise.all([
      ...[client.me(), client.comments(id), client.users([1, 2]), client.group('1')],
      ...[client.audits(id), client.ticket(id), client.suspended('security@gitlab.com')],
      Array.fromAsync(client.search('type:ticket')),
    ])

    for (const { method, path, query } of local.fake.requests) {
      const described = operation(zendesk, method, path)
      expect(described, path).toBeDefined()
      // Those of paging are described in words: "Pagination" of each page.
      const named = [...query.keys()].filter((name) => !/^(page|per_page|page\[(size|after)\])$/.test(name))
      const known = described?.parameters?.map(({ name }) => name) ?? []
      expect(named.filter((name) => !known.includes(name))).toEqual([])
    }
  })

  test('a ticket and an audit have the fields that Zendesk describes', async () => {
    const { local } = await aZendesk()
    const ccs = [{ name: 'Lee', email: 'lee@example.com' }]
    // Without a group it is null, and so is whoever it is assigned to, which the description does not know.
    const { id } = local.submitTicket('x', { ccs, groupId: supportGroupId })

    const { ticket } = (await read(local, `tickets/${id}`)) as { ticket: unknown }
    const { audits } = (await read(local, `tickets/${id}/audits`)) as { audits: unknown[] }

    expect(zendesk && faults(zendesk, 'TicketAuditObject', audits[0])).toEqual([])
    expect(zendesk && faults(zendesk, 'TicketObject', ticket, { except: ['fields', 'assignee_id'] })).toEqual(
      [],
    )
  })

  test('comments, people, groups and suspended mail have the fields that Zendesk describes', async () => {
    const { local } = await aZendesk()
    const { id } = local.submitTicket('x')
    local.suspendMail('x')
    const lists = [
      ['TicketCommentsResponse', `tickets/${id}/comments`],
      ['SuspendedTicketsResponse', 'suspended_tickets'],
      ['UsersResponse', `users/show_many?ids=${zendeskBotId}`],
      ['CurrentUserResponse', 'users/me'],
      ['GroupResponse', `groups/${supportGroupId}`],
    ] as const

    for (const [schema, path] of lists) {
      const answer = await read(local, path)
      // Of cursors: https://developer.zendesk.com/api-reference/introduction/pagination/
      const { meta, links, ...rest } = answer as Record<string, unknown>
      expect(zendesk && faults(zendesk, schema, rest), path).toEqual([])
    }
    const { comments } = (await read(local, `tickets/${id}/comments`)) as { comments: unknown[] }
    const { suspended_tickets } = (await read(local, 'suspended_tickets')) as { suspended_tickets: unknown[] }
    const { users } = (await read(local, `users/show_many?ids=${zendeskBotId}`)) as { users: unknown[] }
    const { group } = (await read(local, `groups/${supportGroupId}`)) as { group: unknown }
    expect(zendesk && faults(zendesk, 'TicketCommentObject', comments[0])).toEqual([])
    expect(zendesk && faults(zendesk, 'SuspendedTicketObject', suspended_tickets[0])).toEqual([])
    expect(zendesk && faults(zendesk, 'UserForAdmin', users[0])).toEqual([])
    expect(zendesk && faults(zendesk, 'GroupObject', group)).toEqual([])
  })

  test('what a search finds has the form that Zendesk describes', async () => {
    const { local } = await aZendesk()
    local.pageSize = 1
    for (const text of ['x', 'y']) local.submitTicket(text, { groupId: supportGroupId })

    const answer = (await read(local, 'search?query=type:ticket')) as { results: { result_type: string }[] }

    // The results are described as groups only ("May consist of tickets, users, groups, or organizations"), and the
    // last page has no previous one, which is null.
    const { results, ...page } = answer
    expect(
      zendesk && faults(zendesk, 'SearchResponse', page, { except: ['facets', 'previous_page'] }),
    ).toEqual([])
    const [{ result_type: type, ...ticket } = { result_type: '' }] = results
    expect(type).toBe('ticket')
    expect(zendesk && faults(zendesk, 'TicketObject', ticket, { except: ['fields', 'assignee_id'] })).toEqual(
      [],
    )
  })
})

async function read({ url }: LocalZendesk, path: string): Promise<unknown> {
  const authorization = `Basic ${Buffer.from(`${zendeskEmail}/token:${zendeskToken}`).toString('base64')}`
  return (await fetch(`${url}/api/v2/${path}`, { headers: { authorization } })).json()
}

/** What Zendesk describes for a request; the parameters in its paths are numbers. */
function operation(of: Contract | undefined, method: string, path: string) {
  const asked = path.replace(/\.json$/, '')
  const paths = Object.keys(of?.paths ?? {}).filter((template) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '\\d+')}$`).test(asked),
  )
  const [found] = paths
  return found === undefined ? undefined : of?.paths[found]?.[method.toLowerCase()]
}
