/** The fields that have to be filled in before Zendesk lets a ticket be solved, as far as they can be read. */
import { describe, expect, test } from 'vitest'
import { type TicketField, TicketFormAnswer } from '../../../src/services/zendesk/answers.ts'
import { requiredEmpty } from '../../../src/services/zendesk/needs.ts'

const field = (id: number, further: Partial<TicketField> = {}): TicketField => ({
  id,
  type: 'text',
  title: `Field ${id}`,
  isRequired: true,
  ...further,
})

const names = (...given: Parameters<typeof requiredEmpty>) => requiredEmpty(...given).map(({ id }) => id)

describe('without forms', () => {
  test.each([
    ['text', null, [1]],
    ['text', '', [1]],
    ['text', 'said', []],
    ['integer', 0, []],
    ['checkbox', false, [1]],
    ['checkbox', true, []],
    ['multiselect', [], [1]],
    ['multiselect', ['one'], []],
  ])('a required field of the type %s with %j', (type, value, missing) => {
    const ticket = { subject: 'A question', customFields: [{ id: 1, value }] }

    expect(names(ticket, [field(1, { type })], undefined)).toEqual(missing)
  })

  test('a field that is not on the ticket at all is empty, one that is not required may be', () => {
    expect(names({ subject: '' }, [field(1), field(2, { isRequired: false })], undefined)).toEqual([1])
  })

  test.each([
    ['subject', { subject: '' }, [1]],
    ['subject', { subject: 'A question' }, []],
    ['priority', { subject: '' }, [1]],
    ['priority', { subject: '', priority: 'high' }, []],
    ['tickettype', { subject: '' }, [1]],
    ['tickettype', { subject: '', type: 'question' }, []],
    // Zendesk fills these in itself, or says so when the ticket is solved.
    ['description', { subject: '' }, []],
    ['status', { subject: '' }, []],
    ['group', { subject: '' }, [1]],
    ['group', { subject: '', groupId: '9' }, []],
    ['assignee', { subject: '' }, [1]],
    ['assignee', { subject: '', assigneeId: 6002 }, []],
  ])('Zendesk’s own field %s of %j', (type, ticket, missing) => {
    expect(names(ticket, [field(1, { type })], undefined)).toEqual(missing)
  })
})

describe('with a form', () => {
  const form = (answer: object) => TicketFormAnswer.parse({ ticket_form: answer })
  const asked = (value: string) => ({ subject: '', customFields: [{ id: 1, value }] })
  const conditions = (child: object) => [
    { parent_field_id: 1, value: 'bug', child_fields: [{ id: 2, ...child }] },
  ]
  const all = [field(1, { isRequired: false }), field(2), field(3)]

  test('only its own fields count', () => {
    expect(names(asked('bug'), all, form({ ticket_field_ids: [1, 2] }))).toEqual([2])
  })

  test.each([
    ['required', { is_required: true }, [2]],
    ['not required', { is_required: false }, []],
    ['required on all statuses', { required_on_statuses: { type: 'ALL_STATUSES' } }, [2]],
    ['required to solve', { required_on_statuses: { type: 'SOME_STATUSES', statuses: ['solved'] } }, [2]],
    ['required to hold', { required_on_statuses: { type: 'SOME_STATUSES', statuses: ['hold'] } }, []],
    ['never required', { is_required: true, required_on_statuses: { type: 'NO_STATUSES' } }, []],
  ])('a field that a condition shows, %s', (_how, child, missing) => {
    const one = form({ ticket_field_ids: [1, 2], agent_conditions: conditions(child) })

    expect(names(asked('bug'), all, one)).toEqual(missing)
  })

  test('a field whose condition does not hold is not shown, and so not asked for', () => {
    const one = form({ ticket_field_ids: [1, 2], agent_conditions: conditions({ is_required: true }) })

    expect(names(asked('question'), all, one)).toEqual([])
  })
})
