/** The database can't be used; the message tells an operator why, and needs no stack. */
export class CannotOpenStore extends Error {
  override readonly name = 'CannotOpenStore'
}
