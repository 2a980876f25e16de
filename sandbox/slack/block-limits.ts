/**
 * The limits Slack puts on blocks and modals, so that what passes here passes there.
 * https://docs.slack.dev/reference/block-kit/blocks and /reference/block-kit/block-elements
 */
import { z } from 'zod'
import type { Block } from './blocks.ts'
import { elementsOf } from './blocks.ts'
import {
  button,
  checkboxes,
  id,
  image,
  mrkdwn,
  multiStaticSelect,
  overflow,
  plain,
  plainTextInput,
  radioButtons,
  staticSelect,
  text,
  usersSelect,
} from './element-limits.ts'

const messageElements = [button, staticSelect, multiStaticSelect, overflow, radioButtons, checkboxes] as const
const block = { block_id: id.optional() }
const richTextParts = z.looseObject({
  type: z.string().startsWith('rich_text_'),
  elements: z.array(z.looseObject({ type: z.string() })),
})

/** https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block, as far as bars go. */
const dataVisualization = z
  .strictObject({
    type: z.literal('data_visualization'),
    ...block,
    title: z.string().min(1).max(50),
    chart: z.strictObject({
      type: z.literal('bar'),
      series: z
        .array(
          z.strictObject({
            name: z.string().min(1).max(20),
            data: z
              .array(z.strictObject({ label: z.string().min(1).max(20), value: z.number() }))
              .min(1)
              .max(20),
          }),
        )
        .min(1)
        .max(6),
      axis_config: z.strictObject({
        categories: z.array(z.string().min(1).max(20)).min(1).max(20),
        x_label: z.string().max(50).optional(),
        y_label: z.string().max(50).optional(),
      }),
    }),
  })
  .refine(
    ({ chart }) =>
      chart.series.every(({ data }) =>
        data.every(({ label }, index) => label === chart.axis_config.categories[index]),
      ),
    'labels must match the categories',
  )

const blockSchema = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('section'),
      ...block,
      text: text(3000).optional(),
      fields: z.array(text(2000)).min(1).max(10).optional(),
      accessory: z.discriminatedUnion('type', [...messageElements, image]).optional(),
      expand: z.boolean().optional(),
    })
    .refine((section) => section.text !== undefined || section.fields !== undefined, 'needs text or fields'),
  z.strictObject({
    type: z.literal('header'),
    ...block,
    text: plain(150),
    level: z.int().min(1).max(4).optional(),
  }),
  z.strictObject({ type: z.literal('divider'), ...block }),
  z.strictObject({
    type: z.literal('context'),
    ...block,
    elements: z
      .array(z.discriminatedUnion('type', [plain(3000), mrkdwn(3000), image]))
      .min(1)
      .max(10),
  }),
  z.strictObject({
    type: z.literal('actions'),
    ...block,
    elements: z
      .array(z.discriminatedUnion('type', [...messageElements]))
      .min(1)
      .max(25),
  }),
  z.strictObject({
    type: z.literal('input'),
    ...block,
    label: plain(2000),
    hint: plain(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: z.discriminatedUnion('type', [
      plainTextInput,
      staticSelect,
      multiStaticSelect,
      usersSelect,
      radioButtons,
      checkboxes,
    ]),
  }),
  z.strictObject({ type: z.literal('rich_text'), ...block, elements: z.array(richTextParts) }),
  z.strictObject({
    type: z.literal('image'),
    ...block,
    image_url: z.string().max(3000).optional(),
    slack_file: z.strictObject({ id: z.string().min(1) }).optional(),
    alt_text: z.string().min(1).max(2000),
    title: plain(2000).optional(),
  }),
  dataVisualization,
  z.strictObject({ type: z.literal('markdown'), ...block, text: z.string().min(1).max(12_000) }),
])

const modalSchema = z.strictObject({
  type: z.literal('modal'),
  title: plain(24),
  submit: plain(24).optional(),
  close: plain(24).optional(),
  blocks: z.array(blockSchema).max(100),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
})
const homeSchema = modalSchema
  .pick({ blocks: true, private_metadata: true, callback_id: true, external_id: true })
  .extend({ type: z.literal('home') })

/** What is wrong with the blocks of a message, in Slack's words and places; empty when nothing is. */
export function problemsOfMessage(blocks: unknown): string[] {
  const result = z.array(blockSchema).max(50).safeParse(blocks)
  if (!result.success) return worded(result.error, '/blocks')
  const parsed = result.data as readonly Block[]
  return [
    ...problemsOfIds(parsed),
    ...(parsed.some((one) => one.type === 'input') ? ['[ERROR] no input block in a message'] : []),
  ]
}

/** The same for a modal or a home tab. */
export function problemsOfView(view: unknown): string[] {
  const home = (view as { readonly type?: unknown } | null)?.type === 'home'
  const result = (home ? homeSchema : modalSchema).safeParse(view)
  if (!result.success) return worded(result.error, '/view')
  const blocks = result.data.blocks as readonly Block[]
  const hasInput = blocks.some((one) => one.type === 'input')
  const noSubmit = !home && hasInput && !('submit' in result.data && result.data.submit)
  return [
    ...problemsOfIds(blocks),
    ...(noSubmit ? ['[ERROR] a modal with an input needs submit [json-pointer:/view]'] : []),
  ]
}

function worded(error: z.ZodError, root: string): string[] {
  return error.issues.map(
    (issue) => `[ERROR] ${issue.message} [json-pointer:${[root, ...issue.path].join('/')}]`,
  )
}

function problemsOfIds(blocks: readonly Block[]): string[] {
  const blockIds = blocks.map((one) => one.block_id).filter((one) => one !== undefined)
  const repeatedBlocks = repeated(blockIds).map((one) => `[ERROR] block_id ${one} already exists`)
  const repeatedActions = blocks.flatMap((one) =>
    repeated(elementsOf(one).map((element) => element.action_id ?? '')).map(
      (actionId) => `[ERROR] action_id ${actionId} already exists in its block`,
    ),
  )
  const strayInitial = blocks.flatMap((one) => elementsOf(one).flatMap(problemsOfOptions))
  return [...repeatedBlocks, ...repeatedActions, ...strayInitial]
}

function problemsOfOptions(element: ReturnType<typeof elementsOf>[number]): string[] {
  if (!element.type.endsWith('static_select') && element.options === undefined) return []
  const sources = [element.options, element.option_groups].filter((source) => source !== undefined).length
  if (sources !== 1) return ['[ERROR] a select needs either options or option_groups']
  const all = [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)]
  const known = new Set(all.map((one) => one.value))
  const initial = [element.initial_option, ...(element.initial_options ?? [])].filter(
    (one) => one !== undefined,
  )
  return initial
    .filter((one) => !known.has(one.value))
    .map((one) => `[ERROR] initial option ${one.value} is none of the options`)
}

function repeated(ids: readonly string[]): string[] {
  return ids.filter((one, index) => one !== '' && ids.indexOf(one) !== index)
}
