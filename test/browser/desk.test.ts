/** A desk's day in the browser, on a desktop and on a phone: each width works requests of its own. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { submissionOf } from '../../sandbox/page/new-request.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { launchBrowser, noBrowser, openPage, patience, sandboxOfTheFile } from './browser.ts'

const { secondEngineer, manager, privacy, member } = PEOPLE
const widths = [
  ['on a desktop', { width: 1280, height: 800 }],
  ['at 400 pixels', { width: 400, height: 850 }],
] as const
/** So many that the Home has a second page. */
const fillers = 16
/** A reply waits longer than any test takes: what is to go out is waited for by the clock. */
const waitSeconds = 1_800
const days = (count: number) => count * 86_400_000

describe.skipIf(noBrowser)(`a desk's day in a browser${noBrowser ? ` (${noBrowser})` : ''}`, patience, () => {
  let browser: Browser
  let sandbox: Sandbox
  let page: Page
  const problems: string[] = []
  const answered: number[] = []
  const silent: number[] = []
  const fresh: number[] = []

  beforeAll(async () => {
    browser = await launchBrowser()
    sandbox = await sandboxOfTheFile({ UNDO_SECONDS: String(waitSeconds) })
    page = await openPage(browser, { problems })
    for (const _width of widths) answered.push(submit())
    for (let more = 0; more < fillers; more += 1) silent.push(submit())
    await sandbox.drain()
    for (const iid of answered) sandbox.gitlab.requesterReplies(iid, 'In spring 2019.')
    await sandbox.clock.advance(days(8))
    for (const _width of widths) fresh.push(submit())
    await sandbox.drain()
  })
  afterAll(async () => {
    await browser.close()
    await sandbox.close()
  })
  beforeEach(async () => {
    problems.length = 0
    await page.goto(sandbox.url)
  })
  afterEach(async () => {
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(page.viewportSize()?.width)
    expect(problems).toEqual([])
  })

  let count = 0
  function submit(): number {
    count += 1
    const form = { username: `owner-${count}`, email: `owner-${count}@example.com`, comment: 'Please.' }
    return sandbox.gitlab.submitRequest(submissionOf({ type: 'GitLab.com Account Deletion', ...form })).iid
  }
  const actAs = (someone: { readonly id: string }) => page.getByLabel('You act as').selectOption(someone.id)
  const card = (iid: number) =>
    page.getByRole('article').filter({ has: page.getByRole('heading', { name: `#${iid} ` }) })
  const digest = () =>
    page
      .getByRole('article')
      .filter({ has: page.getByRole('heading', { name: /^Privacy requests, / }) })
      .last()
  const dialog = () => page.getByRole('dialog')
  const submitDialog = async () => {
    await dialog().locator('footer button').last().click()
    await dialog().waitFor({ state: 'hidden' })
  }
  const refusedWith = async (words: RegExp) => {
    await dialog().getByText(words).waitFor()
    await dialog().getByRole('button', { name: 'OK' }).click()
    await dialog().waitFor({ state: 'hidden' })
  }
  const labelsOf = (iid: number) => sandbox.gitlab.issueView(iid).labels

  describe.each(widths)('%s', (_name, size) => {
    const at = widths.findIndex(([, one]) => one === size)
    beforeEach(() => page.setViewportSize(size))

    test('a request is claimed on its card, which says so to everybody', async () => {
      const iid = fresh[at] ?? 0

      await card(iid).getByRole('button', { name: 'Claim, #' }).click()
      await card(iid).getByText('Assigned to @Ada Lindqvist').waitFor()
      await expect.poll(() => sandbox.gitlab.issueView(iid).assignees).toEqual([usernames.engineer])

      await actAs(secondEngineer)
      await card(iid).getByText('Assigned to @Ada Lindqvist').waitFor()
      expect(await card(iid).getByRole('button', { name: 'Claim, #' }).count()).toBe(0)
    })

    test('each morning that the clock passes has its digest, however far it is moved', async () => {
      const headings = page.getByRole('heading', { name: /^Privacy requests, / })
      await headings.last().waitFor({ state: 'attached' })

      const last = (await headings.allTextContents()).slice(-8)

      expect(last.map((text) => / Mar (\d+)/.exec(text)?.[1])).toEqual([
        '11',
        '12',
        '13',
        '14',
        '15',
        '16',
        '17',
        '18',
      ])
    })

    test('without the role a decision is refused with who may, and nothing happens', async () => {
      const iid = fresh[at] ?? 0
      await actAs(member)

      await card(iid).getByRole('button', { name: 'Start, #' }).click()

      await refusedWith(/support engineer/i)
      expect(labelsOf(iid)).toEqual([])
    })

    test('a step that sent nothing is asked about once, and undone with a reason', async () => {
      const iid = fresh[at] ?? 0
      await card(iid).getByRole('button', { name: 'Answers Received, #' }).click()
      await submitDialog()
      await card(iid).getByRole('button', { name: 'Pass Verification, #' }).waitFor()

      await card(iid).getByRole('button', { name: 'Undo Step, #' }).click()
      await dialog().getByLabel('Reason').fill('A slip of the mouse')
      await submitDialog()

      await card(iid).getByText('took back Answers Received').waitFor()
      await card(iid).getByRole('button', { name: 'Answers Received, #' }).waitFor()
      expect(labelsOf(iid)).toEqual([])
    })

    test('a reply that waits is undone, and nothing has left the bot', async () => {
      const iid = answered[at] ?? 0
      const mails = () => sandbox.gitlab.mails.filter((mail) => mail.iid === iid).length
      const before = mails()
      await card(iid).getByRole('button', { name: 'Fail Verification, #' }).click()
      await dialog().getByText('Waits 30 minutes before it goes out').waitFor()
      await submitDialog()
      await card(iid)
        .getByText(/^Reply goes out at \d+:\d\d:\d\d/)
        .waitFor()

      await card(iid).getByRole('button', { name: 'Undo, #' }).click()

      await page.locator('.only-you').getByText(`is undone: nothing was sent. #${iid} is back`).waitFor()
      await card(iid).getByText('took back Fail Verification').waitFor()
      await card(iid).getByRole('button', { name: 'Fail Verification, #' }).waitFor()
      expect(await card(iid).getByRole('button', { name: 'Undo, #' }).count()).toBe(0)
      expect([mails(), labelsOf(iid), sandbox.gitlab.issueView(iid).state]).toEqual([before, [], 'opened'])
    })

    test('an exception takes two people: who asked and who approved first can not be the second', async () => {
      const iid = answered[at] ?? 0
      const approve = () => card(iid).getByRole('button', { name: 'Approve Exception' }).click()
      const approveWith = async (reason: string) => {
        await approve()
        await dialog().getByLabel('Reason').fill(reason)
        await submitDialog()
      }
      const toggle = page.getByLabel('2 approvals')
      // Before the page has its state the box is there, hidden, and not ticked.
      await toggle.waitFor()
      // Each change starts the bot anew, which takes the time of a test.
      if (at === 0) {
        await toggle.setChecked(false)
        await expect.poll(() => toggle.isEnabled()).toBe(true)
      }
      await toggle.setChecked(true)
      await expect
        .poll(() => page.locator('#steps').textContent())
        .toContain('An exception takes two people here')
      await card(iid).getByRole('button', { name: 'Request Exception, #' }).click()
      await submitDialog()
      await card(iid).getByText('Exception requested by').waitFor()
      await approve()
      await refusedWith(/support manager/i)

      await actAs(manager)
      await approveWith('Known to us for years.')
      await card(iid).getByText('Needs a second approval').waitFor()
      await approve()
      await refusedWith(/somebody else|someone else/i)
      expect(labelsOf(iid)).not.toContain('Deletion Request::Exception Approved')

      await actAs(privacy)
      await approveWith('The projects are theirs.')
      await expect.poll(() => labelsOf(iid)).toContain('Deletion Request::Exception Approved')
    })

    test('the Home has a page for each twenty requests, and leads on and back', async () => {
      await page.getByRole('button', { name: 'Home', exact: true }).click()
      const home = page.locator('.home')
      await home.locator('select').last().selectOption('all')
      await home.getByText('page 1 of 2').waitFor()
      expect(await home.getByRole('button', { name: /^Open/ }).count()).toBe(20)

      await home.getByRole('button', { name: 'Next' }).click()
      await home.getByText('page 2 of 2').waitFor()
      expect(await home.getByRole('button', { name: 'Next' }).count()).toBe(0)
      await home.getByRole('button', { name: 'Previous' }).click()
      await home.getByText('page 1 of 2').waitFor()
    })

    test('in the digest a request is claimed, and another closed for no response', async () => {
      const [mine = 0, closed = 0] = silent.slice(2 * at)
      const button = (name: string, iid: number) =>
        digest().getByRole('button', { name: new RegExp(`^${name}.* #${iid}$`) })

      await button('Claim', mine).click()
      await page.locator('.only-you').getByText(`#${mine} is yours now.`).waitFor()
      await card(mine).getByText('Assigned to @Ada Lindqvist').waitFor()
      await button('Close No Response', closed).click()
      await submitDialog()
      await card(closed)
        .getByText(/^Reply goes out at/)
        .waitFor()
      await sandbox.clock.advance(waitSeconds * 1000)

      await expect.poll(() => sandbox.gitlab.issueView(closed).state).toBe('closed')
      expect(sandbox.gitlab.mails.filter(({ iid }) => iid === closed)).toHaveLength(2)
    })
  })
})
