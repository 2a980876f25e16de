/** The page's files, with the paths under which a browser loads them. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'

export interface PageFile {
  readonly type: string
  readonly body: string
  /** Its path has never another body: a browser that has it need not ask again. */
  readonly isKept: boolean
}

const ours = new URL('public/', import.meta.url)
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
}

/**
 * Returns the file at a path, or undefined where there is none. The page itself, at `/`, is read anew each time, with
 * all that belongs to it, and names the others by a path that has a digest of them all: what was changed is loaded with
 * the page, and what was not is loaded once.
 */
export function pageFiles(folder = ours): (path: string) => Promise<PageFile | undefined> {
  const states = new Map<string, ReadonlyMap<string, string>>()
  return async (path) => {
    if (path === '/') {
      const files = await readAll(folder)
      const state = digestOf(files)
      states.set(state, files)
      const page = files.get('index.html')?.replaceAll(/(?<=(?:href|src)=")\/(?=[\w-]+\.)/g, `/${state}/`)
      return { type: 'text/html', body: page ?? '', isKept: false }
    }
    const [, state = '', name = ''] = /^\/([\w-]+)\/([\w.-]+)$/.exec(path) ?? []
    const body = states.get(state)?.get(name)
    return body === undefined ? undefined : { type: TYPES[ending(name)] ?? 'text/plain', body, isKept: true }
  }
}

async function readAll(folder: URL): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).toSorted()
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')] as const),
    ),
  )
}

function digestOf(files: ReadonlyMap<string, string>): string {
  return createHash('sha256')
    .update(JSON.stringify([...files]))
    .digest('base64url')
}

const ending = (name: string) => name.split('.').at(-1) ?? ''
