import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { submissionOf } from '../../sandbox/page/new-request.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { clientOf } from '../sandbox/slack-client.ts'
import { launchBrowser, noBrowser, openPage, patience } from './browser.ts'
import { everyBlock, smuggling } from './every-block.ts'
import { type PageUnderTest, pageUnderTest } from './page-parts.ts'

const channel = 'privacy-team_help'
const plain = (text: string) => ({ type: 'plain_text', text })
const modal = {
  type: 'modal',
  title: plain('Start'),
  submit: plain('Start'),
  close: plain('Cancel'),
  blocks: [
    {
      type: 'input',
      block_id: 'account',
      label: plain('Account type'),
      element: {
        type: 'radio_buttons',
        action_id: 'choice',
        options: [
          { text: plain('Free'), value: 'free' },
          { text: plain('Corporate'), value: 'corporate' },
        ],
      },
    },
    {
      type: 'input',
      block_id: 'reason',
      label: plain('Reason'),
      element: {
        type: 'static_select',
        action_id: 'choice',
        options: [
          { text: plain('None'), value: 'none' },
          { text: plain('Lost 2FA'), value: '2fa' },
        ],
      },
    },
    {
      type: 'input',
      block_id: 'words',
      optional: true,
      label: plain('Further words'),
      hint: plain('Only support reads them.'),
      element: { type: 'plain_text_input', action_id: 'text', multiline: true },
    },
  ],
}

describe.skipIf(noBrowser)(`the sandbox page${noBrowser ? ` (${noBrowser})` : ''}`, patience, () => {
  let browser: Browser
  let parts: PageUnderTest
  let page: Page

  beforeAll(async () => {
    browser = await launchBrowser()
    page = await openPage(browser)
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    parts = await pageUnderTest()
  })
  afterEach(() => parts.close())

  const post = (blocks: readonly object[], text = 'Request #123') =>
    clientOf(parts.slack).apiCall('chat.postMessage', { channel, text, blocks })

  test('every kind of block is drawn with its names, links, dates and emoji', async () => {
    await post(everyBlock)
    await clientOf(parts.slack).chat.postMessage({
      channel,
      text: 'Started by Ada',
      thread_ts: parts.slack.card('#123').ts,
    })
    await page.goto(parts.page.url)

    const card = page.getByRole('article').first()
    await card.getByRole('heading', { name: 'Request #123' }).waitFor()

    expect(await card.textContent()).toMatch(
      /@Mara Silva, @privacy-team\s*Due Mar 8, 2026 at 1:00 AM, see the issue code ⏳/,
    )
    expect(await card.getByRole('link', { name: 'the issue' }).getAttribute('href')).toBe(
      'https://gitlab.example/-/issues/123',
    )
    expect(await card.getByRole('button').allInnerTexts()).toEqual([
      'Show Details',
      'Start',
      'Fail Verification',
    ])
    expect(
      await card.locator('select').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label'))),
    ).toEqual(['Set the type', 'More actions'])
    expect(await card.locator('.rich-text').textContent()).toContain('What was done @Ada Lindqvist✅')
    expect(await page.locator('.unknown').count()).toBe(0)
    expect(await page.locator('.thread').textContent()).toContain('Started by Ada')
  })

  test.each([1280, 400])(
    'a reply that is sent to the channel too stands in both, at %i pixels',
    async (width) => {
      await page.setViewportSize({ width, height: 800 })
      await post(everyBlock)
      await post([{ type: 'section', text: plain('Another message') }], 'Another message')
      const { ts } = parts.slack.card('#123')
      const chat = clientOf(parts.slack).chat
      await chat.postMessage({ channel, text: 'It is open again', thread_ts: ts, reply_broadcast: true })
      await page.goto(parts.page.url)

      const broadcast = page.locator('#messages > li > article').last()
      await broadcast.getByText('It is open again').waitFor()

      expect(await broadcast.textContent()).toContain('replied to a thread: Request #123')
      expect(await page.locator('.thread').textContent()).toContain('It is open again')
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      await broadcast.getByRole('button', { name: 'Request #123' }).click()
      await page.setViewportSize({ width: 1400, height: 900 })
    },
  )

  test('markup in a message stays text: nothing of it runs', async () => {
    await post(smuggling, '<script>window.hacked = true</script>')
    await clientOf(parts.slack).chat.postMessage({
      channel,
      text: '<img src=x onerror="window.hacked = true">',
    })
    await page.goto(parts.page.url)

    await page.getByText('bad link').waitFor()

    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false)
    expect(await page.locator('#messages img, #messages script').count()).toBe(0)
    expect(await page.locator('#messages a[href^="javascript"]').count()).toBe(0)
    expect(await page.locator('#messages [onmouseover], #messages [onerror]').count()).toBe(0)
    expect(await page.locator('#messages').textContent()).toContain('<script>window.hacked = true</script>')
  })

  test('a button that asks first is sent only when the person says yes', async () => {
    await post(everyBlock)
    await page.goto(parts.page.url)

    await page.getByRole('button', { name: 'Fail Verification' }).click()
    await page.getByRole('dialog').getByText('is sent and the issue closed.').waitFor()
    await page.getByRole('button', { name: 'Not now' }).click()
    expect(parts.heard).toEqual([])

    await page.getByRole('button', { name: 'Fail Verification' }).click()
    await page.getByRole('button', { name: 'Fail and close' }).click()
    await expect
      .poll(() => parts.heard)
      .toMatchObject([
        { type: 'block_actions', user: { id: PEOPLE.engineer.id }, actions: [{ action_id: 'fail' }] },
      ])
  })

  test('one acts as the person chosen, with the keyboard too', async () => {
    await post(everyBlock)
    await page.goto(parts.page.url)

    await page.getByLabel('You act as').selectOption({ label: 'Mara Silva · Support manager' })
    await page.getByRole('button', { name: 'Start', exact: true }).press('Enter')
    await expect.poll(() => parts.heard.length).toBe(1)
    await page.getByLabel('Set the type').selectOption('Full deletion')
    await expect.poll(() => parts.heard.length).toBe(2)

    expect(parts.heard).toMatchObject([
      { user: { id: PEOPLE.manager.id }, actions: [{ action_id: 'start', value: '123' }] },
      { user: { id: PEOPLE.manager.id }, actions: [{ selected_option: { value: 'full' } }] },
    ])
  })

  test('a modal is filled in, keeps what was entered when the app finds a mistake, and closes', async () => {
    const trigger_id = parts.slack.space.newTrigger(PEOPLE.engineer.id)
    await clientOf(parts.slack).apiCall('views.open', { trigger_id, view: modal })
    await page.goto(parts.page.url)
    const dialog = page.getByRole('dialog')

    await dialog.getByLabel('Corporate').check()
    await dialog.getByLabel('Reason').selectOption('Lost 2FA')
    await dialog.getByLabel('Further words').fill('by phone')
    parts.answerWith({ response_action: 'errors', errors: { words: 'Say more.' } })
    await dialog.getByRole('button', { name: 'Start' }).click()
    await dialog.getByRole('alert').waitFor()
    expect(await dialog.getByRole('alert').textContent()).toBe('⚠ Say more.')
    expect(await dialog.getByLabel('Further words').inputValue()).toBe('by phone')
    expect(await dialog.getByLabel('Corporate').isChecked()).toBe(true)

    parts.answerWith(undefined)
    await dialog.getByRole('button', { name: 'Start' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(parts.heard.at(-1)).toMatchObject({
      type: 'view_submission',
      view: {
        state: {
          values: {
            account: { choice: { selected_option: { value: 'corporate' } } },
            reason: { choice: { selected_option: { value: '2fa' } } },
            words: { text: { value: 'by phone' } },
          },
        },
      },
    })
  })

  test('a text that is too long is told at its field, whole, and the app hears of it only once it is shorter', async () => {
    const trigger_id = parts.slack.space.newTrigger(PEOPLE.engineer.id)
    await clientOf(parts.slack).apiCall('views.open', { trigger_id, view: modal })
    await page.goto(parts.page.url)
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Corporate').check()
    await dialog.getByLabel('Reason').selectOption('Lost 2FA')
    const words = dialog.getByLabel('Further words')

    await words.fill('')
    await page.keyboard.insertText('x'.repeat(3005))
    await dialog.getByRole('button', { name: 'Start' }).click()

    await dialog.getByRole('alert').getByText('At most 3000 characters: shorten it by 5.').waitFor()
    expect((await words.inputValue()).length).toBe(3005)
    expect(await dialog.getByLabel('Corporate').isChecked()).toBe(true)
    expect(parts.heard).toEqual([])

    await words.fill('by phone')
    await dialog.getByRole('button', { name: 'Start' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(parts.heard).toHaveLength(1)
  })

  test('a screen reader hears new messages as they come', async () => {
    await page.goto(parts.page.url)

    const messages = page.getByRole('log', { name: 'Messages' })

    expect(await messages.getAttribute('aria-live')).toBe('polite')
    expect(await messages.getAttribute('aria-relevant')).toBe('additions')
  })

  test('what arrived while one looked elsewhere is shown all the same', async () => {
    parts.gitlab.submitRequest(
      submissionOf({
        type: 'GitLab.com Account Deletion',
        username: 'jane',
        email: 'jane@example.com',
        comment: 'Please.',
      }),
    )
    await page.goto(parts.page.url)
    const row = page.getByLabel('Issues').getByRole('button', { name: '#1' })
    await row.waitFor()
    const held = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    await page.route('**/state?*', async (route) => {
      const response = await route.fetch()
      asked.resolve()
      await held.promise
      await route.fulfill({ response })
    })

    await post([], 'Somebody wrote')
    await asked.promise
    await row.click()
    held.resolve()

    await page.getByText('Somebody wrote').waitFor()
    await page.unrouteAll({ behavior: 'wait' })
  })

  test('a slash command is answered to the person alone', async () => {
    parts.answerWith({ text: 'No open requests.' })
    await page.goto(parts.page.url)

    await page.getByLabel('Message or slash command').fill('/privacy list')
    await page.getByLabel('Message or slash command').press('Enter')

    await page.getByText('No open requests.').waitFor()
    expect(await page.locator('.only-you').textContent()).toContain('Only visible to you')
    expect(parts.heard).toMatchObject([{ command: '/privacy', text: 'list' }])
    await page.getByLabel('You act as').selectOption({ label: 'Mara Silva · Support manager' })
    await page.getByText('No open requests.').waitFor({ state: 'hidden' })
  })

  test('outsiders write, label, close and reopen in GitLab, and the clock moves on', async () => {
    await page.goto(parts.page.url)

    await page.getByRole('button', { name: 'Submit a new request' }).click()
    await page.getByLabel('Request type').selectOption('Full Deletion')
    await page.getByRole('button', { name: 'Submit request' }).click()
    await page.getByRole('heading', { name: 'Personal Data Request: Full Deletion' }).waitFor()
    await page
      .getByLabel('The requester replies by e-mail')
      .fill('1. In 2019. <script>window.hacked = true</script>')
    await page.getByRole('button', { name: 'Requester replies' }).click()
    await page.getByText('From the requester').waitFor()
    await page.getByLabel('Add label').fill('deletion request::denied')
    await page.getByRole('button', { name: 'Change labels' }).click()
    await page.locator('.label').first().waitFor()
    await page.getByRole('button', { name: 'Close issue' }).click()
    await page.getByRole('button', { name: 'Reopen issue' }).waitFor()
    await page.getByRole('button', { name: '+8 days' }).click()
    await page.getByText('Tue, Mar 10, 2026, 11:00 AM GMT+1').waitFor()

    const issue = parts.gitlab.issueView(1)
    expect([issue.state, issue.labels]).toEqual(['closed', ['deletion request::denied']])
    expect(issue.description).toContain('Request Type: Full Deletion')
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false)
    expect(await page.getByText('e-mailed to the requester').count()).toBe(1)
  })
})
