import { expect, test } from 'vitest'
import { joined, ownReply } from '../../../src/services/zendesk/redirect-ticket.ts'

test.each([
  ['deletion', 'Requests to delete an account are', 'Please submit your request there:'],
  ['access', 'Requests for access to personal data are', 'Please submit your request there:'],
  [
    'both',
    'Requests to delete an account and requests for access to personal data are',
    'Please submit each of your requests there, one at a time:',
  ],
] as const)(
  'The bot’s own reply for %s says what belongs on the form, and where it is',
  (to, which, where) => {
    expect(ownReply(to, 'https://form.example/')).toEqual({
      body: `Greetings,

Thank you for contacting us. ${which} processed through our Personal Data Request form, not through support tickets, since we have to verify first that the account is yours. ${where}

https://form.example/

Doing so will allow us to process your request more quickly and securely. This ticket will now be marked as solved. Thank you!

Regards,`,
    })
  },
)

test('Two texts are one comment, one after the other', () => {
  expect(joined([{ body: 'One' }, { body: 'Two' }])).toEqual({ body: 'One\n\nTwo' })
})

test('HTML stays HTML, and a text beside it shows as it is written', () => {
  const html = { body: 'One', htmlBody: '<p>One</p>' }
  const text = { body: 'Two & <b>\nlines\n\nThree' }

  expect(joined([html, text])).toEqual({
    htmlBody: '<p>One</p>\n<p>Two &amp; &lt;b&gt;<br>lines</p>\n<p>Three</p>',
  })
})
