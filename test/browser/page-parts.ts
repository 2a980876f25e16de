/** The page over a local Slack, GitLab and Zendesk, with messages posted by hand instead of by the bot. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type LocalGitLab, startGitLab } from '../../sandbox/gitlab/gitlab.ts'
import { type Page as SandboxPage, startPage } from '../../sandbox/page/server.ts'
import { type Slack, startSlack } from '../../sandbox/slack/slack.ts'
import { type LocalZendesk, startZendesk } from '../../sandbox/zendesk/zendesk.ts'

export interface PageUnderTest {
  readonly slack: Slack
  readonly gitlab: LocalGitLab
  readonly zendesk: LocalZendesk
  readonly page: SandboxPage
  /** The interactions and commands the app was sent. */
  readonly heard: Readonly<Record<string, unknown>>[]
  /** What the app answers to the next request. */
  answerWith(body: unknown): void
  close(): Promise<void>
}

export async function pageUnderTest(): Promise<PageUnderTest> {
  let now = new Date('2026-03-02T10:00:00.000Z')
  const clock = {
    now: () => now,
    async advance(ms: number) {
      now = new Date(now.getTime() + ms)
    },
  }
  const slack = await startSlack({ now: clock.now })
  const gitlab = await startGitLab({ now: clock.now })
  const zendesk = await startZendesk({ now: clock.now })
  const heard: Readonly<Record<string, unknown>>[] = []
  let answer: unknown
  const app = await listening(heard, () => answer)
  const { port } = app.address() as AddressInfo
  slack.app = { url: `http://127.0.0.1:${port}/slack/events`, signingSecret: slack.signingSecret }
  const page = await startPage({ slack, gitlab, zendesk, clock })
  return {
    slack,
    gitlab,
    zendesk,
    page,
    heard,
    answerWith(body) {
      answer = body
    },
    async close() {
      await page.close()
      app.closeAllConnections()
      app.close()
      await slack.close()
      await gitlab.close()
      await zendesk.close()
    },
  }
}

/** An app that acknowledges whatever comes. */
async function listening(heard: Readonly<Record<string, unknown>>[], answer: () => unknown): Promise<Server> {
  const app = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const form = Object.fromEntries(new URLSearchParams(text))
    heard.push(form.payload ? JSON.parse(form.payload) : form)
    const body = answer()
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(body === undefined ? '' : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  return app
}
