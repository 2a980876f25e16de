/** For every test of a file: nothing that was read or typed reaches a channel, the log, or the database for longer than it is needed. */
import { afterEach, expect } from 'vitest'
import type { World, WorldOptions } from './desk-world.ts'
import { aTicket, type WithTicket } from './ticket-acts.ts'

/** Stand in every text that these tests send or type, beside the requester's own name and address. */
const personal = ['Wayne', 'Robin', 'requester@example.com'] as const

const watched = new Set<World>()

/** A ticket whose subject and text are full of what nobody outside may see. */
export async function privateTicket(
  options: WorldOptions & { readonly text?: string; readonly subject?: string } = {},
): Promise<WithTicket> {
  const text = 'Dear security, this is Bruce Wayne: is my data encrypted?'
  const given = await aTicket({ text, subject: 'The data of Wayne Enterprises', ...options })
  watched.add(given.world)
  return given
}

/** Call it once in a file: after each test, what is left of its worlds is searched. */
export function keptToItself(): void {
  afterEach(async () => {
    const worlds = [...watched]
    watched.clear()
    for (const world of worlds) expect(await leaksOf(world)).toEqual([])
  })
}

async function leaksOf(world: World): Promise<string[]> {
  await world.stop()
  const posted = world.slack.fake.requests
    .filter(({ path }) => !path.includes('views.'))
    .map(({ body }) => JSON.stringify(body))
    .join('\n')
  const places = {
    'a message': posted,
    'the log': world.logged.join(''),
    'the database': await world.kept(),
  }
  return Object.entries(places).flatMap(([place, text]) =>
    personal.filter((word) => text.includes(word)).map((word) => `${word} in ${place}`),
  )
}
