/** Who writes to the local Zendesk, and who answers there. */
import type { User, World } from './world.ts'

/** Of an e-mail. */
export interface Sender {
  readonly name: string
  readonly email: string
}

export const somebody: Sender = { name: 'Robin Requester', email: 'requester@example.com' }
/** Got the e-mail from whom it was for, and answers it. */
export const passedOnTo: Sender = { name: 'Quinn Colleague', email: 'colleague@example.org' }

export function userById({ users }: World, id: number): User {
  const user = users.find((one) => one.id === id)
  if (!user) throw new Error(`the local Zendesk has no user ${id}`)
  return user
}

/** Known by the address, as Zendesk knows who writes an e-mail; else an end user is made. */
export function personOf({ users }: World, { name, email }: Sender): User {
  const known = users.find((user) => user.email.toLowerCase() === email.toLowerCase())
  if (known) return known
  const user: User = { id: 7001 + users.length, name, email, role: 'end-user' }
  users.push(user)
  return user
}
