/** What a refusal is: nothing is done, nothing is shown, and the audit log tells of it. */
import { onceSeen } from '../../sandbox/slack/once-seen.ts'
import type { Findings } from './findings.ts'
import type { SecuredDesk } from './secured-desk.ts'

/** Nothing changes in GitLab or Zendesk, no modal opens but one that refuses, and the log tells of it. */
export async function refused(
  { tried, letIn, broken, reach }: Findings,
  desk: SecuredDesk,
  what: string,
  userId: string,
  act: () => Promise<unknown>,
): Promise<void> {
  tried()
  const before = outside(desk)
  const refusals = () =>
    Number(
      desk.rows(`SELECT count(*) AS n FROM audit WHERE what = 'refused' AND who = 'slack:${userId}'`)[0]?.n,
    )
  const known = refusals()
  await act()
  await desk.settle()
  // What no entry of the inbox waits for is refused after the answer, and the person is told of it.
  await onceSeen(desk.slack, () => refusals() > known || undefined)
  if (outside(desk) !== before) letIn(`${what} changes something`)
  if (refusals() > known) reach('a refusal in the audit log')
  else broken(`${what} is not in the audit log`)
}

function outside(desk: SecuredDesk): string {
  const issues = desk.gitlab.world.issues.map(({ iid, state, labels, notes, description }) => ({
    ...{ iid, state, labels, description },
    notes: notes.map(({ body }) => body),
  }))
  const opened = desk.slack.fake.received('POST', /views\.open$/)
  const views = opened.filter(({ body }) => !/callback_id\W+refusal\b/.test(JSON.stringify(body))).length
  const writes = desk.zendesk.fake.requests.filter(({ method }) => method !== 'GET').length
  return JSON.stringify({
    issues,
    views,
    writes,
    assignees: desk.rows('SELECT number, assignee, step FROM request'),
  })
}
