/** The imports of a TypeScript file, read from its text. */

export interface Import {
  /** As it is written: `../store/store.ts`, `node:fs`, `zod`. */
  readonly from: string
  readonly typesOnly: boolean
  /** By `import()`: only when the program comes there. */
  readonly isLazy: boolean
}

/** Static imports and re-exports stand at the beginning of a line, as Biome formats them; `import()` may stand anywhere. */
export function importsOf(source: string): readonly Import[] {
  const statements = source.matchAll(
    /^(?:import|export)\s+(type\s)?(?:[\w*{][^'"`;=()]*?\sfrom\s+)?'([^']+)'/gm,
  )
  const calls = source.matchAll(/\bimport\(\s*['"`]([^'"`]+)['"`]/g)
  return [
    ...Array.from(statements, ([, type, from = '']) => ({
      from,
      typesOnly: type !== undefined,
      isLazy: false,
    })),
    ...Array.from(calls, ([, from = '']) => ({ from, typesOnly: false, isLazy: true })),
  ]
}
