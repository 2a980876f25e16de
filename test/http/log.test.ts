import { expect, test } from 'vitest'
import { createLog } from '../../src/http/log.ts'

function logged(secrets: readonly string[], write: (log: ReturnType<typeof createLog>) => void): string {
  let lines = ''
  write(createLog('debug', { write: (text) => (lines += text) }, secrets))
  return lines
}

test('A secret of the configuration is taken out of every line, wherever it stands', () => {
  const lines = logged(['hunter2-hunter2-hunter2', 'quo"ted\\secret-value'], (log) => {
    log.info(
      { url: 'https://x.example/?token=hunter2-hunter2-hunter2' },
      'asked with hunter2-hunter2-hunter2',
    )
    log.error({ nested: { deep: ['quo"ted\\secret-value'] } }, 'failed')
  })

  expect(lines).not.toContain('hunter2')
  expect(lines).not.toContain('secret-value')
  expect(lines.match(/\[secret\]/g)?.length).toBe(3)
})

test.each([
  'xoxb-1234567890-abcdefghij',
  'xapp-1-A012345-6789-abcdef',
  'glpat-abcdefghij0123456789',
  'whsec_BwcHBwcHBwcHBwcHBwcHBw==',
  'Basic dXNlckBleGFtcGxlLmNvbTpwYXNzd29yZA==',
  'Bearer abc.def-ghi_jklmnop',
])('What looks like somebody else’s secret is taken out too: %s', (secret) => {
  const lines = logged([], (log) => log.warn({ error: `header ${secret} refused` }, 'a call failed'))

  expect(lines).toContain('header [secret] refused')
})

test('A line is one object of JSON with its level, its time and its message, and nothing of the machine', () => {
  const entry = JSON.parse(logged([], (log) => log.info({ iid: 7 }, 'taken in'))) as Record<string, unknown>

  expect(Object.keys(entry).sort()).toEqual(['iid', 'level', 'msg', 'time'])
})

test('Below its level nothing is written', () => {
  let lines = ''
  const log = createLog('warn', { write: (text) => (lines += text) }, [])

  log.info('not this')

  expect(lines).toBe('')
})
