/** What both measurements have around the bot. */
import { tmpdir } from 'node:os'
import { noPolls } from '../sandbox/services.ts'
import type { AroundOptions } from '../sandbox/world.ts'

export const benchWorld: AroundOptions = {
  now: () => new Date(),
  // Without Zendesk: the bare app beside it has none either.
  zendesk: false,
  webhooks: false,
  // Nothing that runs by itself disturbs what is measured.
  env: { ...noPolls, LOG_LEVEL: 'error', GITLAB_ADMIN_TOKEN: '', GITLAB_WEBHOOK_SECRET: '' },
  // On a disk: what a commit costs there is a part of what is measured.
  folderIn: tmpdir(),
}
