/**
 * Search tokens: the words of a text in the form in which they are found again.
 *
 * The same function makes the tokens that a row keeps and those of a query, so both agree. It is NFKC, lower case, and
 * split at everything that is no letter, digit or mark on a letter. Every token is its own only token.
 */

/** The tokens of texts, each once, in the order in which they first stand there. Null and absent texts have none. */
export const of = (...texts: ReadonlyArray<string | null | undefined>): ReadonlyArray<string> => {
  const tokens = new Set<string>()
  for (const text of texts) for (const token of wordsOf(text ?? "")) tokens.add(token)
  return [...tokens]
}

/** The hash of a token under a secret key: a pure function to lower-case letters and digits, as many for every token. */
export type Hash = (token: string) => string

/**
 * The tokens of texts about people, each as its hash: rows can keep them where they must not keep the words. Who looks for
 * words hashes them with the same key, and finds whole words only.
 *
 * @throws Error when `hash` answers anything but lower-case letters and digits: that would never be found.
 */
export const hashed = (hash: Hash, ...texts: ReadonlyArray<string | null | undefined>): ReadonlyArray<string> =>
  of(...texts).map((token) => {
    const found = hash(token)
    if (!/^[a-z0-9]+$/u.test(found)) throw new Error("the hash of a token must be lower-case letters and digits")
    return found
  })

/** What somebody looks for: whole words, and the word still being typed. */
export interface Query {
  /** Tokens that must be there. */
  readonly words: ReadonlyArray<string>
  /** What one token must begin with; empty when nothing is looked for. */
  readonly prefix: string
}

/** The query a text asks: all its tokens, the last one as the beginning of a token. */
export const query = (text: string): Query => {
  const words = wordsOf(text)
  return { words: [...new Set(words.slice(0, -1))], prefix: words.at(-1) ?? "" }
}

/** True when a row with these tokens is found by the query. A query without tokens finds every row. */
export const found = (tokens: ReadonlyArray<string>, { prefix, words }: Query): boolean =>
  prefix === "" || (words.every((word) => tokens.includes(word)) && tokens.some((token) => token.startsWith(prefix)))

// Lower case can undo NFKC, hence twice. One sigma: whether it is final depends on what has been typed after it.
const wordsOf = (text: string): ReadonlyArray<string> =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFKC")
    .replaceAll("ς", "σ")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "")
