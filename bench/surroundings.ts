/** The local Slack and GitLab, a folder that goes at the end, and the environment that points the bot at them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environmentOf, noPolls, reachBy, startServices } from '../sandbox/services.ts'

/** Nothing that runs by itself disturbs what is measured. */
export const benchEnvironment = {
  ...noPolls,
  LOG_LEVEL: 'error',
  GITLAB_ADMIN_TOKEN: '',
  GITLAB_WEBHOOK_SECRET: '',
} as const

export type Surroundings = Awaited<ReturnType<typeof startSurroundings>>

export async function startSurroundings() {
  const { slack, gitlab, zendesk } = await startServices({
    now: () => new Date(),
    reach: reachBy(globalThis.fetch),
  })
  // On a disk: what a commit costs there is a part of what is measured.
  const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-bench-'))
  const databaseFile = join(folder, 'desk.db')
  return {
    ...{ slack, gitlab, folder, databaseFile },
    // Without Zendesk: the bare app beside it has none either.
    env: environmentOf({ slack, gitlab }, databaseFile, benchEnvironment),
    async close(): Promise<void> {
      await Promise.all([gitlab.close(), slack.close(), zendesk.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
