/** Outside services in which the doctor finds nothing to complain of, and what becomes of its lines. */

import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Answer, FakeServer } from '../../sandbox/fake-server.ts'
import { botToken, serviceDeskProject, startGitLab, trustSafetyProject } from '../../sandbox/gitlab/gitlab.ts'
import { BOT_TOKEN, SIGNING_SECRET, startSlack } from '../../sandbox/slack/slack.ts'
import type { Env } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'
import { clockWith } from '../../src/clock.ts'
import { now, temporaryFolder } from '../store/temporary-store.ts'

export const hook = {
  url: 'https://desk.example.com/webhooks/gitlab',
  issues_events: true,
  confidential_issues_events: true,
  note_events: true,
  confidential_note_events: true,
  alert_status: 'executable',
}

/** The newest issue or ticket of the project, as REST lists it. */
export const newest = {
  iid: 7,
  type: 'TICKET',
  created_at: '2026-11-22T08:00:00.000Z',
  author: { username: 'support-bot' },
  service_desk_reply_to: null,
}

const scopes = 'chat:write,commands,usergroups:read,users:read,channels:read,groups:read,files:write'

export const signedIn = {
  ok: true,
  team_id: 'T1',
  user_id: 'U1',
  bot_id: 'B1',
  url: 'https://desk.example.slack.com/',
}

/** From here on every request to this path is answered so. */
export function answers(fake: FakeServer, path: RegExp, answer: Answer): void {
  fake.fail({ path, times: Number.POSITIVE_INFINITY, failure: { answer } })
}

/** With the clocks of the services, where they are not the machine's. */
export async function surroundings(clocks: { slack?: () => Date; gitlab?: () => Date } = {}) {
  const slack = await startSlack({ now: clocks.slack ?? now })
  const gitlab = await startGitLab({ now: clocks.gitlab ?? now })
  onTestFinished(() => Promise.all([slack.close(), gitlab.close()]).then(() => undefined))

  const env: Env = {
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: slack.apiUrl,
    SUPPORT_MANAGERS: '@support-managers',
    PRIVACY_TEAM: '@privacy-team',
    GITLAB_URL: gitlab.url,
    GITLAB_TOKEN: botToken,
    GITLAB_PROJECT: serviceDeskProject,
    GITLAB_TRUST_SAFETY_PROJECT: trustSafetyProject,
    GITLAB_WEBHOOK_SECRET: 'a-secret-of-the-webhook',
    DATABASE_URL: `file:${join(temporaryFolder(), 'desk.db')}`,
  }

  /** What the local services leave out; it stands behind what a test has said before. */
  const wellSet = () => {
    answers(slack.fake, /auth\.test$/, { status: 200, headers: { 'x-oauth-scopes': scopes }, body: signedIn })
    answers(gitlab.fake, /\/labels\//, { status: 200, body: { name: 'a label' } })
    answers(gitlab.fake, /projects\/[^/]+\/issues$/, { status: 200, body: [newest] })
    answers(gitlab.fake, /\/hooks$/, { status: 200, body: [hook] })
    answers(gitlab.fake, /personal_access_tokens\/self$/, {
      status: 200,
      body: { scopes: ['api'], expires_at: '2027-01-31' },
    })
  }

  /** The exit code and all that is written. */
  const report = async (override: Env = {}, bundle?: URL) => {
    wellSet()
    let text = ''
    const out = { write: (part: string) => (text += part) }
    const io = { out, err: process.stderr, ...clockWith(now), fetch, ...(bundle && { bundle }) }
    const code = await run(['doctor'], { ...env, ...override }, io)
    return { code, text }
  }

  /** The exit code and every line that is not `ok`; all of them with `all`; without the summary below an empty line. */
  const examine = async (override: Env = {}, all = false) => {
    const { code, text } = await report(override)
    const [findings = ''] = text.split('\n\n')
    const lines = findings.trimEnd().split('\n')
    return { code, lines: all ? lines : lines.filter((line) => !line.startsWith('ok ')) }
  }

  return { slack: slack.fake, gitlab: gitlab.fake, examine, report, env }
}
