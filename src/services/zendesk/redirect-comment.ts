/** The one public comment that sends the writer of a ticket to the form. */
import type { RedirectTo } from '../../store/store.ts'

/** What stands in a comment: text, or HTML where a macro has it. */
export interface Part {
  readonly body: string
  readonly htmlBody?: string
}

const requests: Readonly<Record<RedirectTo, string>> = {
  deletion: 'Requests to delete an account',
  access: 'Requests for access to personal data',
  both: 'Requests to delete an account and requests for access to personal data',
}

const submit: Readonly<Record<RedirectTo, string>> = {
  deletion: 'Please submit your request there',
  access: 'Please submit your request there',
  both: 'Please submit each of your requests there, one at a time',
}

/** For teams without a macro of their own. The handbook has no text for tickets; its tone is that of its replies. */
export function ownReply(to: RedirectTo, formUrl: string): Part {
  return {
    body: [
      'Greetings,',
      `Thank you for contacting us. ${requests[to]} are processed through our Personal Data Request form, not through support tickets, since we have to verify first that the account is yours. ${submit[to]}:`,
      formUrl,
      'Doing so will allow us to process your request more quickly and securely. This ticket will now be marked as solved. Thank you!',
      'Regards,',
    ].join('\n\n'),
  }
}

/** One after the other, in one comment: as HTML when one of them is. */
export function joined(parts: readonly Part[]): { readonly body: string } | { readonly htmlBody: string } {
  if (parts.every(({ htmlBody }) => htmlBody === undefined))
    return { body: parts.map(({ body }) => body).join('\n\n') }
  return { htmlBody: parts.map(({ body, htmlBody }) => htmlBody ?? asHtml(body)).join('\n') }
}

function asHtml(text: string): string {
  const paragraphs = text.trim().split(/\r?\n[ \t]*\r?\n/)
  return paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph).replace(/\r?\n/g, '<br>')}</p>`).join('\n')
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
