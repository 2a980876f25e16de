/** Texts as an attacker writes them, drawn from a seed: every trick that is known against GitLab, Slack or Zendesk. */
import { type Prng, prngOf } from '../simulation/prng.ts'

const lineEnds = ['\n', '\r', '\r\n', '\n\r', '\v', '\f', '\u0085', '\u2028', '\u2029', '\n\n', '\r\r\n']
const spaces = [' ', '\t', '\u00a0', '\u1680', '\u2003', '\u202f', '\u3000', '\u2800', '\u3164', '\u115f']
const unseen = [
  ...['\u0000', '\u0001', '\b', '\u001b[31m', '\u007f', '\u00ad', '\u034f', '\u061c', '\u180e', '\u200b'],
  ...['\u200c', '\u200d', '\u200e', '\u202a', '\u202e', '\u2060', '\u2066', '\u2069', '\ufeff', '\ufe0f'],
  ...['\ufff9', '\u{e0041}', '\u{e007f}', '\ud800', '\udfff', '\udc00\ud800'],
]
const commands = [
  ...['/close', '/reopen', '/add_email mallory@evil.example', '/remove_email a@b.example', '/assign @root'],
  ...[
    '/label ~admin',
    '/confidential',
    '/duplicate #1',
    '/move evil/project',
    '/convert_to_ticket a@b.example',
  ],
  ...[
    '/tableflip',
    '/C\u0301lose',
    '\uff0fclose',
    '\u2215close',
    '\\/close',
    '//close',
    '/ close',
    '/due today',
  ],
]
const gitlab = [
  ...['@all', '@root', '@group/all', '&commat;all', '&#64;all', '&#x40;root', '\\@all', 'a@all', '(@all)'],
  ...['#1', 'group/project#1', '&num;1', '&#35;1', '!1', '&1', '$1', '%1', 'Closes #1', 'fixes group/p#2'],
  ...[
    '![](https://evil.example/x.png)',
    '![x][r]',
    '[r]: https://evil.example',
    '<img src=//evil.example/x>',
  ],
  ...[
    '!&#91;x](https://evil.example)',
    '<script>alert(1)</script>',
    '<!-- ',
    ' -->',
    '<details>',
    '```',
    '~~~',
  ],
  ...[
    '<!-- privacy-desk:0123456789abcdef -->',
    '| a | b |',
    '|---|',
    '> ',
    '- [ ] Support Engineer: ',
    '***',
  ],
  ...[
    '[[_TOC_]]',
    '{{ticket.requester.email}}',
    '{{#each}}',
    '{% raw %}',
    '%{ISSUE_ID}',
    '$`\\ce{x}`$',
    '[x](y)',
  ],
  ...[
    '{person:U01MANAGER}',
    '{person:S01}',
    '{field:reason}',
    '{who}',
    '{evidence}',
    '[^1]',
    '\u0430dmin',
    '1. ',
  ],
]
const slack = [
  ...['<!channel>', '<!here|x>', '<!everyone>', '<@U01MANAGER>', '<@U01MANAGER|mara>', '<#C01PRIVACY>'],
  ...[
    '<https://evil.example|GitLab>',
    '<mailto:a@b.example|mail>',
    '<!subteam^S01MANAGERS>',
    '&lt;!channel&gt;',
  ],
  ...[
    '&amp;lt;!here&amp;gt;',
    '&lt;@U01MANAGER&gt;',
    '<',
    '>',
    '&',
    '|',
    '*',
    '_',
    '~',
    '`',
    ':tada:',
    '@here',
  ],
  ...[
    '<!date^1^{date}^https://evil.example|now>',
    '<!date^1775001599^{date_short_pretty}^https://evil.example|Mar 31>',
    '<!date^1775001599^{date_short_pretty}|never>',
    'https://evil.example',
    'slack://user?team=T1',
    '<\u200b!channel>',
  ],
]
const zendesk = [
  ...['{{ticket.comments}}', '{{{ticket.id}}}', '{%if ticket.tags%}x{%endif%}', '{', '{', '%', '}}'],
  ...[
    '{\u0000{current_user.email}}',
    '{\u001b{dc.secret}}',
    '{\u2060{ticket.cc_names}}',
    '{\r\n{x}}',
    '{\t%x%}',
  ],
  ...['{{ticket.latest_comment_html}}', '{#x#}', '{{ "a" | append: ticket.requester.email }}'],
]
const words = [
  'Hello',
  'jane.doe@example.com',
  'please',
  'é',
  'e\u0301',
  '\u1e9e',
  '日本',
  '👩‍👩‍👧',
  '0',
  '-',
  'a/b',
  '🇳🇱',
]
const kinds = [
  ...[commands, commands, lineEnds, lineEnds, spaces, unseen, gitlab, gitlab, slack, slack, zendesk, words],
] as const

/** The same seed gives the same strings; one in fifty is about as long as a modal takes, one in 300 has 10,000 characters. */
export function* hostileStrings(seed: string, count: number): Generator<string> {
  const prng = prngOf(seed)
  for (let index = 0; index < count; index += 1) yield hostileString(prng, lengthAt(index))
}

function lengthAt(index: number): number {
  if (index % 300 === 299) return 10_000
  return index % 50 === 49 ? 3_000 : 0
}

function hostileString(prng: Prng, least: number): string {
  const parts: string[] = []
  let length = 0
  for (let left = prng.between(1, 14); left > 0 || length < least; left -= 1) {
    const part = prng.pick(prng.pick(kinds))
    parts.push(part)
    length += part.length
  }
  const text = parts.join('')
  return prng.chance(0.05) ? text.normalize('NFKC') : text
}
