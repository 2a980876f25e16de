/** Whose account is whose in the local GitLab; `config/desk.yaml` of the sandbox says the same to the bot. */
import { usernames } from '../gitlab/gitlab.ts'
import { PEOPLE } from '../slack/people.ts'

const { engineer, secondEngineer, manager, privacy } = PEOPLE
const accounts = [
  [engineer, usernames.engineer],
  [secondEngineer, usernames.otherEngineer],
  [manager, usernames.manager],
  [privacy, usernames.privacy],
] as const

/** The GitLab account of somebody in Slack; those without one act as the first support engineer. */
export function gitlabUser(slackId: string): string {
  return accounts.find(([{ id }]) => id === slackId)?.[1] ?? usernames.engineer
}

/** `ines.engineer` is shown as `Ada Lindqvist (ines.engineer)`; who is nobody in Slack, by the account alone. */
export function accountShown(username: string): string {
  const someone = accounts.find(([, account]) => account === username)?.[0]
  return someone === undefined ? username : `${someone.realName} (${username})`
}

/** The desk's settings as they are shipped, with these people. */
export function withPeople(deskYaml: string): string {
  const people = accounts.map(([{ id }, account]) => `  - slack: ${id}\n    gitlab: ${account}\n`)
  return deskYaml.replace('people: []\n', `people:\n${people.join('')}`)
}
