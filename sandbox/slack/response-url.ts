/** `response_url`: up to five answers within thirty minutes of the act it came with. */
import type { Answer } from '../fake-server.ts'
import { contentOf } from './chat.ts'
import { PEOPLE } from './people.ts'
import { SlackRefusal } from './views.ts'
import type { ResponseUrl, Workspace } from './workspace.ts'

/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const USES = 5
const LIFE_MS = 30 * 60_000

type Given = Readonly<Record<string, unknown>>

export function answerResponseUrl(space: Workspace, path: string, body: unknown): Answer {
  const target = space.responseUrls.get(path)
  if (!target) return { status: 404, body: 'No such response_url' }
  if (target.uses >= USES || space.now().getTime() - target.issuedAt > LIFE_MS)
    return { status: 404, body: { ok: false, error: target.uses >= USES ? 'used_url' : 'expired_url' } }
  target.uses += 1
  try {
    apply(space, target, (typeof body === 'object' && body !== null ? body : {}) as Given)
    return { status: 200, body: 'ok' }
  } catch (error) {
    if (error instanceof SlackRefusal)
      return { status: error.code === 'no_text' ? 500 : 400, body: { ok: false, error: error.code } }
    throw error
  }
}

function apply(space: Workspace, target: ResponseUrl, given: Given): void {
  const original = target.message && space.find(target.message.channel, target.message.ts)
  if (given.delete_original === true && original) {
    space.replace(original, { deleted: true })
    return
  }
  if (given.replace_original === true && original) {
    space.replace(original, { ...contentOf(space, given), editedTs: space.newTs() })
    return
  }
  const threadTs = typeof given.thread_ts === 'string' ? given.thread_ts : undefined
  space.add({
    channel: target.channel,
    ts: space.newTs(),
    user: PEOPLE.bot.id,
    ...contentOf(space, given),
    ...(threadTs && { threadTs }),
    deleted: false,
    ...(given.response_type !== 'in_channel' && { visibleTo: target.userId }),
  })
}
