/** Data stored in the form that decoding gives it is read by a quicker way, with the same outcome. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import { Arbitrary, DateTime, Option, Result, Schema, SchemaGetter, SchemaTransformation } from "effect"
import * as EventShape from "../src/EventShape.ts"
import * as UnchangedText from "../src/UnchangedText.ts"
import { occurredAt } from "./Account.ts"

const changing = (decode: (text: string) => string) =>
  SchemaTransformation.transform<string, string>({ decode, encode: (text) => text })

/** At most eight characters before, at most four after, without white space around. */
const Trimmed = Schema.String.check(Schema.isMaxLength(8, { message: "too long to begin with" })).pipe(
  Schema.decodeTo(
    Schema.String.check(
      Schema.isMinLength(1, { message: "empty" }).abort(),
      Schema.isMaxLength(4, { message: "too long" })
    ),
    changing((text) => text.trim())
  )
)
const Lower = Schema.String.pipe(
  Schema.decodeTo(
    Schema.String,
    changing((text) => text.toLowerCase())
  )
)
const Reversed = Schema.String.pipe(
  Schema.decodeTo(
    Schema.String,
    changing((text) => Array.from(text).toReversed().join(""))
  )
)

const Noted = DomainEvent.make("Noted", {
  text: Trimmed,
  by: Schema.optionalKey(Trimmed),
  lines: Schema.Array(Schema.Struct({ text: Trimmed, count: Schema.Int })),
  either: Schema.Union([Lower, Schema.String]),
  reversed: Reversed,
  at: Schema.optionalKey(Schema.DateTimeUtc)
})
const shape = EventShape.make(Noted)
const sound = { text: "a b", lines: [{ text: "one", count: 1 }], either: "low", reversed: "ab" }
const read = (data: Schema.JsonObject) => shape.decode(data, occurredAt)
const plainly = Schema.decodeUnknownResult(Schema.toCodecJson(Noted))

describe("the shape of an event", () => {
  it("reads text that is stored as decoding leaves it", () => {
    assert.deepStrictEqual(
      read({ ...sound, reversed: "aba", by: "ada", more: 1 }),
      Result.succeed(Noted.make({ ...sound, reversed: "aba", by: "ada", occurredAt }))
    )
  })

  it("changes text that decoding changes, wherever it stands", () => {
    const at = "2024-05-01T10:00:00.000Z"
    assert.deepStrictEqual(
      read({ text: " a b\n", by: " ada", lines: [{ text: " one ", count: 1 }], either: "LOW", reversed: "ab", at }),
      Result.succeed(Noted.make({ ...sound, by: "ada", reversed: "ba", at: DateTime.makeUnsafe(at), occurredAt }))
    )
  })

  it("keeps to the first member of a union that accepts a text", () => {
    assert.strictEqual(Result.getOrThrow(read({ ...sound, either: "UP" })).either, "up")
  })

  it("refuses what the schema refuses, in the words of the schema", () => {
    const wrong: ReadonlyArray<readonly [Schema.JsonObject, string]> = [
      [{ ...sound, text: "abcde" }, "too long"],
      [{ ...sound, text: "a        " }, "too long to begin with"],
      [{ ...sound, text: "  " }, "empty"],
      [{ ...sound, by: "abcde" }, "too long"],
      [{ ...sound, by: 1 }, "Expected string"],
      [{ ...sound, lines: [{ text: "one" }] }, "Missing key"],
      [{ ...sound, lines: [{ text: "one", count: 1.5 }] }, "integer"]
    ]
    for (const [data, words] of wrong) {
      const failure = Result.getOrThrow(Result.flip(read(data)))
      const whole = { ...data, _tag: "Noted", occurredAt: DateTime.formatIso(occurredAt) }
      assert.include(failure, words)
      assert.strictEqual(failure, Result.getOrThrow(Result.flip(plainly(whole))).message)
    }
  })

  it("answers an object of its own, and leaves the data alone", () => {
    const data = { ...sound, reversed: "aba" }
    const { lines } = Result.getOrThrow(read(data))
    assert.notStrictEqual<unknown>(lines, data.lines)
    assert.notStrictEqual<unknown>(lines[0], data.lines[0])
    assert.deepStrictEqual(data, { ...sound, reversed: "aba" })
  })

  it("throws what the code of a schema throws", () => {
    const thrower = changing(() => {
      throw new RangeError("not today")
    })
    const Thrown = DomainEvent.make("Thrown", {
      text: Schema.String.pipe(Schema.decodeTo(Schema.String, thrower))
    })
    assert.throws(() => EventShape.make(Thrown).decode({ text: "a" }, occurredAt))
  })

  it.prop(
    "reads any text as the schema does",
    [Arbitrary.schema(Schema.String), Arbitrary.schema(Schema.String)],
    ([text, either]) => {
      const data = { ...sound, text, either }
      const whole = plainly({ ...data, _tag: "Noted", occurredAt: DateTime.formatIso(occurredAt) })
      assert.deepStrictEqual(Result.getSuccess(read(data)), Result.getSuccess(whole))
    }
  )
})

describe("the quicker form", () => {
  const accepts = (schema: Schema.Top, data: unknown) =>
    Option.isSome(Schema.decodeUnknownOption(Schema.make<Schema.Codec<unknown>>(UnchangedText.of(schema.ast)))(data))

  it("takes just the text that decoding leaves as it is", () => {
    assert.deepStrictEqual(
      ["a", " a", "abcde", "", "a        "].map((text) => accepts(Trimmed, text)),
      [true, false, false, false, false]
    )
  })

  it("refuses what may not be decoded, although decoding would leave it as it is", () => {
    const plain = Schema.String.check(Schema.makeFilter((text) => !text.includes("x")))
    const WithoutX = plain.pipe(
      Schema.decodeTo(
        Schema.String,
        changing((text) => text.trim())
      )
    )
    assert.deepStrictEqual(
      ["a", "ax"].map((text) => accepts(WithoutX, text)),
      [true, false]
    )
  })

  it("is the schema itself where decoding may need more than the text", () => {
    const effectful = Schema.String.pipe(
      Schema.decodeTo(Schema.String, {
        decode: SchemaGetter.transformOptional(Option.map((text: string) => text.trim())),
        encode: SchemaGetter.passthrough()
      })
    )
    const others = [
      effectful,
      Schema.Union([Lower, Schema.String]),
      Schema.DateTimeUtcFromString,
      Schema.Struct({ a: Schema.Int })
    ]
    for (const { ast } of [...others, Schema.Array(Schema.Int)]) assert.strictEqual(UnchangedText.of(ast), ast)
  })
})
