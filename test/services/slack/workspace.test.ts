import { describe, expect, onTestFinished, test } from 'vitest'
import { BOT_TOKEN, SIGNING_SECRET, startSlack } from '../../../sandbox/slack/slack.ts'
import { shippedDesks } from '../../../src/compose/shipped.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { readDesk } from '../../../src/config/desk.ts'
import { connectSlack } from '../../../src/services/slack/client.ts'
import { findWorkspace } from '../../../src/services/slack/workspace.ts'
import { now } from '../../store/temporary-store.ts'

const required = {
  SLACK_BOT_TOKEN: BOT_TOKEN,
  SLACK_SIGNING_SECRET: SIGNING_SECRET,
  GITLAB_TOKEN: 'a-gitlab-token',
  GITLAB_PROJECT: 'a/b',
}
const zendesk = {
  ZENDESK_URL: 'https://example.zendesk.com',
  ZENDESK_EMAIL: 'agent@example.com',
  ZENDESK_TOKEN: 'a-zendesk-token',
}

async function aSlack() {
  const slack = await startSlack({ now })
  onTestFinished(() => slack.close())
  const warnings: unknown[] = []
  const find = async (env: Readonly<Record<string, string>>) => {
    const client = connectSlack({ token: BOT_TOKEN, apiUrl: slack.apiUrl, fetch, sleep: async () => {} })
    const log = {
      info: () => {},
      warn: (fields: object, message: string) => warnings.push([fields, message]),
    }
    const config = loadConfig({ ...required, ...env }, readDesk(''))
    const desks = shippedDesks(config).filter(({ desk }) => desk.name === 'privacy' || config.zendesk)
    const { channels } = await findWorkspace(client, desks, log)
    return { channel: channels.privacy, securityChannel: channels.security }
  }
  return { slack: slack.fake, space: slack.space, find, warnings }
}

const listed = (...channels: readonly object[]) => ({
  path: /conversations\.list$/,
  times: Number.POSITIVE_INFINITY,
  failure: { answer: { status: 200, body: { ok: true, channels } } },
})
const own = { is_private: true, is_member: true }
const privacy = { id: 'C1', name: 'privacy-team_help', ...own }
const security = { id: 'C2', name: 'field-security', ...own }

test.each(['invalid_auth', 'token_revoked', 'account_inactive'])(
  'A bot token that Slack answers %s to is said in words, with what to copy',
  async (error) => {
    const { find, slack } = await aSlack()
    slack.fail({ path: /auth\.test$/, failure: { answer: { status: 200, body: { ok: false, error } } } })

    await expect(find({})).rejects.toThrow(
      `Slack doesn’t accept SLACK_BOT_TOKEN (${error}): copy the app’s Bot User OAuth Token again.`,
    )
  },
)

describe('the channels', () => {
  test('are both looked up where there is a Zendesk', async () => {
    const { find, warnings } = await aSlack()

    expect(await find(zendesk)).toEqual({ channel: 'C01PRIVACY', securityChannel: 'C01SECURITY' })
    expect(warnings).toEqual([])
  })

  test('are but the one of the privacy desk without Zendesk: the other is not asked for', async () => {
    const { find, slack } = await aSlack()

    const found = await find({ SECURITY_CHANNEL: 'nowhere' })

    expect(found).toEqual({ channel: 'C01PRIVACY', securityChannel: undefined })
    expect(slack.received('POST', /conversations\.list$/)).toHaveLength(1)
  })

  test.each(['PRIVACY_CHANNEL', 'SECURITY_CHANNEL'])(
    'the bot does not start where it sees none of the name in %s',
    async (variable) => {
      const { find } = await aSlack()

      await expect(find({ ...zendesk, [variable]: 'nowhere' })).rejects.toThrow(
        `The bot sees no channel with the name or id in ${variable}: invite it there.`,
      )
    },
  )

  test('the bot does not start where one is named twice, by its name and by its id', async () => {
    const { find } = await aSlack()

    await expect(find({ ...zendesk, SECURITY_CHANNEL: 'C01PRIVACY' })).rejects.toThrow(
      'SECURITY_CHANNEL and PRIVACY_CHANNEL are the same channel: tickets are for Field Security only.',
    )
  })

  test.each([
    [{ ...privacy, is_private: false }, security, 'PRIVACY_CHANNEL', 'C1'],
    [{ ...privacy, is_ext_shared: true }, security, 'PRIVACY_CHANNEL', 'C1'],
    [privacy, { ...security, is_private: false }, 'SECURITY_CHANNEL', 'C2'],
    [privacy, { ...security, is_ext_shared: true }, 'SECURITY_CHANNEL', 'C2'],
  ])('%j and %j: a warning about %s', async (one, other, variable, channel) => {
    const { find, slack, warnings } = await aSlack()
    slack.fail(listed(one, other))

    expect(await find(zendesk)).toEqual({ channel: 'C1', securityChannel: 'C2' })
    expect(warnings).toEqual([
      [{ channel }, `${variable} should be private and not shared with another organization`],
    ])
  })
})

describe('user groups', () => {
  const people = { SUPPORT_ENGINEERS: 'U01ENGINEER', SUPPORT_MANAGERS: 'U01MANAGER' }
  const plans = ['paid_teams_only', 'plan_upgrade_required', 'missing_scope']

  test('are not asked for where no role names one', async () => {
    const { find, slack } = await aSlack()

    await find(people)

    expect(slack.received('POST', /usergroups/)).toEqual([])
  })

  test.each(plans)('that Slack refuses with %s keep the bot from nothing: it warns', async (code) => {
    const { find, space, warnings } = await aSlack()
    space.terms.noUserGroups = code

    await find({ ...people, PRIVACY_TEAM: '@privacy-team,S01PRIVACY' })

    const text = 'Slack gives the bot no user groups, so they hold no role: name people by their ids'
    expect(warnings).toEqual([[{ code }, text]])
  })

  test('that can’t be asked for a moment keep it from starting, as every outage does', async () => {
    const { find, slack } = await aSlack()
    slack.fail({ path: /usergroups/, failure: { answer: { status: 503 } } })

    await expect(find({ PRIVACY_TEAM: '@privacy-team' })).rejects.toThrow('slack usergroups.list: 503')
  })
})
