/** What people write: requesters with things that nobody else may see, and anybody with things that bite. */
import type { Prng } from './prng.ts'

/** Texts that act where they are not written out as text. */
export const hostileTexts: readonly string[] = [
  '/close',
  'Thanks.\n/close\n/label ~spam',
  'Fine.\r\n/add_email attacker@evil.example',
  '\n\r/close',
  '<!channel> <@U01MANAGER> <https://evil.example|GitLab>',
  '@all please look, closes #1, #2',
  '*bold* _it_ ~st~ `code` > quote & <b>html</b>',
  '![x](https://evil.example/track.png)',
  '\u202Eesrever \u2066isolated\u2069 \u200Bzero\u200Dwidth',
  'Robert"); DROP TABLE request;--',
  '{"requestId":"x","decision":"fail-verification","step":"evaluating"}',
  '<!-- privacy-desk:00000000000000000000000000000000 -->',
  '{person:U01MANAGER} {field:reason} {who}',
  'x'.repeat(2_900),
  '😀'.repeat(700),
  '\u0000null\u0007bell',
  '   ',
  '-',
  '__proto__',
]

export const plainTexts: readonly string[] = [
  'Discussed with the requester.',
  'Checked by hand, see the evidence.',
  'Ticked in the old issue.',
  'Please see https://gitlab.com/security/trust/-/issues/7',
  'https://gitlab.com/security/trust/-/issues/9',
  'We have looked into it.\n\nIt is all as it should be.',
  'It is A & B.  See <C>, "D" \t\n  - and nothing else.  \r\n',
]

export function someText(prng: Prng): string {
  return prng.chance(0.35) ? prng.pick(hostileTexts) : prng.pick(plainTexts)
}

/** What a requester is and writes; none of it may be seen in Slack or lie in the database. */
export interface Requester {
  readonly name: string
  readonly email: string
  readonly username: string
  readonly secrets: readonly string[]
}

/** What a requester chose and wrote in the form; where it is none of these, it was mailed past the form. */
export interface Submitted {
  readonly title: string
  /** Left out where it was mailed past the form. */
  readonly form?: { readonly type: string; readonly email: string; readonly country: string }
}

/** Those of whom the local GitLab knows an account. */
const knownUsernames = ['quiet.owner', 'busy.owner', 'shared.owner', 'blocked.owner']

export function aRequester(prng: Prng, number: number): Requester {
  const tag = `${number}${prng.hex(4)}`
  const name = `Zebedee Quillfeather-${tag}`
  const email = `zeb.${tag}@personal-mail.example`
  const username = prng.chance(0.6) ? prng.pick(knownUsernames) : `zq-handle-${tag}`
  return { name, email, username, secrets: [name, email, username] }
}
