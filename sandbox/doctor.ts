/** What `npm run doctor` says of a bot beside the local Slack, GitLab and Zendesk: how it reads where all is well. */
import type { ExitCode, Io } from '../src/cli/io.ts'
import { run } from '../src/cli/run.ts'
import { clockWith } from '../src/clock.ts'
import { trustSafetyProject } from './gitlab/gitlab.ts'
import { submissionOf } from './page/new-request.ts'
import { openWorld } from './world.ts'

/** Starts the services, with one request in GitLab, but no bot. Returns the doctor's exit code. */
export async function examineSandbox(out: Io['out']): Promise<ExitCode> {
  const now = () => new Date()
  const env = { UNFURL_LINKS: 'true', GITLAB_TRUST_SAFETY_PROJECT: trustSafetyProject }
  const { gitlab, environment, configFor, close } = await openWorld({ now, env, webhooks: false })
  try {
    for (const team of configFor().desk.expertTeams) gitlab.addExpertTeam(team)
    gitlab.submitRequest(submissionOf(request))
    const io = { out, err: process.stderr, ...clockWith(now), fetch }
    return await run(['doctor'], environment, io)
  } finally {
    await close()
  }
}

const request = {
  type: 'Data Access Request',
  username: 'quiet.owner',
  email: 'kim@example.com',
  comment: 'What do you hold about me?',
}
