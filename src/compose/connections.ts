/** The clients of the outside services, as the configuration says. */

import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import {
  connectGitLabAdmin,
  connectGitLabExports,
  type GitLabAdmin,
  type GitLabExports,
} from '../services/gitlab/admin.ts'
import { connectGitLab, type GitLab } from '../services/gitlab/client.ts'
import { connectSlack, type SlackClient } from '../services/slack/client.ts'
import { connectZendesk, type Zendesk } from '../services/zendesk/client.ts'

export interface Connections {
  readonly slack: SlackClient
  readonly gitlab: GitLab
  /** With the administrator's token where there is one. */
  readonly reads: GitLabAdmin
  readonly exports: GitLabExports
  readonly zendesk?: Zendesk
}

/** Connects nothing yet: each call opens what it needs. */
export function connectionsOf(
  { slack, gitlab, zendesk }: Config,
  fetch: typeof globalThis.fetch,
  { now, sleep }: Clock,
): Connections {
  const asAdmin = { url: gitlab.url, token: gitlab.adminToken ?? gitlab.token, fetch }
  return {
    slack: connectSlack({ token: slack.botToken, apiUrl: slack.apiUrl, fetch, sleep }),
    gitlab: connectGitLab({ ...gitlab, fetch }),
    reads: connectGitLabAdmin(asAdmin),
    exports: connectGitLabExports(asAdmin),
    ...(zendesk && { zendesk: connectZendesk({ ...zendesk, fetch, now }) }),
  }
}
