/** The values by which the Home and the modal of a request carry back what a person looks at. */
import type { HomeFilter, HomeLook } from '../requests/home.ts'
import { readObject } from './button-value.ts'

/** The callback id of the Home. */
export const homeCallback = 'home'
/** The callback id of the modal in which a request is worked on. */
export const requestCallback = 'request'
/** The beginning of the action ids of all that changes what the Home shows. */
export const homeAction = 'home:'
/** The action ids of the Home: the desk, the filter, a page, and the same again. */
export const lookActions = {
  desk: `${homeAction}desk`,
  filter: `${homeAction}filter`,
  back: `${homeAction}back`,
  next: `${homeAction}next`,
  refresh: `${homeAction}refresh`,
} as const
/** The action id of the button that opens a request. */
export const openAction = 'open-request'
/** The action id of the button that draws the modal of a request again. */
export const refreshAction = 'refresh-request'

/** The filters in their order, with their words. */
export const filterWords: Readonly<Record<HomeFilter, string>> = {
  'for-me': 'Waiting for me',
  mine: 'Assigned to me',
  unassigned: 'Unassigned',
  overdue: 'Overdue',
  'this-week': 'Due within 7 days',
  waiting: 'Waiting on others',
  all: 'All open',
}

/** Where everybody begins. */
export const firstLook: HomeLook = { filter: 'for-me', page: 0 }

/** Writes what a person looks at. */
export function lookText(look: HomeLook): string {
  return JSON.stringify(look)
}

/** Reads it as it was written; where it is none of ours, everybody's beginning. */
export function readLook(text: string | undefined): HomeLook {
  const value = readObject(text)
  if (!value) return firstLook
  const { desk, filter, page } = value
  return {
    ...(typeof desk === 'string' && { desk }),
    filter: isFilter(filter) ? filter : firstLook.filter,
    page: typeof page === 'number' && Number.isSafeInteger(page) && page >= 0 ? page : 0,
  }
}

/** True for the name of a filter. */
export function isFilter(value: unknown): value is HomeFilter {
  return typeof value === 'string' && Object.hasOwn(filterWords, value)
}
