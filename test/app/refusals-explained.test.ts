/** What GitLab says of a refusal stands on the card, and what is to be done about it. */
import { expect, it } from 'vitest'
import { people } from './desk-world.ts'
import { aRequest, lastIssue } from './flow-acts.ts'

const captcha = {
  status: 409,
  body: {
    needs_captcha_response: true,
    spam_log_id: 42,
    captcha_site_key: 'key',
    message: {
      error:
        'Your issue has been recognized as spam. Please, change the content or solve the reCAPTCHA to proceed.',
    },
  },
}

it.each([
  [captcha, 'spam (409)'],
  [{ status: 409, body: { needs_captcha_response: true } }, 'spam (409)'],
  [
    {
      status: 400,
      body: { message: { base: ['Your issue has been recognized as spam and has been discarded.'] } },
    },
    'spam (400)',
  ],
])('an issue that GitLab takes for spam: %j', async (answer, words) => {
  const { world, iid } = await aRequest('Portal Account Deletion')
  world.gitlab.fake.fail({ method: 'POST', path: /\/issues$/, failure: { answer } })

  await world.click(iid, 'Start Deletion')
  const refused = world.cardText(iid)
  await world.click(iid, 'Try Again', people.secondEngineer.id)

  expect(refused).toContain(`FAILED: GitLab flags what the bot writes in the project`)
  expect(refused).toContain(words)
  expect(refused).toContain("Ask a GitLab administrator to mark the bot's account as trusted")
  expect(world.cardText(iid)).toContain('*Done.*')
  expect(world.gitlab.issueView(lastIssue({ world })).title).toBe('requester@example.com')
})

it('a note that GitLab takes for spam', async () => {
  const { world, iid } = await aRequest('General Question')
  world.gitlab.fake.fail({ method: 'POST', path: /\/notes$/, failure: { answer: captcha } })

  await world.decide(iid, 'Reply', { 'Reply to the requester': 'We answer.' })

  expect(world.cardText(iid)).toContain(`GitLab flags what the bot writes on issue #${iid} as spam (409)`)
})

it.each([400, 403, 409, 412, 422])('a close that GitLab refuses with %i and a reason', async (status) => {
  const { world, iid } = await aRequest('General Question')
  const answer = { status, body: { message: { base: ['Blocked by <another> issue of jane@example.com'] } } }
  world.gitlab.fake.fail({ method: 'PUT', times: Number.POSITIVE_INFINITY, failure: { answer } })

  await world.click(iid, 'Close Answered')

  expect(world.cardText(iid)).toContain(`(${status}). GitLab says: “Blocked by &lt;another&gt; issue of …”.`)
  expect(world.sentToSlack()).not.toContain('jane@example.com')
})
