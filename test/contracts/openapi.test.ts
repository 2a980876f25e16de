/** The check against a description finds what is misspelt, missing, of another type or out of date. */
import { describe, expect, test } from 'vitest'
import { haveContracts, skipReason } from '../sandbox/contracts.ts'
import { contractOf, type Exchange } from './openapi.ts'

describe.skipIf(!haveContracts)(`a description of an API${skipReason}`, () => {
  const zendesk = contractOf('zendesk/zendesk-support-oas-2.0.0.yaml')

  const exchange = (given: {
    method?: string
    path?: string
    body?: unknown
    query?: object
    answer?: unknown
    status?: number
  }) => {
    const { method = 'PUT', path = '/api/v2/tickets/7', body, query = {}, answer = {}, status = 200 } = given
    const request = {
      method,
      path,
      query: new URLSearchParams({ ...query }),
      headers: {},
      body,
      at: new Date(0),
    }
    return [{ request, answer: { status, body: answer } }] satisfies Exchange[]
  }

  const put = 'PUT /api/v2/tickets/{ticket_id}'
  test.each([
    [
      'a misspelt property',
      { body: { ticket: { stauts: 'open' } } },
      [`${put} sends /ticket/stauts that is not described`],
    ],
    [
      'a misspelt property further inside',
      { body: { ticket: { comment: { bdoy: 'x' } } } },
      [`${put} sends /ticket/comment/bdoy that is not described`],
    ],
    [
      'a value of another type',
      { body: { ticket: { group_id: {} } } },
      [`${put} sends /requestBody/ticket/group_id must be integer {"type":"integer"}`],
    ],
    [
      'an unknown parameter',
      { method: 'GET', path: '/api/v2/search', query: { qurey: 'x', query: 'y' } },
      ['GET /api/v2/search sends /query must NOT have additional properties {"additionalProperty":"qurey"}'],
    ],
    [
      'a missing parameter',
      { method: 'GET', path: '/api/v2/search' },
      [`GET /api/v2/search sends /query must have required property 'query' {"missingProperty":"query"}`],
    ],
    [
      'a path that there is not',
      { method: 'GET', path: '/api/v2/tockets' },
      ['GET /api/v2/tockets is not described'],
    ],
    [
      'an unknown field of an answer',
      { answer: { ticket: { requester_id: 1, stauts: 'x' } } },
      [`${put} answers /ticket/stauts that is not described`],
    ],
    [
      'an answer of another type',
      { answer: { ticket: { requester_id: 1, id: 'x' } } },
      [`${put} answers /ticket/id must be integer {"type":"integer"}`],
    ],
    ['a refusal', { status: 422, answer: { error: 'RecordInvalid' } }, []],
    [
      'all as it is described',
      { body: { ticket: { status: 'open' } }, answer: { ticket: { requester_id: 1, id: 7 } } },
      [],
    ],
  ])('%s', async (_what, given, faults) => {
    expect(await zendesk.faultsOf(exchange(given))).toEqual(faults)
  })

  test('a known deviation hides what it names and nothing else, and is told once nothing shows it any more', async () => {
    const fault = /^PUT \S+ sends \/ticket\/metadata that/
    const known = [{ fault, because: 'it is described elsewhere' }]

    expect(await zendesk.faultsOf(exchange({ body: { ticket: { metadata: {}, x: 1 } } }), known)).toEqual([
      `${put} sends /ticket/x that is not described`,
    ])
    expect(await zendesk.faultsOf(exchange({ body: { ticket: {} } }), known)).toEqual([
      `nothing shows any more that it is described elsewhere (${fault.source})`,
    ])
  })
})
