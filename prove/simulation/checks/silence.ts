/** Nobody who has written is told that they have not: a reply to silence is not sent once the silence has ended. */
import type { Evidence } from '../check.ts'
import type { OutboxRow } from '../database.ts'

/** From the answer that was looked at to the note that was sent: in this time nobody can know. */
const blindMs = 130
/** A reply this long before the decision was not in what was read for it, or there would be none. */
const readMs = 1_000

export function checkSilence({ world, audit, outbox, findings }: Evidence): void {
  const toSilence = outbox.filter(
    ({ kind, work }) => kind === 'reply' && work.includes('"closed-no-response'),
  )
  for (const row of toSilence) {
    const iid = audit.find(({ requestId }) => requestId === row.request_id)?.iid
    for (const sent of sentFor(row, iid, world)) {
      const early = world.replies.find(
        (one) => one.iid === iid && one.clock >= decidedAt(row, world) - readMs && one.at < sent.at - blindMs,
      )
      if (early)
        findings.broken.push(`#${iid} was closed for no response ${sent.at - early.at} ms after a reply`)
    }
  }
}

/** The notes that tell of silence and left the bot after this was decided. */
function sentFor(row: OutboxRow, iid: number | undefined, { network, bot }: Evidence['world']) {
  return network.calls.filter(
    ({ service, method, path, text, clock }) =>
      service === 'gitlab' &&
      method === 'POST' &&
      path.endsWith(`/issues/${iid}/notes`) &&
      /"internal":false/.test(text) &&
      text.includes('We have not heard back from you') &&
      clock + bot.skewMs >= Date.parse(row.created_at),
  )
}

function decidedAt(row: OutboxRow, { bot }: Evidence['world']): number {
  return Date.parse(row.created_at) - bot.skewMs
}
