/**
 * `npm run build` writes what production starts: `dist/main.js`, one file of the bot with its packages, and beside it one
 * for each part that is loaded with its first use. Finding, reading and linking 1,260 files takes longer than running them.
 */
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type OutputChunk, rolldown } from 'rolldown'
import { builtFrom, codeDigest } from './src/config/built-from.ts'
import { countryNames } from './src/form/country.ts'

const root = fileURLToPath(new URL('.', import.meta.url))

/**
 * Stay where they are: packages with a part that was compiled for one machine, and one that asks for Node's own `punycode`,
 * of which Node warns unless it is a package that asks.
 */
const external = ['better-sqlite3', '@resvg/resvg-js', 'whatwg-url']

/** Writes the bundle into a folder, which lies where `src` lies, since the bot finds its other files from there. */
export async function bundle(folder: string): Promise<readonly OutputChunk[]> {
  rmSync(folder, { recursive: true, force: true })
  const bot = await rolldown({ input: join(root, 'src/main.ts'), platform: 'node', external })
  const { output } = await bot.write({
    dir: folder,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    sourcemap: true,
    comments: false,
  })
  await bot.close()
  writeFileSync(join(folder, 'country-names.json'), countryNames())
  writeFileSync(builtFrom(pathToFileURL(`${folder}/`)), await codeDigest(pathToFileURL(`${root}/`)))
  cpSync(join(root, 'src/flows/snippets'), join(folder, 'snippets'), { recursive: true })
  return output.filter((one) => one.type === 'chunk')
}

/** Writes what `npm start` starts, and returns its file. */
export async function writeProduction(): Promise<URL> {
  const folder = join(root, 'dist')
  await bundle(folder)
  return pathToFileURL(join(folder, 'main.js'))
}

if (import.meta.main) await writeProduction()
