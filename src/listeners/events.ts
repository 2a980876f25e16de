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
  /** The conversation is shared with another organisation, where nothing of a desk is shown. */
  is_ext_shared_channel: z.boolean().default(false),
  event: z.looseObject({ type: z.string() }),
})

const HomeOpened = z.object({
  type: z.literal('app_home_opened'),
  user: z.string(),
  /** The Messages tab is opened by the same event. */
  tab: z.string().default('home'),
})

const LinksShared = z.object({
  type: z.literal('link_shared'),
  user: z.string(),
  channel: z.string(),
  message_ts: z.string(),
  unfurl_id: z.string().optional(),
  source: z.string().optional(),
  links: z.array(z.object({ url: z.string() })),
})

const PaneOpened = z.object({
  type: z.literal('entity_details_requested'),
  user: z.string(),
  trigger_id: z.string(),
  entity_url: z.string(),
})

/** More links than these nobody reads in one message. */
const mostLinks = 10

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
    if (desk.showsLinks && !data.is_ext_shared_channel) await takeLinks(desk, data)
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

async function takeLinks(
  desk: Pick<Listening['desk'], 'receive'>,
  { event, event_id: eventId, team_id: teamId }: z.infer<typeof EventBody>,
): Promise<void> {
  const shared = LinksShared.safeParse(event).data
  if (shared) {
    const { user: userId, channel, message_ts: ts, unfurl_id: unfurlId, source, links } = shared
    await desk.receive('links', `links:${eventId}`, {
      ...{ userId, teamId, channel, ts, links: links.slice(0, mostLinks).map(({ url }) => url) },
      ...(unfurlId !== undefined && { unfurlId }),
      ...(source !== undefined && { source }),
    })
  }
  const pane = PaneOpened.safeParse(event).data
  if (pane) {
    const { user: userId, trigger_id: triggerId, entity_url: url } = pane
    await desk.receive('pane', `pane:${eventId}`, { userId, teamId, triggerId, url })
  }
}
