/** What somebody looks at in Slack is drawn as things stand now: their Home, a link to a request, the pane of one. */
import { CallFailed } from '../services/call-failed.ts'
import type { Handler } from './handler.ts'
import type { HomeEntry, LinksEntry, PaneEntry } from './payloads.ts'

/** Slack takes the unfurl of a message for half an hour; by then it is long read. */
const unfurlMs = 5 * 60_000
/** A trigger lives three seconds. */
const paneMs = 10_000
/** Nobody looks any more: they open the tab again, and it is drawn then. */
const homeMs = 10 * 60_000

export const handleHome: Handler<HomeEntry> = async ({ clock, drawViews }, { receivedAt }, wanted) => {
  await unlessStale(clock.now(), receivedAt, homeMs, () => drawViews(wanted))
  return {}
}

export const handleLinks: Handler<LinksEntry> = async ({ clock, showLinks }, { receivedAt }, shared) => {
  await unlessStale(clock.now(), receivedAt, unfurlMs, () => showLinks(shared))
  return {}
}

export const handlePane: Handler<PaneEntry> = async ({ clock, openPane }, { receivedAt }, opened) => {
  await unlessStale(clock.now(), receivedAt, paneMs, () => openPane(opened))
  return {}
}

/** What nobody waits for any more is not tried again. */
async function unlessStale(
  now: Date,
  receivedAt: string,
  ms: number,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof CallFailed && now.getTime() - Date.parse(receivedAt) > ms)) throw error
  }
}
