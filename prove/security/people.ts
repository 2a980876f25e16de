/** Whoever must not: over the whole bot with real HTTP nothing is done for them, and each refusal is in the audit log. */
import { formOf } from '../../sandbox/slack/deliver.ts'
import { type Payload, viewSubmission } from '../../sandbox/slack/payloads.ts'
import { GROUPS, PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import type { Findings } from './findings.ts'
import { refused } from './refused.ts'
import { formCopy, type SecuredDesk, startSecuredDesk } from './secured-desk.ts'
import { as, chosen, nobodies, type Somebody, typed, withUltraGuest } from './somebody.ts'

export async function provePeople(findings: Findings): Promise<void> {
  const desk = await startSecuredDesk({ fetch: withUltraGuest })
  try {
    const iid = await desk.request(formCopy())
    const fieldSecurity = { id: PEOPLE.fieldSecurity.id, teamId: TEAM.id }
    const all = { ...nobodies(PEOPLE.engineer.id), 'a Field Security person': fieldSecurity }
    for (const [who, somebody] of Object.entries(all))
      await refusedEverywhere(findings, desk, iid, who, somebody)
    await roleLost(findings, desk, iid)
    await slackCannotSay(findings, desk, iid)
  } finally {
    await desk.close()
  }
}

type Act = (desk: SecuredDesk, iid: number, by: Somebody) => Promise<Payload | string>

const acts: Readonly<Record<string, Act>> = {
  'a click': async (desk, iid, by) => clicked(desk, iid, 'Fail Verification', by),
  'a click that opens a modal': async (desk, iid, by) => clicked(desk, iid, 'Start', by),
  'a try again': async (desk, iid, by) => {
    const payload = clicked(desk, iid, 'Fail Verification', by)
    const [action] = payload.actions as Payload[]
    return { ...payload, actions: [{ ...action, action_id: 'try-again' }] }
  },
  'a modal submitted': submitted,
  '/privacy list': async (desk, _iid, by) => typed(desk, 'list', by),
  '/privacy show': async (desk, iid, by) => typed(desk, `show ${iid}`, by),
  '/privacy claim': async (desk, iid, by) => typed(desk, `claim ${iid}`, by),
  '/privacy track': async (desk, iid, by) => typed(desk, `track ${iid}`, by),
  '/privacy redirect-ticket': async (desk, _iid, by) => typed(desk, 'redirect-ticket 1 both', by),
}

async function refusedEverywhere(
  findings: Findings,
  desk: SecuredDesk,
  iid: number,
  who: string,
  by: Somebody,
): Promise<void> {
  for (const [what, act] of Object.entries(acts)) {
    const payload = await act(desk, iid, by)
    await refused(findings, desk, `${what} of ${who}`, by.id, async () => {
      const body = typeof payload === 'string' ? payload : formOf('interactive', payload)
      await desk.slack.deliverSigned(body)
    })
  }
}

function clicked(desk: SecuredDesk, iid: number, button: string, by: Somebody): Payload {
  const payload = desk.slack.clickPayload(PEOPLE.engineer.id, desk.card(iid), { button }, { confirm: true })
  return as(payload, by)
}

async function openedView(desk: SecuredDesk, iid: number) {
  const by = PEOPLE.engineer.id
  desk.slack.space.setViews(by, [])
  await desk.slack.click(by, desk.card(iid), { button: 'Start' })
  return desk.opened(by, 'Start')
}

/** The modal is the engineer's; whoever submits it is somebody else. */
async function submitted(desk: SecuredDesk, iid: number, by: Somebody): Promise<Payload> {
  const view = await openedView(desk, iid)
  const acting = { person: PEOPLE.engineer, triggerId: desk.slack.space.newTrigger(PEOPLE.engineer.id) }
  return as(viewSubmission(acting, view, chosen(view.blocks)), by)
}

/** A minute after the role is gone it is gone: between the card and the click, and between the modal and its submit. */
async function roleLost(findings: Findings, desk: SecuredDesk, iid: number): Promise<void> {
  const by = { id: PEOPLE.engineer.id, teamId: TEAM.id }
  const [click, submit] = [clicked(desk, iid, 'Fail Verification', by), await submitted(desk, iid, by)]
  const command = typed(desk, `claim ${iid}`, by)
  desk.slack.setGroupMembers(GROUPS.engineers.handle, [])
  await desk.advance(61)
  for (const [what, body] of Object.entries({
    'a click after the role was lost': formOf('interactive', click),
    'a submit after the role was lost': formOf('interactive', submit),
    'a command after the role was lost': command,
  })) {
    await refused(findings, desk, what, by.id, () => desk.slack.deliverSigned(body))
    findings.reach('a role lost in between')
  }
  desk.slack.setGroupMembers(GROUPS.engineers.handle, GROUPS.engineers.members)
  await desk.advance(61)
}

/** Fails closed: where Slack can't say who holds a role, nobody does. */
async function slackCannotSay(findings: Findings, desk: SecuredDesk, iid: number): Promise<void> {
  const by = { id: PEOPLE.engineer.id, teamId: TEAM.id }
  for (const path of [/usergroups\.list$/, /usergroups\.users\.list$/, /users\.info$/])
    for (const body of [{ ok: false, error: 'internal_error' }, { ok: true }, '<html>']) {
      await desk.advance(61)
      desk.slack.fake.fail({
        path,
        times: Number.POSITIVE_INFINITY,
        failure: { answer: { status: 200, body } },
      })
      const click = clicked(desk, iid, 'Fail Verification', by)
      await refused(findings, desk, `a click while ${path.source} says ${JSON.stringify(body)}`, by.id, () =>
        desk.slack.deliverSigned(formOf('interactive', click)),
      )
      desk.slack.fake.heal()
      findings.reach('Slack could not say who holds a role')
    }
}
