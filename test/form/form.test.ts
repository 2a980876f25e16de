import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RequestType, requestTypes, typeNames } from '../../src/flows/labels.ts'
import {
  type Form,
  type FormAliases,
  longestDescription,
  normaliseIdentity,
  readForm,
} from '../../src/form/form.ts'
import { anyText } from '../any-text.ts'
import { propertyRuns } from '../property-runs.ts'

const noAliases: FormAliases = { fields: {}, types: {} }

const read = (description: string, aliases: FormAliases = noAliases): Form => readForm(description, aliases)

/** The form that was sent in full by Jane, with what a test changes. */
function janesForm(changes: Partial<Form> = {}): Form {
  return {
    type: 'full-deletion',
    typeText: 'Full Deletion',
    username: 'jane_doe',
    email: 'jane.doe@example.com',
    country: 'France',
    comment: 'Please be quick.\n\nI lost my phone.',
    intent: true,
    direct: false,
    problems: [],
    ...changes,
  }
}

const emptyForm: Form = {
  type: undefined,
  typeText: undefined,
  username: undefined,
  email: undefined,
  country: undefined,
  comment: undefined,
  intent: false,
  direct: false,
  problems: [],
}

const plainLines = [
  'Request Type: Full Deletion',
  'Username: jane_doe',
  'Email Address: jane.doe@example.com',
  'Country: France',
  'Comments: Please be quick.',
  '',
  'I lost my phone.',
  'I confirm that I want this account deleted.',
].join('\n')

describe('the form entries are read from', () => {
  it('"Label: value" lines', () => {
    expect(read(plainLines)).toEqual(janesForm())
  })

  it.each([
    ['**Label:** value', (label: string, value: string) => `**${label}:** ${value}`],
    ['**Label**: value', (label: string, value: string) => `**${label}**: ${value}`],
    ['**Label: value**', (label: string, value: string) => `**${label}: ${value}**`],
    ['__Label:__ value', (label: string, value: string) => `__${label}:__ ${value}`],
    ['a list', (label: string, value: string) => `- ${label}: ${value}`],
    ['a bold list', (label: string, value: string) => `* **${label}:** ${value}`],
    ['a numbered list', (label: string, value: string) => `1. ${label}: ${value}`],
    ['headings with the value in them', (label: string, value: string) => `### ${label}: ${value}`],
    ['headings', (label: string, value: string) => `### ${label}\n\n${value}\n`],
    ['headings that end in a colon', (label: string, value: string) => `## ${label}:\n${value}\n`],
    ['bold lines over their values', (label: string, value: string) => `**${label}**\n${value}\n`],
    ['labels over their values', (label: string, value: string) => `${label}:\n${value}\n`],
    ['HTML', (label: string, value: string) => `<p><b>${label}:</b> ${value}<br/>`],
    ['code', (label: string, value: string) => `**${label}:** \`${value}\``],
    ['wide colons', (label: string, value: string) => `${label}：${value}`],
    [
      'any case and spaces',
      (label: string, value: string) => `  ${label.toUpperCase().replace(' ', '   ')} :   ${value}  `,
    ],
  ])('%s', (_, line) => {
    const description = [
      line('Type of Request', 'Full Deletion'),
      line('GitLab Username', 'jane_doe'),
      line('E-mail', 'jane.doe@example.com'),
      line('Country/Region', 'France'),
      line('Additional Comments', 'Please be quick.'),
    ].join('\n')

    expect(read(description)).toEqual(janesForm({ comment: 'Please be quick.', intent: false }))
  })

  it('a table with two columns', () => {
    const description = [
      '| Field | Value |',
      '| --- | :---: |',
      '| **Request Type** | Full Deletion |',
      '| Username: | jane_doe |',
      '| Email | jane.doe@example.com |',
      '| Country | France |',
      '| Comments | Please be quick.<br><br>I lost my phone. |',
      '| I confirm the deletion | Yes |',
    ].join('\n')

    expect(read(description)).toEqual(janesForm())
  })

  it('a table whose first entry stands where its head would be', () => {
    const form = read('|Request Type|Data Access|\n|---|---|\n|Email|jane@example.com|')

    expect(form).toEqual({
      ...emptyForm,
      type: 'data-access',
      typeText: 'Data Access',
      email: 'jane@example.com',
    })
  })

  it('a table with a head and a row', () => {
    const description = [
      '| Request Type | Username | Email | Country | Ticket |',
      '|---|---|---|---|---|',
      '| Full Deletion | jane\\_doe | jane.doe@example.com | France | 7 |',
    ].join('\n')

    expect(read(description)).toEqual(janesForm({ comment: undefined, intent: false }))
  })

  it.each(['\r\n', '\n\r', '\r', '\u2028', '\v'])('lines that end in %j', (lineEnd) => {
    expect(read(plainLines.replaceAll('\n', lineEnd))).toEqual(janesForm())
  })

  it('text with byte order, zero-width and right-to-left marks in it', () => {
    const marked = `\uFEFF${plainLines.replaceAll('e', '\u200Be\u202E\u2066').replaceAll(':', '\u200F:')}`

    expect(read(marked)).toEqual(janesForm())
  })

  it('text with entities and escapes', () => {
    const form = read('E\\-mail: jane\\_doe&#64;example&period;com\nRequest&nbsp;Type: Full\\ &#68;eletion')

    expect([form.email, form.problems]).toEqual(['jane_doe@example.com', []])
    expect(read('Request&nbsp;Type: Full &#x44;eletion').type).toBe('full-deletion')
    expect(read('Comments: Q&amp;A &lt;!channel&gt; &#99999999; &#xD800;').comment).toBe(
      'Q&A <!channel> &#99999999; \uFFFD',
    )
  })

  it.each([
    '<jane@example.com>',
    '<mailto:jane@example.com>',
    '[jane@example.com](mailto:jane@example.com)',
    '`jane@example.com`',
    '  jane@example.com  ',
    'jane@example.com\\',
  ])('an address that a mail program wrote as %s', (address) => {
    expect(read(`Email: ${address}`).email).toBe('jane@example.com')
  })

  it('a username written with its @', () => {
    expect(read('Username: @jane').username).toBe('jane')
  })

  it('a username whose underscores look like emphasis', () => {
    expect(read('Username: __jane_').username).toBe('__jane_')
    expect(read('Username: _jane_').username).toBe('_jane_')
  })
})

describe('a request type', () => {
  const named = Object.entries(typeNames).flatMap(([type, names]) =>
    names.map((name) => [name, type] as const),
  )

  it.each(named)('"%s" is %s', (name, type) => {
    expect(read(`Request Type: ${name}`).type).toBe(type)
    expect(read(`Request Type:   ${name.toUpperCase().replaceAll(' ', '  ')}`).type).toBe(type)
    expect(read(`Request Type: **${name.replace(' - ', ' – ')}**`).type).toBe(type)
  })

  it('has a name that can be read back', () => {
    for (const [type, name] of Object.entries(requestTypes))
      expect(read(`Request Type: ${name}`).type).toBe(type)
  })

  it('goes by further names of the team', () => {
    const aliases: FormAliases = { fields: { type: ['Anliegen'] }, types: { 'data-access': ['Auskunft'] } }

    expect(read('Anliegen: auskunft', aliases).type).toBe('data-access')
  })

  it.each([
    'Deletion',
    'Account',
    'Full Deletion or Data Access',
    'GitLab.com Account Deletion - ',
    '__proto__',
    'constructor',
  ])('is never guessed from "%s"', (text) => {
    expect(read(`Request Type: ${text}\nEmail: jane@example.com`)).toEqual({
      ...emptyForm,
      typeText: text.trim(),
      email: 'jane@example.com',
      problems: ['The request type is none that the desk knows.'],
    })
  })

  it('is not read under a name that two types share', () => {
    const aliases: FormAliases = { fields: {}, types: { 'data-access': ['Full Deletion'] } }

    expect(read('Request Type: Full Deletion', aliases).type).toBeUndefined()
  })
})

describe('a field', () => {
  it('that stands twice with different values is unreadable', () => {
    const description = `${plainLines}\n\nUsername: john\nEmail: john@example.com\nRequest Type: Data Access`

    expect(read(description)).toEqual(
      janesForm({
        type: undefined,
        typeText: undefined,
        username: undefined,
        email: undefined,
        problems: [
          'The request type is given more than once, with different values.',
          'The username is given more than once, with different values.',
          'The e-mail address is given more than once, with different values.',
        ],
      }),
    )
  })

  it('that stands twice with the same value is read', () => {
    expect(read('Email: jane@example.com\nE-mail: Jane@Example.com\nEmail Address:').email).toBe(
      'jane@example.com',
    )
  })

  it('that is doubled in a comment is unreadable: the comment can not overwrite it', () => {
    const form = read(
      'Request Type: Data Access\nEmail: a@example.com\nComments: hello\nEmail: b@example.com',
    )

    expect([form.email, form.comment]).toEqual([undefined, 'hello'])
  })

  it('that is empty does not take its neighbour as its value', () => {
    expect(read('Request Type: Data Access\nUsername:\nPhone: 123\nEmail:\nCountry:\nRegion: South')).toEqual(
      {
        ...emptyForm,
        type: 'data-access',
        typeText: 'Data Access',
      },
    )
  })

  it.each([
    'jane',
    'jane@',
    '@example.com',
    'jane@example',
    'jane@@example.com',
    'jane@example..com',
    'jane.@example.com',
    'jane@-example.com',
    'jane doe@example.com',
    '/close@example.com',
    'jane@example.com, john@example.com',
    'jane|x@example.com',
    `${'j'.repeat(65)}@example.com`,
    `jane@${'e'.repeat(64)}.com`,
    `jane@${'ex.'.repeat(90)}com`,
    '<!channel>@example.com',
  ])('with the address "%s" is not well formed', (address) => {
    const form = read(`Email: ${address}`)

    expect(form).toEqual({ ...emptyForm, problems: ['The e-mail address is not well formed.'] })
  })

  it.each(['jane doe', '-jane', 'jane/../root', 'jané', '<@U1>', 'j'.repeat(256)])(
    'with the username "%s" is not well formed',
    (username) => {
      expect(read(`Username: ${username}`).problems).toEqual(['The username is not well formed.'])
      expect(read(`Username: ${username}`).username).toBeUndefined()
    },
  )

  it.each([
    ['France', 'Iran'],
    ['Iran', 'France'],
  ])('of the countries %s and %s the embargoed one counts', (one, other) => {
    expect(read(`Country: ${one}\n\nCountry: ${other}`).isEmbargoed).toBe(true)
  })

  it('with a country longer than any country is not well formed', () => {
    expect(read(`Country: ${'x'.repeat(101)}`).problems).toEqual(['The country is not well formed.'])
  })

  it('with a comment beyond 10,000 characters is cut, and says so', () => {
    const form = read(`Comments: ${'x'.repeat(10_001)}`)

    expect([form.comment?.length, form.problems]).toEqual([
      10_000,
      ['The comment is too long: only its first 10,000 characters were read.'],
    ])
  })

  it('is known by international letters too', () => {
    expect(read('Email: jürgen@exämple.de').email).toBe('jürgen@exämple.de')
  })
})

describe('intent', () => {
  it.each([
    'I confirm this.',
    '- [x] I confirm this.',
    '* [X] **I confirm** this.',
    '**I CONFIRM this**',
    '| I confirm | Yes |',
  ])('is given by "%s"', (line) => {
    expect(read(line).intent).toBe(true)
  })

  it.each([
    '- [ ] I confirm this.',
    'You see, I confirm this.',
    'I confirmed it',
    '> I confirm',
    '| [ ] I confirm |',
  ])('is not given by "%s"', (line) => {
    expect(read(line).intent).toBe(false)
  })
})

describe('a direct e-mail', () => {
  it('is a description in which neither the type nor the e-mail field is found', () => {
    const mail = 'Hello,\n\nplease delete my account jane@example.com.\n\nUsername: jane\n'

    expect(read(mail)).toEqual({ ...emptyForm, username: 'jane', direct: true })
    expect(read('').direct).toBe(true)
  })

  it('is none when a field is found but can not be read', () => {
    expect(read('Email: nothing').direct).toBe(false)
    expect(read('Request Type:').direct).toBe(false)
  })

  it('in another language is read as one: unknown labels are not read', () => {
    expect(read('Type de demande : suppression\nAdresse électronique : jane@example.com')).toEqual({
      ...emptyForm,
      direct: true,
    })
  })

  it('does not become a form by a quoted or a hidden one', () => {
    expect(read('> Request Type: Full Deletion\n<!--\nEmail: jane@example.com\n-->').direct).toBe(true)
  })
})

const tooLong =
  'The description is too long: only its first 16,384 characters were read, and further down the lines that name a field.'

describe('a hostile description', () => {
  it('of 1 MB is read up to its bound, and never taken for a direct e-mail', () => {
    const form = read(`${'x'.repeat(longestDescription)}\n${'y\n'.repeat(500_000)}`)

    expect(form).toEqual({ ...emptyForm, problems: [tooLong] })
  })

  it('holds in the room of its bound again what names a field further down, and no more', () => {
    const noise = 'x\n'.repeat(longestDescription)
    const form = read(`${noise}${plainLines}\n${noise}`)
    const crowded = read(`${noise}${'Country: Netherlands\n'.repeat(10_000)}${plainLines}`)

    expect(form).toMatchObject({ type: 'full-deletion', email: 'jane.doe@example.com', problems: [tooLong] })
    expect(crowded).toMatchObject({ country: 'Netherlands', type: undefined, problems: [tooLong] })
  })

  // A quadratic reader would take minutes here and run into the test's time limit.
  it.each([
    '<!--',
    '*',
    '_',
    '`',
    '|',
    '|a\n',
    '|a\nb\n',
    'Comments:\n',
    'Email:\n',
    'Username: x\n',
    '| Email ',
    '&#',
    '\\',
    '[](',
    '<br',
    '- - ',
    '- [ ] ',
    ' ',
    '\n\r',
    '\u202e',
    '###### ',
    '@.',
    '.',
    '_: ',
    'a:',
    '> ',
    '> a\nb\n',
    '- a\n  ',
    '*a_',
    '[a',
    '![',
    'x\n===\n',
    '```\n',
    '<!doctype ',
    '<title>',
    '<b><p>',
    '<table><tr><td>',
    '<a href=x>',
    '| a | b |\n|---|---|\n',
    'a\tb\n',
    'Country: Korea (\n',
    'Comments: a@b.co ',
  ])('made of nothing but %j is read in linear time', (piece) => {
    const noise = piece.repeat(Math.ceil(1_000_000 / piece.length))
    const lead = ['Comments: ', '| Email | Username |\n|---|---|\n', 'Request Type: ', 'Email: ']

    for (const start of ['', ...lead]) expect(read(start + noise).type).toBeUndefined()
  })

  it('full of mentions, quick actions and backticks changes no field', () => {
    const noise = '<!channel> <@U1> `/close` ```\n/close\n/label ~x\n\u202e<!here>\n@all #1\n'
    const [head, ...rest] = plainLines.split('\nComments:')

    const form = read(`${noise}${head}\n${noise}\nComments:${rest.join('')}`)

    expect(form).toEqual(janesForm())
  })

  it('never makes the reader throw, nor lets a value through that is not well formed', () => {
    const bits = fc.constantFrom(
      'Email: ',
      'Username: ',
      'Request Type: ',
      'Full Deletion',
      'Comments:',
      '| ',
      '|',
      '---',
      '\n',
      '\r',
      '**',
      '### ',
      'a@b.co',
      '<!channel>',
      '<@U1>',
      '/close',
      '`',
      '\u202e',
      '\u200b',
      '\ufeff',
      '\ud800',
      '&#64;',
      '&#10;',
      '\\',
      '- [ ] ',
      'I confirm',
      '<!--',
      '-->',
      '<br>',
      '__proto__',
    )
    const noise = fc.array(fc.oneof({ weight: 4, arbitrary: bits }, anyText()), {
      maxLength: 60,
    })

    fc.assert(
      fc.property(noise, (parts) => {
        const form = read(parts.join(''))

        expect(form.email ?? 'a@b.co').toMatch(/^[^\s@<>`|]+@[^\s@<>`|]+$/)
        expect(form.username ?? 'a').toMatch(/^[\w][\w.-]*$/)
        expect(form.comment ?? '').not.toMatch(/[\r\u202e\u200b\ufeff]/)
        expect(form.type === undefined || form.type in requestTypes).toBe(true)
      }),
      { numRuns: propertyRuns(500) },
    )
  })

  it('with its fields in any order and noise between them gives the same form', () => {
    const types = fc.constantFrom(...(Object.entries(requestTypes) as [RequestType, string][]))
    const fields = fc.shuffledSubarray(['type', 'username', 'email', 'country', 'intent'] as const, {
      minLength: 5,
    })
    const noise = fc.constantFrom(
      '',
      '---',
      '<!channel>',
      '/close',
      'Telefon: 12',
      '# Request',
      '> Email: x@y.zz',
      '```',
    )
    const label = fc.constantFrom(
      (name: string) => `${name}: `,
      (name: string) => `**${name}:** `,
      (name: string) => `### ${name}\n`,
    )

    fc.assert(
      fc.property(types, fields, noise, label, ([type, name], order, line, labelled) => {
        const lines = {
          type: labelled('Request Type') + name,
          username: `${labelled('Username')}jane_doe`,
          email: `${labelled('Email Address')}jane.doe@example.com`,
          country: `${labelled('Country')}France`,
          intent: 'I confirm that I want this.',
        }

        const form = read(order.map((field) => `${lines[field]}\n\n${line}\n`).join('\n'))

        expect(form).toEqual(janesForm({ type, typeText: name, comment: undefined }))
      }),
    )
  })
})

describe('an identity', () => {
  it('is compared without regard to case, width, white space and marks that show nothing', () => {
    expect(normaliseIdentity(' \u200bＪane.Doe@Example.COM\u202c ')).toBe('jane.doe@example.com')
    expect(normaliseIdentity('Jane')).not.toBe(normaliseIdentity('jane_'))
  })

  it('is the same when it is normalised again', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const once = normaliseIdentity(text)

        expect(normaliseIdentity(once)).toBe(once)
      }),
    )
  })
})
