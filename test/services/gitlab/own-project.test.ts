import { expect, test } from 'vitest'
import {
  OtherProject,
  refuseOtherProject,
  rememberProject,
} from '../../../src/services/gitlab/own-project.ts'
import { temporaryStore } from '../../store/temporary-store.ts'

const seen = { id: 101, path: 'support/data-requests', isArchived: false, hasIssues: true }

/** A database that holds the requests of this project. */
async function storeOf(named: string) {
  const store = await temporaryStore()
  await rememberProject(store, named, seen)
  return store
}

const neverAsked = () => Promise.reject(new Error('asked'))

test('a database that has read no project yet takes any, and GitLab is not asked', async () => {
  await expect(refuseOtherProject(await temporaryStore(), 'a/b', neverAsked)).resolves.toBeUndefined()
})

test('the same name is the same project: GitLab may be down', async () => {
  await expect(refuseOtherProject(await storeOf('a/b'), 'a/b', neverAsked)).resolves.toBeUndefined()
})

test('under the same name another project is refused, and the one that is known stays so', async () => {
  const store = await storeOf('a/b')
  const another = { ...seen, id: 7, path: 'a/b' }

  await expect(refuseOtherProject(store, 'a/b', async () => another)).rejects.toThrow(OtherProject)
  await expect(rememberProject(store, 'a/b', another)).rejects.toThrow(OtherProject)

  await expect(refuseOtherProject(store, 'a/b', async () => seen)).resolves.toBeUndefined()
})

test('another name of the same project is taken, and known from then on', async () => {
  const store = await storeOf('a/b')

  await refuseOtherProject(store, 101, async () => seen)

  await expect(refuseOtherProject(store, 101, neverAsked)).resolves.toBeUndefined()
})

test('another project is refused, with what to set', async () => {
  const store = await storeOf('a/b')

  await expect(
    refuseOtherProject(store, 'c/d', async () => ({ ...seen, id: 7, path: 'c/d' })),
  ).rejects.toThrow(
    new OtherProject(
      'The database holds the requests of the GitLab project a/b (101), and GITLAB_PROJECT is c/d (7): each project needs a database of its own in DATABASE_URL. If a/b was renamed or moved, set GITLAB_PROJECT to 101',
    ),
  )
})

test.each([
  ['is down', () => Promise.reject(new Error('down'))],
  ['shows no such project', async () => undefined],
])('another name is refused while GitLab %s', async (_, ask) => {
  await expect(refuseOtherProject(await storeOf('a/b'), 'c/d', ask)).rejects.toThrow(
    'The database holds the requests of a/b (101), GITLAB_PROJECT is c/d, and GitLab does not say whether they are the same',
  )
})
