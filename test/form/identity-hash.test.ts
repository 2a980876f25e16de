import { describe, expect, it } from 'vitest'
import { identityHash } from '../../src/form/form.ts'

const hash = identityHash('the token of the desk')
const jane = { email: 'jane.doe@example.com', username: 'jane.doe' }

describe('the same requester has the same hash', () => {
  it.each([
    ['in capitals', { email: 'Jane.Doe@Example.COM', username: 'JANE.DOE' }],
    ['in full-width letters', { email: 'ｊａｎｅ.doe@example.com', username: 'ｊａｎｅ.doe' }],
    ['with spaces around', { email: ' jane.doe@example.com\t', username: '\u00a0jane.doe ' }],
    ['with a zero-width space inside', { email: 'jane\u200b.doe@example.com', username: 'jane.\ufeffdoe' }],
  ])('%s', (_how, written) => {
    expect(hash(written)).toEqual(hash(jane))
  })

  it('by either of the two alone', () => {
    expect(hash({ email: jane.email })).toEqual({ keyId: hash(jane).keyId, email: hash(jane).email })
    expect(hash({ username: jane.username })).toEqual({
      keyId: hash(jane).keyId,
      username: hash(jane).username,
    })
  })
})

describe('nobody can be named from a hash', () => {
  it('another person has other hashes under the same key', () => {
    const john = hash({ email: 'john.doe@example.com', username: 'john.doe' })

    expect(john.keyId).toBe(hash(jane).keyId)
    expect(john.email).not.toBe(hash(jane).email)
    expect(john.username).not.toBe(hash(jane).username)
  })

  it('another secret gives other hashes and says so by its key id', () => {
    const other = identityHash('the token after its renewal')(jane)

    expect(other.keyId).not.toBe(hash(jane).keyId)
    expect(other.email).not.toBe(hash(jane).email)
  })

  it('a username that reads like an e-mail address is no e-mail address', () => {
    const { email, username } = hash({ email: 'jane', username: 'jane' })

    expect(email).not.toBe(username)
  })

  it('the hash holds 256 bits and nothing of what was hashed', () => {
    const { email, keyId } = hash(jane)

    expect(Buffer.from(email ?? '', 'base64url')).toHaveLength(32)
    expect(keyId).toMatch(/^[0-9a-f]{8}$/)
  })

  it('what the form does not say has no hash', () => {
    expect(hash({})).toEqual({ keyId: hash(jane).keyId })
    expect(hash({ email: '', username: undefined })).toEqual({ keyId: hash(jane).keyId })
  })
})
