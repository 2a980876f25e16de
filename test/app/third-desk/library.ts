/** A desk that only a test has: people ask a library for books. */
import type { Desk } from '../../../src/desks/desk.ts'
import { type DeskRules, defineFlow } from '../../../src/engine/flow.ts'

const rules: DeskRules = {
  name: 'library',
  source: 'folder',
  service: 'the folder',
  requestName: 'slip {number}',
  roles: { librarian: 'a librarian' },
  deadline: {
    name: 'Patience',
    days: 5,
    since: 'created',
    because: 'Readers wait five days',
    isDeadline: true,
  },
  loggedAs: 'slip',
}

const lending = defineFlow<'asked' | 'lent'>({
  name: 'lending',
  title: 'Book request',
  handbook: 'Lending',
  desk: rules,
  first: 'asked',
  closed: 'lent',
  pinned: [],
  anytime: {},
  steps: {
    asked: {
      title: 'Waits for a librarian',
      availableWhen: 'on arrival',
      waitsFor: 'support',
      next: [{ kind: 'reply', words: 'New: lend the book', decision: 'lend' }],
      decisions: {
        lend: { button: 'Lend', ends: 'lent', by: ['librarian'], do: [{ kind: 'close' }], goto: 'lent' },
      },
    },
    lent: {
      title: 'Lent',
      availableWhen: 'when it is lent',
      waitsFor: 'nobody',
      isClosed: true,
      decisions: {},
    },
  },
})

export const library: Desk = {
  ...rules,
  people: [{ name: 'librarian', variable: 'LIBRARIANS' }],
  channelVariable: 'LIBRARY_CHANNEL',
  flows: [lending],
  words: {
    title: 'Slip {number}: {flow}',
    link: 'Slip {number} in the folder',
    noun: 'slip',
    handbookPage: 'https://library.example/handbook',
    whyUnreadable: 'The slip was lost.',
    rolesOnly: 'Only librarians may ask this.',
    unknown: 'There is no slip {number}.',
    unknownToClaim: 'There is no slip {number}.',
  },
  command: {
    name: '/library',
    filters: ['overdue', 'mine'],
    narrowedBy: 'step',
    also: [],
    usage: [['list', 'open slips']],
  },
  reminders: {
    whom: 'librarian',
    dueSoon: '{Request} is due by {lastDay}.',
    overdue: '{Request} is overdue: {because}.',
  },
  digest: {
    name: 'library-digest',
    title: 'Slips',
    closedDays: 1,
    counts: { asked: (_standing, news) => news.has('opened') },
  },
}
