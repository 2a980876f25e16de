/** What the page asks of its server. */

/** The state and its tag, or undefined where it is that of `tag`. */
export async function state(looking, tag) {
  const query = new URLSearchParams(Object.entries(looking).filter(([, value]) => value))
  const response = await fetch(`/state?${query}`, {
    headers: tag ? { 'if-none-match': tag } : {},
    cache: 'no-store',
  })
  if (response.status !== 200) return undefined
  return { state: await response.json(), tag: response.headers.get('etag') ?? '' }
}

let ended = 0
/** How many acts have been answered: what the page asked before the last of them may not know of it. */
export const endedActs = () => ended

export async function act(what) {
  const response = await fetch('/act', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(what),
  })
  const answer = await response.json()
  ended += 1
  return answer
}
