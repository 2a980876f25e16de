import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { labels } from '../../src/flows/labels.ts'

describe('labels', () => {
  it("are the handbook's, to the letter", () => {
    expect([...labels].sort()).toEqual([
      'Account Verification Failed',
      'Awaiting::Challenge Answers',
      'Deletion Request::Exception Approved',
      'Export Request::complied',
      'Export Request::self-serve',
      'Invalid Request::Spam',
      'RequestReason::lost_2fa',
      'RequestReason::lost_access',
      'account-deletion::corporate',
      'account-deletion::invalid',
      'account-deletion::personal',
      'data-access-request::denied',
      'deletion request::denied',
      'denied-reason::no_response',
    ])
  })

  const page = new URL('../../../shared/handbook/account-deletion-and-data-access.md', import.meta.url)
  it.skipIf(!existsSync(page))(
    'all stand on the handbook page (skipped where the page is not at hand)',
    () => {
      const handbook = readFileSync(page, 'utf8')

      expect(labels.filter((label) => !handbook.includes(label))).toEqual([])
    },
  )
})
