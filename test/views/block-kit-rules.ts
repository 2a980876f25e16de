/** What Slack asks of blocks and views: its limits, always; its published schema, where the contracts lie beside the repository. */
import { existsSync, readFileSync } from 'node:fs'
import type { KnownBlock, ModalView } from '@slack/types'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { problemsOfMessage, problemsOfView } from '../../sandbox/slack/block-limits.ts'

const schemaFile = new URL('../../../shared/contracts/slack/slack-block-kit.schema.json', import.meta.url)
export const schemaIsHere = existsSync(schemaFile)

export interface DrawnMessage {
  readonly text: string
  readonly blocks: readonly KnownBlock[]
}

/** What is wrong with a message; empty when nothing is. */
export function problemsWith(message: DrawnMessage): readonly string[] {
  return [
    ...(message.text.trim() === '' ? ['no plain text'] : []),
    ...(message.text.length > 4000 ? ['the plain text is too long'] : []),
    ...(message.blocks.length === 0 ? ['no blocks'] : []),
    ...problemsOfMessage(message.blocks),
    ...(charactersOf(message.blocks) > 11_341 ? ['more characters in its blocks than Slack takes'] : []),
    ...message.blocks.flatMap(schemaProblems),
    ...textsOf(message).flatMap(unsafe),
  ]
}

export function problemsWithModal(view: ModalView): readonly string[] {
  return [...problemsOfView(view), ...view.blocks.flatMap(schemaProblems), ...textsOf(view).flatMap(unsafe)]
}

/** All that is shown, wherever it stands. */
export function textsOf(shown: unknown): readonly { readonly type: string; readonly text: string }[] {
  if (typeof shown !== 'object' || shown === null) return []
  const own =
    'text' in shown && typeof shown.text === 'string'
      ? [{ type: 'type' in shown ? String(shown.type) : 'mrkdwn', text: shown.text }]
      : []
  return [...own, ...Object.values(shown).flatMap(textsOf)]
}

/** The least at which somebody saw `msg_blocks_too_long` is 11,341. */
function charactersOf(blocks: readonly KnownBlock[]): number {
  return textsOf(blocks).reduce((sum, { text }) => sum + text.length, 0)
}

/** Half an entity, a mention of many, a link to no web address, a character nobody sees. */
function unsafe({ type, text }: { readonly type: string; readonly text: string }): readonly string[] {
  const hidden = /(?!\n)[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u.test(text)
  const problems = hidden || !text.isWellFormed() ? [`hidden characters in: ${text}`] : []
  // Neither plain text nor the text of a rich text is read for marks.
  if (type === 'plain_text' || type === 'text') return problems
  // A refusal names whom to ask, privately: nobody else is called by it.
  const said = text.replace(/ Ask (?:<(?:!subteam\^S|@[UW])[A-Z0-9]+> ?)+\.$/, '')
  const bare = said.replace(
    /<https?:\/\/[^<>|\s]+\|[^<>|]*>|<@[UW][A-Z0-9]+>|<!date\^\d+\^[{}\w, ]+\|[^<>|]+>/g,
    '',
  )
  return [
    ...problems,
    ...(/[<>]/.test(bare) ? [`markup in: ${text}`] : []),
    ...(/&(?!amp;|lt;|gt;)/.test(bare) ? [`half an entity in: ${text}`] : []),
  ]
}

const validators = schemaIsHere ? compiled() : undefined

function schemaProblems(block: KnownBlock | { readonly type: string }): readonly string[] {
  if (validators === undefined) return []
  const validate = validators(block.type)
  return validate(block)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

function compiled() {
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as { readonly $id?: string }
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false })
  addFormats.default(ajv)
  ajv.addSchema(schema, 'block-kit')
  return (type: string) => {
    const validate = ajv.getSchema(`block-kit#/$defs/${type}_block`)
    if (!validate) throw new Error(`The schema knows no ${type}`)
    return validate
  }
}
