/** A defect made on purpose: one place of the source, changed in one way, and who has to find it. */

/** The kinds of defects, by what they break. */
export type Kind =
  | 'order'
  | 'effects'
  | 'texts'
  | 'roles'
  | 'guards'
  | 'clocks'
  | 'told'
  | 'keys'
  | 'repeated'
  | 'stored'
  | 'redacted'
  | 'signed'
  | 'limits'

/** Tests by their files, or the simulation with its judge: these seeds are played until one is broken. */
export type Suite = { readonly tests: readonly string[] } | Seeds

export interface Seeds {
  readonly from: number
  readonly to: number
}

export interface Mutant {
  /** What is wrong, as a sentence. */
  readonly name: string
  readonly kind: Kind
  /** Below src. */
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** In this order, until one finds it. */
  readonly foundBy: readonly Suite[]
  /** Why nobody finds it, where that is known. */
  readonly survives?: string
}

/** The defect as a sentence, the piece of source, and what stands in its place. */
type Defect = readonly [name: string, find: string, replace: string]

/** Returns several defects of one kind in one file, which the same tests have to find. */
export function defects(
  kind: Kind,
  file: string,
  tests: string | readonly string[],
  all: readonly Defect[],
): readonly Mutant[] {
  const foundBy = [{ tests: [tests].flat() }]
  return all.map(([name, find, replace]) => ({ name, kind, file, find, replace, foundBy }))
}

/** The text with the defect. Throws where the place to change is not there, or more than once: then it is another defect. */
export function withDefect(
  text: string,
  { name, file, find, replace }: Omit<Mutant, 'kind' | 'foundBy'>,
): string {
  const times = text.split(find).length - 1
  if (times !== 1)
    throw new Error(
      `“${name}”: what it changes stands ${times} times in src/${file}, and has to stand there once`,
    )
  return text.replace(find, () => replace)
}
