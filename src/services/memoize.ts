/** Asked once and kept; a failure is not kept, so what failed is asked again. */
/** Asks once and keeps the answer. A failure is not kept, so what failed is asked again. */
export function memoize<T>(ask: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
}
