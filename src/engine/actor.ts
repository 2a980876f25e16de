/**
 * Who did something, as facts and the audit log keep it: an id, never a name or an e-mail address. Actors are made and
 * read in this file alone.
 */

/** `bot`, `requester`, `slack:U1`, `gitlab:42`, `zendesk:42`; a service's name alone where it does not say who it was. */
export type Actor = 'bot' | 'requester' | `${string}:${string}`

export type KnownActor =
  | { readonly kind: 'bot' | 'requester' }
  | { readonly kind: 'slack'; readonly userId: string }
  /** Somebody who acted in a service, outside of the bot. */
  | { readonly kind: 'outside'; readonly service: string; readonly id?: string }

/** A person in Slack, by their user id `U1`. */
export function slackActor(userId: string): Actor {
  return `slack:${userId}`
}

/** A person in a service, by their number there; `unknown` where the service does not say. */
export function outsideActor(service: string, id: number | string = 'unknown'): Actor {
  return `${service}:${id}`
}

/** Somebody in a service that says nothing of who it was. */
export function somebodyIn(service: string): Actor {
  return service as Actor
}

/** Also of what older versions have written. */
export function readActor(actor: string): KnownActor {
  if (actor === 'bot' || actor === 'requester') return { kind: actor }
  const [service = '', ...rest] = actor.split(':')
  if (rest.length === 0) return { kind: 'outside', service }
  const id = rest.join(':')
  return service === 'slack' ? { kind: 'slack', userId: id } : { kind: 'outside', service, id }
}
