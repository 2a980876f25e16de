import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { launchBrowser, noBrowser, openPage, patience, sandboxOfTheFile } from './browser.ts'

describe.skipIf(noBrowser)(
  `the whole sandbox in a browser${noBrowser ? ` (${noBrowser})` : ''}`,
  patience,
  () => {
    let browser: Browser
    let sandbox: Sandbox
    let page: Page
    const problems: string[] = []

    beforeAll(async () => {
      browser = await launchBrowser()
      sandbox = await sandboxOfTheFile()
      page = await openPage(browser, { problems })
    })
    afterAll(async () => {
      await browser.close()
      await sandbox.close()
    })
    beforeEach(async () => {
      problems.length = 0
      await page.setViewportSize({ width: 1400, height: 900 })
      await page.goto(sandbox.url)
    })

    /** The number that the next request will have. */
    const nextRequest = () =>
      Math.max(
        ...sandbox.gitlab.world.issues.filter(({ project }) => project.serviceDesk).map(({ iid }) => iid),
      ) + 1
    const card = (iid: number) =>
      page.getByRole('article').filter({ has: page.getByRole('heading', { name: `#${iid} ` }) })

    test('a request without an answer is closed with the handbook’s reply, seen on both sides', async () => {
      await page.locator('#issues').getByRole('button', { name: '#1 ' }).click()

      await card(1).getByRole('button', { name: 'Close No Response' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Close No Response' }).click()

      await page.locator('.issue-head .state', { hasText: 'Closed' }).waitFor()
      expect(await page.getByRole('list', { name: 'Labels' }).textContent()).toContain(
        'denied-reason::no_response',
      )
      expect(await page.locator('.note.public').last().textContent()).toContain('e-mailed to the requester')
      expect(sandbox.gitlab.mails.filter(({ iid }) => iid === 1)).toHaveLength(2)
      expect(problems).toEqual([])
    })

    test('what was asked before an act has ended isn’t shown after it: a box that was ticked stays so', async () => {
      const box = page.getByLabel('2 approvals')
      await box.waitFor()
      const releases: (() => void)[] = []
      await page.route('**/state?*', async (route) => {
        const response = await route.fetch()
        await new Promise<void>((resolve) => releases.push(resolve))
        await route.fulfill({ response })
      })
      await page.getByRole('button', { name: 'Zendesk' }).click()
      await expect.poll(() => releases.length).toBe(1)

      const acted = page.waitForResponse('**/act')
      await box.check()
      await acted
      releases[0]?.()
      await expect.poll(() => releases.length).toBe(2)

      expect(await box.isChecked()).toBe(true)
      await page.unrouteAll({ behavior: 'ignoreErrors' })
      await page.goto(sandbox.url)
      await expect.poll(() => box.isChecked()).toBe(true)
      await box.uncheck()
      await expect.poll(() => box.isEnabled()).toBe(true)
    })

    test('who may not act is told so privately, and nothing happens', async () => {
      await page.getByLabel('You act as').selectOption({ label: 'Gina Park · Guest' })

      await card(2).getByRole('button', { name: 'Close No Response' }).click()
      await page
        .getByRole('dialog')
        .getByText('Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.')
        .waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'OK' }).click()

      expect(sandbox.gitlab.issueView(2).state).toBe('opened')
      expect(problems).toEqual([])
    })

    test('a new request gets a card, and its Start opens a modal whose choices become labels', async () => {
      const iid = nextRequest()
      await page.getByRole('button', { name: 'Submit a new request' }).click()
      await page.getByRole('button', { name: 'Submit request' }).click()
      await card(iid).getByRole('button', { name: 'Start, #' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Account type').first().waitFor()
      for (const select of await dialog.locator('select').all()) await select.selectOption({ index: 1 })
      for (const group of await dialog.getByRole('group').all())
        await group.getByRole('radio').first().check()
      await dialog.locator('footer button[type="submit"]').click()

      await page.getByRole('list', { name: 'Labels' }).waitFor()
      await expect.poll(() => sandbox.gitlab.issueView(iid).labels).toContain('Awaiting::Challenge Answers')
      expect(problems).toEqual([])
    })

    test('a choice in a card’s menu opens its modal, and the same can be chosen again', async () => {
      const menu = card(3).getByLabel('More actions').first()
      await menu.selectOption('Pause Clocks')
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      await dialog.waitFor({ state: 'hidden' })

      await menu.selectOption('Pause Clocks')
      await dialog.getByLabel('Reason').fill('Privacy asked to hold')
      await dialog.locator('footer button[type="submit"]').click()

      await card(3).getByText('Paused since').waitFor()
      expect(await menu.inputValue()).toBe('')
      expect(problems).toEqual([])
    })

    test('the form of a new request can be left with Cancel, and nothing is submitted', async () => {
      const iid = nextRequest()
      await page.getByRole('button', { name: 'Submit a new request' }).click()

      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()

      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      expect(nextRequest()).toBe(iid)
      expect(problems).toEqual([])
    })

    test('the pane beside the channel follows the card that one clicks', async () => {
      const shown = page.locator('#issue .issue-head')

      await card(2).getByRole('heading').click()
      await shown.getByText('#2 · created').waitFor()
      await card(3).getByRole('heading').click()
      await shown.getByText('#3 · created').waitFor()

      expect(problems).toEqual([])
    })

    test('“Try this first” leads to the requests it names, to another person, and on in time', async () => {
      const guide = page.getByRole('group').filter({ hasText: 'Try this first' })
      const shown = page.locator('#issue .issue-head')
      await page.getByRole('button', { name: '# field-security' }).click()

      await guide.getByRole('button', { name: 'Show request 2' }).click()
      await shown.getByText('#2 · created').waitFor()
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toContain('#2 ')

      await guide.getByRole('button', { name: 'Act as Mara' }).click()
      expect(await page.getByLabel('You act as').inputValue()).toBe('U01MANAGER')

      const before = sandbox.clock.now().getTime()
      await guide.getByRole('button', { name: 'Move on 8 days' }).click()
      await expect.poll(() => sandbox.clock.now().getTime() - before).toBeGreaterThanOrEqual(8 * 86_400_000)
      expect(problems).toEqual([])
    })

    test('who is not in the channel sees nothing of it, and a command that Slack does not know goes nowhere', async () => {
      const messages = page.getByRole('log', { name: 'Messages' })
      await messages.getByRole('article').first().waitFor()

      await page.getByLabel('You act as').selectOption({ label: 'Sam Rivers · Another company' })
      await messages.getByText('Sam isn’t in this channel').waitFor()
      expect(await messages.getByRole('article').count()).toBe(0)

      await page.getByLabel('You act as').selectOption({ label: 'Ada Lindqvist · Support engineer' })
      await page.getByRole('textbox', { name: 'Message or slash command' }).fill('/deletion list')
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByRole('status').getByText('/deletion is not a valid command').waitFor()
      expect(problems).toEqual([])
    })

    test('the Home has what waits for a person, opens a request, and a stranger has none', async () => {
      await page.getByRole('button', { name: 'Home', exact: true }).click()
      const home = page.locator('.home')
      await home.locator('select').first().selectOption('unassigned')
      await home.getByRole('button', { name: /^Open/ }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('heading').first().waitFor()
      await dialog.getByRole('button', { name: 'Close' }).first().click()
      await dialog.waitFor({ state: 'hidden' })

      await page.getByLabel('You act as').selectOption({ label: 'Sam Rivers · Another company' })
      await page.getByText('as Sam Rivers sees it').waitFor()
      expect(await home.getByRole('button', { name: /^Open/ }).count()).toBe(0)

      await page.getByRole('button', { name: '# privacy-team_help' }).click()
      await page.getByText('Sam isn’t in this channel').waitFor()
      expect(await page.getByRole('textbox', { name: 'Message or slash command' }).count()).toBe(0)
      expect(problems).toEqual([])
    })

    test('a message of a colleague is attached to a request by its shortcut', async () => {
      await page.getByLabel('You act as').selectOption({ label: 'Ada Lindqvist · Support engineer' })
      await page.getByRole('textbox', { name: 'Message or slash command' }).fill('They phoned: it is urgent.')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Attach to request' }).last().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: 'Request', exact: true }).fill('1')
      await dialog.getByLabel('Summary').fill('They phoned.')
      await dialog.getByRole('button', { name: 'Attach', exact: true }).click()

      await page.getByText('your summary is on its way to the internal notes of #1').first().waitFor()
      expect(problems).toEqual([])
    })

    test('a pasted link is shown with where its request stands, and its pane leads to the decisions of one reader', async () => {
      await page
        .locator('#issues')
        .getByRole('button', { name: /^#3\s*Personal/ })
        .click()
      await page.locator('#issue .issue-head').getByText('#3 · created').waitFor()
      await page.getByRole('button', { name: 'Paste link in Slack' }).click()
      await page.getByRole('button', { name: 'Send' }).click()
      const object = page.locator('.unfurl').last()
      await object.getByRole('link', { name: '#3 Full Deletion' }).waitFor()

      await object.getByRole('button', { name: 'Open details' }).click()
      const pane = page.getByRole('complementary', { name: 'Details of a link' })
      await pane.getByText('Fulfilment', { exact: true }).waitFor()
      await pane.getByRole('button', { name: 'Decide' }).click()
      await page.getByRole('dialog').getByRole('heading', { name: '#3 Full Deletion' }).waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click()
      await pane.getByRole('button', { name: 'Close details' }).click()

      await page.getByLabel('You act as').selectOption({ label: 'Tomas Novak · No role' })
      await pane.waitFor({ state: 'hidden' })
      await object.getByRole('button', { name: 'Open details' }).click()
      await pane.getByRole('alert').getByText('Not for you').waitFor()
      expect(await pane.getByRole('button', { name: 'Decide' }).count()).toBe(0)
      await pane.getByRole('button', { name: 'Close details' }).click()
      await pane.waitFor({ state: 'hidden' })
      expect(problems).toEqual([])
    })

    test('the clock and the messages stand in the time zone of the person', async () => {
      const clock = page.locator('#clock')
      await clock.getByText('GMT+1').waitFor()

      await page.getByLabel('You act as').selectOption({ label: 'Kenji Mori · Field security' })
      await clock.getByText('GMT+9').waitFor()
      // 10:00 UTC is an evening there.
      await page.locator('.note time').first().getByText('7:00 PM').waitFor()
      expect(problems).toEqual([])
    })

    test('the name and title of whoever acts are whole, at 1280 pixels', async () => {
      await page.setViewportSize({ width: 1280, height: 850 })
      const acting = page.getByLabel('You act as')
      await acting.locator('option').last().waitFor({ state: 'attached' })

      const cutBy = await acting.evaluate((select) => {
        const shown = select.clientWidth
        select.style.cssText = 'max-width: none; flex: none; width: auto'
        const lacking = select.clientWidth - shown
        select.style.cssText = ''
        return lacking
      })

      expect(cutBy).toBeLessThanOrEqual(0)
      // The bar stays one row.
      const [title, approvals] = await Promise.all(
        [page.locator('h1'), page.locator('#approvals')].map((one) => one.boundingBox()),
      )
      expect(approvals?.y).toBeLessThan((title?.y ?? 0) + (title?.height ?? 0))
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1280)
    })

    test('a phone shows one half at a time, and nothing stands beside the screen', async () => {
      await page.setViewportSize({ width: 400, height: 850 })
      const width = () => page.evaluate('document.documentElement.scrollWidth')

      await card(3).getByRole('button', { name: 'Fail Verification' }).waitFor()
      expect(await page.getByRole('button', { name: 'Submit a new request' }).isVisible()).toBe(false)
      expect(await width()).toBe(400)

      await card(3).getByRole('link', { name: 'Issue #3 in GitLab' }).click()
      await page.getByRole('button', { name: 'Submit a new request' }).waitFor()
      expect(await page.getByRole('textbox', { name: 'Message or slash command' }).isVisible()).toBe(false)
      expect(await width()).toBe(400)

      await page.getByRole('button', { name: 'Slack', exact: true }).click()
      await page.getByRole('textbox', { name: 'Message or slash command' }).waitFor()
      expect(problems).toEqual([])
    })

    test('every type of the form gets a card of its flow, whatever country it names', async () => {
      const types = [
        'GitLab.com Account Deletion',
        'Full Deletion',
        'GitLab.com Account Deletion - Deceased User',
        'Portal Account Deletion',
        'Marketing or Sales Account Deletion',
        'Data Access Request',
        'Data Export Request',
        'General Questions',
      ]
      const first = nextRequest()
      for (const type of types) {
        await page.getByRole('button', { name: 'Submit a new request' }).click()
        await page.getByLabel('Request type').selectOption(type)
        await page.getByLabel('Country').fill('Belarus')
        await page.getByRole('button', { name: 'Submit request' }).click()
        await page.getByRole('dialog').waitFor({ state: 'hidden' })
      }

      for (const [index, type] of types.entries())
        await page.getByRole('heading', { name: `#${first + index} ${type}`, exact: true }).waitFor()
      expect(await page.getByText('trade compliance law only lets us close this').count()).toBe(1)
      expect(await page.locator('#messages').textContent()).not.toContain('Belarus')
      expect(problems).toEqual([])
    })
  },
)
