import { assert, describe, it } from "@effect/vitest"
import { Address, EmailAddress, Percentage, PersonName, Quantity, Text } from "@eventfold/shared-kernel"
import { Result, Schema } from "effect"

const decode = <A>(schema: Schema.Codec<A, unknown>, input: unknown) =>
  Schema.decodeUnknownResult(Schema.toCodecJson(schema), { errors: "all" })(input)
const read = <A>(schema: Schema.Codec<A, unknown>, input: unknown): A => Result.getOrThrow(decode(schema, input))
const problem = <A>(schema: Schema.Codec<A, unknown>, input: unknown): string =>
  Result.getOrThrow(Result.flip(decode(schema, input))).message

describe("Quantity and Percentage", () => {
  it("take whole numbers in their range", () => {
    assert.deepStrictEqual(
      [1, 42, 1_000_000].map((value) => read(Quantity.Quantity, value)),
      [1, 42, 1_000_000]
    )
    assert.deepStrictEqual(
      [0, 1_250, 10_000].map((value) => read(Percentage.Percentage, value)),
      [0, 1_250, 10_000]
    )
  })

  it("say the rule, whatever is wrong", () => {
    for (const wrong of [0, -1, 1.5, 1_000_001, Number.NaN, "3", null]) {
      assert.strictEqual(problem(Quantity.Quantity, wrong), "must be a whole number from 1 to 1000000")
    }
    for (const wrong of [-1, -0, 0.5, 10_001, "10%", undefined]) {
      assert.strictEqual(
        problem(Percentage.Percentage, wrong),
        "must be a whole number of basis points from 0 to 10000"
      )
    }
  })

  it("tell their range to JSON Schema", () => {
    assert.deepStrictEqual(Schema.toJsonSchemaDocument(Quantity.Quantity).schema, {
      type: "integer",
      minimum: 1,
      maximum: 1_000_000
    })
  })
})

describe("Text", () => {
  const Line = Text.line(5)

  it("is trimmed when it is read", () => {
    assert.strictEqual(read(Line, " \tab c\n"), "ab c")
  })

  it("counts characters, not UTF-16 units", () => {
    assert.strictEqual(read(Line, "😀😀😀😀😀"), "😀😀😀😀😀")
    assert.strictEqual(problem(Line, "😀😀😀😀😀😀"), "must be text of 1 to 5 characters")
  })

  it("is never empty", () => {
    for (const wrong of ["", "   ", 3, null]) {
      assert.strictEqual(problem(Line, wrong), "must be text of 1 to 5 characters")
    }
  })

  it("has no control characters, line breaks or unpaired surrogates", () => {
    for (const wrong of ["a\u0000b", "a\nb", "a\u007fb", "a\u2028b", "a\ud800b", "\udc00"]) {
      assert.strictEqual(
        problem(Line, wrong),
        "must be one line, without control characters, broken Unicode or white space around it"
      )
    }
  })

  it("built in the program must come trimmed", () => {
    assert.isFalse(Schema.is(Line)(" a"))
    assert.isFalse(Schema.is(Line)("a "))
    assert.isTrue(Schema.is(Line)("a b"))
  })

  it("as a block may have line breaks and tabs, nothing worse", () => {
    assert.strictEqual(read(Text.block(20), "one\r\n\ttwo\n"), "one\r\n\ttwo")
    assert.strictEqual(
      problem(Text.block(20), "one\u0000two"),
      "must be without control characters, broken Unicode or white space around it"
    )
  })

  it("tells its length to JSON Schema", () => {
    assert.deepStrictEqual(Schema.toJsonSchemaDocument(Line).schema, { type: "string", minLength: 1, maxLength: 5 })
  })

  it.prop("is the same after a round trip through JSON", [Text.block(40)], ([text]) => {
    assert.strictEqual(read(Text.block(40), JSON.parse(JSON.stringify(text))), text)
  })
})

describe("EmailAddress", () => {
  it("takes what mail servers take", () => {
    for (const good of ["ada@example.org", "a.b+c@sub.example.co.uk", "ünal@müller.example", " ada@example.org "]) {
      assert.strictEqual(read(EmailAddress.EmailAddress, good), good.trim())
    }
  })

  it("refuses what is no address", () => {
    const wrong = [
      "ada",
      "ada@",
      "@example.org",
      "ada@example",
      "a b@example.org",
      "a@b@example.org",
      "a@-x.org",
      "a@x-.org"
    ]
    for (const text of [...wrong, `${"a".repeat(65)}@example.org`, "a@example..org", "a\u0000@example.org"]) {
      assert.strictEqual(problem(EmailAddress.EmailAddress, text), "must be an e-mail address such as name@example.org")
    }
  })

  it.prop("is the same after a round trip", [EmailAddress.EmailAddress], ([email]) => {
    assert.strictEqual(read(EmailAddress.EmailAddress, email), email)
  })
})

describe("Address and PersonName", () => {
  const münster = {
    recipient: "Toms Spezialitäten",
    street: "Luisenstr. 48",
    city: "Münster",
    postalCode: "44087",
    country: "Germany"
  }

  it("take real addresses, with and without region and postal code", () => {
    assert.deepStrictEqual(read(Address.Address, münster), münster)
    const { postalCode, ...cork } = { ...münster, city: "Cork", region: "Co. Cork", country: "Ireland" }
    assert.deepStrictEqual(read(Address.Address, cork), cork)
    assert.strictEqual(postalCode, "44087")
    assert.strictEqual(read(PersonName.PersonName, "Renée O’Neill"), "Renée O’Neill")
  })

  it("name every wrong field at once", () => {
    assert.strictEqual(
      problem(Address.Address, { ...münster, street: "", postalCode: "1".repeat(21), country: 49 }),
      `must be text of 1 to 200 characters\n  at ["street"]\n` +
        `must be text of 1 to 20 characters\n  at ["postalCode"]\n` +
        `must be text of 1 to 100 characters\n  at ["country"]`
    )
    assert.strictEqual(problem(Address.Address, "Münster"), "must be an address: recipient, street, city, country")
  })
})
