/** The local Slack and GitLab, a folder that goes at the end, and the environment that points the bot at them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { botToken, serviceDeskProject, startGitLab } from '../sandbox/gitlab/gitlab.ts'
import { startSlack } from '../sandbox/slack/slack.ts'

export type Surroundings = Awaited<ReturnType<typeof startSurroundings>>

export async function startSurroundings() {
  const now = () => new Date()
  const slack = await startSlack({ now })
  const gitlab = await startGitLab({ now })
  const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-bench-'))
  const databaseFile = join(folder, 'desk.db')
  return {
    slack,
    gitlab,
    folder,
    databaseFile,
    env: {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_API_URL: slack.apiUrl,
      SUPPORT_ENGINEERS: '@support-engineers',
      GITLAB_URL: gitlab.url,
      GITLAB_TOKEN: botToken,
      GITLAB_PROJECT: serviceDeskProject,
      GITLAB_POLL_SECONDS: '3600',
      DATABASE_URL: `file:${databaseFile}`,
      LOG_LEVEL: 'error',
      PORT: '0',
    },
    async close(): Promise<void> {
      await gitlab.close()
      await slack.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
