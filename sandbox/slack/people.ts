/** The people, user groups and channels of the local Slack workspace. */

/** What a person is to the workspace, in the terms of users.info. */
type Kind = 'member' | 'guest' | 'stranger' | 'bot'

export interface Person {
  readonly id: string
  readonly name: string
  readonly realName: string
  /** What the sandbox page says about the person, e.g. "Support engineer". */
  readonly title: string
  readonly kind: Kind
  readonly teamId: string
  /** In an Enterprise Grid: the workspaces they are a member of; users.info names no `team_id` then, or another one. */
  readonly gridTeams?: readonly string[]
  readonly tz: string
  readonly deleted: boolean
}

export interface UserGroup {
  readonly id: string
  readonly handle: string
  readonly name: string
  readonly members: readonly string[]
  readonly disabled: boolean
}

export interface Channel {
  readonly id: string
  readonly name: string
  readonly isPrivate: boolean
  /** Shared with another organisation through Slack Connect. */
  readonly isShared: boolean
  /** Nothing can be posted or changed there. */
  readonly isArchived?: boolean
  readonly members: readonly string[]
}

export const TEAM = { id: 'T01DESK', domain: 'desk-sandbox', name: 'Desk Sandbox' } as const
export const OTHER_TEAM_ID = 'T02OTHER'
export const APP_ID = 'A01DESK'
export const BOT_ID = 'B01DESK'

function person(id: string, name: string, realName: string, title: string, override: Partial<Person> = {}) {
  return {
    id,
    name,
    realName,
    title,
    kind: 'member',
    teamId: TEAM.id,
    tz: 'Europe/Amsterdam',
    deleted: false,
    ...override,
  } satisfies Person as Person
}

/** The default cast: whoever a test or the sandbox page can act as, and the bot. */
export const PEOPLE = {
  engineer: person('U01ENGINEER', 'ada', 'Ada Lindqvist', 'Support engineer'),
  secondEngineer: person('U02ENGINEER', 'ben', 'Ben Okafor', 'Support engineer', { tz: 'Africa/Lagos' }),
  manager: person('U01MANAGER', 'mara', 'Mara Silva', 'Support manager', { tz: 'America/Sao_Paulo' }),
  privacy: person('U01PRIVACY', 'priya', 'Priya Nair', 'Privacy', { tz: 'Asia/Kolkata' }),
  secondPrivacy: person('U02PRIVACY', 'jonas', 'Jonas Weber', 'Privacy', { tz: 'Europe/Berlin' }),
  fieldSecurity: person('U01FIELDSEC', 'kenji', 'Kenji Mori', 'Field security', { tz: 'Asia/Tokyo' }),
  member: person('U01MEMBER', 'tomas', 'Tomas Novak', 'No role'),
  guest: person('U01GUEST', 'gina', 'Gina Park', 'Guest', { kind: 'guest' }),
  stranger: person('U01STRANGER', 'sam', 'Sam Rivers', 'Another company', {
    kind: 'stranger',
    teamId: OTHER_TEAM_ID,
  }),
  left: person('U01LEFT', 'lena', 'Lena Fischer', 'Left the company', { deleted: true }),
  bot: person('U01DESKBOT', 'privacy_desk', 'Privacy Desk', 'App', { kind: 'bot' }),
} as const

export const GROUPS = {
  engineers: {
    id: 'S01ENGINEERS',
    handle: 'support-engineers',
    name: 'Support Engineers',
    members: [PEOPLE.engineer.id, PEOPLE.secondEngineer.id],
    disabled: false,
  },
  managers: {
    id: 'S01MANAGERS',
    handle: 'support-managers',
    name: 'Support Managers',
    members: [PEOPLE.manager.id],
    disabled: false,
  },
  privacy: {
    id: 'S01PRIVACY',
    handle: 'privacy-team',
    name: 'Privacy Team',
    members: [PEOPLE.privacy.id, PEOPLE.secondPrivacy.id],
    disabled: false,
  },
  fieldSecurity: {
    id: 'S01FIELDSEC',
    handle: 'field-security',
    name: 'Field Security',
    members: [PEOPLE.fieldSecurity.id],
    disabled: false,
  },
} as const satisfies Record<string, UserGroup>

const everyoneHere = Object.values(PEOPLE)
  .filter((someone) => someone.kind !== 'stranger' && !someone.deleted)
  .map((someone) => someone.id)

export const CHANNELS = {
  privacy: {
    id: 'C01PRIVACY',
    name: 'privacy-team_help',
    isPrivate: true,
    isShared: false,
    members: everyoneHere,
  },
  security: {
    id: 'C01SECURITY',
    name: 'field-security',
    isPrivate: true,
    isShared: false,
    members: everyoneHere,
  },
  general: { id: 'C01GENERAL', name: 'general', isPrivate: false, isShared: false, members: everyoneHere },
} as const satisfies Record<string, Channel>
