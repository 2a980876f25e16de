/** Addresses in what Zendesk answers and in what people write to it: none of them is ever asked for. */
import { appSec } from '../../sandbox/gitlab/seed.ts'
import { byApiToken } from '../../sandbox/services.ts'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import { connectZendesk } from '../../src/services/zendesk/client.ts'
import type { Findings } from './findings.ts'
import type { SecuredDesk } from './secured-desk.ts'

const by = PEOPLE.fieldSecurity.id
const expert = 'expert-of-application-security'

/** Every listing says that its next page is elsewhere. */
export async function nextPagesOfZendesk(findings: Findings, desk: SecuredDesk, away: string): Promise<void> {
  const { ZENDESK_EMAIL: email, ZENDESK_TOKEN: token } = byApiToken
  const zendesk = connectZendesk({ url: desk.zendesk.url, email, token, fetch })
  const ticket = await desk.ticket('Is my data encrypted at rest?')
  const next = (what: string) => `${away}/api/v2/${what}?page=2`
  const pages = [
    { meta: { has_more: true, after_cursor: null } },
    { meta: { has_more: true, after_cursor: next('cursor') } },
    {},
  ].flatMap((more) => [
    { ...more, next_page: next('x') },
    { ...more, links: { next: next('y') } },
  ])
  const lists = [
    { path: /comments/, name: 'comments', read: () => zendesk.comments(ticket) },
    {
      path: /suspended_tickets/,
      name: 'suspended_tickets',
      read: () => zendesk.suspended('security@gitlab.com'),
    },
    { path: /search/, name: 'results', read: () => Array.fromAsync(zendesk.search('type:ticket')) },
    { path: /users/, name: 'users', read: () => zendesk.users([1, 2]) },
  ]
  for (const { path, name, read } of lists)
    for (const page of pages) {
      findings.tried()
      const body = { [name]: [], next_page: null, ...page }
      desk.zendesk.fake.fail({ path, times: 20, failure: { answer: { status: 200, body } } })
      await read().catch(() => findings.reach('a listing without a way on was given up'))
      desk.zendesk.fake.heal()
    }
  findings.reach('a listing of Zendesk with its next page elsewhere', lists.length * pages.length)
}

/** Attachments, pictures and links in a ticket and in an expert's note, shown, answered and passed on. */
export async function addressesInTickets(findings: Findings, desk: SecuredDesk, away: string): Promise<void> {
  const { gitlab, slack, zendesk } = desk
  const written = `![x](${away}/picture.png) <img src="${away}/img"> <${away}/link> ${away}/bare {{${away}}}`
  const from = { name: `${away}/name`, email: `a@${new URL(away).host}.example` }
  gitlab.addExpertTeam(appSec)
  const ticket = await desk.ticket(written, { subject: `${away}/subject`, from })
  zendesk.fake.fail({
    path: new RegExp(`tickets/${ticket}/comments`),
    times: 1,
    failure: { answer: { status: 200, body: withAttachments(desk, ticket, away) } },
  })
  await decided(desk, ticket, 'Engage Expert', { Team: appSec.name, 'Question for the team': written })
  gitlab.someoneComments(1, expert, written, { project: appSec.project })
  await desk.settle()
  await decided(desk, ticket, 'Reply', {})
  await slack.command(by, CHANNELS.security.name, '/security', `show ${ticket}`)
  await desk.settle()
  findings.tried(5)
  const shown = JSON.stringify(slack.fake.received('POST', /views\.open$/).map(({ body }) => body))
  if (shown.includes(`${away}/attachment`)) findings.broken('the address of an attachment is shown')
  if (shown.includes(`${away}/picture.png`)) findings.reach('a ticket full of addresses was shown')
  if (zendesk.ticket(ticket).status === 'solved') findings.reach('a ticket full of addresses was answered')
}

function withAttachments({ zendesk }: SecuredDesk, ticket: number, away: string): object {
  const [first] = zendesk.ticket(ticket).posted
  const attachments = ['content_url', 'mapped_content_url', 'thumbnails', 'url'].map((name, index) => ({
    ...{ id: index + 1, file_name: `${away}/file`, content_type: 'text/html', inline: true },
    [name]: name === 'thumbnails' ? [{ content_url: `${away}/attachment` }] : `${away}/attachment`,
  }))
  const comment = {
    ...{ id: first?.id, author_id: first?.authorId, public: true, created_at: first?.createdAt },
    ...{
      body: first?.body,
      plain_body: first?.body,
      html_body: `<img src="${away}/attachment">`,
      attachments,
    },
    via: { channel: 'email', source: { from: { address: `${away}/from` }, rel: null } },
  }
  return { comments: [comment], meta: { has_more: false }, links: { next: `${away}/api/v2/next` } }
}

async function decided(
  desk: SecuredDesk,
  ticket: number,
  button: string,
  entries: Readonly<Record<string, string>>,
): Promise<void> {
  const { slack } = desk
  await slack.click(by, desk.ticketCard(ticket), { button })
  const view = await desk.opened(by, button)
  await slack.submit(by, view.id, entries)
  await desk.settle()
}
