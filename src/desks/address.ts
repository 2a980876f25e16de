/** The addresses of requests, as people type and paste them. */

/** Reads the address of an issue in GitLab or of a ticket in Zendesk, whatever stands behind it. */
export function addressOf(text: string): { readonly url: string; readonly number: number } | undefined {
  const found = /^(https?:\/\/\S+?\/(?:issues|work_items|tickets)\/([1-9]\d{0,14}))(?:[/?#]\S*)?$/.exec(text)
  return found?.[1] === undefined ? undefined : { url: found[1], number: Number(found[2]) }
}

/** True when the address that was typed is this one; GitLab has two for an issue. */
export function isSameAddress(typed: string, url: string): boolean {
  const bare = (address: string) =>
    address.toLowerCase().replace('/work_items/', '/issues/').replace('/agent/', '/')
  return bare(typed) === bare(url)
}
