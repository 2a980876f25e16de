/** What the page asks of its server. */

let tag = ''

/** The state, or undefined where it is as it was. */
export async function state(looking) {
  const query = new URLSearchParams(Object.entries(looking).filter(([, value]) => value))
  const response = await fetch(`/state?${query}`, {
    headers: tag ? { 'if-none-match': tag } : {},
    cache: 'no-store',
  })
  if (response.status !== 200) return undefined
  tag = response.headers.get('etag') ?? ''
  return response.json()
}

export async function act(what) {
  const response = await fetch('/act', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(what),
  })
  return response.json()
}
