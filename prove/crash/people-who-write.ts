/** A requester of their own for each try, so that no request has to do with another: an account, the form, an issue. */
import type { Desk } from './desk.ts'

export interface Requester {
  readonly username: string
  readonly email: string
}

/** An account that has been quiet for years, and owns nothing. */
export function newRequester({ gitlab }: Desk): Requester {
  const { users } = gitlab.world
  const id = 1000 + users.length
  const username = `quiet.owner.${id}`
  users.push({
    id,
    username,
    name: `Quiet Owner ${id}`,
    state: 'active',
    signIns: ['2020-02-03T04:05:06.789Z'],
    bot: false,
  })
  return { username, email: `${username}@example.com` }
}

/** Sends the form; GitLab's automatic response goes out. */
export function sendForm({ gitlab }: Desk, { username, email }: Requester): number {
  const entries = {
    'Request Type': 'GitLab.com Account Deletion',
    Username: username,
    'Email Address': email,
    'Country/Region': 'Netherlands',
    Comments: 'Please delete it.',
  }
  const lines = Object.entries(entries).map(([name, value]) => `**${name}:** ${value}`)
  return gitlab.submitRequest({ email, description: `${lines.join('\n\n')}\n` }).iid
}
