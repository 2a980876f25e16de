/** Whoever must not: over the whole bot with real HTTP nothing is done for them, and each refusal is in the audit log. */
import { formOf } from '../../sandbox/slack/deliver.ts'
import { type Payload, slashCommand, viewSubmission } from '../../sandbox/slack/payloads.ts'
import { CHANNELS, GROUPS, OTHER_TEAM_ID, PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import type { Findings } from './findings.ts'
import { formCopy, type SecuredDesk, startSecuredDesk } from './secured-desk.ts'

interface Somebody {
  readonly id: string
  readonly teamId: string
}

const nobodies: Readonly<Record<string, Somebody>> = {
  'a guest': { id: PEOPLE.guest.id, teamId: TEAM.id },
  'a guest of one channel': { id: 'U01ULTRA', teamId: TEAM.id },
  'an app': { id: PEOPLE.bot.id, teamId: TEAM.id },
  'somebody who has left': { id: PEOPLE.left.id, teamId: TEAM.id },
  'a stranger through Slack Connect': { id: PEOPLE.stranger.id, teamId: OTHER_TEAM_ID },
  'a stranger who claims our workspace': { id: PEOPLE.stranger.id, teamId: TEAM.id },
  'an engineer’s id from another workspace': { id: PEOPLE.engineer.id, teamId: OTHER_TEAM_ID },
  'an engineer’s id from no workspace': { id: PEOPLE.engineer.id, teamId: '' },
  'an id that Slack does not know': { id: 'U0NOBODY', teamId: TEAM.id },
  'a member without a role': { id: PEOPLE.member.id, teamId: TEAM.id },
}

/** Slack's word for what the local Slack has nobody for. */
async function withUltraGuest(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const body = String(init?.body ?? '')
  if (!String(input).endsWith('/users.info') || !body.includes('U01ULTRA')) return fetch(input, init)
  const user = {
    id: 'U01ULTRA',
    team_id: TEAM.id,
    name: 'ultra',
    is_restricted: true,
    is_ultra_restricted: true,
  }
  return Response.json({ ok: true, user })
}

export async function provePeople(findings: Findings): Promise<void> {
  const desk = await startSecuredDesk({ fetch: withUltraGuest })
  try {
    const iid = await desk.request(formCopy())
    for (const [who, somebody] of Object.entries(nobodies))
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

/** Nothing changes in GitLab or Zendesk, no modal opens, and the log tells of it. */
async function refused(
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
  for (let round = 0; round < 50 && refusals() === known; round += 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
  if (outside(desk) !== before) letIn(`${what} changes something`)
  if (refusals() > known) reach('a refusal in the audit log')
  else broken(`${what} is not in the audit log`)
}

function outside(desk: SecuredDesk): string {
  const issues = desk.gitlab.world.issues.map(({ iid, state, labels, notes, description }) => ({
    ...{ iid, state, labels, description },
    notes: notes.map(({ body }) => body),
  }))
  const views = desk.slack.fake.received('POST', /views\.open$/).length
  const writes = desk.zendesk.fake.requests.filter(({ method }) => method !== 'GET').length
  return JSON.stringify({
    issues,
    views,
    writes,
    assignees: desk.rows('SELECT iid, assignee, step FROM request'),
  })
}

function clicked(desk: SecuredDesk, iid: number, button: string, by: Somebody): Payload {
  const payload = desk.slack.clickPayload(PEOPLE.engineer.id, desk.card(iid), { button }, { confirm: true })
  return as(payload, by)
}

/** Whose payload it is stands in its `user`; its team in both places that Slack names. */
function as(payload: Payload, { id, teamId }: Somebody): Payload {
  return {
    ...payload,
    user: { id, username: 'x', name: 'x', team_id: teamId },
    team: { id: teamId, domain: 'elsewhere' },
  }
}

function typed(desk: SecuredDesk, text: string, { id, teamId }: Somebody): string {
  const triggerId = desk.slack.space.newTrigger(id)
  const path = desk.slack.space.newResponseUrlPath({ userId: id, channel: CHANNELS.privacy.id })
  const command = slashCommand(
    { person: PEOPLE.engineer, triggerId },
    CHANNELS.privacy,
    '/privacy',
    text,
    desk.slack.url + path,
  )
  return formOf('slash_commands', { ...command, user_id: id, team_id: teamId })
}

async function openedView(desk: SecuredDesk, iid: number) {
  const by = PEOPLE.engineer.id
  desk.slack.space.setViews(by, [])
  await desk.slack.click(by, desk.card(iid), { button: 'Start' })
  for (let round = 0; round < 250 && !desk.slack.openView(by); round += 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
  const view = desk.slack.openView(by)
  if (!view) throw new Error('the modal did not open')
  return view
}

/** The modal is the engineer's; whoever submits it is somebody else. */
async function submitted(desk: SecuredDesk, iid: number, by: Somebody): Promise<Payload> {
  const view = await openedView(desk, iid)
  const acting = { person: PEOPLE.engineer, triggerId: desk.slack.space.newTrigger(PEOPLE.engineer.id) }
  return as(viewSubmission(acting, view, chosen(view.blocks)), by)
}

/** Each choice at its first option. */
function chosen(blocks: readonly object[]): Parameters<typeof viewSubmission>[2] {
  const values = blocks.flatMap((block) => {
    const { block_id, element } = block as {
      block_id?: string
      element?: { type: string; action_id: string; options?: object[] }
    }
    if (!block_id || !element) return []
    const { type, action_id, options } = element
    return [[block_id, { [action_id]: { type, selected_option: options?.[0] ?? null, value: 'x' } }]]
  })
  return Object.fromEntries(values) as Parameters<typeof viewSubmission>[2]
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
