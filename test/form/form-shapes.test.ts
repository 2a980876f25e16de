/** The shapes in which mail programs and GitLab leave a form: each is read, or stays unread, never guessed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RequestType, requestTypes, typeNames } from '../../src/flows/labels.ts'
import { type FormAliases, readForm } from '../../src/form/form.ts'

const noAliases: FormAliases = { fields: {}, types: {} }
const read = (description: string) => readForm(description, noAliases)
const typeOf = (written: string) => read(`Request Type: ${written}\nEmail: jane@example.com`).type

const asRead = {
  type: 'account-deletion',
  username: 'quiet.owner',
  email: 'requester@example.com',
  direct: false,
  problems: [],
}

describe('a form is read from', () => {
  it.each([
    [
      'cells parted by tabs, as GitLab turns a table of a mail into text',
      'Field\tValue\nRequest Type\tGitLab.com Account Deletion\nUsername\tquiet.owner\nEmail Address\trequester@example.com',
    ],
    [
      'labels and values parted by a colon and a tab',
      'Request Type:\tGitLab.com Account Deletion\nUsername:\tquiet.owner\nEmail Address:\trequester@example.com',
    ],
    [
      'headings whose marks are lost',
      'Request Type\n\nGitLab.com Account Deletion\n\nUsername\n\nquiet.owner\n\nEmail Address\n\nrequester@example.com',
    ],
    [
      'headings that are underlined',
      'Request Type\n============\n\nGitLab.com Account Deletion\n\nUsername\n--------\n\nquiet.owner\n\nEmail Address\n-------------\n\nrequester@example.com',
    ],
    [
      'headings with a mark behind them too',
      '### Request Type ###\n\nGitLab.com Account Deletion\n\n### Username ###\n\nquiet.owner\n\n### Email Address ###\n\nrequester@example.com',
    ],
    [
      'labels with an asterisk, since the field is required',
      'Request Type*: GitLab.com Account Deletion\nUsername *: quiet.owner\nEmail Address (required)*: requester@example.com',
    ],
    [
      'italics of a plain text',
      '/Request Type:/ GitLab.com Account Deletion\n/Username:/ quiet.owner\n/Email Address/: requester@example.com',
    ],
    [
      'bold letters of a plain text',
      '*Request Type:* GitLab.com Account Deletion\n*Username:* quiet.owner\n*Email Address:* requester@example.com',
    ],
    [
      'underlined letters of a plain text',
      '_Request Type:_ GitLab.com Account Deletion\n__Username:__ quiet.owner\n_Email Address_: requester@example.com',
    ],
    [
      'a type that a mail program has linked',
      '**Request Type:** [GitLab.com](https://gitlab.com/) Account Deletion\n\n**Username:** quiet.owner\n\n**Email Address:** [requester@example.com](mailto:requester@example.com)',
    ],
    [
      'a type that Outlook has linked in a plain text',
      'Request Type: GitLab.com<http://gitlab.com/> Account Deletion\nUsername: quiet.owner\nEmail Address: requester@example.com<mailto:requester@example.com>',
    ],
    [
      'an HTML table',
      '<table>\n<tbody><tr><td>Request Type</td><td>GitLab.com Account Deletion</td></tr>\n<tr><td>Username</td><td>quiet.owner</td></tr>\n<tr><td>Email Address</td><td><a href="mailto:requester@example.com">requester@example.com</a></td></tr>\n</tbody></table>',
    ],
    [
      'an HTML table whose end tags are left out',
      '<TABLE><TR><TH>Request Type<TD>GitLab.com&nbsp;Account Deletion<TR><TH>Username:<TD>quiet.owner<TR><TH>Email Address<TD>requester@example.com</TABLE>',
    ],
    [
      'an HTML table with a head',
      '<table><thead><tr><th>Request Type</th><th>Username</th><th>Email</th></tr></thead><tr><td>GitLab.com Account Deletion</td><td>quiet.owner</td><td>requester@example.com</td></tr></table>',
    ],
    [
      'an HTML table within the table of a mail’s layout',
      '<table><tr><td>A form has come in.<table><tr><td>Request Type</td><td>GitLab.com Account Deletion</td></tr><tr><td>Username</td><td>quiet.owner</td></tr><tr><td>Email</td><td>requester@example.com</td></tr></table></td><td>logo</td></tr></table>',
    ],
    [
      'paragraphs and line breaks of HTML',
      '<div><p><b>Request Type:</b> GitLab.com Account Deletion</p><p>Username:<br>quiet.owner</p>Email: requester@example.com<br/></div>',
    ],
    [
      'headings and lists of HTML',
      '<h3>Request Type</h3><ul><li>GitLab.com Account Deletion</li></ul><h3>Username</h3>quiet.owner<h3>Email</h3><p>requester@example.com</p>',
    ],
    [
      'preformatted HTML',
      '<pre>\nRequest Type: GitLab.com Account Deletion\nUsername: quiet.owner\nEmail: requester@example.com\n</pre>',
    ],
    [
      'a list with the values in a list of their own',
      '- **Request Type**\n  - GitLab.com Account Deletion\n- **Username**\n  - quiet.owner\n- **Email Address**\n  - requester@example.com',
    ],
    [
      'values that are quoted below their labels',
      '**Request Type:**\n> GitLab.com Account Deletion\n\n**Username:**\n> quiet.owner\n\n**Email Address:**\n> requester@example.com',
    ],
    [
      'bars that make no Markdown table',
      '| Request Type | GitLab.com Account Deletion |\n| Username | quiet.owner |\n| Email Address | requester@example.com |',
    ],
    [
      'a block of code',
      '```\nRequest Type: GitLab.com Account Deletion\nUsername: quiet.owner\nEmail: requester@example.com\n```',
    ],
    [
      'an indented text',
      '    Request Type: GitLab.com Account Deletion\n    Username: quiet.owner\n    Email: requester@example.com',
    ],
    [
      'hard spaces and French colons',
      '**Request\u00a0Type\u00a0:** GitLab.com\u00a0Account Deletion\r\n\r\n**Username\u00a0:** quiet.owner\r\n\r\n**Email\u00a0Address\u00a0:** requester@example.com\u00a0',
    ],
    [
      'lines below a quotation',
      '> On Monday somebody wrote:\nRequest Type: GitLab.com Account Deletion\nUsername: quiet.owner\nEmail: requester@example.com',
    ],
    [
      'lines below a comment, a mark or a tag that nobody ends',
      'Request Type: GitLab.com Account Deletion <!-- x\n<?php <![CDATA[ <style> <title>\nUsername: quiet.owner\nEmail: requester@example.com'.replace(
        ' <!-- x',
        '\n<!-- x',
      ),
    ],
  ])('%s', (_shape, description) => {
    expect(read(description)).toMatchObject(asRead)
  })

  it('an issue form, whose empty fields say "No response"', () => {
    const form = read(
      '### Request Type\n\nData Access Request\n\n### Username\n\n_No response_\n\n### Email Address\n\na@example.com\n\n### Country\n\n_No response_',
    )

    expect([form.type, form.username, form.email, form.country, form.problems]).toEqual([
      'data-access',
      undefined,
      'a@example.com',
      undefined,
      [],
    ])
  })

  it('the first form, where the desk’s own template stands below it with empty fields', () => {
    const form = read(
      'Request Type: GitLab.com Account Deletion\nUsername: quiet.owner\nEmail Address: requester@example.com  \n## For the team\n\n- [ ] Email: \n\n**Username:**\n',
    )

    expect(form).toMatchObject(asRead)
  })

  it('nothing that is quoted, hidden by HTML or named in a sentence', () => {
    expect(read('> Request Type: Full Deletion\n> Email: a@example.com').direct).toBe(true)
    expect(read('<style>Request Type: Full Deletion</style><!-- Email: a@b.co -->').direct).toBe(true)
    expect(read('My e-mail is a@example.com and my request type is deletion.').direct).toBe(true)
  })
})

describe('a request type is read', () => {
  it.each([
    ['Data Export Request (Right to Portability)', 'data-export'],
    ['Data Export Requests', 'data-export'],
    ['Data Access Request.', 'data-access'],
    ['data access requests (GDPR)', 'data-access'],
    ['“Full Deletion”', 'full-deletion'],
    ['Full Deletion (everything)', 'full-deletion'],
    ['GitLab.com Account Deletion — Deceased User', 'deceased-user'],
    ['GitLab.com Account Deletion: deceased users', 'deceased-user'],
    ['GitLab.com Account Deletion (Deceased User)', 'deceased-user'],
    ['GitLab.com Account Deletion [SaaS]', 'account-deletion'],
    ['Account Deletion [Full]', 'full-deletion'],
    ['Marketing/Sales Account Deletion', undefined],
    ['Marketing or Sales account deletions', 'marketing-deletion'],
    ['General questions?', 'general-question'],
  ])('from "%s" as %s', (written, type) => {
    expect(typeOf(written)).toBe(type)
  })

  it.each([
    'Account Deletion (partial)',
    'Account Deletion (portal)',
    'GitLab.com Account Deletion (full)',
    'Data Access Request (or deletion)',
    'Full Deletion (Data Export)',
    'Data Access and Data Export',
    '(Full Deletion)(Data Access)',
    'Deletion (Account)',
    'Data',
    'Request',
    '()',
  ])('never from "%s", which may be another', (written) => {
    expect(typeOf(written)).toBeUndefined()
  })

  it('of every name whatever surrounds its letters, and of no two names together', () => {
    const names = Object.entries(typeNames).flatMap(([type, all]) =>
      all.map((name) => ({ type: type as RequestType, name })),
    )
    const around = fc.constantFrom('', '*', '**', '"', ' ', '“', '_', '\u00a0')
    const change = fc.constantFrom(
      (name: string) => name,
      (name: string) => name.toUpperCase(),
      (name: string) => name.replaceAll(' ', '\u00a0 '),
      (name: string) => `${name}.`,
      (name: string) => name.replace(' - ', ' – '),
      (name: string) => name.replace('GitLab.com', '[GitLab.com](https://gitlab.com)'),
      (name: string) => name.replace('GitLab.com', 'GitLab.com<https://gitlab.com/>'),
    )

    fc.assert(
      fc.property(fc.constantFrom(...names), around, change, ({ type, name }, mark, changed) => {
        expect(typeOf(`${mark}${changed(name)}${mark}`)).toBe(type)
      }),
    )
    for (const one of names)
      for (const other of names)
        if (one.type !== other.type) expect(typeOf(`${one.name} and ${other.name}`)).toBeUndefined()
  })

  it('of no name with a type of its own that was given in brackets', () => {
    for (const one of Object.values(requestTypes))
      for (const other of Object.values(requestTypes))
        if (one !== other)
          expect([undefined, ...Object.keys(requestTypes)]).toContain(typeOf(`${one} (${other})`))
    expect(typeOf('Full Deletion (Data Access Request)')).toBeUndefined()
  })
})

describe('an e-mail address is read', () => {
  it.each([
    'a.b@example.com <mailto:a.b@example.com>',
    'Jo <a.b@example.com>',
    '"Bee, Jo" <a.b@example.com>',
    'mailto:a.b@example.com',
    'MAILTO: a.b@example.com',
    '<a href="mailto:a.b@example.com?subject=x">a.b@example.com</a>',
    '<a href="mailto:a.b@example.com">Jo</a>',
    '[Jo](mailto:a.b@example.com)',
    'a.b@example.com<mailto:a.b@example.com>',
    'a.b@example.com (Jo)',
    '<mailto:a.b@example.com>',
    '`a.b@example.com`',
    '**a.b@example.com**',
    'a.b@example.com <A.B@example.com>',
  ])('from "%s"', (written) => {
    expect(read(`Email: ${written}`)).toMatchObject({ problems: [] })
    expect(read(`Email: ${written}`).email?.toLowerCase()).toBe('a.b@example.com')
    expect(
      read(
        `<table><tr><td>Email</td><td>${written.replaceAll('**', '').replaceAll('`', '')}</td></tr></table>`,
      ).direct,
    ).toBe(false)
  })

  it.each([
    'other@example.com <a.b@example.com>',
    '[other@example.com](mailto:a.b@example.com)',
    'a.b@example.com or c@example.com',
    'Jo <a.b@example.com> <c@example.com>',
    'Jo a.b@example.com',
  ])('never from "%s", which gives two or is none', (written) => {
    const form = read(`Email: ${written}`)

    expect([form.email, form.problems]).toEqual([undefined, ['The e-mail address is not well formed.']])
  })
})

describe('a username', () => {
  it.each([
    'none',
    'NA',
    'N/A',
    'n.a.',
    '-',
    '--',
    '?',
    'No',
    'null',
    '_No response_',
    'not applicable',
    'I don’t know',
    'Unknown',
    'keine',
  ])('is nobody’s where it is "%s"', (written) => {
    expect(read(`Email: a@example.com\nUsername: ${written}`)).toMatchObject({
      username: undefined,
      problems: [],
    })
  })

  it.each(['nona', 'na1', 'none-such', 'nobody1', '_'])('is somebody’s where it is "%s"', (written) => {
    expect(read(`Username: ${written}`).username).toBe(written)
  })
})

describe('a country that can not be read is not harmless', () => {
  const doubt = 'The country is none that the desk knows: see in GitLab whether it is an embargoed one.'

  it('is embargoed where one of two is', () => {
    const form = read('Country: Cuba\nEmail: a@example.com\nComments: My data:\n\nCountry: Spain')

    expect(form).toMatchObject({
      country: undefined,
      isEmbargoed: true,
      problems: ['The country is given more than once, with different values.'],
    })
  })

  it('is embargoed in a text that is too long for a country', () => {
    expect(read(`Country: Cuba ${'x'.repeat(120)}`).isEmbargoed).toBe(true)
  })

  it('is embargoed in HTML, behind a flag and in a link', () => {
    expect(read('<table><tr><td>Country</td><td><b>C</b>uba</td></tr></table>').isEmbargoed).toBe(true)
    expect(read('Country: 🇰🇵').isEmbargoed).toBe(true)
    expect(read('Country: [Iran](https://example.com)').isEmbargoed).toBe(true)
  })

  it('is said where it is no country’s name', () => {
    expect(read('Country: Atlantis').problems).toEqual([doubt])
    expect(read('Country: Korea').problems).toEqual([doubt])
  })

  it('is not said of a country that is none of the embargoed, nor of an empty field', () => {
    for (const country of ['Netherlands', 'USA', 'Deutschland', 'Korea (Republic of)', '', 'N/A'])
      expect(read(`Country: ${country}`)).toMatchObject({ problems: [] })
  })
})

describe('a long form', () => {
  it('of 10,000 lines is read up to the bound, and says so', () => {
    const lines = Array.from({ length: 10_000 }, (_, line) => `line ${line} of my story`)
    const form = read(`Request Type: Data Access\nEmail: a@example.com\nComments: ${lines.join('\n')}`)

    expect(form).toMatchObject({
      type: 'data-access',
      email: 'a@example.com',
      problems: [
        'The description is too long: only its first 16,384 characters were read, and further down the lines that name a field.',
        'The comment is too long: only its first 10,000 characters were read.',
      ],
    })
  })
  it.each([
    ['Country: Iran', 'in the same line'],
    ['**Country/Region**\n\nIran', 'below its bold name'],
    ['### Country\n\nIran', 'below its heading'],
    ['| Country | Iran |', 'in a table'],
  ])('with %j below 10,000 lines of comment is embargoed: %s', (country) => {
    const lines = Array.from({ length: 10_000 }, (_, line) => `line ${line} of my story`).join('\n')
    const form = read(
      `Request Type: Data Export Request\nEmail: a@example.com\nComments: ${lines}\n\n${country}\n\nI confirm it.`,
    )

    expect(form).toMatchObject({ type: 'data-export', isEmbargoed: true, intent: true })
  })

  it('that names 700 countries is embargoed if one of them is, and says that they differ', () => {
    const named = (more: string) =>
      read(
        `Email: a@example.com\n${Array.from({ length: 700 }, (_, one) => `Country: Land ${one}`).join('\n')}\n${more}`,
      )

    expect(named('Country: Iran')).toMatchObject({ isEmbargoed: true })
    expect(named('')).not.toHaveProperty('isEmbargoed')
    expect(named('').problems).toContain('The country is given more than once, with different values.')
  })
})
