/** Whoever must not, and what Slack would send of them. */
import { formOf } from '../../sandbox/slack/deliver.ts'
import { type Payload, slashCommand, type viewSubmission } from '../../sandbox/slack/payloads.ts'
import { CHANNELS, type Channel, OTHER_TEAM_ID, PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import type { SecuredDesk } from './secured-desk.ts'

export interface Somebody {
  readonly id: string
  readonly teamId: string
}

/** Whoever must not; `holder` is somebody who may, whose id alone is not enough. */
export const nobodies = (holder: string): Readonly<Record<string, Somebody>> => ({
  'a guest': { id: PEOPLE.guest.id, teamId: TEAM.id },
  'a guest of one channel': { id: 'U01ULTRA', teamId: TEAM.id },
  'an app': { id: PEOPLE.bot.id, teamId: TEAM.id },
  'somebody who has left': { id: PEOPLE.left.id, teamId: TEAM.id },
  'a stranger through Slack Connect': { id: PEOPLE.stranger.id, teamId: OTHER_TEAM_ID },
  'a stranger who claims our workspace': { id: PEOPLE.stranger.id, teamId: TEAM.id },
  'the id of somebody who may, from another workspace': { id: holder, teamId: OTHER_TEAM_ID },
  'the id of somebody who may, from no workspace': { id: holder, teamId: '' },
  'an id that Slack does not know': { id: 'U0NOBODY', teamId: TEAM.id },
  'a member without a role': { id: PEOPLE.member.id, teamId: TEAM.id },
})

/** Slack's word for what the local Slack has nobody for. */
export async function withUltraGuest(input: string | URL | Request, init?: RequestInit): Promise<Response> {
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

/** Whose payload it is stands in its `user`; its team in both places that Slack names. */
export function as(payload: Payload, { id, teamId }: Somebody): Payload {
  return {
    ...payload,
    user: { id, username: 'x', name: 'x', team_id: teamId },
    team: { id: teamId, domain: 'elsewhere' },
  }
}

export function typed(
  desk: SecuredDesk,
  text: string,
  { id, teamId }: Somebody,
  at: { readonly command: string; readonly channel: Channel } = {
    command: '/privacy',
    channel: CHANNELS.privacy,
  },
): string {
  const triggerId = desk.slack.space.newTrigger(id)
  const path = desk.slack.space.newResponseUrlPath({ userId: id, channel: at.channel.id })
  const command = slashCommand(
    { person: PEOPLE.engineer, triggerId },
    at.channel,
    at.command,
    text,
    desk.slack.url + path,
  )
  return formOf('slash_commands', { ...command, user_id: id, team_id: teamId })
}

/** Each choice at its first option. */
export function chosen(blocks: readonly object[]): Parameters<typeof viewSubmission>[2] {
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
