/** Nobody who has written is told that they have not: a reply to silence is not sent once the silence has ended. */
import type { Evidence } from '../check.ts'

/** From the answer that was looked at to the note that was sent: in this time nobody can know, nor while GitLab's replicas lag. */
const blindMs = 130
/** A reply this long before the decision was not in what was read for it, or there would be none. */
const readMs = 1_000

export function checkSilence({ world, audit, outbox, findings }: Evidence): void {
  const toSilence = outbox.filter(
    ({ kind, work }) => kind === 'reply' && work.includes('"closed-no-response'),
  )
  for (const row of toSilence) {
    const decided = world.bot.clock.whenItSaid(row.created_at)
    const iid = audit.find(({ requestId }) => requestId === row.request_id)?.iid
    for (const sent of sentFor(decided.first, iid, world)) {
      const early = world.replies.find(
        ({ iid: of, at }) =>
          of === iid &&
          at >= decided.last - readMs &&
          at < sent.at - blindMs - world.conditions.mostLagMs(at, sent.at),
      )
      if (early)
        findings.broken.push(`#${iid} was closed for no response ${sent.at - early.at} ms after a reply`)
    }
  }
}

/** The notes that tell of silence and left the bot after this was decided. */
function sentFor(decidedAt: number, iid: number | undefined, { network }: Evidence['world']) {
  return network.calls.filter(
    ({ service, method, path, text, at }) =>
      service === 'gitlab' &&
      method === 'POST' &&
      path.endsWith(`/issues/${iid}/notes`) &&
      /"internal":false/.test(text) &&
      text.includes('We have not heard back from you') &&
      at >= decidedAt,
  )
}
