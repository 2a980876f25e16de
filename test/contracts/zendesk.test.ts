/** What the whole bot sends to Zendesk, and what the local Zendesk answers, by Zendesk's own description. */
import { expect, test } from 'vitest'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import { channel, modalAfter, people } from '../app/desk-world.ts'
import { askSecurity, aTicket, customerReport, decideOnTicket } from '../app/ticket-acts.ts'
import { haveContracts, skipReason } from '../sandbox/contracts.ts'
import { contractOf, type Deviation, watch } from './openapi.ts'

const zendesk = contractOf('zendesk/zendesk-support-oas-2.0.0.yaml', {
  pathOf: (path) => path.replace(/\.json$/, ''),
  // https://developer.zendesk.com/api-reference/introduction/pagination/
  isParameterOfAll: (name) => /^(?:page|per_page|page\[(?:size|after)\])$/.test(name),
})

const deviations: readonly Deviation[] = [
  {
    fault: /^PUT \S+ sends \/ticket\/metadata that is not described$/,
    because: '`metadata` of an update is described beside the API ("Setting metadata" of Ticket Audits)',
  },
  {
    fault: /^PUT \S+ sends \S*\/ticket\/custom_fields\/#/,
    because: 'a custom field’s value is described as the definition of a field',
  },
  {
    fault: /answers \S*\/(?:assignee|group)_id must be integer/,
    because: 'a ticket of no group or agent has null there',
  },
  { fault: /answers \/ticket\/fields that/, because: 'a ticket’s custom fields are its `fields`, too' },
  {
    fault: /^GET \/api\/v2\/search answers \/results\/#/,
    because: 'a search’s results are described as groups, and are tickets, too',
  },
  { fault: /answers \/(?:meta|links) that/, because: 'lists by cursor are described on a page of their own' },
  {
    fault: /\/macros\/\{macro_id\}\/apply answers \/result\/ticket\//,
    because: 'a macro’s effect is "the full ticket object as it would be after applying the macro"',
  },
  {
    fault: /^PUT \S+ answers \/audit\/events\/#/,
    because: 'an update’s audit is described shorter than the same audit in its own list',
  },
]

/** Each way that a ticket takes, from both desks, with a poll, a digest and a new access token between. */
async function everyWay() {
  const withMacros = (text: string) => text.replace(/^ {2}deletion: #/m, '  deletion: 7 #')
  const first = await aTicket({ deskYaml: withMacros })
  const { world } = first
  const exchanges = watch(world.zendesk.fake)
  const another = async (given = {}) => {
    const { id: ticket } = world.zendesk.submitTicket('Is it safe?', { attachments: ['poc.pdf'], ...given })
    await world.drain()
    return { world, ticket }
  }
  world.gitlab.addExpertTeam(appSec)
  world.zendesk.suspendMail('Buy this')
  await decideOnTicket(first, 'Engage Expert', { Team: appSec.name, 'Question for the team': 'Is it safe?' })
  await decideOnTicket(first, 'Reply', { 'Reply to the requester': 'It is.' })
  await decideOnTicket(await another(), 'Redirect: Vulnerability')
  await decideOnTicket(await another(), 'Redirect: Support')
  await decideOnTicket(await another(), 'Compliance Report', customerReport)
  world.zendesk.macros.set(7, {
    id: 7,
    body: 'By the form.',
    addTags: ['form'],
    fields: [{ id: 3, value: 'x' }],
  })
  const { ticket } = await another({
    recipient: 'support@example.com',
    ccs: [{ name: 'Lee', email: 'lee@example.com' }],
  })
  const by = people.engineer.id
  const view = await modalAfter(world, by, () =>
    world.slack.command(by, channel, '/privacy', `redirect-ticket ${ticket} both`),
  )
  await world.slack.submit(by, view?.id ?? '')
  await another()
  await askSecurity(world, 'digest')
  await world.advance({ days: 1 })
  return exchanges
}

test.skipIf(!haveContracts)(
  `all that both desks ask of Zendesk is as it describes it${skipReason}`,
  async () => {
    const exchanges = await everyWay()

    expect(await zendesk.faultsOf(exchanges, deviations)).toEqual([])
    expect(await zendesk.operationsOf(exchanges)).toEqual([
      'GET /api/v2/groups/{group_id}',
      'GET /api/v2/search',
      'GET /api/v2/search/count',
      'GET /api/v2/suspended_tickets',
      'GET /api/v2/ticket_fields',
      'GET /api/v2/tickets/{ticket_id}',
      'GET /api/v2/tickets/{ticket_id}/audits',
      'GET /api/v2/tickets/{ticket_id}/comments',
      'GET /api/v2/tickets/{ticket_id}/macros/{macro_id}/apply',
      'GET /api/v2/users/show_many',
      'POST /oauth/tokens',
      'PUT /api/v2/tickets/{ticket_id}',
    ])
  },
)
