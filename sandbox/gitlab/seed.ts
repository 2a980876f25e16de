/** The people, projects and templates that the local GitLab starts with. All of them are invented. */
import { deskTemplates, reinstatement } from './templates.ts'
import { type Group, type Issue, type Project, projectAt, type User, userNamed, type World } from './world.ts'

export const serviceDeskProject = 'support/personal-account-requests'
export const trustSafetyProject = 'security/trust-and-safety'

/** The public feature request on which a deceased user's request is noted. */
export const featureRequest = { project: 'gitlab-org/gitlab', iid: 330669 } as const

export const usernames = {
  bot: 'privacy-desk-bot',
  supportBot: 'support-bot',
  engineer: 'ines.engineer',
  otherEngineer: 'omar.engineer',
  manager: 'mona.manager',
  privacy: 'pia.privacy',
} as const

export function firstWorld(): World {
  const world: World = { users: people(), projects: projects(), groups: groups(), issues: [] }
  world.issues.push(publicIssue(world))
  return world
}

function publicIssue(world: World): Issue {
  const project = projectAt(world, featureRequest.project)
  if (!project) throw new Error(`there is no project ${featureRequest.project}`)
  const at = '2021-05-11T12:13:14.000Z'
  return {
    id: 901,
    iid: featureRequest.iid,
    type: 'issue',
    project,
    author: userNamed(world, usernames.otherEngineer),
    title: 'Help with the accounts of people who have died',
    description: 'Their accounts are deleted by hand today. Please say here when it happens.',
    state: 'opened',
    labels: [],
    assignees: [],
    confidential: false,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    participants: [],
    duplicateOf: undefined,
    notes: [],
    labelEvents: [],
    stateEvents: [],
    links: [],
    removed: false,
    hidden: false,
  }
}

/** As config/desk.yaml names one. */
export interface ExpertTeam {
  readonly name: string
  readonly project: string
  readonly template?: string | undefined
}

/** One of config/desk.yaml. */
export const appSec: ExpertTeam = {
  name: 'Application Security',
  project: 'gitlab-com/gl-security/product-security/appsec/appsec-team',
}

export function addExpertTeam(world: World, { name, project, template }: ExpertTeam): void {
  if (projectAt(world, project)) return
  const id = 800 + world.projects.length
  const username = `expert-of-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`
  const templates = template === undefined ? {} : { [template]: 'A question of Field Security.\n' }
  world.users.push(person(id, username, `An expert of ${name}`))
  world.projects.push({
    id,
    path: project,
    name,
    namespace: { id: 900 + world.projects.length, kind: 'group' },
    lastActivityAt: '2026-10-01T00:00:00.000Z',
    serviceDesk: false,
    templates,
    expert: username,
  })
}

function person(id: number, username: string, name: string, more: Partial<User> = {}): User {
  return {
    ...{ id, username, name, state: 'active', bot: false },
    signIns: ['2026-01-01T00:00:00.000Z'],
    ...more,
  }
}

function people(): User[] {
  return [
    person(2, usernames.supportBot, 'GitLab Support Bot', { bot: true, signIns: [] }),
    person(9, usernames.bot, 'Privacy Desk', { bot: true, signIns: [] }),
    person(11, usernames.engineer, 'Ines Engineer'),
    person(12, usernames.otherEngineer, 'Omar Engineer'),
    person(13, usernames.manager, 'Mona Manager'),
    person(14, usernames.privacy, 'Pia Privacy'),
    person(21, 'quiet.owner', 'Quiet Owner', {
      signIns: ['2019-12-01T02:03:04.567Z', '2020-02-03T04:05:06.789Z'],
    }),
    person(22, 'busy.owner', 'Busy Owner'),
    person(23, 'shared.owner', 'Shared Owner', { signIns: ['2020-02-03T04:05:06.789Z'] }),
    person(24, 'blocked.owner', 'Blocked Owner', { state: 'blocked', signIns: [] }),
  ]
}

function projects(): Project[] {
  const old = '2020-03-04T05:06:07.000Z'
  const recent = '2026-10-01T00:00:00.000Z'
  const plain = { serviceDesk: false, templates: {} }
  return [
    {
      id: 101,
      path: serviceDeskProject,
      name: 'Personal Account Requests',
      namespace: { id: 501, kind: 'group' },
      lastActivityAt: recent,
      serviceDesk: true,
      templates: deskTemplates,
    },
    {
      id: 102,
      path: trustSafetyProject,
      name: 'Trust and Safety',
      namespace: { id: 502, kind: 'group' },
      lastActivityAt: recent,
      serviceDesk: false,
      templates: { 'Account Reinstatement': reinstatement },
    },
    {
      ...plain,
      id: 103,
      path: featureRequest.project,
      name: 'GitLab',
      namespace: { id: 503, kind: 'group' },
      lastActivityAt: recent,
    },
    { ...plain, ...inGroup(201, 'shared-tools', 603), name: 'Old Tools', lastActivityAt: old },
    { ...plain, ...inGroup(202, 'busy-tools', 602), name: 'Busy Tools', lastActivityAt: recent },
    { ...plain, ...personal(211, 'quiet.owner', 21), name: 'Notes', lastActivityAt: old },
    { ...plain, ...personal(212, 'busy.owner', 22), name: 'Site', lastActivityAt: recent },
  ]
}

const inGroup = (id: number, group: string, groupId: number) => ({
  id,
  path: `${group}/project`,
  namespace: { id: groupId, kind: 'group' as const },
})

const personal = (id: number, username: string, ownerId: number) => ({
  id,
  path: `${username}/project`,
  namespace: { id: 700 + ownerId, kind: 'user' as const, ownerId },
})

function groups(): Group[] {
  const owner = 50
  const developer = 30
  const at = '2019-01-02T03:04:05.000Z'
  return [
    {
      id: 601,
      path: 'quiet-tools',
      parentId: null,
      createdAt: at,
      members: [{ username: 'quiet.owner', accessLevel: owner }],
    },
    {
      id: 602,
      path: 'busy-tools',
      parentId: null,
      createdAt: at,
      members: [
        { username: 'busy.owner', accessLevel: owner },
        { username: 'quiet.owner', accessLevel: developer },
      ],
    },
    {
      id: 603,
      path: 'shared-tools',
      parentId: null,
      createdAt: at,
      members: [
        { username: 'shared.owner', accessLevel: owner },
        { username: 'busy.owner', accessLevel: owner },
      ],
    },
  ]
}
