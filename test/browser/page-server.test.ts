import { writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { pageFiles } from '../../sandbox/page/files.ts'
import { mrkdwnHtml, type Names } from '../../sandbox/page/mrkdwn.ts'
import { listenFrom } from '../../sandbox/page/server.ts'
import { clientOf } from '../sandbox/slack-client.ts'
import { temporaryFolder } from '../store/temporary-store.ts'
import { type PageUnderTest, pageUnderTest } from './page-parts.ts'

let parts: PageUnderTest
beforeEach(async () => {
  parts = await pageUnderTest()
})
afterEach(() => parts.close())

function statusOf(
  path: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
  body = '',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(parts.page.url + path, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

const act = JSON.stringify({ act: 'advance', hours: 1 })
const json = { 'content-type': 'application/json' }

test.each([
  ['a name that points at this machine', { host: 'evil.example' }, 403],
  ['the page of another site', { ...json, origin: 'https://evil.example' }, 403],
  ['a form of another site', { 'content-type': 'text/plain' }, 415],
  ['this machine', json, 200],
])('an act from %s', async (_who, headers, status) => {
  expect(await statusOf('/act', headers, 'POST', act)).toBe(status)
})

test('what is no act is refused, what is no file is not found', async () => {
  expect(await statusOf('/act', json, 'POST', '{"act":"shout"}')).toBe(400)
  expect(await statusOf('/act', json, 'POST', '{')).toBe(400)
  expect(await statusOf('/../package.json', {})).toBe(404)
  expect(await statusOf('/state', {}, 'DELETE')).toBe(405)
})

test('what belongs to the page is loaded once, and the page itself each time', async () => {
  const page = await fetch(parts.page.url)
  const paths = [...(await page.text()).matchAll(/(?:href|src)="([^"]+)"/g)].flatMap(([, path]) => path ?? [])
  const script = paths.find((path) => path.endsWith('/main.js')) ?? ''

  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(paths).toHaveLength(6)
  for (const path of [...paths, script.replace('main.js', 'dom.js')]) {
    const file = await fetch(parts.page.url + path)
    expect([path, file.status, file.headers.get('cache-control')]).toEqual([
      path,
      200,
      'max-age=31536000, immutable',
    ])
  }
  expect(await statusOf('/main.js', {})).toBe(404)
  expect(await statusOf(script.replace(/^.../, '/of'), {})).toBe(404)
  expect(await statusOf(script.replace('main.js', 'other.js'), {})).toBe(404)
})

test('what is changed while the sandbox runs is loaded with the page, and a page of before has what belonged to it', async () => {
  const folder = pathToFileURL(`${temporaryFolder()}/`)
  const write = (name: string, text: string) => writeFileSync(new URL(name, folder), text)
  write('index.html', '<script type="module" src="/main.js"></script>')
  write('main.js', "import './dom.js'")
  write('dom.js', 'before')
  const files = pageFiles(folder)
  const besideMain = async () => {
    const [, path = ''] = /src="([^"]+)"/.exec((await files('/'))?.body ?? '') ?? []
    return path.replace('main.js', 'dom.js')
  }

  const before = await besideMain()
  expect(await besideMain()).toBe(before)
  write('dom.js', 'after')
  const after = await besideMain()

  expect((await files(after))?.body).toBe('after')
  expect((await files(before))?.body).toBe('before')
})

const names: Names = {
  user: (id) => (id === 'U1' ? 'Ada <b>' : undefined),
  group: () => undefined,
  channel: () => undefined,
  now: new Date('2026-03-02T10:00:00.000Z'),
  timeZone: 'UTC',
}

test.each([
  [
    'what Slack escapes is shown as typed',
    '1 &lt; 2 &amp;amp; &lt;@U1&gt;',
    '1 &lt; 2 &amp;amp; &lt;@U1&gt;',
  ],
  ['a stray < is text', 'a < b <script>', 'a &lt; b &lt;script&gt;'],
  ['a name is text', '<@U1>', '<span class="s-mention s-user">@Ada &lt;b&gt;</span>'],
  ['a quote is a quote', '&gt; said', '<blockquote>said</blockquote>'],
  [
    'a date is shown in the reader’s time zone',
    '<!date^1772456400^{date_pretty} {time}|then>',
    '<span class="s-mention s-date">today 1:00 PM</span>',
  ],
])('%s', (_rule, source, html) => {
  expect(mrkdwnHtml(source, names)).toBe(html)
})

test('what the bot does is told to the page as it happens, without being asked for', async () => {
  const response = await fetch(`${parts.page.url}/changes`)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader?.read())?.value).toContain('connected')

  await clientOf(parts.slack).chat.postMessage({ channel: 'privacy-team_help', text: 'Hello' })

  expect((await reader?.read())?.value).toBe('data: changed\n\n')
  await reader?.cancel()
})

test('where its port is taken, the sandbox takes the next free one', async () => {
  const [taken, page] = [createServer(), createServer()]
  onTestFinished(() => void [taken, page].map((server) => server.close()))
  await listenFrom(taken, 0)
  const { port } = taken.address() as AddressInfo

  await listenFrom(page, port)

  expect((page.address() as AddressInfo).port).toBeGreaterThan(port)
})
