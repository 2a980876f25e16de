/** Whether a note holds a reply of the handbook word for word: so a colleague may have sent it by hand. */
import { type SnippetName, type Snippets, snippetNames, snippetPlaceholders } from '../flows/snippets.ts'

/** Spaces, line ends and what Markdown editors add at the end make no difference; other words before or after neither. */
export function snippetIn(snippets: Snippets): (text: string) => SnippetName | undefined {
  const patterns = snippetNames.map((name) => ({
    name,
    parts: partsOf(snippets[name], snippetPlaceholders[name] ?? []),
  }))
  return (text) => {
    const note = folded(text.slice(0, 100_000))
    return patterns.find(({ parts }) => holdsInOrder(note, parts))?.name
  }
}

/** The text between its placeholders. */
function partsOf(text: string, placeholders: readonly string[]): readonly string[] {
  return placeholders.reduce<readonly string[]>(
    (parts, placeholder) => parts.flatMap((part) => part.split(placeholder)),
    [folded(text)],
  )
}

function holdsInOrder(note: string, parts: readonly string[]): boolean {
  let from = 0
  for (const part of parts) {
    const at = note.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return true
}

function folded(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
