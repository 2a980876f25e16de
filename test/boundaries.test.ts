/** Who may import whom. An allow-list: a folder or package that is not named is refused. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Import, importsOf } from '../docs/imports-of.ts'

interface Boundary {
  /** Folders of src, or single files of them, beside the folder itself. */
  readonly may: readonly string[]
  /** The same, but only with `import type`. */
  readonly types?: readonly string[]
  readonly packages?: readonly string[]
  readonly typesOfPackages?: readonly string[]
}

/** For the version alone. */
const packageJson = '../package.json'

const boundaries: Readonly<Record<string, Boundary>> = {
  // The judgement: pure, so it needs nothing.
  engine: { may: [] },
  // The handbook as data. node:fs reads the snippets, once, when it is told to.
  flows: { may: ['engine'], packages: ['node:fs'] },
  // What a team works, as one description.
  desks: { may: ['engine', 'flows'] },
  // What a requester wrote, read; who asked, as a keyed hash. node:fs reads the names of countries from their package.
  form: {
    may: ['engine', 'flows'],
    types: ['store/store.ts'],
    packages: ['node:crypto', 'node:fs', 'node:module', 'htmlparser2', 'i18n-iso-countries', 'markdown-it'],
  },
  // Drawn from state: nothing that does or reads. The modal's preview names a snippet by its title.
  views: {
    may: ['desks', 'engine', 'flows/snippets.ts'],
    types: ['requests'],
    typesOfPackages: ['@slack/types'],
  },
  // The only SQL, and no network but the database's own. SQLite never waits, so whoever reads or writes much of it gives way by itself.
  store: {
    may: ['clock.ts'],
    types: ['engine'],
    packages: [
      'better-sqlite3',
      'kysely',
      'pg',
      'zod',
      'node:async_hooks',
      'node:crypto',
      'node:fs',
      'node:path',
      'node:url',
    ],
  },
  // Decides, so there is no network here. StaleRequest and the like are the store's words, the SQL is not.
  requests: { may: ['desks', 'engine', 'flows', 'form'], types: ['store/store.ts'] },
  // GitLab, Zendesk and Slack: one call each, answers parsed; what is read of a request; what is carried out.
  services: {
    may: ['clock.ts', 'desks', 'engine', 'flows', 'form', 'http', 'requests', 'views'],
    types: ['config/config.ts', 'store/store.ts'],
    packages: [
      'zod',
      'node:crypto',
      '@gitbeaker/rest',
      '@gitbeaker/requester-utils',
      '@slack/web-api',
      '@resvg/resvg-js',
      'node:module',
      'node-zendesk',
    ],
    typesOfPackages: ['@slack/types', 'node:http', 'pino'],
  },
  // Reads GitLab and Slack before a decision, then hands over to `requests`, which decides without them.
  inbox: {
    may: ['clock.ts', 'desks', 'engine', 'flows', 'form', 'requests', 'store/store.ts', 'services'],
    types: ['queue/inbox-loop.ts', 'views/redirect-modal.ts', 'views/ticket-blocks.ts'],
    packages: ['zod', 'node:util'],
  },
  // Carries out what was decided, in order.
  queue: {
    may: ['clock.ts', 'engine', 'services', 'store/store.ts'],
    types: ['http/log.ts'],
  },
  // Translates what arrives. What it asks of the rest stands in listeners/desk.ts; the app hands it in.
  listeners: {
    may: ['desks', 'engine', 'http', 'views'],
    packages: ['@slack/bolt', 'fastest-levenshtein', 'zod', 'node:crypto'],
    types: ['clock.ts', 'inbox/payloads.ts', 'requests', 'services/webhook.ts', 'services/slack/client.ts'],
    typesOfPackages: ['@slack/types', 'node:http'],
  },
  // Puts the parts together, by the configuration, as one record: no logic of its own.
  compose: {
    may: [
      'config/us-holidays.ts',
      'desks',
      'engine',
      'flows',
      'form',
      'http/counts.ts',
      'inbox',
      'listeners',
      'queue',
      'requests',
      'services',
      'views',
      packageJson,
    ],
    types: ['clock.ts', 'config/config.ts', 'http/log.ts', 'http/server.ts', 'store/store.ts'],
    packages: ['node:crypto', 'prom-client'],
  },
  // node:fs and node:crypto tell whether a bundle was built from the code beside it.
  config: {
    may: ['engine', 'flows', 'form'],
    types: ['http/outgoing.ts'],
    packages: ['@18f/us-federal-holidays', 'fastest-levenshtein', 'zod', 'yaml', 'node:crypto', 'node:fs'],
  },
  // What HTTP needs whoever asks: the server, bodies, signed webhooks; and the log.
  http: {
    may: [],
    types: ['clock.ts'],
    packages: ['node:async_hooks', 'node:crypto', 'node:http', 'pino', 'undici'],
    typesOfPackages: ['node:net'],
  },
  cli: {
    may: ['engine', 'flows', 'form', 'services', 'store', 'config', 'http/outgoing.ts'],
    types: ['clock.ts'],
    packages: ['fastest-levenshtein', 'zod', 'yaml', 'node:crypto', 'node:fs', 'node:path', 'node:util'],
  },
  // The outermost: what the process is, put together in app.ts; arguments, environment, clock and chance come in here.
  'app.ts': {
    may: [
      'clock.ts',
      'compose',
      'config',
      'desks',
      'form/country.ts',
      'form/markup.ts',
      'http',
      'inbox',
      'listeners',
      'queue',
      'requests',
      'services',
      'store',
    ],
    packages: ['node:crypto'],
  },
  'main.ts': {
    may: ['app.ts', 'clock.ts', 'config', 'http/log.ts', 'node-version.js'],
    packages: ['node:fs', 'node:module'],
  },
  'cli.ts': { may: ['cli', 'clock.ts', 'node-version.js'], packages: ['node:fs'] },
  // The timers of this machine, for whoever is given them.
  'clock.ts': { may: [], packages: ['node:timers'] },
  // Runs before everything else, on whatever Node there is.
  'node-version.js': { may: [], packages: ['node:fs'] },
  // Before the rest, so that it is kept compiled.
  'compile-cache.js': { may: [], packages: ['node:module', 'node:url'] },
}

const src = fileURLToPath(new URL('../src/', import.meta.url))
const files = globSync('**/*.{ts,js}', { cwd: src }).sort()
const sourceOf = (file: string) => readFileSync(join(src, file), 'utf8')

const isOwn = (from: string) => from.startsWith('.')
const targetOf = (file: string, from: string) => normalize(join(dirname(file), from))
/** The folder of src, or the file that stands in src itself. */
const placeOf = (file: string) => file.split('/')[0] ?? file
const includes = (allowed: readonly string[] = [], target: string) =>
  allowed.some((one) => target === one || target.startsWith(`${one}/`))
const packageOf = (from: string) =>
  from.startsWith('node:') ? from : from.split('/', from.startsWith('@') ? 2 : 1).join('/')

function mayImport(file: string, { from, typesOnly }: Import): boolean {
  const place = placeOf(file)
  const boundary = boundaries[place]
  if (!boundary) return false
  const { may, types, packages, typesOfPackages } = boundary
  if (!isOwn(from))
    return includes(packages, packageOf(from)) || (typesOnly && includes(typesOfPackages, packageOf(from)))
  const target = targetOf(file, from)
  return includes([place, ...may], target) || (typesOnly && includes(types, target))
}

/** What is part of a circle, or lies between two; types count like values. */
function circlesBetween(nameOf: (file: string) => string): readonly string[] {
  const needs = new Map<string, Set<string>>()
  for (const file of files)
    for (const { from } of importsOf(sourceOf(file)).filter(({ from }) => isOwn(from))) {
      const [name, target] = [nameOf(file), nameOf(targetOf(file, from))]
      if (name !== target) needs.set(name, (needs.get(name) ?? new Set()).add(target))
    }
  // What needs nothing that is left is taken away, and what nothing that is left needs, until a circle is left or nothing.
  let left = [...needs.keys()]
  for (let before = Number.POSITIVE_INFINITY; left.length < before; ) {
    before = left.length
    left = left.filter((name) => left.some((other) => needs.get(name)?.has(other)))
    left = left.filter((name) => left.some((other) => needs.get(other)?.has(name)))
  }
  return left
}

function linesWith(pattern: RegExp): readonly string[] {
  return files.flatMap((file) =>
    sourceOf(file)
      .split('\n')
      .filter((line) => pattern.test(line) && !/^\s*(\/?\*|\/\/)/.test(line))
      .map(() => file),
  )
}

describe('Who may import whom', () => {
  test('imports are read as they are written', () => {
    const source = [
      "import { one } from './one.ts'",
      'import {',
      '  two,',
      "} from '../two/two.ts'",
      "import type { Three } from 'three/deep'",
      "export * from './four.ts'",
      "import 'five'",
      "const six = await import('node:six')",
      "const text = `import { no } from './no.ts'`",
      '',
    ].join('\n')

    expect(importsOf(source)).toEqual([
      { from: './one.ts', typesOnly: false, isLazy: false },
      { from: '../two/two.ts', typesOnly: false, isLazy: false },
      { from: 'three/deep', typesOnly: true, isLazy: false },
      { from: './four.ts', typesOnly: false, isLazy: false },
      { from: 'five', typesOnly: false, isLazy: false },
      { from: 'node:six', typesOnly: false, isLazy: true },
    ])
  })

  test('every folder and file of src has its boundary, and every boundary its folder or file', () => {
    const places = new Set(files.map(placeOf))

    expect([...places].sort()).toEqual(Object.keys(boundaries).sort())
  })

  test.each(Object.keys(boundaries))('%s imports only what it may', (folder) => {
    const own = files.filter((file) => placeOf(file) === folder)

    const trespasses = own.flatMap((file) =>
      importsOf(sourceOf(file))
        .filter((one) => !mayImport(file, one))
        .map(({ from, typesOnly }) => `${file} imports ${typesOnly ? 'types of ' : ''}${from}`),
    )

    expect(trespasses).toEqual([])
  })

  test('nothing in src imports the sandbox, the tests, the benchmarks or the proofs', () => {
    const outside = files.flatMap((file) =>
      importsOf(sourceOf(file))
        .filter(({ from }) => isOwn(from) && relative('.', targetOf(file, from)).startsWith('..'))
        .filter(({ from }) => targetOf(file, from) !== packageJson)
        .map(({ from }) => `${file} imports ${from}`),
    )

    expect(outside).toEqual([])
  })

  test('no folder imports, by whatever way round, one that imports it', () => {
    expect(circlesBetween(placeOf)).toEqual([])
  })

  test('no file imports, by whatever way round, one that imports it, nor only its types', () => {
    expect(circlesBetween((file) => file)).toEqual([])
  })
})

describe('What the start of the bot loads', () => {
  const loaded = new Set(['main.ts'])
  const packages = new Set<string>()
  for (const file of loaded)
    for (const { from } of importsOf(sourceOf(file)).filter((one) => !one.typesOnly && !one.isLazy))
      if (!isOwn(from)) packages.add(packageOf(from))
      else if (targetOf(file, from) !== packageJson) loaded.add(targetOf(file, from))

  test('is the bot, and no command', () => {
    expect([...loaded]).toContain('compose/bot.ts')
    expect([...loaded].filter((file) => file.startsWith('cli/'))).toEqual([])
  })

  test('holds none of the packages that are needed later or seldom', () => {
    const later = ['@resvg/resvg-js', 'htmlparser2', 'i18n-iso-countries', 'markdown-it', 'pg', 'prom-client']

    expect([...packages]).toContain('@slack/bolt')
    expect(later.filter((one) => packages.has(one))).toEqual([])
  })
})

describe('A desk is one thing and a service another', () => {
  // The two rooms, what puts them together, and what was stored before services had names of their own.
  const knowing = /^(?:desks|services|compose|config|cli|store\/migrations)\//

  test('nobody else asks of a request which service it is in', () => {
    const asking = linesWith(
      /[=!]==? ?'(?:gitlab|zendesk)'|'(?:gitlab|zendesk)' ?[=!]==|case '(?:gitlab|zendesk)'/,
    )

    expect(asking.filter((file) => !knowing.test(file))).toEqual([])
  })

  test('nobody else has a table of both', () => {
    expect(linesWith(/^\s*(?:gitlab|zendesk): [{'`]/).filter((file) => !knowing.test(file))).toEqual([])
  })
})

describe('What comes in as an argument', () => {
  const outermost = ['cli.ts', 'main.ts']

  test('only main and cli read the environment', () => {
    expect([...new Set(linesWith(/\bprocess\.env\b/))]).toEqual(outermost)
  })

  test('only main and cli look at the wall clock or take chances', () => {
    const files = linesWith(
      /\bnew Date\(\)|\bDate\.now\(|\bMath\.random\b|\bperformance\.now\(|\bTemporal\.Now\b/,
    )

    expect([...new Set(files)]).toEqual(outermost)
  })

  test('only the clock that they hand in has timers', () => {
    const files = linesWith(/\bset(?:Timeout|Interval|Immediate)\b|'node:timers/)

    // For how long a socket may be silent the socket itself counts.
    expect([...new Set(files)]).toEqual(['clock.ts', 'store/postgres/open-postgres.ts'])
  })
})
