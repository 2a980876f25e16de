// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
/** Defects in words: the handbook's replies and flows, and what is shown in Slack. */
import { defects, type Mutant } from '../mutant.ts'

const escaping = 'test/views/escape.test.ts'
const snippets = 'test/flows/snippets.test.ts'

export const inTheWords: readonly Mutant[] = [
  ...defects('redacted', 'views/escape.ts', escaping, [
    [
      'a title may hold a mention',
      "const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }",
      "const entities: Readonly<Record<string, string>> = { '&': '&amp;' }",
    ],
    [
      'a title may turn the text around',
      '/[\\p{Cc}\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb]/gu\nconst unseenBut',
      '/[\\p{Cc}]/gu\nconst unseenBut',
    ],
    [
      'a link may lead anywhere',
      "!['http:', 'https:'].includes(address.protocol)",
      "['mailto:'].includes(address.protocol)",
    ],
    ['a sentence of the bot’s mentions a group', 'split(/(<@[UW][A-Z0-9]{1,20}>)/)', 'split(/(<[^>]*>)/)'],
    [
      'a text is cut within a character',
      'if (text.length + piece.length > max - 1) break',
      'if (text.length > max) break',
    ],
  ]),
  ...defects('limits', 'views/block-kit.ts', 'test/views/block-kit.test.ts', [
    [
      'a section is longer than Slack takes',
      'last.length + 1 + line.length <= limits.text',
      'last.length <= limits.text',
    ],
  ]),

  ...defects('texts', 'flows/snippets/closed-no-response.md', snippets, [
    [
      'a comma of a reply is gone',
      'our verification challenge questions, which',
      'our verification challenge questions which',
    ],
  ]),
  ...defects('texts', 'flows/snippets/closed-duplicate.md', snippets, [
    ['a reply does not greet', 'Greetings,', 'Hello,'],
  ]),
  ...defects('texts', 'flows/labels.ts', 'test/flows/labels.test.ts', [
    ['a label is spelled with a hyphen', "'denied-reason::no_response'", "'denied-reason::no-response'"],
  ]),
]
