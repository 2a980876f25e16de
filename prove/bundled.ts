/** What production starts, in place of the sources: it is ready in two thirds of the time. */
import { fileURLToPath } from 'node:url'
import { bundle } from '../bundle.ts'

const dist = new URL('../dist/', import.meta.url)

/** Writes the bundle anew, and returns the file of it that is started. */
export async function bundled(): Promise<URL> {
  await bundle(fileURLToPath(dist))
  return new URL('main.js', dist)
}
