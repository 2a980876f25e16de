/** The database can't be used; the message tells an operator why, and needs no stack. */
export class CannotOpenStore extends Error {
  override readonly name = 'CannotOpenStore'
}

/** The tables are of an earlier version: the next start of the bot brings them up to date. */
export class OfEarlierVersion extends CannotOpenStore {}
