/** Reads a request's body up to a limit, and stops reading where it is exceeded. */
import type { IncomingMessage } from 'node:http'

export type ReadBody = Buffer | 'too-large' | 'broken-off'

export async function readBody(request: IncomingMessage, limitBytes: number): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return 'too-large'
  const chunks: Buffer[] = []
  let size = 0
  try {
    // The answer still has to go out over the same socket, so leaving the loop must not destroy it.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length
      if (size > limitBytes) return 'too-large'
      chunks.push(chunk)
    }
  } catch {
    return 'broken-off'
  }
  return Buffer.concat(chunks)
}
