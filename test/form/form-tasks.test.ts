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
      done: 2,
      total: 4,
      next: 3,
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
      done: 1,
      total: 2,
      next: 2,
    })
  })

  it('have no next one when all are done', () => {
    expect(readTasks('- [x] Support Engineer: Close')).toEqual({
      done: 1,
      total: 1,
    })
  })

  it('are none in an issue without any', () => {
    expect(readTasks('')).toEqual({ done: 0, total: 0 })
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

    expect(readTasks(description)).toEqual({ done: 0, total: 1, next: 1 })
  })

  it('are told by their number and by none of their words', () => {
    const description = '- [ ] Support Engineer: Delete the user quiet.owner (Jane Doe, born 1970-01-01)'

    expect(readTasks(description)).toEqual({ done: 0, total: 1, next: 1 })
  })

  it('are read in linear time from 1 MB', () => {
    for (const piece of ['- [ ] Support Engineer: @', '```\n', '[', '](', '- [ ] Support Engineer: x\n']) {
      expect(readTasks(piece.repeat(1_000_000 / piece.length)).done).toBe(0)
    }
  })
})
