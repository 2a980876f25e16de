/** The desks that are shipped, as the configuration has them. */
import type { Config } from '../config/config.ts'
import type { StaffedDesk } from '../desks/desk.ts'
import { shippedWith } from '../desks/index.ts'

export function shippedDesks({ slack, roles, desk, zendesk }: Config): readonly StaffedDesk[] {
  const channels: Readonly<Record<string, string>> = {
    PRIVACY_CHANNEL: slack.privacyChannel,
    SECURITY_CHANNEL: slack.securityChannel,
  }
  return shippedWith({
    expertTeams: desk.expertTeams.map(({ name }) => name),
    hasSupportGroup: zendesk?.supportGroup !== undefined,
    updateAfterBusinessDays: desk.securityUpdateBusinessDays,
  }).map((one) => ({ desk: one, channel: channels[one.channelVariable] ?? one.name, members: roles }))
}
