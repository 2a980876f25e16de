/** Somebody who holds two roles: a manager who helps Privacy out, so that four eyes might be one pair. */
import { GROUPS, PEOPLE } from '../../sandbox/slack/people.ts'

export const ofTwoRoles: string = PEOPLE.secondPrivacy.id

export const supportManagers: readonly string[] = [...GROUPS.managers.members, ofTwoRoles]
