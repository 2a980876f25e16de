/** Every request is known as GitLab has it; whoever is open has a clock, a card and a place on the list. */

import type { Issue } from '../../../sandbox/gitlab/world.ts'
import { PEOPLE } from '../../../sandbox/slack/people.ts'
import type { Message } from '../../../sandbox/slack/workspace.ts'
import { usFederalHolidays } from '../../../src/config/us-holidays.ts'
import { clocksOf } from '../../../src/engine/clocks.ts'
import type { Flows } from '../../../src/engine/flow.ts'
import { flows as privacyFlows } from '../../../src/flows/index.ts'
import type { RequestRow } from '../../../src/store/store.ts'
import { failedChecks } from '../../handbook/privacy.ts'
import type { Evidence } from '../check.ts'
import { byBot } from '../judge/case-file.ts'

const flows: Flows = privacyFlows

export async function checkRequests(evidence: Evidence): Promise<void> {
  for (const row of evidence.open) checkOpen(evidence, row)
  for (const iid of evidence.world.requesters.keys()) await checkKnown(evidence, iid)
}

function checkOpen({ world, findings }: Evidence, row: RequestRow): void {
  const place = {
    now: world.time.now().toISOString(),
    timeZone: world.environment.TIMEZONE ?? 'UTC',
    calendar: usFederalHolidays(),
  }
  const flow = flows[row.flow]
  if (!flow || !clocksOf(flow, row, place)[0]?.lastDay)
    findings.broken.push(`#${row.iid} is open and has no clock`)
  const cards = world.cards().filter(({ text }) => text.startsWith(`#${row.iid} `))
  const card = cards.find(({ ts }) => ts === row.card?.ts)
  if (!row.card || !card) findings.broken.push(`#${row.iid} is open and has no card`)
  else if (!textOf(card).includes('Fulfilment'))
    findings.broken.push(`the card of #${row.iid} tells no clock`)
  const listed = world.slack
    .ephemerals(PEOPLE.engineer.id)
    .findLast(({ text, blocks }) => /open/i.test(text + JSON.stringify(blocks)))
  if (!listed || !textOf(listed).includes(`#${row.iid}`))
    findings.broken.push(`#${row.iid} is open and not on the list`)
}

async function checkKnown({ world, store, outbox, findings }: Evidence, iid: number): Promise<void> {
  const issue = world.gitlab.issue(iid)
  if (issue.removed) return
  const row = await store.tables.requests.byIid(iid, 'gitlab')
  if (!row) {
    // One that was closed before anybody saw it is nobody's work.
    if (issue.state === 'opened') findings.missing.push(`#${iid} came in and is not known`)
    return
  }
  if (row.seen.state !== issue.state)
    findings.missing.push(`#${iid} is ${issue.state} in GitLab, the bot last saw it ${row.seen.state}`)
  const isWaiting = outbox.some(
    (one) => one.request_id === row.id && ['failed', 'pending'].includes(one.status),
  )
  const isClosed = flows[row.flow]?.steps[row.step]?.isClosed === true
  // "No action is required.": GitLab closes it by itself.
  const isLeftToGitLab = row.flow === 'invalid' || (isClosed && hasFailedChecks(issue))
  if (!isLeftToGitLab && isClosed !== (issue.state === 'closed') && !isWaiting)
    findings.broken.push(`#${iid} is ${issue.state} in GitLab, and stands at ${row.flow}/${row.step}`)
}

/** By its title, or by the label where somebody else than the bot has set it last. */
function hasFailedChecks({ title, labels, labelEvents }: Issue): boolean {
  const { label } = failedChecks
  const set = labelEvents.findLast((event) => event.action === 'add' && event.label === label)
  return title.includes(failedChecks.title) || (labels.includes(label) && set !== undefined && !byBot(set))
}

export function textOf({ text, blocks }: Pick<Message, 'text' | 'blocks'>): string {
  return `${text}\n${JSON.stringify(blocks)}`
}
