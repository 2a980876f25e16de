/** What the local Zendesk answers, in the form of its API. */
import { merged } from './acts.ts'
import type {
  Account,
  Group,
  Macro,
  PostedComment,
  SuspendedMail,
  Ticket,
  TicketField,
  User,
} from './world.ts'

export function ticketFields(ticket: Ticket) {
  return {
    id: ticket.id,
    status: ticket.status,
    created_at: ticket.createdAt,
    updated_at: ticket.updatedAt,
    subject: ticket.subject,
    description: ticket.comments[0]?.body ?? '',
    recipient: ticket.recipient,
    requester_id: ticket.requester.id,
    submitter_id: ticket.requester.id,
    group_id: ticket.groupId ?? null,
    assignee_id: ticket.assigneeId ?? null,
    collaborator_ids: ticket.ccs.map(({ id }) => id),
    email_cc_ids: ticket.ccs.map(({ id }) => id),
    follower_ids: [],
    is_public: ticket.comments.some((comment) => comment.public),
    via: { channel: 'email' },
    tags: ticket.tags,
    custom_fields: ticket.customFields,
    fields: ticket.customFields,
  }
}

export function commentFields(comment: PostedComment) {
  const text = plain(comment)
  return {
    id: comment.id,
    type: 'Comment',
    author_id: comment.authorId,
    body: text,
    html_body: comment.isHtml ? comment.body : htmlOf(text),
    plain_body: comment.isRewritten ? escapedHtml(text).replaceAll('\u00a0', '&nbsp;') : text,
    public: comment.public,
    created_at: comment.createdAt,
    audit_id: comment.auditId,
    metadata: comment.metadata,
    attachments: (comment.attachments ?? []).map((name, index) => attachmentFields(comment.id, name, index)),
  }
}

function attachmentFields(commentId: number, name: string, index: number) {
  const id = commentId * 100 + index
  const content_url = `https://example.zendesk.com/attachments/token/${id}/?name=${encodeURIComponent(name)}`
  return {
    id,
    file_name: name,
    content_url,
    content_type: 'application/octet-stream',
    size: 1,
    inline: false,
  }
}

export function userFields({ id, name, email, role }: User) {
  return { id, name, email, role, active: true }
}

/** The account that asks: only of itself does it see what it is kept from. */
export function meFields(me: User, { onlyPrivateComments }: Account) {
  return { ...userFields(me), only_private_comments: onlyPrivateComments }
}

export function fieldFields({ id, title, type, required, active = true }: TicketField) {
  return { id, title, raw_title: title, type, required, active, removable: type !== 'assignee' }
}

export function groupFields({ id, name, deleted = false }: Group) {
  return { id, name, deleted, is_public: true }
}

export function suspendedFields(mail: SuspendedMail) {
  const { id, from, recipient, subject, text, at } = mail
  return {
    ...{ id, recipient, subject, content: text, created_at: at, updated_at: at },
    author: { id: from.id, name: from.name, email: from.email },
    cause: 'Detected as spam',
    cause_id: 0,
  }
}

/** The ticket as the macro would leave it; the ticket itself stays as it is. */
export function macroEffect(ticket: Ticket, macro: Macro) {
  const { body, htmlBody, status, addTags = [], removeTags = [], fields = [] } = macro
  const comment = { body, public: macro.public ?? true, ...(htmlBody ? { html_body: htmlBody } : {}) }
  const afterwards = ticketFields({
    ...ticket,
    status: status ?? ticket.status,
    tags: [...ticket.tags.filter((tag) => !removeTags.includes(tag)), ...addTags],
    customFields: merged(ticket.customFields, fields),
  })
  const hasComment = body !== undefined || htmlBody !== undefined
  return { result: { ticket: { ...afterwards, ...(hasComment ? { comment } : {}) } } }
}

/** As it stands in the plain part of an e-mail: HTML without its marks, text as it was written. */
export function plain({ body, isHtml }: Pick<PostedComment, 'body' | 'isHtml'>): string {
  return isHtml ? body.replace(/<\/p>\s*<p>/g, '\n\n').replace(/<[^>]+>/g, '') : body
}

function htmlOf(text: string): string {
  const paragraphs = escapedHtml(text)
    .split('\n\n')
    .map((one) => `<p dir="auto">${one.replaceAll('\n', '<br>')}</p>`)
  return `<div class="zd-comment" dir="auto">${paragraphs.join('')}</div>`
}

function escapedHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
