/**
 * Snippets are the texts that requesters get: read once at start from src/flows/snippets/, then passed on as a value.
 */
import { readFileSync } from 'node:fs'
import { lineEnd } from '../engine/effects/notes.ts'

/** Every reply of the handbook page, in its order. */
export const snippetNames = [
  'closed-submitted-directly',
  'closed-duplicate',
  'closed-no-response',
  'blocked-user-initiated',
  'closed-verification-failed',
  'closed-verification-failed-recent-activity',
  'blocked-security-review',
  'unblocked-by-security',
  'closed-blocked-by-security',
  'verification-succeeded',
  'closed-no-response-deceased',
  'closed-verification-failed-deceased',
  'verification-passed-deceased',
  'closed-deletion-complete',
  'closed-no-response-data-access',
  'data-access-out-of-scope',
] as const

/** The name of a snippet: its file's name without `.md`. */
export type SnippetName = (typeof snippetNames)[number]
/** The text of each snippet. */
export type Snippets = Readonly<Record<SnippetName, string>>

/** The handbook's heading over each reply, to the letter; two replies share "Verification Failed" there. */
export const snippetTitles: Readonly<Record<SnippetName, string>> = {
  'closed-submitted-directly': 'Request Closed - Request Submitted Directly',
  'closed-duplicate': 'Request Closed - Duplicate',
  'closed-no-response': 'Request Closed - No Response',
  'blocked-user-initiated': 'Account Blocked - User initiated account deletion',
  'closed-verification-failed': 'Request Closed - Verification Failed',
  'closed-verification-failed-recent-activity': 'Request Closed - Verification Failed',
  'blocked-security-review': 'Account Blocked - For Security review',
  'unblocked-by-security': 'Account Unblocked by Security',
  'closed-blocked-by-security': 'Request Closed - Account Blocked by Security',
  'verification-succeeded': 'Verification Succeeded - Deletion Process Started',
  'closed-no-response-deceased': 'Request Closed - No Response (Account Deletion - Deceased User)',
  'closed-verification-failed-deceased': 'Request Closed - Failed Verification',
  'verification-passed-deceased': 'Request Closed - Verification Pass',
  'closed-deletion-complete': 'Request Closed - Deletion Complete',
  'closed-no-response-data-access': 'Request Closed - No Response to Verify Email',
  'data-access-out-of-scope': 'Request Closed - Out of Scope',
}

/** The placeholders that a text leaves open, by snippet; every other text goes out as it stands. */
export const snippetPlaceholders: Readonly<Partial<Record<SnippetName, readonly string[]>>> = {
  'closed-duplicate': ['#123'],
  'verification-succeeded': ['TYPE_OF_REQUEST'],
}

/** Reads every snippet, or throws one error that names each file that can't be used and why. */
export function loadSnippets(directory: URL = new URL('./snippets/', import.meta.url)): Snippets {
  const problems: string[] = []
  const texts = snippetNames.map((name) => {
    const text = readText(new URL(`${name}.md`, directory))
    const problem = text === undefined ? 'is missing' : problemWith(name, text)
    if (problem !== undefined) problems.push(`${name}.md ${problem}`)
    return [name, text ?? '']
  })
  if (problems.length > 0) throw new Error(`The replies to requesters can't be used: ${problems.join('; ')}`)
  return Object.freeze(Object.fromEntries(texts)) as Snippets
}

/**
 * Returns the text as it is sent, with its placeholders replaced. Throws when one has no replacement or is not
 * declared.
 */
export function renderSnippet(
  snippets: Snippets,
  name: SnippetName,
  replacements: Readonly<Record<string, string>> = {},
): string {
  const placeholders = snippetPlaceholders[name] ?? []
  const unknown = Object.keys(replacements).filter((placeholder) => !placeholders.includes(placeholder))
  if (unknown.length > 0) throw new Error(`The snippet ${name} has no placeholder ${unknown.join(', ')}`)
  return placeholders.reduce((text, placeholder) => {
    const value = Object.hasOwn(replacements, placeholder) ? replacements[placeholder]?.trim() : undefined
    if (!value) throw new Error(`The snippet ${name} needs a replacement for ${placeholder}`)
    // A new line could begin with "/", which GitLab would run as a quick action.
    if (lineEnd.test(value)) throw new Error(`${placeholder} in the snippet ${name} must be one line`)
    return text.replaceAll(placeholder, () => value)
  }, snippets[name])
}

function readText(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n').replace(/\n+$/, '')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function problemWith(name: SnippetName, text: string): string | undefined {
  if (text.trim() === '') return 'is empty'
  if (/^\s*\//m.test(text)) return 'has a line that begins with "/", which GitLab would run as a quick action'
  const absent = (snippetPlaceholders[name] ?? []).filter((placeholder) => !text.includes(placeholder))
  if (absent.length > 0) return `does not hold its placeholder ${absent.join(', ')}`
  return undefined
}
