/** Every kind of change to a published message, and whether it is borne. */
import { assert, describe, it } from "@effect/vitest"
import { PublishedMessage } from "@eventfold/decider"
import { Schema } from "effect"
import { SchemaCompatibility } from "../src/index.ts"

const documentOf = <Content>(content: Schema.Codec<Content, unknown>, version = 1) =>
  PublishedMessage.jsonSchema(
    PublishedMessage.make("tea", "served", version, content),
    `https://tea.example/v${version}`
  )

const Cup = Schema.Struct({ name: Schema.String, sugar: Schema.optionalKey(Schema.Int) }).annotate({
  identifier: "Cup"
})
const fields = {
  pot: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(20)),
  count: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 })),
  kind: Schema.Literals(["green", "black"]),
  note: Schema.optionalKey(Schema.String),
  words: Schema.Array(Schema.String),
  cups: Schema.Array(Cup),
  best: Cup
}
const published = documentOf(Schema.Struct(fields))

type Fields = Readonly<Record<string, Schema.Codec<unknown, unknown>>>

/** What is found when some fields are others. A field that is `undefined` is left out. */
const changed = (others: Readonly<Record<string, Schema.Codec<unknown, unknown> | undefined>>, before = published) => {
  const now: Record<string, Schema.Codec<unknown, unknown>> = {}
  for (const [name, field] of Object.entries({ ...fields, ...others })) if (field !== undefined) now[name] = field
  return SchemaCompatibility.between(before, documentOf(Schema.Struct(now))).map(
    ({ place, what }) => `${place}: ${what}`
  )
}

describe("a change that everybody bears", () => {
  const borne: ReadonlyArray<readonly [name: string, found: ReadonlyArray<string>]> = [
    ["none at all", changed({})],
    ["a new field that may be absent", changed({ rest: Schema.optionalKey(Schema.String) })],
    [
      "a new field of a part that may be absent",
      changed(cupsOf({ ...Cup.fields, milk: Schema.optionalKey(Schema.Int) }))
    ],
    ["a word of description", changed({ note: Schema.optionalKey(Schema.String.annotate({ description: "…" })) })],
    ["a title and an example", changed({ pot: fields.pot.annotate({ title: "Pot", examples: ["the blue one"] }) })],
    ["another name of a definition", changed(cupsOf(Cup.fields, "Mug"))],
    ["a definition that is written out", changed({ cups: Schema.Array(Schema.Struct(Cup.fields)) })]
  ]
  for (const [name, found] of borne) it(`is ${name}`, () => assert.deepStrictEqual(found, []))
})

it("the items of a tuple are compared by what they say, each at its place", () => {
  const pairOf = (name: string, second: Schema.Codec<unknown, unknown>) =>
    documentOf(
      Schema.Struct({ pair: Schema.Tuple([Schema.Struct(Cup.fields).annotate({ identifier: name }), second]) })
    )
  const before = pairOf("Cup", Schema.Boolean)
  assert.deepStrictEqual(SchemaCompatibility.between(before, pairOf("Mug", Schema.Boolean)), [])
  assert.deepStrictEqual(SchemaCompatibility.between(before, pairOf("Cup", Schema.String)), [
    { place: "pair[1]", what: 'type "boolean" has become "string"' }
  ])
})

describe("a change that is refused", () => {
  const open = PublishedMessage.make("tea", "served", 1, Schema.Struct({ pot: Schema.String }))
  const sealed = { ...PublishedMessage.jsonSchema(open, "https://tea.example/v1"), additionalProperties: false }
  const more = documentOf(Schema.Struct({ pot: Schema.String, lid: Schema.optionalKey(Schema.String) }))
  const { pot: _, ...withoutPot } = fields
  const refused: ReadonlyArray<readonly [name: string, found: ReadonlyArray<string>, told: string]> = [
    ["a field that is gone", changed({ kind: undefined }), "kind: the field is gone"],
    ["one that may be absent and is gone", changed({ note: undefined }), "note: the field is gone"],
    [
      "a field of another name",
      SchemaCompatibility.between(published, documentOf(Schema.Struct({ ...withoutPot, kettle: fields.pot }))).map(
        ({ place, what }) => `${place}: ${what}`
      ),
      "pot: the field is gone|kettle: the field is new and required"
    ],
    ["a new field that must be there", changed({ price: Schema.Int }), "price: the field is new and required"],
    ["a field that must be there now", changed({ note: Schema.String }), "note: the field has become required"],
    [
      "a field that may be absent now",
      changed({ kind: Schema.optionalKey(fields.kind) }),
      "kind: the field has become optional"
    ],
    ["another type", changed({ note: Schema.optionalKey(Schema.Boolean) }), 'note: type "string" has become "boolean"'],
    [
      "null",
      changed({ kind: Schema.NullOr(fields.kind) }),
      'kind: type "string" has become nothing|kind: enum ["green","black"] has become nothing|' +
        'kind: anyOf nothing has become [{"type":"string","enum":["green","black"]},{"type":"null"}]'
    ],
    [
      "one choice for another",
      changed(
        { kind: Schema.NullOr(Schema.Boolean) },
        documentOf(Schema.Struct({ ...fields, kind: Schema.NullOr(Schema.String) }))
      ),
      'kind: type "string" has become "boolean"'
    ],
    [
      "a narrower list of words",
      changed({ kind: Schema.Literals(["green"]) }),
      'kind: "black" is not in the list any more'
    ],
    [
      "a wider list of words",
      changed({ kind: Schema.Literals(["green", "black", "white"]) }),
      'kind: "white" is new, and nobody who reads it expects it'
    ],
    [
      "a narrower bound",
      changed({ count: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5 })) }),
      "count: maximum 9 has become 5"
    ],
    [
      "a wider bound",
      changed({ count: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })) }),
      "count: minimum 1 has become 0"
    ],
    [
      "a bound where there was none",
      changed({ note: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^a/u))) }),
      'note: pattern nothing has become "^a"'
    ],
    [
      "a field of a part, everywhere it is",
      changed(cupsOf({ name: Schema.String })),
      "cups[].sugar: the field is gone|best.sugar: the field is gone"
    ],
    [
      "items of another kind",
      changed({ words: Schema.Array(Schema.Boolean) }),
      'words[]: type "string" has become "boolean"'
    ],
    [
      "another address",
      SchemaCompatibility.between(published, documentOf(Schema.Struct(fields), 2)).map(({ what }) => what),
      '$id "https://tea.example/v1" has become "https://tea.example/v2"'
    ],
    [
      "a new field where it was promised that there is no other",
      SchemaCompatibility.between(sealed, { ...more, additionalProperties: false }).map(({ what }) => what),
      "the field is new, and those who read the message were promised that there is no other"
    ]
  ]
  for (const [name, found, told] of refused) {
    it(`is ${name}`, () => assert.deepStrictEqual(found.join("|"), told))
  }

  it("is found in schemas that contain themselves", () => {
    const tree = (leaf: Schema.Json): Schema.JsonObject => ({
      $ref: "#/$defs/Tree",
      $defs: {
        Tree: {
          type: "object",
          properties: { leaf, branches: { type: "array", items: { $ref: "#/$defs/Tree" } } },
          required: ["leaf"]
        }
      }
    })
    assert.deepStrictEqual(SchemaCompatibility.between(tree({ type: "string" }), tree({ type: "string" })), [])
    assert.deepStrictEqual(SchemaCompatibility.between(tree({ type: "string" }), tree({ type: "integer" })), [
      { place: "leaf", what: 'type "string" has become "integer"' }
    ])
  })
})

describe("published messages", () => {
  const v1 = documentOf(Schema.Struct(fields))
  const { cups: _, ...fewer } = fields
  const v2 = documentOf(Schema.Struct(fewer), 2)

  it("stay as they are while others come beside them", () => {
    const now = new Map([
      ["tea.served.v1", v1],
      ["tea.served.v2", v2]
    ])
    assert.deepStrictEqual(SchemaCompatibility.check(new Map([["tea.served.v1", v1]]), now), [])
  })

  it("that are said otherwise are refused, with what to do instead", () => {
    const before = new Map([
      ["tea.served.v1", v1],
      ["tea.served.v2", v2]
    ])
    const now = new Map([
      ["tea.served.v1", documentOf(Schema.Struct(fewer))],
      ["tea.served.v2", v2]
    ])
    assert.deepStrictEqual(
      SchemaCompatibility.check(before, now).map(({ message }) => message),
      [
        "tea.served.v1 is published, and must stay as it is: cups: the field is gone. Leave it, and publish tea.served.v3 beside it"
      ]
    )
  })

  it("that are not declared any more are refused", () => {
    assert.deepStrictEqual(
      SchemaCompatibility.check(new Map([["tea.served.v1", v1]]), new Map([["tea.served.v2", v2]])).map(
        ({ message }) => message
      ),
      [
        "tea.served.v1 is published, and must stay as it is: it is not declared any more. Declare it again, and say it for as long as somebody reads it"
      ]
    )
  })
})

function cupsOf(of: Fields, identifier = "Cup") {
  const cup: Schema.Codec<unknown, unknown> = Schema.Struct(of).annotate({ identifier })
  return { cups: Schema.Array(cup), best: cup }
}
