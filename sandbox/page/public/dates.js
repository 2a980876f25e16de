/** Every time of the page is said in one time zone: that of the person one acts as. */
let timeZone = 'UTC'

/** From now on in the zone of this state; keyed parts get keys of their own in each zone, so that they are drawn anew. */
export function inZone(state, parts) {
  timeZone = state.timeZone
  return parts.map(([key, data]) => [`${timeZone}/${key}`, data])
}

const said = (at, style) => new Intl.DateTimeFormat('en-US', { timeZone, ...style }).format(new Date(at))

export const day = (at) => said(at, { dateStyle: 'medium' })
export const moment = (at) => said(at, { dateStyle: 'medium', timeStyle: 'short' })
