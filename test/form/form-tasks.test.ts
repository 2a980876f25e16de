import { describe, expect, it } from 'vitest'
import { readTasks } from '../../src/form/tasks.ts'

describe("a meta issue's steps", () => {
  it('are the boxes that begin with "Support Engineer:"', () => {
    const description = [
      'Read this first.',
      '- [x] Support Engineer: Block the account',
      '- [x] Security: Review',
      '  * [X] **Support Engineer:** Delete the *tickets*',
      '1. [ ] **Support Engineer**: Remove the subscription',
      '- [ ] support engineer : Tell the team',
      '- [ ] Support: not a step',
      '- Support Engineer: no box',
      'Support Engineer: no item',
      '- [~] Support Engineer: does not apply',
    ].join('\r\n')

    expect(readTasks(description)).toEqual({
      steps: [
        { done: true, text: 'Block the account' },
        { done: true, text: 'Delete the *tickets*' },
        { done: false, text: 'Remove the subscription' },
        { done: false, text: 'Tell the team' },
      ],
      done: 2,
      total: 4,
      next: 'Remove the subscription',
    })
  })

  it.each([
    ['a hard space in the box', '- [\u00a0] Support Engineer: Delete the account'],
    ['another of Unicode’s spaces in the box', '- [\u2003] Support Engineer: Delete the account'],
    ['a hard space between the words', '- [ ] Support\u00a0Engineer: Delete the account'],
    ['a hard space as an entity', '- [ ] Support&nbsp;Engineer: Delete the account'],
    ['hard spaces around the box', '-\u00a0[ ]\u00a0Support Engineer: Delete the account'],
    ['a quotation', '> - [ ] Support Engineer: Delete the account'],
    ['a quotation within another', '> >  1. [ ] Support Engineer: Delete the account'],
    ['two list marks', '- 1. [ ] Support Engineer: Delete the account'],
    ['a bracket behind the number', '1) [ ] Support Engineer: Delete the account'],
    ['HTML', '- [ ] <b>Support Engineer</b>: Delete the account'],
    ['a link', '- [ ] [Support Engineer](https://example.com/a:b): Delete the account'],
    ['code', '+ [ ] `Support Engineer:` Delete the account'],
    ['words in brackets', '- [ ] **Support Engineer** (on call): Delete the account'],
    ['a wide colon', '- [ ] Support Engineer：Delete the account'],
    ['no colon', '- [ ] Support Engineer Delete the account'],
    ['an empty box', '- [] Support Engineer: Delete the account'],
    ['a box with another mark', '- [✓] Support Engineer: Delete the account'],
    ['a box with a mark and a space', '- [x ] Support Engineer: Delete the account'],
    ['no space behind the box', '- [ ]Support Engineer: Delete the account'],
    ['invisible characters', '- [\u200b \u200b] Support\u00ad Engineer: Delete the account'],
  ])('count as open with %s: nothing is called done that is not', (_what, line) => {
    expect(readTasks(`- [x] Support Engineer: Link this issue\n${line}\n`)).toEqual({
      steps: [
        { done: true, text: 'Link this issue' },
        { done: false, text: 'Delete the account' },
      ],
      done: 1,
      total: 2,
      next: 'Delete the account',
    })
  })

  it('have no next one when all are done', () => {
    expect(readTasks('- [x] Support Engineer: Close')).toEqual({
      steps: [{ done: true, text: 'Close' }],
      done: 1,
      total: 1,
    })
  })

  it('are none in an issue without any', () => {
    expect(readTasks('')).toEqual({ steps: [], done: 0, total: 0 })
  })

  it('are not those in a block of code or a comment', () => {
    const description = [
      '```markdown',
      '- [ ] Support Engineer: an example',
      '~~~',
      '```',
      '<!-- - [ ] Support Engineer: hidden -->',
      '- [ ] Support Engineer: the one step',
    ].join('\n')

    expect(readTasks(description).steps).toEqual([{ done: false, text: 'the one step' }])
  })

  it('are shown without e-mail addresses, names and links', () => {
    const description =
      '- [ ] Support Engineer: Tell @jane.doe and ｊane＠example.com (jane@example.com) per [the guide](https://example.com/jane) https://example.com/jane'

    expect(readTasks(description).next).toBe('Tell [removed] and [removed] [removed] per the guide [removed]')
  })

  it('are shown with at most 120 characters, cut between words', () => {
    const next = readTasks(`- [ ] Support Engineer: ${'delete it '.repeat(20)}`).next

    expect(next).toBe(`${'delete it '.repeat(11)}delete it…`)
    expect(readTasks(`- [ ] Support Engineer: ${'x'.repeat(500)}`).next).toBe('…')
  })

  it('are shown without an address that the cut would halve', () => {
    const description = `- [ ] Support Engineer: ${'@a '.repeat(10)}${'x'.repeat(1960)}jane.doe@example.com`

    expect(readTasks(description).next).not.toContain('jane')
  })

  it('are read in linear time from 1 MB', () => {
    for (const piece of ['- [ ] Support Engineer: @', '```\n', '[', '](', '- [ ] Support Engineer: x\n']) {
      expect(readTasks(piece.repeat(1_000_000 / piece.length)).done).toBe(0)
    }
  })
})
