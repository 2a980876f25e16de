/** What production starts: the bundle, written anew. */
import { fileURLToPath } from 'node:url'
import { bundle } from '../bundle.ts'

const folder = new URL('../dist/', import.meta.url)

export async function production(): Promise<URL> {
  await bundle(fileURLToPath(folder))
  return new URL('main.js', folder)
}
