import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { builtFrom, codeDigest } from '../../src/config/built-from.ts'
import { temporaryFolder } from '../store/temporary-store.ts'

/** Some code, and the folder of a bundle that says it was built from it. */
export async function builtBundle() {
  const folder = temporaryFolder()
  const at = (name: string) => join(folder, name)
  cpSync(new URL('../../src/flows', import.meta.url), at('src/flows'), { recursive: true })
  copyFileSync(new URL('../../package-lock.json', import.meta.url), at('package-lock.json'))
  mkdirSync(at('dist'))
  const bundle = pathToFileURL(at('dist/'))
  writeFileSync(builtFrom(bundle), await codeDigest(pathToFileURL(at('/'))))
  return { at, bundle, change: () => writeFileSync(at('src/flows/labels.ts'), '') }
}
