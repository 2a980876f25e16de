/**
 * What Slack's Events API tells. Bolt 5 acknowledges an event before any listener runs (App#processEvent), and Slack
 * sends again only what was not acknowledged: so events are taken before Bolt sees them, and acknowledged once they are
 * stored.
 */

import type { App, Receiver, ReceiverEvent } from '@slack/bolt'
import { z } from 'zod'
import type { Listening } from './listening.ts'

/** Only the fields that are used. https://docs.slack.dev/apis/events-api */
const EventBody = z.object({
  type: z.literal('event_callback'),
  team_id: z.string().default(''),
  event_id: z.string(),
  event: z.looseObject({ type: z.string() }),
})

const HomeOpened = z.object({
  type: z.literal('app_home_opened'),
  user: z.string(),
  /** The Messages tab is opened by the same event. */
  tab: z.string().default('home'),
})

/** Takes an event; resolves once it is stored, or asks for nothing. What it throws leaves the event unacknowledged. */
export type TakeEvent = (body: unknown) => Promise<void>

/** Returns the receiver as Bolt is given it: events go to `take`, all else goes to Bolt. */
export function storedFirst(receiver: Receiver, take: TakeEvent): Receiver {
  return {
    start: (...given) => receiver.start(...given),
    stop: (...given) => receiver.stop(...given),
    init: (app: App) => {
      const processEvent = async (received: ReceiverEvent) => {
        if (received.body.type !== 'event_callback') return app.processEvent(received)
        await take(received.body)
        await received.ack()
      }
      receiver.init(Object.assign(Object.create(app) as App, { processEvent }))
    },
  }
}

/** Stores what an event asks for. Of an event that the bot has not asked for it takes no notice. */
export async function takeEvent(
  { desk, log }: Pick<Listening, 'desk' | 'log'>,
  body: unknown,
): Promise<void> {
  const { data } = EventBody.safeParse(body)
  if (!data) return
  const { event, event_id: eventId, team_id: teamId } = data
  try {
    const opened = HomeOpened.safeParse(event).data
    if (opened?.tab === 'home')
      await desk.receive('home', `home:${eventId}`, { userId: opened.user, teamId, isOpened: true })
  } catch (error) {
    log.error(
      { event: event.type, reason: error instanceof Error ? error.message : '' },
      'An event could not be stored: Slack sends it again',
    )
    throw error
  }
}
