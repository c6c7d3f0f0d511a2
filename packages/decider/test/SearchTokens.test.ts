/** Search tokens of texts about people: rows keep their hashes in place of the words. */
import { assert, describe, it } from "@effect/vitest"
import { SearchTokens } from "../src/index.ts"

describe("hashed tokens", () => {
  it("are the hashes of the words in the form in which they are found again, each once", () => {
    const hash = (token: string) => `h${token.length}`
    assert.deepStrictEqual(SearchTokens.hashed(hash, "Ada, ada!", null, "Grace Hopper"), ["h3", "h5", "h6"])
    assert.deepStrictEqual(SearchTokens.hashed(hash, "", undefined), [])
  })

  it("are refused when they are no tokens themselves, because nobody would find them", () => {
    for (const hash of ["", "A", "a b", "a-b", "é"]) {
      assert.throws(() => SearchTokens.hashed(() => hash, "ada"), "must be lower-case letters and digits")
    }
  })
})
