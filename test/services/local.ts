/** A local service and a client connected to it, closed when the test ends. */
import { onTestFinished } from 'vitest'
import { type Failure, FakeServer } from '../../sandbox/fake-server.ts'
import { adminToken, botToken, serviceDeskProject, startGitLab } from '../../sandbox/gitlab/gitlab.ts'
import { startZendesk, zendeskEmail, zendeskToken } from '../../sandbox/zendesk/zendesk.ts'
import { CallFailed } from '../../src/services/call-failed.ts'
import { connectGitLabAdmin } from '../../src/services/gitlab/admin.ts'
import { connectGitLab } from '../../src/services/gitlab/client.ts'
import { connectZendesk } from '../../src/services/zendesk/client.ts'

export const today = '2026-03-02T10:00:00.000Z'

/** A client that waits for an answer that never comes gives up soon; an answer that comes is waited for on any machine. */
export function timeoutFor(failure: Failure): { readonly timeoutMs: number } {
  return { timeoutMs: 'hang' in failure ? 200 : 20_000 }
}

/** A clock that a test turns. */
export function aClock(at = today) {
  let time = Date.parse(at)
  return {
    now: () => new Date(time),
    pass: (milliseconds: number) => {
      time += milliseconds
    },
  }
}

export async function aGitLab(given: { token?: string; timeoutMs?: number; now?: () => Date } = {}) {
  const local = await startGitLab({ now: given.now ?? aClock().now })
  onTestFinished(() => local.close())
  const to = { url: local.url, fetch, timeoutMs: given.timeoutMs ?? 5_000 }
  const client = connectGitLab({ ...to, token: given.token ?? botToken, project: serviceDeskProject })
  const asAdmin = (token = adminToken) => connectGitLabAdmin({ ...to, token })
  return { local, client, asAdmin }
}

export async function aZendesk(given: { timeoutMs?: number; token?: string } = {}) {
  const local = await startZendesk({ now: aClock().now })
  onTestFinished(() => local.close())
  const client = connectZendesk({
    url: local.url,
    email: zendeskEmail,
    token: given.token ?? zendeskToken,
    fetch,
    timeoutMs: given.timeoutMs ?? 5_000,
  })
  return { local, client }
}

/** A server that must not be asked anything. */
export async function aForeignHost() {
  const host = new FakeServer(() => ({ status: 200, body: [] }), aClock().now)
  await host.listen()
  onTestFinished(() => host.close())
  return host
}

/** The failure of a call that has to fail. */
export async function failureOf(call: Promise<unknown>): Promise<CallFailed> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome && outcome.error instanceof CallFailed) return outcome.error
  throw new Error('expected CallFailed', { cause: outcome })
}
