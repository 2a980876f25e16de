/** The words with which a service explains a refusal, made fit for a card: without what was sent, or who it is about. */

/** Long enough for a sentence of GitLab's; a card has to hold it beside the rest. */
const mostLetters = 200
/** No explanation is longer, and one that is not read is only left out. */
const mostRead = 65_536

/** Keys under which GitLab and Zendesk explain themselves; others hold ids and addresses. */
const said = ['message', 'error_description', 'error', 'description', 'details'] as const

/** What says no more than the status does. */
const empty =
  /^(forbidden|unauthorized|not found|bad request|conflict|invalid|unprocessable entity|record ?invalid|record ?not ?found|record validation errors)$/i

/**
 * Returns why a service refused a request, in its own words on one line, or undefined where its answer does not say.
 * `sent` is the body of the request: whatever of it is quoted is left out, since an error may repeat a title or a text.
 */
export function explanationIn(answer: string, sent: string | undefined): string | undefined {
  const parts = answer.length > mostRead ? [] : [...new Set(leavesOf(parsed(answer)))]
  const text = masked(parts.join('; ').slice(0, 5 * mostLetters), sent)
    .replace(/\s+/g, ' ')
    .trim()
  if (!/\p{L}{3}/u.test(text)) return undefined
  return text.length > mostLetters ? `${text.slice(0, mostLetters).trimEnd()}…` : text
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function leavesOf(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null) return []
  const record: Readonly<Record<string, unknown>> = { ...body }
  const captcha = record.needs_captcha_response === true ? ['a captcha has to be solved'] : []
  return [...said.flatMap((key) => textsIn(record[key], '')), ...captcha]
}

/** `{ title: ['is too long'] }` -> `title is too long` */
function textsIn(value: unknown, name: string): readonly string[] {
  if (typeof value === 'string') {
    const text = value.replace(/^\d{3} /, '').trim()
    return text === '' || empty.test(text) ? [] : [name === '' ? text : `${name} ${text}`]
  }
  if (Array.isArray(value)) return value.flatMap((one) => textsIn(one, name))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => textsIn(one, isWrapper(key) ? name : key))
}

function isWrapper(key: string): boolean {
  return key === 'base' || said.some((one) => one === key)
}

function masked(text: string, sent: string | undefined): string {
  const quoted =
    sent === undefined ? [] : valuesIn(parsed(sent)).flatMap((value) => [value, ...value.split(/\n/)])
  let rest = text
  for (const value of new Set(quoted.map((one) => one.trim()).filter((one) => one.length > 3)))
    rest = rest.replaceAll(value, '…')
  return rest
    .replace(/[^\s"'(<]+@[^\s"')>]+/g, '…')
    .replace(/https?:\/\/\S+/g, '…')
    .replace(/"[^"]*"|“[^”]*”|(?<!\p{L})'[^']*'(?!\p{L})/gu, '“…”')
}

function valuesIn(body: unknown): readonly string[] {
  if (typeof body === 'string') return [body]
  if (typeof body !== 'object' || body === null) return []
  return Object.values(body).flatMap(valuesIn)
}
