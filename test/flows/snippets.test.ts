import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import {
  loadSnippets,
  renderSnippet,
  type SnippetName,
  snippetNames,
  snippetPlaceholders,
  snippetTitles,
} from '../../src/flows/snippets.ts'

const folder = new URL('../../src/flows/snippets/', import.meta.url)
const page = new URL('../../../shared/handbook/account-deletion-and-data-access.md', import.meta.url)

/** The SHA-256 of each text without its last newline, and a sentence only that text holds. */
const pinned: Readonly<Record<SnippetName, readonly [string, string]>> = {
  'closed-submitted-directly': [
    'ca424563381533b153657b80b65390a3e28510abc9f49493f2b8ad3f6f4c47bd',
    'We eagerly await your resubmission. Thank you!',
  ],
  'closed-duplicate': [
    'ea09bef7d128e82f816f1400bb40ba9c2a7544ad8494cf5dc24c1f541e26e0f1',
    "I'm closing this issue in favor of #123, and we will continue processing your request on the other issue.",
  ],
  'closed-no-response': [
    '21d330c9f51e5cce5d459df4f63058a40719b867767c6706f5cecc37db6d8bfe',
    'We have not heard back from you with responses to our verification challenge questions,',
  ],
  'blocked-user-initiated': [
    '640fd73889a502fb8e0dad5f8bfdde865b7d1e74551cf8feece7a8e4d54acad8',
    'the account stays in a blocked state for 7 days until it is permanently deleted.',
  ],
  'closed-verification-failed': [
    '81bc3ab1dbd98456ab54e3153e702e04fd6b4ee99564805d54edd153d07e9c34',
    'Unfortunately, the answers to our verification challenges have failed. As a result,',
  ],
  'closed-verification-failed-recent-activity': [
    '2e10aae9574094645325960dd35977f913bbdf0e9da0d9e99c1c0ceb5f87473e',
    'your account appears to have had recent activity within the last year.',
  ],
  'blocked-security-review': [
    'd8466f8ffd170aca0c01fcc69e080e997c0ae8dd47d29fb6bbbfe6a730a30ed9',
    'Once they have reviewed, we will provide you with an update.',
  ],
  'unblocked-by-security': [
    '676e71527c533940602afb85ac258f5b462fba37285c4989bd2f8e87f46dd8c5',
    'Our security team has unblocked the account. We are proceeding with the request.',
  ],
  'closed-blocked-by-security': [
    'c9121a7a1bfec8c9657ef929036730fc86c2a94aa67543eaa08a21a4c19fe7f7',
    'we cannot delete your account because your data must be retained',
  ],
  'verification-succeeded': [
    '5222e0b84016888456bada5599d6c8b8956d7a12e77bf727d21b4488b8da3145',
    'We have now started the process to fulfill your TYPE_OF_REQUEST request.',
  ],
  'closed-no-response-deceased': [
    '12683e7014eba320ed594664467ca9247061bda9a4084ee56af9a86cf0aa3f56',
    'please feel free to submit a new request via our Personal Data Request Form.',
  ],
  'closed-verification-failed-deceased': [
    '86b9ff8b1e54b51896d8bcd7bb70a5a64e34584d614bce3546279e4b3175ea75',
    'satisfactory documentation evidencing your authority to act on behalf of a deceased account owner',
  ],
  'verification-passed-deceased': [
    'e9b9ff01407e85fe6d34715c313b25cb90bacf9563699a88e447198a01b9c846',
    'verifying your authority to act on behalf of the deceased account owner.',
  ],
  'closed-deletion-complete': [
    'de72572c747214bf9346474e643931e3fd9ee550a5f7c23b62c5ef8e02ab2693',
    'Your request to delete your data has been completed.',
  ],
  'closed-no-response-data-access': [
    'e087bb037d80951065cfbd715d6e897637b6dd5427e4133d60db8a994fd5bd7f',
    'which is required in order to validate your email address before we process your request.',
  ],
  'data-access-out-of-scope': [
    '32365f94eb33e83d2f6994a715af5c8d5496a03ba12555db72091f625ee42de0',
    '  • close this request with no further action.',
  ],
}

describe('snippets', () => {
  it.each(snippetNames)('%s is word for word the text that was taken from the handbook', (name) => {
    const text = loadSnippets()[name]
    const [fingerprint, sentence] = pinned[name]

    expect(createHash('sha256').update(text, 'utf8').digest('hex')).toBe(fingerprint)
    expect(text).toContain(sentence)
    expect(Object.values(loadSnippets()).filter((other) => other.includes(sentence))).toEqual([text])
  })

  it.skipIf(!existsSync(page)).each(snippetNames)(
    '%s stands under its title on the handbook page (skipped where the page is not at hand)',
    (name) => {
      const handbook = readFileSync(page, 'utf8')
      const file = readFileSync(new URL(`${name}.md`, folder), 'utf8')

      expect(handbook).toContain(`\n${snippetTitles[name]}\n\n${file}`)
    },
  )

  it.skipIf(!existsSync(page))(
    'leave out no reply of the handbook page (skipped where it is not at hand)',
    () => {
      const handbook = readFileSync(page, 'utf8')

      const replies = [...handbook.matchAll(/^Greetings,$[\s\S]*?^Regards,$/gm)].map(([text]) => text)

      expect(replies.sort()).toEqual(Object.values(loadSnippets()).sort())
    },
  )

  it('have one file each in their folder, which ends with one newline', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md')

    expect(files.sort()).toEqual(snippetNames.map((name) => `${name}.md`).sort())
    for (const file of files) expect(readFileSync(new URL(file, folder), 'utf8')).toMatch(/Regards,\n$/)
  })

  it('are sent from "Greetings," to "Regards," without a newline at the end', () => {
    for (const text of Object.values(loadSnippets()))
      expect(text).toMatch(/^Greetings,\n\n[\s\S]+\n\nRegards,$/)
  })

  it('hold their placeholders and no other', () => {
    const snippets = loadSnippets()
    const holders = snippetNames.filter((name) => /[A-Z]+_[A-Z_]+|#\d+/.test(snippets[name]))

    expect(holders).toEqual(Object.keys(snippetPlaceholders))
  })
})

describe('a snippet is rendered', () => {
  it('as it stands when it has no placeholder', () => {
    expect(renderSnippet(loadSnippets(), 'closed-deletion-complete')).toBe(
      'Greetings,\n\nYour request to delete your data has been completed.\n\nRegards,',
    )
  })

  it('with the issue that stays in place of #123', () => {
    expect(renderSnippet(loadSnippets(), 'closed-duplicate', { '#123': '#45' })).toBe(
      [
        'Greetings,',
        'It looks like you have submitted multiple requests for the same purpose.',
        "I'm closing this issue in favor of #45, and we will continue processing your request on the other issue.",
        'Regards,',
      ].join('\n\n'),
    )
  })

  it('with the type of request in place of TYPE_OF_REQUEST', () => {
    const text = renderSnippet(loadSnippets(), 'verification-succeeded', { TYPE_OF_REQUEST: 'full deletion' })

    expect(text).toBe(
      [
        'Greetings,',
        'Thank you for stepping through the process with us and verifying your account ownership. We have now ' +
          'started the process to fulfill your full deletion request. Please note that it takes up to 30 days ' +
          "for the request to be processed as it's handled by different teams.",
        'I will let you know once the deletion process is complete.',
        'Regards,',
      ].join('\n\n'),
    )
  })

  it('with a replacement taken as it is, patterns of String.replace included', () => {
    expect(renderSnippet(loadSnippets(), 'closed-duplicate', { '#123': "$&$'" })).toContain(
      "in favor of $&$', and",
    )
  })

  it('never with a placeholder left open', () => {
    const render = (replacements: Record<string, string>) => () =>
      renderSnippet(loadSnippets(), 'closed-duplicate', replacements)

    expect(render({})).toThrow('The snippet closed-duplicate needs a replacement for #123')
    expect(render({ '#123': '  ' })).toThrow('The snippet closed-duplicate needs a replacement for #123')
  })

  it('never with a replacement that it does not know', () => {
    expect(() => renderSnippet(loadSnippets(), 'closed-no-response', { TYPE_OF_REQUEST: 'x' })).toThrow(
      'The snippet closed-no-response has no placeholder TYPE_OF_REQUEST',
    )
  })

  it.each(['\n', '\r', '\u2028', '\v', '\f', '\u0085'])(
    'never with a replacement of more than one line (%j)',
    (newLine) => {
      const replacements = { '#123': `#4${newLine}/close` }

      expect(() => renderSnippet(loadSnippets(), 'closed-duplicate', replacements)).toThrow(
        '#123 in the snippet closed-duplicate must be one line',
      )
    },
  )
})

describe('snippets that can not be used', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const made of folders.splice(0)) rmSync(made, { recursive: true })
  })

  function folderWith(texts: Readonly<Partial<Record<SnippetName, string>>>): URL {
    const made = mkdtempSync(join(tmpdir(), 'snippets-'))
    folders.push(made)
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(made, `${name}.md`), text)
    return pathToFileURL(`${made}/`)
  }

  it('are all named in one error, each with its reason', () => {
    const { 'closed-no-response': _, ...texts } = loadSnippets()
    const made = folderWith({
      ...texts,
      'closed-duplicate': 'Greetings,\n\nRegards,\n',
      'unblocked-by-security': ' \n',
      'closed-deletion-complete': 'Greetings,\n /close\n',
    })

    expect(() => loadSnippets(made)).toThrow(
      new Error(
        "The replies to requesters can't be used: " +
          'closed-duplicate.md does not hold its placeholder #123; ' +
          'closed-no-response.md is missing; ' +
          'unblocked-by-security.md is empty; ' +
          'closed-deletion-complete.md has a line that begins with "/", which GitLab would run as a quick action',
      ),
    )
  })

  it('are those of a folder that is not there', () => {
    expect(() => loadSnippets(new URL('not-there/', folder))).toThrow(
      'closed-submitted-directly.md is missing',
    )
  })

  it('do not include files with the line ends of Windows', () => {
    const texts = Object.entries(loadSnippets()).map(([name, text]) => [
      name,
      `${text}\n`.replaceAll('\n', '\r\n'),
    ])

    expect(loadSnippets(folderWith(Object.fromEntries(texts)))).toEqual(loadSnippets())
  })
})
