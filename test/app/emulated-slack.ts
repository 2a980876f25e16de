/** The bot in a workspace of `emulate`, and people who act there: their clicks are signed and sent as Slack would. */
import { readFileSync } from 'node:fs'
import { createEmulator } from 'emulate'
import { pino } from 'pino'
import { expect, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { movableClock } from '../../sandbox/clock.ts'
import { noPolls } from '../../sandbox/services.ts'
import { startWorld } from '../../sandbox/world.ts'
import { formCopy } from './desk-world.ts'

type Fields = Readonly<Record<string, unknown>>

interface Block {
  readonly block_id?: string
  readonly elements?: readonly { readonly action_id?: string; readonly text?: { readonly text: string } }[]
}

interface Message {
  readonly ts: string
  readonly text: string
  readonly thread_ts?: string
  readonly blocks?: readonly Block[]
  readonly metadata?: Fields
}

interface View {
  readonly id: string
  readonly title: { readonly text: string }
  readonly blocks: readonly {
    readonly block_id?: string
    readonly element?: {
      readonly type: string
      readonly action_id: string
      readonly options?: readonly { readonly text: { readonly text: string } }[]
    }
  }[]
}

const manifest = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8')) as {
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } }
}
/** What the shipped app asks for. */
export const manifestScopes = manifest.oauth_config.scopes.bot
const tokens = { bot: 'xoxb-of-the-bot', admin: 'xoxp-of-an-administrator' } as const
const channelName = 'privacy-team_help'

/** A workspace with a private channel, in which the bot is; the app has the scopes of its manifest, unless given others. */
async function aWorkspace(scopes: readonly string[] = manifestScopes) {
  const app = {
    client_id: '1.2',
    client_secret: 'the-secret-of-the-app',
    name: 'Privacy Desk',
    redirect_uris: [],
  }
  const bot = { app_id: 'A00DESK', bot_id: 'B00DESK', bot_user_id: 'U00DESK', bot_name: 'privacy_desk' }
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        users: ['ada', 'mara', 'tomas'].map((name) => ({ name })),
        channels: [{ name: channelName, is_private: true }],
        oauth_apps: [{ ...app, ...bot, scopes }],
        tokens: [
          { token: tokens.bot, user_id: bot.bot_user_id, app_id: bot.app_id, bot_id: bot.bot_id, scopes },
          { token: tokens.admin, user: 'ada' },
        ],
        strict_scopes: true,
      },
    },
  })
  onTestFinished(() => emulator.close())
  const api = `${emulator.url}/api/`
  const call = async (method: string, given: Fields, token: string = tokens.admin): Promise<Fields> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(api + method, { method: 'POST', headers, body: JSON.stringify(given) })
    return (await response.json()) as Fields
  }
  const { members } = (await call('users.list', {})) as { members: { id: string; name: string }[] }
  const { channels } = (await call('conversations.list', { types: 'private_channel' })) as {
    channels: { id: string; name: string }[]
  }
  const idOf = (name: string) => members.find((one) => one.name === name)?.id ?? ''
  const channel = channels.find(({ name }) => name === channelName)?.id ?? ''
  await call('conversations.invite', { channel, users: bot.bot_user_id })
  return { emulator, api, call, channel, engineer: idOf('ada'), manager: idOf('mara'), member: idOf('tomas') }
}

/** The bot in that workspace, beside the local GitLab. */
export async function aDesk(scopes?: readonly string[]) {
  const workspace = await aWorkspace(scopes)
  const { api, call, channel, engineer, manager } = workspace
  const clock = movableClock('2026-03-01T10:00:00.000Z')
  const asked: { readonly method: string; readonly given: URLSearchParams; readonly answer: Fields }[] = []
  const recording: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const url = String(input instanceof Request ? input.url : input)
    if (!url.startsWith(api)) return response
    const given = new URLSearchParams(String(init?.body ?? ''))
    asked.push({ method: url.slice(api.length), given, answer: (await response.clone().json()) as Fields })
    return response
  }
  const env = {
    ...noPolls,
    ...{ SLACK_API_URL: api, SLACK_BOT_TOKEN: tokens.bot },
    ...{ SUPPORT_ENGINEERS: engineer, SUPPORT_MANAGERS: manager, PRIVACY_TEAM: '', FIELD_SECURITY: '' },
  }
  const world = await startWorld({
    ...{ now: clock.now, zendesk: false, env, app: { fetch: recording } },
    log: pino({ level: 'silent' }),
  })
  onTestFinished(() => world.close())
  /** A card is redrawn at most once a second. */
  const drain = async () => {
    for (let round = 0; round < 3; round++) {
      await world.drain()
      clock.advance({ seconds: 1 })
    }
    await world.drain()
  }
  const history = async () =>
    ((await call('conversations.history', { channel, include_all_metadata: true })).messages ??
      []) as Message[]
  const card = async () => {
    const found = (await history()).find(({ text }) => /^#\d+ /.test(text))
    if (!found) throw new Error('there is no card')
    return found
  }
  const triggerFor = async (user: string) =>
    String((await call('views.generateTriggerId', { user_id: user }, tokens.bot)).trigger_id)

  /** As Slack tells of it; the address for a private answer leads nowhere here. */
  async function interaction(user: string, trigger: string, more: Fields) {
    const payload = {
      ...{ team: { id: 'T000000001', domain: 'emulate' }, api_app_id: 'A00DESK', token: 'legacy' },
      ...{ user: { id: user, team_id: 'T000000001' }, trigger_id: trigger, is_enterprise_install: false },
      ...more,
    }
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
    const { status } = await world.slack.deliverSigned(body)
    await drain()
    return status
  }

  /** The modals that Slack opened, oldest first. */
  const views = () =>
    asked.flatMap(({ method, answer }) => (method === 'views.open' && answer.ok ? [answer.view as View] : []))

  return {
    ...workspace,
    world,
    asked,
    drain,
    later: async () => {
      clock.advance({ hours: 1 })
      await drain()
    },
    card,
    triggerFor,
    thread: async () =>
      ((await call('conversations.replies', { channel, ts: (await card()).ts })).messages ?? []) as Message[],
    request: async () => {
      const { iid } = world.gitlab.submitRequest({ description: formCopy() })
      await drain()
      return iid
    },
    click: async (button: string, { by = engineer, trigger }: { by?: string; trigger?: string } = {}) => {
      const message = await card()
      const [placed] = (message.blocks ?? []).flatMap(({ block_id, elements = [] }) =>
        elements.flatMap((one) => (one.text?.text === button ? [{ ...one, block_id, type: 'button' }] : [])),
      )
      if (!placed) throw new Error(`the card has no ${button}`)
      const action = { ...placed, action_ts: String(clock.now().getTime() / 1000) }
      return interaction(by, trigger ?? (await triggerFor(by)), {
        ...{ type: 'block_actions', actions: [action], channel: { id: channel, name: channelName } },
        ...{ container: { type: 'message', message_ts: message.ts, channel_id: channel }, message },
        response_url: `${workspace.emulator.url}/no-such-place`,
      })
    },
    /** Chooses the one option of that name, where there is something to choose. */
    submit: async (view: View, choice = '', by = engineer) => {
      const chosen = view.blocks.flatMap(({ block_id = '', element }) => {
        const selected_option = element?.options?.find(({ text }) => text.text === choice)
        if (!element || !selected_option) return []
        return [[block_id, { [element.action_id]: { type: element.type, selected_option } }]]
      })
      await interaction(by, await triggerFor(by), {
        ...{ type: 'view_submission', view: { ...view, state: { values: Object.fromEntries(chosen) } } },
        response_urls: [],
      })
    },
    requesterAnswers: async () => {
      world.gitlab.requesterReplies(1, 'My answers')
      await drain()
    },
    repliesSent: () =>
      world.gitlab
        .issueView(1)
        .notes.filter(({ author, internal, system }) => author === 'privacy-desk-bot' && !internal && !system)
        .map(({ body }) => body),
    /** As soon as there are so many. */
    toldPrivately: async (count: number) => {
      const told = () =>
        asked.flatMap(({ method, given }) => (method === 'chat.postEphemeral' ? [given.get('text')] : []))
      await expect.poll(told).toHaveLength(count)
      return told()
    },
    /** The last modal that Slack opened, as soon as there are so many. */
    opened: async (count: number) => {
      await expect.poll(views).toHaveLength(count)
      return views().at(-1)
    },
    answersTo: (method: string) =>
      asked.filter((one) => one.method === method).map(({ answer }) => answer.error ?? 'ok'),
  }
}
