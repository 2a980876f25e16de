/** What the pages say of the repository is so. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { mutants } from '../prove/mutants/mutants.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')
const pages = globSync(['*.md', 'docs/**/*.md', 'src/**/*.md'], { cwd: root })
  // Replies to requesters, not pages about the code.
  .filter((file) => !/^src\/flows\/snippets\/(?!README)/.test(file))
  .sort()

const withoutCode = (markdown: string) =>
  markdown.replaceAll(/^ *```[\s\S]*?^ *```/gm, '').replaceAll(/`[^`\n]*`/g, '')

/** The way GitLab and GitHub make anchors of headings. */
const anchorsOf = (markdown: string) =>
  Array.from(markdown.matchAll(/^#{1,6} +(.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

const linksOf = (markdown: string) => [
  ...Array.from(withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g), ([, to = '']) => to),
  ...Array.from(markdown.matchAll(/^\[[^\]]+\]: (\S+)$/gm), ([, to = '']) => to),
]

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(root, target))) return true
  return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor)
}

test('there are the pages that a newcomer looks for', () => {
  expect(pages).toEqual(
    expect.arrayContaining([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'README.md',
      'SECURITY.md',
      'docs/operating.md',
    ]),
  )
})

test.each(pages)('every link of %s leads to a file and heading that are there', (page) => {
  const own = linksOf(textOf(page)).filter((link) => !/^[a-z]+:/.test(link))

  expect(own.filter((link) => isBroken(page, link))).toEqual([])
})

test('every npm command of the pages is a script of package.json', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(textOf('package.json')))
  const named = pages.flatMap((page) =>
    Array.from(
      textOf(page).matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g),
      ([, run, own]) => run ?? own ?? '',
    ),
  )

  expect(named).toEqual(expect.arrayContaining(['sandbox', 'test', 'start', 'doctor', 'check', 'bench']))
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
})

test('every file that a script runs is there', () => {
  const files = Array.from(
    textOf('package.json').matchAll(/\bnode (?:--\S+ (?:\S+\.js )?)*(\S+\.ts)/g),
    ([, file = '']) => file,
  )

  expect(files).toContain('src/cli.ts')
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
})

test.each(pages)('every test that %s names is there', (page) => {
  const named = textOf(page).match(/\btest\/[\w./-]+\.ts\b/g) ?? []

  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([])
})

test('docs/operating.md names the variables of .env.example, and no others', () => {
  const given = Array.from(
    textOf('.env.example').matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm),
    ([, name = '']) => name,
  )
  const table = /## Settings\n([\s\S]*?)\n## /.exec(textOf('docs/operating.md'))?.[1] ?? ''
  const named = Array.from(table.matchAll(/^\| (`[^|]+`) \|/gm), ([, names = '']) =>
    Array.from(names.matchAll(/`([A-Z_]+)`/g), ([, name = '']) => name),
  ).flat()

  expect(named.sort()).toEqual(given.sort())
})

/** The first cell of each row of the tables of docs/operating.md that begin with `head`. */
const rowsUnder = (head: string) =>
  Array.from(
    textOf('docs/operating.md').matchAll(new RegExp(`^\\| ${head} \\|.*\\n.*\\n((?:\\|.*\\n)+)`, 'gm')),
    ([, rows = '']) => rows.trim().split('\n'),
  )
    .flat()
    .map((row) => row.split(' | ')[0]?.slice(2) ?? '')

test('docs/operating.md quotes what cards and threads say', () => {
  const folded = (text: string) => text.replaceAll('’', "'").replaceAll(/[“”]/g, '"')
  const source = globSync('src/**/*.ts', { cwd: root })
    .map((file) => folded(textOf(file)))
    .join('\n')
  const isSaid = (quoted: string) =>
    new RegExp(folded(quoted).split('…').map(RegExp.escape).join('.*')).test(source)
  const quoted = rowsUnder('the card(?: or its thread)? says')

  expect(quoted.length).toBeGreaterThan(15)
  expect(quoted.filter((text) => !isSaid(text))).toEqual([])
})

test('docs/operating.md names all that the audit log can hold', () => {
  const source = globSync('src/**/*.ts', { cwd: root }).map(textOf).join('\n')
  const appended = Array.from(source.matchAll(/\bwhat: (.*'.*),\s+who\b/g), ([, what = '']) =>
    Array.from(what.matchAll(/'([\w-]+)'/g), ([, name = '']) => name),
  ).flat()
  const row = /^\| `what` \| (.+) \|$/m.exec(textOf('docs/operating.md'))?.[1] ?? ''

  expect(row.match(/[\w-]+/g)?.sort()).toEqual([...new Set(appended)].sort())
})

test('docs/operating.md names the scopes of the bot that manifest.yml has, those in comments too', () => {
  const bot = /\n {4}bot:\n([\s\S]+?)\nsettings:/.exec(textOf('manifest.yml'))?.[1] ?? ''
  const scopes = Array.from(bot.matchAll(/^ +(?:# )?- (\S+)$/gm), ([, scope = '']) => scope)
  const row = /^\| `SLACK_BOT_TOKEN` \| (`chat:write`.+?) \|/m.exec(textOf('docs/operating.md'))?.[1] ?? ''
  const named = Array.from(row.matchAll(/`([a-z:]+)`/g), ([, scope = '']) => scope)

  expect(scopes).toContain('links:read')
  expect(named.sort()).toEqual(scopes.sort())
})

test('docs/decisions/0001 names every package of package.json, and each that runs an install script', () => {
  const { dependencies, devDependencies, allowScripts } = z
    .object({
      dependencies: z.record(z.string(), z.string()),
      devDependencies: z.record(z.string(), z.string()),
      allowScripts: z.record(z.string(), z.boolean()),
    })
    .parse(JSON.parse(textOf('package.json')))
  const running = Object.keys(allowScripts).filter((name) => allowScripts[name])
  const page = textOf('docs/decisions/0001-dependencies.md')
  const packages = [...Object.keys({ ...dependencies, ...devDependencies }), ...running]

  expect(packages.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})

test('the list of decisions holds each of them', () => {
  const folder = 'docs/decisions'
  const files = readdirSync(join(root, folder)).filter((file) => /^\d{4}-/.test(file))

  expect(linksOf(textOf(`${folder}/README.md`))).toEqual(files.sort())
})

test('the map of the code in README.md names every folder of src', () => {
  const linked = new Set(linksOf(textOf('README.md')))
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => relative('.', join('src', name)))

  expect(folders.filter((folder) => !linked.has(folder))).toEqual([])
})

describe('each threat of SECURITY.md', () => {
  const rows = textOf('SECURITY.md')
    .split('\n## What is not defended')[0]
    ?.split('\n## Threats and defences')[1]
    ?.split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:threat|---)/.test(line))
    .map((line): readonly [string, string] => [line.slice(2).split(' | ')[0] ?? '', line])

  test('is found', () => {
    expect(rows?.length).toBeGreaterThan(25)
  })

  test.each(rows ?? [])('“%s” is bound to a test by name', (_threat, row) => {
    const named = Array.from(
      row.matchAll(/\[[^\]›]+ › ([^\]]+)\]\((test\/[^)]+)\)/g),
      ([, title = '', file = '']) => ({ title, file }),
    )
    const isThere = ({ title, file }: { readonly title: string; readonly file: string }) =>
      existsSync(join(root, file)) &&
      ["'", '"', '`'].some((mark) => textOf(file).includes(`${mark}${title}${mark}`))

    expect(named.filter((one) => !isThere(one))).toEqual([])
    expect(named).not.toEqual([])
    // A file without a title would be a promise that nobody can look up.
    expect(row.match(/\]\(test\/[^)]+\)/g)).toHaveLength(named.length)
  })
})

describe('docs/proof.md', () => {
  const promises =
    textOf('docs/proof.md').split('## The promises, and who holds them')[1]?.split('\n## ')[0] ?? ''

  test('names defects that are on the list', () => {
    const named = Array.from(promises.matchAll(/\*([^*]+)\*/g), ([, words = '']) => words)
    const isOnList = (words: string) =>
      mutants.some(({ name }) => words.split(' … ').every((part) => name.includes(part)))

    expect(named.length).toBeGreaterThan(15)
    expect(named.filter((words) => !isOnList(words))).toEqual([])
  })

  test('names judges that are there', () => {
    const named = Array.from(
      textOf('docs/proof.md').matchAll(/`(judge-[a-z-]+|permitted)`/g),
      ([, name = '']) => name,
    )

    expect(new Set(named).size).toBeGreaterThan(12)
    expect(named.filter((name) => !existsSync(join(root, `prove/simulation/judge/${name}.ts`)))).toEqual([])
  })
})
