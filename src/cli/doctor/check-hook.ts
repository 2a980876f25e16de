import type { Config } from '../../config/config.ts'
import { type Finding, ok, warn } from './finding.ts'
import type { GitLabReads, Hook } from './gitlab-reads.ts'

/** Service Desk issues are confidential, so that their events come by the confidential triggers alone. */
const events = {
  issues_events: 'Issues events',
  confidential_issues_events: 'Confidential issues events',
  note_events: 'Comments',
  confidential_note_events: 'Confidential comments',
} as const

/** Without a webhook nothing is lost: the bot asks GitLab every GITLAB_POLL_SECONDS. */
export async function checkHook(config: Config['gitlab'], reads: GitLabReads): Promise<readonly Finding[]> {
  if (config.webhookSecret === undefined) {
    return [
      ok(`GitLab webhook: off (no GITLAB_WEBHOOK_SECRET); GitLab is read every ${config.pollSeconds} s`),
    ]
  }
  const hooks = await reads.hooks()
  if (hooks === undefined) {
    const mend = 'look at Settings → Webhooks of the project yourself'
    return [warn('GitLab webhook: the token may not see it (that takes a Maintainer)', mend)]
  }
  const ours = hooks.filter(({ url }) => isOurs(url))
  if (ours.length === 0) {
    const mend = 'add one in Settings → Webhooks, to https://…/webhooks/gitlab'
    return [warn('GitLab webhook: the project has none that ends in /webhooks/gitlab', mend)]
  }
  return ours.map(verdictOn)
}

function verdictOn(hook: Hook): Finding {
  const off = Object.entries(events).flatMap(([key, name]) =>
    hook[key as keyof typeof events] ? [] : [name],
  )
  if (off.length > 0) {
    return warn(`GitLab webhook: does not fire for ${off.join(', ')}`, 'tick them in Settings → Webhooks')
  }
  if (hook.alert_status !== 'executable') {
    const mend = 'see why in its recent events, then press Test'
    return warn(`GitLab webhook: GitLab has switched it off after failures (${hook.alert_status})`, mend)
  }
  return ok('GitLab webhook: fires for issues and comments, confidential ones too')
}

export function isOurs(url: string): boolean {
  return URL.canParse(url) && new URL(url).pathname.endsWith('/webhooks/gitlab')
}
