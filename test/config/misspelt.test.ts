import { describe, expect, test } from 'vitest'
import { variableNames } from '../../src/config/environment.ts'
import { misspeltIn, misspeltText } from '../../src/config/misspelt.ts'

describe('a variable that looks like one of ours', () => {
  test.each([
    ['PRIVACY_CHANEL', 'PRIVACY_CHANNEL'],
    ['PRIVACY_CHANNELS', 'PRIVACY_CHANNEL'],
    ['privacy_channel', 'PRIVACY_CHANNEL'],
    ['SLACK_TOKEN', 'SLACK_BOT_TOKEN'],
    ['GITLAB_TOKN', 'GITLAB_TOKEN'],
    ['ZENDESK_MAIL', 'ZENDESK_EMAIL'],
    ['SUPORT_MANAGERS', 'SUPPORT_MANAGERS'],
    ['FIELD_SECURTIY', 'FIELD_SECURITY'],
    ['TIME_ZONE', 'TIMEZONE'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['REQUIRE_PRIVACY_APROVAL', 'REQUIRE_PRIVACY_APPROVAL'],
    ['RETENTION_DAY', 'RETENTION_DAYS'],
    ['LOG_LEVELS', 'LOG_LEVEL'],
  ])('%s is told apart from %s', (name, nearest) => {
    expect(misspeltIn({ [name]: 'a value' })).toEqual([{ name, nearest }])
  })

  test.each(['SLACK_WEBHOOK_URL', 'GITLAB_RUNNER_REGISTRATION', 'ZENDESK_SUBDOMAIN_OF_BRAND'])(
    'of which none of ours is near is named alone: %s',
    (name) => {
      expect(misspeltIn({ [name]: 'a value' })).toEqual([{ name }])
    },
  )

  test('is said without its value', () => {
    const [one] = misspeltIn({ GITLAB_TOKN: 'glpat-secret' })

    expect(one && misspeltText(one)).toBe(
      'GITLAB_TOKN is set, but the bot doesn’t know it: did you mean GITLAB_TOKEN?',
    )
  })
})

describe('nothing is said of', () => {
  test('our own variables, the proxies in small letters among them', () => {
    const own = [...variableNames, 'https_proxy', 'http_proxy', 'no_proxy']

    expect(misspeltIn(Object.fromEntries(own.map((name) => [name, 'a value'])))).toEqual([])
  })

  test.each([
    'PATH',
    'HOME',
    'NODE',
    'NODE_ENV',
    'MODEL',
    'ALL_PROXY',
    'FTP_PROXY',
    'LANG',
    'TZ',
    'SHLVL',
    'EDITOR',
  ])('what every machine has: %s', (name) => {
    expect(misspeltIn({ [name]: 'a value' })).toEqual([])
  })

  test('what a job of GitLab CI has', () => {
    expect(misspeltIn({ GITLAB_CI: 'true', GITLAB_FEATURES: 'x', GITLAB_USER_LOGIN: 'x' })).toEqual([])
  })

  test('what is set to nothing', () => {
    expect(misspeltIn({ PRIVACY_CHANEL: '', GITLAB_TOKN: undefined })).toEqual([])
  })
})
