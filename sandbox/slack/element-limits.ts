/** The limits Slack puts on texts and elements. https://docs.slack.dev/reference/block-kit/block-elements */
import { z } from 'zod'

export const id = z.string().min(1).max(255)
export const plain = (max: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  })
export const mrkdwn = (max: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(max),
    verbatim: z.boolean().optional(),
  })
export const text = (max: number) => z.discriminatedUnion('type', [plain(max), mrkdwn(max)])

const confirm = z
  .strictObject({
    title: plain(100),
    text: text(300),
    confirm: plain(30),
    deny: plain(30),
    style: z.enum(['primary', 'danger']).optional(),
  })
  .optional()

const value = z.string().min(1).max(150)
const option = z.strictObject({ text: plain(75), value, description: plain(75).optional() })
const richOption = z.strictObject({ text: text(75), value, description: text(75).optional() })
const overflowOption = option.extend({ url: z.string().max(3000).optional() })
const action = { action_id: id.optional(), confirm }
const focus = { focus_on_load: z.boolean().optional() }
const select = {
  ...action,
  ...focus,
  placeholder: plain(150).optional(),
  options: z.array(option).min(1).max(100).optional(),
  option_groups: z
    .array(z.strictObject({ label: plain(75), options: z.array(option).min(1).max(100) }))
    .min(1)
    .max(100)
    .optional(),
}

export const button = z.strictObject({
  type: z.literal('button'),
  ...action,
  text: plain(75),
  value: z.string().min(1).max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().min(1).max(75).optional(),
})
export const staticSelect = z.strictObject({
  type: z.literal('static_select'),
  ...select,
  initial_option: option.optional(),
})
export const multiStaticSelect = z.strictObject({
  type: z.literal('multi_static_select'),
  ...select,
  initial_options: z.array(option).min(1).optional(),
  max_selected_items: z.int().min(1).optional(),
})
export const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  ...action,
  ...focus,
  placeholder: plain(150).optional(),
  initial_user: z.string().optional(),
})
export const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...action,
  options: z.array(overflowOption).min(1).max(5),
})
export const radioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  ...action,
  ...focus,
  options: z.array(richOption).min(1).max(10),
  initial_option: richOption.optional(),
})
export const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  ...action,
  ...focus,
  options: z.array(richOption).min(1).max(10),
  initial_options: z.array(richOption).min(1).optional(),
})
export const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  action_id: id.optional(),
  ...focus,
  placeholder: plain(150).optional(),
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3000).optional(),
  max_length: z.int().min(1).max(3000).optional(),
  dispatch_action_config: z.looseObject({}).optional(),
})
export const image = z.strictObject({
  type: z.literal('image'),
  image_url: z.string().max(3000),
  alt_text: z.string().max(2000),
})
