import { beforeEach, inject } from 'vitest'

beforeEach(({ skip }) => {
  const given = inject('postgres')
  if (given && 'because' in given) skip(given.because)
})
