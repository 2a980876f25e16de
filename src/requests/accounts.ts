/** The verified links between people in Slack and their accounts in the services, as the team's configuration has them. */

/** A person by Slack user id, and their accounts by service: in GitLab the username, in Zendesk the agent’s id. */
export interface LinkedPerson {
  readonly slack: string
  readonly accounts: Readonly<Record<string, string>>
}

/** Answers who is who. Names of accounts are compared without regard to upper and lower case, as the services do. */
export interface Accounts {
  /** True where anybody is linked in this service: without that, its assignees say nothing of people in Slack. */
  areKnownIn(source: string): boolean
  /** Returns the person's account in a service, or undefined where nobody has linked one. */
  accountOf(source: string, userId: string): string | undefined
  /** Returns the Slack user id of the person with this account, or undefined where nobody is linked to it. */
  personOf(source: string, account: string): string | undefined
}

/** Returns the links of these people. */
export function accountsOf(people: readonly LinkedPerson[]): Accounts {
  return {
    areKnownIn: (source) => people.some(({ accounts }) => accounts[source] !== undefined),
    accountOf: (source, userId) => people.find(({ slack }) => slack === userId)?.accounts[source],
    personOf: (source, account) =>
      people.find(({ accounts }) => accounts[source]?.toLowerCase() === account.toLowerCase())?.slack,
  }
}
