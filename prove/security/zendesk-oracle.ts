/** What Zendesk may fill in on a ticket, judged apart from the code that writes there: https://support.zendesk.com/hc/en-us/articles/4408886858138 */

/** As it stands, and without what a reader may drop as no text at all. */
const readings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replace(/(?![\n\t])\p{Cc}/gu, ''),
]

/** Liquid's two ways in: `{{ticket.comments}}` and `{% if %}`. */
export function liquidIn(text: string): readonly string[] {
  const found = readings.flatMap((read) => read(text).match(/\{[{%].{0,40}/gu) ?? [])
  return [...new Set(found)]
}

/** What can be read of it: whoever typed a text wants these to arrive. */
export function readable(text: string): string {
  return text.replace(/[\s\p{Cc}\u2060]/gu, '')
}
