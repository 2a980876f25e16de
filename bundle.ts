/**
 * `npm run build` writes what production starts: `dist/main.js`, one file of the bot with its packages, and beside it one
 * for each part that is loaded with its first use. Finding, reading and linking 1,260 files takes longer than running them.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OutputChunk, rolldown } from 'rolldown'

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
  const chunks = output.filter((one) => one.type === 'chunk')
  for (const { fileName } of chunks) {
    const file = join(folder, fileName)
    writeFileSync(file, inLatin1(readFileSync(file, 'utf8')))
  }
  cpSync(join(root, 'src/flows/snippets'), join(folder, 'snippets'), { recursive: true })
  return chunks
}

/** V8 keeps the text of what it runs: in two bytes a character where a single one needs them. */
function inLatin1(code: string): string {
  return code.replace(/[^\0-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

if (import.meta.main) await bundle(join(root, 'dist'))
