/** Who asked, as a keyed hash: two requests can be compared, and nobody can be named from the database. */
import { createHash, createHmac, hkdfSync } from 'node:crypto'
import type { RequesterHashes } from '../store/store.ts'
import { type Form, normaliseIdentity } from './form.ts'

export type HashIdentity = (form: Pick<Form, 'email' | 'username'>) => RequesterHashes

/**
 * The key is derived from a secret of the environment, so that the database alone is not enough to try addresses.
 * With another secret the hashes change; `keyId` says which ones can be compared, and the next read renews them.
 */
export function identityHash(secret: string): HashIdentity {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'privacy-desk requester identity', 32))
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8)
  const hash = (kind: string, value: string) =>
    createHmac('sha256', key)
      .update(`${kind}:${normaliseIdentity(value)}`)
      .digest('base64url')
  return ({ email, username }) => ({
    keyId,
    ...(email ? { email: hash('email', email) } : {}),
    ...(username ? { username: hash('username', username) } : {}),
  })
}
