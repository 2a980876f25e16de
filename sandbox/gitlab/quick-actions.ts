/** Quick actions: lines of a note that begin with a slash and act with the rights of its author. */

export interface QuickAction {
  readonly name: string
  readonly argument: string
}

/** Those that act here; any other line with a slash is text, as an unknown one is for GitLab. */
const known = new Set([
  'add_email',
  'assign',
  'close',
  'confidential',
  'convert_to_ticket',
  'duplicate',
  'label',
  'remove_email',
  'remove_label',
  'reopen',
  'title',
  'unassign',
  'unlabel',
])

/**
 * The text as GitLab keeps it, and what acts. Carriage returns and blanks at the end are gone whether or not anything
 * acts, so one cannot hide a slash; fences and `>>>` blocks are left alone.
 * https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/quick_actions/extractor.rb
 */
export function takeQuickActions(body: string): {
  readonly text: string
  readonly actions: readonly QuickAction[]
} {
  const actions: QuickAction[] = []
  const kept = linesOf(body, (_line, action) => {
    actions.push(action)
    return []
  })
  return { text: kept, actions }
}

/**
 * What came by e-mail under the Support Bot's name: what would act is put into a code span, so that it can be read.
 * https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/email/handler/reply_processing.rb
 */
export function redactQuickActions(body: string): string {
  return linesOf(body, (line) => [`\`${line.trim()}\``])
}

function linesOf(body: string, acting: (line: string, action: QuickAction) => readonly string[]): string {
  const kept: string[] = []
  let fence: string | undefined
  for (const line of body.replaceAll('\r', '').split('\n')) {
    const mark = /^(```|~~~|>>>)/.exec(line)?.[1]
    if (mark) fence = fence === mark ? undefined : (fence ?? mark)
    const found = /^\s*\/(\w+)(?:\s+(.*))?$/.exec(line)
    const name = found?.[1]?.toLowerCase() ?? ''
    if (fence === undefined && known.has(name))
      kept.push(...acting(line, { name, argument: (found?.[2] ?? '').trim() }))
    else kept.push(line)
  }
  return kept.join('\n').trimEnd()
}

/** `~"two words" ~word` -> the label names. */
export function labelsIn(argument: string): readonly string[] {
  return [...argument.matchAll(/~(?:"([^"]+)"|(\S+))/g)].map((found) => found[1] ?? found[2] ?? '')
}

/** `#12`, `group/project#12` or an issue's address. */
export function issueReference(
  argument: string,
): { readonly path?: string; readonly iid: number } | undefined {
  const short = /^([\w./-]*)#(\d+)$/.exec(argument)
  if (short) return { ...(short[1] ? { path: short[1] } : {}), iid: Number(short[2]) }
  const address = /^https?:\/\/[^/]+\/(.+)\/-\/(?:issues|work_items)\/(\d+)$/.exec(argument)
  return address?.[1] ? { path: address[1], iid: Number(address[2]) } : undefined
}
