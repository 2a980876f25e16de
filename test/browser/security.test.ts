/** The security desk in the browser: every way of handling a ticket, clicked through as somebody of Field Security. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import * as tickets from '../../sandbox/tickets.ts'
import { type Mail, supportGroupId } from '../../sandbox/zendesk/zendesk.ts'
import { launchBrowser, noBrowser, openPage, patience, sandboxOfTheFile } from './browser.ts'

describe.skipIf(noBrowser)(
  `the security desk in a browser${noBrowser ? ` (${noBrowser})` : ''}`,
  patience,
  () => {
    let browser: Browser
    let sandbox: Sandbox
    let page: Page
    const problems: string[] = []

    beforeAll(async () => {
      browser = await launchBrowser()
      sandbox = await sandboxOfTheFile()
      page = await openPage(browser, { width: 1280, height: 720, problems })
    })
    afterAll(async () => {
      await browser.close()
      await sandbox.close()
    })
    beforeEach(async () => {
      problems.length = 0
      await page.goto(sandbox.url)
      await page.getByRole('button', { name: '# field-security' }).click()
      await actAs('Kenji Mori · Field security')
    })
    afterEach(() => expect(problems).toEqual([]))

    const actAs = (label: string) => page.getByLabel('You act as').selectOption({ label })
    const dialog = () => page.getByRole('dialog')
    const idOf = ({ subject }: tickets.Example): number =>
      [...sandbox.zendesk.tickets.values()].find((ticket) => ticket.subject === subject)?.id ?? 0
    const card = (id: number) =>
      page
        .getByRole('article')
        .filter({ has: page.getByRole('heading', { name: `Security ticket ${id}`, exact: true }) })
    const look = (id: number) =>
      page
        .getByLabel('Tickets')
        .getByRole('button', { name: String(id) })
        .click()
    const click = async (id: number, button: string) => {
      await card(id)
        .getByRole('button', { name: `${button}, ticket ` })
        .click()
      await dialog().locator('footer button[type="submit"]').waitFor()
    }
    const submit = async () => {
      await dialog().locator('footer button[type="submit"]').click()
      await dialog().waitFor({ state: 'hidden' })
    }
    const statusOf = (id: number) => sandbox.zendesk.ticket(id).status
    const mailsTo = (id: number): readonly Mail[] => sandbox.zendesk.mails.filter((mail) => mail.id === id)
    const command = async (text: string) => {
      await page.getByLabel('Message or slash command').fill(text)
      await page.getByLabel('Message or slash command').press('Enter')
    }

    test('a vulnerability and a copyright notice are referred, a support request is forwarded', async () => {
      const report = idOf(tickets.vulnerability)
      const notice = idOf(tickets.copyright)
      const lost = idOf(tickets.lostTwoFactor)
      for (const [id, button] of [
        [report, 'Redirect: Vulnerability'],
        [notice, 'Redirect: Copyright'],
        [lost, 'Redirect: Support'],
      ] as const) {
        await click(id, button)
        await submit()
      }

      await card(report).getByText('Solved').first().waitFor()
      await card(lost).getByText('Forwarded to support').first().waitFor()
      await expect.poll(() => [report, notice, lost].map(statusOf)).toEqual(['solved', 'solved', 'new'])
      expect(sandbox.zendesk.ticket(lost).groupId).toBe(supportGroupId)
      expect(mailsTo(lost)).toEqual([])
      await look(report)
      await page.getByLabel('Comments').getByText('https://hackerone.com/gitlab').waitFor()
      expect(await page.locator('#ticket h3').textContent()).toBe(tickets.vulnerability.subject)
      expect(await page.locator('#ticket .note.public').textContent()).toContain('e-mailed to the requester')

      await page.getByLabel('Replies by e-mail').fill('Where do I send it?')
      await page.getByRole('button', { name: 'Requester replies' }).click()
      await card(report).getByRole('button', { name: 'Reply, ticket ' }).waitFor()
      expect(statusOf(report)).toBe('open')
    })

    test('an expert is engaged, answers, and the answer is the draft of the reply; a change meanwhile is shown first', async () => {
      const { text, ...given } = tickets.copyright
      const { id } = sandbox.zendesk.submitTicket(text, { ...given, subject: 'Another notice' })
      await click(id, 'Engage Expert')
      await dialog().getByLabel('Abuse').check()
      await dialog().getByLabel('Question for the team').fill('Is this ours?')
      await submit()
      await card(id).getByRole('link', { name: 'issue in GitLab' }).click()
      await page.getByLabel('Comments on the issue').fill('It is, and it is gone.')
      await page.getByRole('button', { name: 'Comment as the expert' }).click()
      await card(id).getByText(', last wrote').waitFor()
      await page.getByRole('button', { name: 'Close the expert’s issue' }).click()
      await page.getByRole('button', { name: 'Reopen the expert’s issue' }).waitFor()

      await click(id, 'Reply')
      const answer = dialog().getByLabel('Reply to the requester')
      expect(await answer.inputValue()).toBe('It is, and it is gone.')
      await answer.fill('It is gone.')
      sandbox.zendesk.requesterReplies(id, 'Any news?')
      await dialog().locator('footer button[type="submit"]').click()
      await dialog().getByText('the ticket has changed since you opened this').waitFor()
      expect(await dialog().textContent()).toContain('Any news?')
      expect(await answer.inputValue()).toBe('It is gone.')
      expect(mailsTo(id)).toHaveLength(1)
      await submit()

      await expect.poll(() => statusOf(id)).toBe('solved')
      expect(
        mailsTo(id)
          .map(({ text }) => text)
          .at(-1),
      ).toBe('It is gone.')
    })

    test('a compliance report is refused without a customer, queued, and sent on its day', async () => {
      const id = idOf(tickets.complianceReport)
      await click(id, 'Compliance Report')
      await dialog().getByLabel('SOC 2 Type 1', { exact: true }).check()
      await dialog().getByLabel('A GitLab employee').check()
      await dialog().getByLabel('How the customer’s status was verified').fill('In the customer database')
      await dialog().locator('footer button[type="submit"]').click()
      await dialog().getByRole('alert').waitFor()
      await dialog().getByLabel('Customer (optional)', { exact: true }).fill('Example Ltd')
      await submit()

      await card(id).getByText('due Thu, Mar 12.').waitFor()
      await card(id).getByRole('button', { name: 'Report Sent' }).click()
      await dialog().getByText('Mondays & Thursdays').waitFor()
      await dialog().getByRole('button', { name: 'OK' }).click()
      for (const _day of [11, 12]) await page.getByRole('button', { name: '+1 day' }).click()
      await page.locator('#clock', { hasText: 'Mar 12' }).waitFor()
      await click(id, 'Report Sent')
      await submit()
      await expect.poll(() => statusOf(id)).toBe('solved')
    })

    test('who is not of Field Security is told so where they look, and nothing happens', async () => {
      const id = idOf(tickets.encryption)
      await actAs('Tomas Novak · No role')
      await card(id).getByRole('button', { name: 'Send Update' }).click()

      await dialog().getByText('Only Field Security').waitFor()
      await dialog().getByRole('button', { name: 'OK' }).click()
      // What is typed before goes into the dialog.
      await dialog().waitFor({ state: 'hidden' })
      await command('/security list')
      await page.getByText('Only Field Security can do that.').waitFor()
      expect(mailsTo(id)).toHaveLength(1)
    })

    test('a long and hostile e-mail is text everywhere; merged, deleted and restored, its card follows', async () => {
      await page.getByRole('button', { name: 'New Ticket' }).click()
      await dialog().getByLabel('Subject').fill('<img src=x onerror="window.hacked=true"> *bold* <!channel>')
      await dialog().getByLabel('CC').fill('copy@example.org')
      await dialog().getByLabel('Text').fill('<script>window.hacked = true</script> '.repeat(270))
      await dialog().getByRole('button', { name: 'Send e-mail' }).click()
      await page.getByText('CC: copy@example.org').waitFor()
      const id = Math.max(...sandbox.zendesk.tickets.keys())
      await click(id, 'Reply')
      expect(await dialog().textContent()).toContain('<script>window.hacked = true</script>')
      await dialog().getByRole('button', { name: 'Cancel' }).click()

      await page.getByRole('button', { name: 'Delete ticket' }).click()
      await card(id).getByText('Deleted in Zendesk').first().waitFor()
      await page.getByRole('button', { name: 'Restore ticket' }).click()
      await card(id).getByRole('button', { name: 'Reply, ticket ' }).waitFor()
      await page.getByLabel('Merge into').selectOption({ index: 0 })
      await page.getByRole('button', { name: 'Merge ticket' }).click()
      await card(id).getByText('Merged into another ticket').first().waitFor()
      await page.getByLabel('Replies by e-mail').fill('Hello?')
      await page.getByRole('button', { name: 'Requester replies' }).click()
      await page.getByText(`Ticket ${id} is closed, so the answer opened ticket`).waitFor()

      expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false)
      expect(await page.locator('main img, main script, .unknown').count()).toBe(0)
    })

    test('the other channel says how much is unread, and links lead from one side to the other', async () => {
      const id = idOf(tickets.encryption)
      await page.getByRole('button', { name: '# privacy-team_help' }).click()
      await page.getByRole('button', { name: 'Submit a new request' }).waitFor()
      sandbox.zendesk.submitTicket('Hello')
      await page.getByRole('button', { name: '# field-security 1 unread' }).click()

      await command(`/security show ${id}`)
      await page
        .locator('.only-you')
        .getByRole('link', { name: `Ticket ${id} in Zendesk` })
        .click()
      await page.locator('#ticket h3', { hasText: 'Encryption at rest' }).waitFor()
      await command('/security list')
      await page.locator('.only-you').last().getByRole('link', { name: 'Open' }).first().click()
      await page.locator('#messages .message:focus', { hasText: 'Security ticket' }).waitFor()
    })
  },
)
