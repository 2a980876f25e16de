/** Which code a bundle was built from: a supervisor starts `dist` as it is, after an upgrade, too. */
import { createHash } from 'node:crypto'
import { promises } from 'node:fs'

/** Lies beside the bundle. */
const file = 'built-from'

/**
 * Returns a digest of the code in a folder that holds `src`, as hex: its files, by name, and the versions of the packages.
 * Rejects as reading does where they are not there.
 */
export async function codeDigest(root: URL): Promise<string> {
  const src = new URL('src/', root)
  const names = (await promises.readdir(src, { recursive: true }))
    .filter((name) => /\.(?:ts|js|md)$/.test(name))
    .sort()
  const hash = createHash('sha256')
  hash.update(await promises.readFile(new URL('package-lock.json', root)))
  for (const name of names) {
    const content = await promises.readFile(new URL(name, src))
    // With its length, so that nothing can pass from one file to the next.
    hash.update(`\n${name} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/** Returns the file in a bundle's folder that says what it was built from. */
export function builtFrom(bundle: URL): URL {
  return new URL(file, bundle)
}

/** True when a bundle was built from other code than lies beside its folder. False where that can't be told. */
export async function isOutdated(bundle: URL): Promise<boolean> {
  try {
    const built = await promises.readFile(builtFrom(bundle), 'utf8')
    return built !== (await codeDigest(new URL('../', bundle)))
  } catch {
    return false
  }
}
