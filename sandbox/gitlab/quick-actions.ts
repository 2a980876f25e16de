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
  'duplicate',
  'label',
  'remove_email',
  'remove_label',
  'reopen',
  'title',
  'unassign',
  'unlabel',
])

/** Carriage returns are dropped first, so one cannot hide a slash; fences and `>>>` blocks are left alone. */
export function takeQuickActions(body: string): {
  readonly text: string
  readonly actions: readonly QuickAction[]
} {
  const actions: QuickAction[] = []
  const kept: string[] = []
  let fence: string | undefined
  for (const line of body.replaceAll('\r', '').split('\n')) {
    const mark = /^(```|~~~|>>>)/.exec(line)?.[1]
    if (mark) fence = fence === mark ? undefined : (fence ?? mark)
    const found = /^\s*\/(\w+)(?:\s+(.*))?$/.exec(line)
    const name = found?.[1]?.toLowerCase() ?? ''
    if (fence === undefined && known.has(name)) actions.push({ name, argument: (found?.[2] ?? '').trim() })
    else kept.push(line)
  }
  return { text: actions.length > 0 ? kept.join('\n').trim() : body, actions }
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
  const address = /^https?:\/\/[^/]+\/(.+)\/-\/issues\/(\d+)$/.exec(argument)
  return address?.[1] ? { path: address[1], iid: Number(address[2]) } : undefined
}
