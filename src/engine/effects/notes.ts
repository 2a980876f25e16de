/** Effects that write notes on an issue. A public note is an e-mail to the requester. */
import {
  defineEffect,
  isNumber,
  isOptional,
  isText,
  isTextByName,
  kindAlone,
  sentence,
  type ToSilence,
  toSilence,
  typedText,
  whole,
} from './definition.ts'

/**
 * A public note, which the requester gets as an e-mail: word for word the snippet, with its placeholders replaced.
 */
export interface Reply extends ToSilence {
  readonly kind: 'reply'
  readonly snippet: string
  readonly replacements: Readonly<Record<string, string>>
  /** Further words that a person typed and saw in the preview. */
  readonly addition?: string
}

/** A reply as a flow asks for it: the snippet, and what is replaced in it or added to it. */
export interface ReplyRule {
  readonly kind: 'reply'
  readonly snippet: string
  /** Placeholder of the snippet -> the text itself, or the modal's field that holds it (with what stands before it). */
  readonly replace?: Readonly<Record<string, string | { readonly field: string; readonly prefix: string }>>
  /** The modal's field with further words. */
  readonly addition?: string
}

/** A public note with the text that a person typed and saw. */
export interface TypedReply {
  readonly kind: 'typed-reply'
  readonly text: string
}

/** The modal's fields whose texts make up the note, in this order, parted by an empty line. */
interface TypedReplyRule {
  readonly kind: 'typed-reply'
  readonly fields: readonly string[]
}

/** A note that only the project's members see. `{person:U1}` stands for that person's name. */
export interface InternalNote extends ToSilence {
  readonly kind: 'internal-note'
  /** In a rule `{who}`, `{when}`, `{evidence}` and `{field:NAME}` are filled in when it is decided. */
  readonly text: string
}

/** The quick action `/duplicate`, which also closes the issue. */
export interface MarkDuplicate {
  readonly kind: 'mark-duplicate'
  readonly of: number
}

interface MarkDuplicateRule {
  readonly kind: 'mark-duplicate'
  readonly field: string
}

/** A note on the public feature request that such a request is worked by hand; it names nobody. */
interface FeatureRequestNote {
  readonly kind: 'feature-request-note'
}

/** The definitions of the effects that write notes, by kind. */
export const noteEffects = {
  reply: defineEffect<Reply, ReplyRule>()({
    kind: 'reply',
    params: {
      snippet: isText,
      replacements: isTextByName,
      addition: isOptional(isText),
      onlyIfSilentSince: isOptional(isText),
    },
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['notes'],
    whenDone: () => 'reply sent',
    redact: ({ kind, snippet }) => ({ kind, snippet, replacements: {} }),
    auditAs: ({ kind, snippet, addition }) => ({ kind, snippet, furtherWords: addition !== undefined }),
    asked: {
      fill: ({ kind, snippet, replace = {}, addition: field }, decision) => {
        const { input } = decision
        const replacements = Object.entries(replace).map(([placeholder, by]) => [
          placeholder,
          typeof by === 'string' ? by : by.prefix + String(Number(input[by.field])),
        ])
        const addition = field === undefined ? '' : (input[field] ?? '').trim()
        return {
          kind,
          snippet,
          replacements: Object.fromEntries(replacements),
          ...(addition !== '' && { addition }),
          ...toSilence(decision),
        }
      },
      words: ({ snippet }, { snippetTitle }) => [
        { verb: 'Send', rest: `“${snippetTitle(snippet)}” to the requester by e-mail` },
      ],
      page: ({ snippet, replace = {}, addition }, words) => {
        const further = [
          ...Object.entries(replace).map(([placeholder, by]) =>
            typeof by === 'string'
              ? `${words.code(placeholder)} is “${by}”`
              : `${words.code(placeholder)} from ${words.code(by.field)}`,
          ),
          ...(addition === undefined ? [] : [`${words.code(addition)} below it`]),
        ]
        return `sends ${words.snippet(snippet)}${further.length > 0 ? ` (${further.join('; ')})` : ''}`
      },
      publicText: (rule) => ({ snippet: rule }),
    },
  }),

  'typed-reply': defineEffect<TypedReply, TypedReplyRule>()({
    kind: 'typed-reply',
    params: { text: isText },
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['notes'],
    whenDone: () => 'reply sent',
    redact: ({ kind }) => ({ kind, text: '' }),
    auditAs: kindAlone,
    asked: {
      fill: ({ kind, fields }, context) => ({ kind, text: typedText(fields, context) }),
      words: () => [{ verb: 'Send', rest: 'the text you typed to the requester by e-mail' }],
      page: ({ fields }, { codes }) => `sends what was typed (${codes(fields)})`,
      publicText: ({ fields }) => ({ fields }),
    },
  }),

  'internal-note': defineEffect<InternalNote, InternalNote>()({
    kind: 'internal-note',
    params: { text: isText, onlyIfSilentSince: isOptional(isText) },
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['notes'],
    whenDone: () => 'internal note written',
    whenTakenBack: 'stands',
    redact: ({ kind }) => ({ kind, text: '' }),
    auditAs: kindAlone,
    asked: {
      fill: ({ kind, text }, context) => ({ kind, text: sentence(text, context), ...toSilence(context) }),
      words: () => [{ verb: 'Write', rest: 'an internal note' }],
      page: () => 'writes an internal note',
    },
  }),

  'mark-duplicate': defineEffect<MarkDuplicate, MarkDuplicateRule>()({
    kind: 'mark-duplicate',
    params: { of: isNumber },
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['notes'],
    whenDone: () => 'closed as a duplicate',
    redact: whole,
    auditAs: whole,
    asked: {
      fill: ({ kind, field }, { input }) => ({ kind, of: Number(input[field]) }),
      words: (what, { number }) => {
        const other = 'of' in what ? `#${what.of}` : 'the request that stays'
        return [{ verb: 'Mark', rest: `#${number} as a duplicate of ${other}, which closes it` }]
      },
      page: ({ field }, { code }) => `\`/duplicate\` with the issue of ${code(field)}, which closes it`,
    },
  }),

  'feature-request-note': defineEffect<FeatureRequestNote, FeatureRequestNote>()({
    kind: 'feature-request-note',
    params: {},
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['notes'],
    whenDone: () => 'feature request noted',
    redact: whole,
    auditAs: whole,
    needs: () => [{ name: 'feature-request' }],
    asked: {
      fill: ({ kind }) => ({ kind }),
      words: () => [{ verb: 'Note', rest: 'on the feature request that such a request is worked by hand' }],
      page: () => '`feature-request-note`: notes it on the feature request',
    },
  }),
}

/** Matches all that any reader may take for the end of a line. */
export const lineEnd = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/
/** A slash that looks to be first, or is once invisible characters are dropped and wide ones made narrow. */
const slashFirst = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*[/\uff0f]/u

/**
 * True when a line of the text may be run by GitLab as a quick action, with the rights of the bot:
 * https://docs.gitlab.com/user/project/quick_actions/. A slash counts wherever a reader could take it for the first
 * character of a line.
 */
export function beginsWithCommand(text: string): boolean {
  return text.split(lineEnd).some((line) => slashFirst.test(line))
}
