import { existsSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { attachCallback } from '../src/views/attach-modal.ts'

const manifest = parse(readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8')) as {
  readonly features: {
    readonly shortcuts: readonly object[]
    readonly slash_commands: readonly {
      readonly command: string
      readonly url: string
      readonly usage_hint: string
    }[]
  }
  readonly oauth_config: { readonly scopes: Readonly<Record<string, readonly string[]>> }
  readonly settings: Readonly<Record<string, unknown>>
}

/** The events that src/listeners/events.ts takes. */
const eventsTaken = [
  ...new Set(
    readFileSync(new URL('../src/listeners/events.ts', import.meta.url), 'utf8')
      .match(/type: z\.literal\('\w+'\)/g)
      ?.map((text) => text.slice("type: z.literal('".length, -2))
      .filter((type) => type !== 'event_callback'),
  ),
]

/** Those of UNFURL_LINKS, which stand in the manifest as comments. */
const ofLinks: readonly string[] = ['link_shared', 'entity_details_requested']

/**
 * What each method that the bot calls needs: https://docs.slack.dev/reference/methods. The methods of
 * conversations.* need the scope of the kind of channel: public or private.
 */
const scopesOf: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.unfurl': ['links:write'],
  'chat.update': ['chat:write'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'entity.presentDetails': [],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.push': [],
  'views.update': [],
}

/** Slash commands need one of their own. */
const scopesOfFeatures = ['commands']

test('the scopes are exactly those that the called methods and the commands need', () => {
  const needed = new Set([...Object.values(scopesOf).flat(), ...scopesOfFeatures])
  // A setting that is off unless it is asked for.
  needed.delete('links:write')

  expect(Object.keys(manifest.oauth_config.scopes)).toEqual(['bot'])
  expect(manifest.oauth_config.scopes.bot?.toSorted()).toEqual([...needed].sort())
})

test('the methods that the Slack client calls are those whose scopes are listed', () => {
  const source = ['client', 'upload']
    .map((file) => readFileSync(new URL(`../src/services/slack/${file}.ts`, import.meta.url), 'utf8'))
    .join('')
  const called = new Set(source.match(/'[a-z]+(?:\.[a-zA-Z]+)+'/g)?.map((name) => name.slice(1, -1)))

  expect([...called].sort()).toEqual(Object.keys(scopesOf))
})

test('what UNFURL_LINKS needs stands in the manifest as comments: two scopes, two events and the domains', () => {
  const text = readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8')
  const commented = (line: string) => new RegExp(`^ *# +(?:- )?${line}$`, 'm')

  for (const line of ['links:read', 'links:write', ...ofLinks, 'unfurl_domains:'])
    expect(text).toMatch(commented(line))
  expect(eventsTaken).toEqual(expect.arrayContaining([...ofLinks]))
})

test('the app has both commands, events and interactivity at one address', () => {
  const { interactivity } = manifest.settings as {
    interactivity: { is_enabled: boolean; request_url: string }
  }

  expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(['/privacy', '/security'])
  expect(interactivity.is_enabled).toBe(true)
  expect(new Set(manifest.features.slash_commands.map(({ url }) => url))).toEqual(
    new Set([interactivity.request_url]),
  )
  expect(new URL(interactivity.request_url).pathname).toBe('/slack/events')
  expect(manifest.settings.event_subscriptions).toEqual({
    request_url: interactivity.request_url,
    bot_events: eventsTaken.filter((event) => !ofLinks.includes(event)),
  })
  expect(manifest.settings.socket_mode_enabled).toBe(false)
})

test('the shortcut is the one that the code listens to', () => {
  expect(manifest.features.shortcuts).toEqual([
    {
      name: 'Attach to request',
      type: 'message',
      callback_id: attachCallback,
      description: "Link this message in a request's internal notes",
    },
  ])
})

test('each command hints at what it takes', () => {
  const hints = manifest.features.slash_commands.map(({ command, usage_hint: hint }) => [command, hint])

  expect(hints).toEqual([
    [
      '/privacy',
      'list [overdue|mine|unassigned|waiting|approval|TYPE] · show 123 · track 123 · claim 123 · digest · stats 30d · audit 123 · redirect-ticket 456 deletion|access|both · help',
    ],
    ['/security', 'list | show 456 | claim 456 | batch | digest | stats | audit 456 | help'],
  ])
})

const schemaFile = new URL('../../shared/contracts/slack/manifest.schema.2.0.0.json', import.meta.url)
const isHere = existsSync(schemaFile)

test.skipIf(!isHere)(
  `Slack's own schema accepts the manifest${isHere ? '' : ' (skipped: no contracts beside the repository)'}`,
  () => {
    const validate = new Ajv({ strict: false, allErrors: true, logger: false }).compile(
      JSON.parse(readFileSync(schemaFile, 'utf8')),
    )

    validate(manifest)

    expect(validate.errors ?? []).toEqual([])
  },
)
