/**
 * The guarantee of `SchemaCompatibility`, by the judgement of Ajv: where it finds nothing between two schemas of a message, those
 * who know one accept whatever is said by the other.
 *
 * Every kind of field that messages have is changed into every other kind, is added, left out, and made optional or required.
 */
import { assert, describe, it } from "@effect/vitest"
import { PublishedMessage } from "@eventfold/decider"
import { SchemaCompatibility } from "@eventfold/messaging"
import { Schema } from "effect"
import { Ajv2020 } from "ajv/dist/2020.js"

const x = Schema.Struct({ x: Schema.Int })
const maybeY = Schema.Struct({ x: Schema.Int, y: Schema.optionalKey(Schema.Int) })

/** What a field can be, and things it can say, those at its bounds among them. */
const kinds: ReadonlyArray<readonly [kind: string, field: Schema.Codec<unknown, unknown>, says: Schema.JsonArray]> = [
  ["text", Schema.String, ["", "a", "anything"]],
  ["described text", Schema.String.annotate({ description: "Something in words." }), ["", "a", "anything"]],
  ["short text", Schema.String.check(Schema.isMaxLength(3)), ["", "a", "abc"]],
  ["word", Schema.Literals(["a", "b"]), ["a", "b"]],
  ["one of more words", Schema.Literals(["a", "b", "c"]), ["a", "c"]],
  ["number", Schema.Int, [-1, 0, 7, 1_000]],
  ["small number", Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })), [0, 7, 9]],
  ["number or nothing", Schema.NullOr(Schema.Int), [null, 0, 7]],
  ["number, text or nothing", Schema.Union([Schema.Int, Schema.String, Schema.Null]), [null, 7, "a"]],
  ["list", Schema.Array(Schema.Int), [[], [1], [1, 2]]],
  ["short list", Schema.Array(Schema.Int).check(Schema.isMaxLength(1)), [[], [1]]],
  ["part", x, [{ x: 1 }]],
  ["named part", x.annotate({ identifier: "Part" }), [{ x: 1 }]],
  ["part with more", maybeY, [{ x: 1 }, { x: 1, y: 2 }]],
  ["part with other", Schema.Struct({ z: Schema.String }), [{ z: "a" }]]
]

/** A message with an id and a field of one of these kinds, and what it can say. */
interface Variant {
  readonly name: string
  readonly document: Schema.JsonObject
  readonly accepts: (data: unknown) => boolean
  readonly says: Schema.JsonArray
}

const ajv = new Ajv2020({ strict: true })
const variant = (name: string, fields: Schema.Struct.Fields, says: Schema.JsonArray): Variant => {
  const content: Schema.Codec<unknown, unknown> = Schema.Struct({ id: Schema.String, ...fields })
  const message = PublishedMessage.make("any", "thing-said", 1, content)
  const document = PublishedMessage.jsonSchema(message, "https://any.example/any.thing-said.v1.json")
  const { $id: _, ...anonymous } = document
  const validate = ajv.compile(anonymous)
  return { name, document, accepts: (data) => validate(data), says }
}

const variants: ReadonlyArray<Variant> = [
  variant("none", {}, [{ id: "1" }]),
  ...kinds.flatMap(([kind, field, says]) => {
    const saying = says.map((value) => ({ id: "1", field: value }))
    return [
      variant(kind, { field }, saying),
      variant(`optional ${kind}`, { field: Schema.optionalKey(field) }, [{ id: "1" }, ...saying])
    ]
  })
]
const pairs = variants.flatMap((before) => variants.map((after) => ({ before, after })))
const isBorne = ({ after, before }: (typeof pairs)[number]) =>
  SchemaCompatibility.between(before.document, after.document).length === 0

describe("where nothing is found between two schemas", () => {
  it("those who know one accept whatever is said by the other", () => {
    for (const pair of pairs.filter(isBorne)) {
      const { after, before } = pair
      const place = `${before.name} has become ${after.name}`
      for (const said of after.says) assert.isTrue(before.accepts(said), `${place}, and says ${JSON.stringify(said)}`)
      for (const said of before.says) assert.isTrue(after.accepts(said), `${place}, and said ${JSON.stringify(said)}`)
    }
  })

  it("only words, names and fields that may be absent have changed", () => {
    const same = [
      ["text", "described text"],
      ["described text", "text"],
      ["part", "named part"],
      ["named part", "part"],
      ["part", "part with more"],
      ["named part", "part with more"]
    ]
    assert.sameMembers(
      pairs.filter(isBorne).map(({ after, before }) => `${before.name} has become ${after.name}`),
      [
        ...variants.map(({ name }) => `${name} has become ${name}`),
        ...kinds.map(([kind]) => `none has become optional ${kind}`),
        ...same.flatMap(([one, other]) => [
          `${one} has become ${other}`,
          `optional ${one} has become optional ${other}`
        ])
      ]
    )
  })
})
