import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { scopes } from '../../src/cli/doctor/check-slack.ts'

test('the doctor asks for the scopes that manifest.yml gives, no more and no fewer', () => {
  const manifest = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'))

  expect([...scopes].sort()).toEqual([...manifest.oauth_config.scopes.bot].sort())
})
