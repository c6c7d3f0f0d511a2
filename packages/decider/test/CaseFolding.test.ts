/** Upper and lower case of all of Unicode. */
import { assert, describe, it } from "@effect/vitest"
import { CaseFolding } from "../src/index.ts"

const every = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff)

describe("folding case", () => {
  it("leaves alone what is folded, and as many code points as there were", () => {
    const changed = every.filter((code) => {
      const folded = CaseFolding.foldCase(String.fromCodePoint(code))
      return CaseFolding.foldCase(folded) !== folded || [...folded].length !== 1
    })
    assert.deepStrictEqual(changed, [])
  })

  it("is done for a text that is looked for by replacing what folds to it, in all of Unicode", () => {
    const upper = every.map((code) => String.fromCodePoint(code)).filter((sign) => CaseFolding.foldCase(sign) !== sign)
    const folded = CaseFolding.foldCase(upper.join(""))
    const { from, to } = CaseFolding.replacementsFor(folded)
    assert.deepStrictEqual([...from].toSorted(), upper.toSorted())
    assert.strictEqual(CaseFolding.foldCase(from), to)
    assert.deepStrictEqual(CaseFolding.replacementsFor("k!"), { from: "K\u212a", to: "kk" })
  })
})
