/**
 * This file makes and reads actors: who did something, as facts and the audit log keep it. An actor is an id, never a
 * name or an e-mail address.
 */

/**
 * An actor is `bot`, `requester`, or a service and an id there: `slack:U1`, `gitlab:42`, `zendesk:42`. Where a
 * service does not say who it was, its name stands alone.
 */
export type Actor = 'bot' | 'requester' | `${string}:${string}`

/** An actor taken apart. */
export type KnownActor =
  | { readonly kind: 'bot' | 'requester' }
  | { readonly kind: 'slack'; readonly userId: string }
  /** Somebody who acted in a service, outside of the bot. */
  | { readonly kind: 'outside'; readonly service: string; readonly id?: string }

/** Returns the actor for a person in Slack, by their user id `U1`. */
export function slackActor(userId: string): Actor {
  return `slack:${userId}`
}

/**
 * Returns the actor for a person in a service, by their number there; the id is `unknown` where the service does not
 * say.
 */
export function outsideActor(service: string, id: number | string = 'unknown'): Actor {
  return `${service}:${id}`
}

/** Returns the actor for somebody in a service that says nothing of who it was. */
export function somebodyIn(service: string): Actor {
  return service as Actor
}

/** Takes an actor apart. It reads what older versions have written, too, so it never throws. */
export function readActor(actor: string): KnownActor {
  if (actor === 'bot' || actor === 'requester') return { kind: actor }
  const [service = '', ...rest] = actor.split(':')
  if (rest.length === 0) return { kind: 'outside', service }
  const id = rest.join(':')
  return service === 'slack' ? { kind: 'slack', userId: id } : { kind: 'outside', service, id }
}
