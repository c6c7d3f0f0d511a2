/** The document of languages, as a value. That it is AsyncAPI is told by the official parser, in `test/messages.test.ts`. */
import { assert, describe, it } from "@effect/vitest"
import { PublishedMessage } from "@eventfold/decider"
import { DateTime, Predicate, Result, Schema } from "effect"
import { AsyncApi, CloudEvent } from "../src/index.ts"

const Cup = Schema.Struct({ name: Schema.String }).annotate({ identifier: "Cup" })
const Tray = Schema.Struct({ cups: Schema.Array(Cup) }).annotate({ identifier: "Tray" })
const Pot = Schema.Struct({ litres: Schema.Int }).annotate({ identifier: "Pot" })
const OtherCup = Schema.Struct({ size: Schema.Int }).annotate({ identifier: "Cup" })
const served = Schema.Struct({ tray: Tray, pot: Pot }).annotate({ description: "Tea is on the table." })
const ServedV1 = PublishedMessage.make("bar", "served", 1, served)
const BrewedV1 = PublishedMessage.make("kitchen", "brewed", 1, Schema.Struct({ cup: OtherCup, pot: Pot }))
const SpiltV1 = PublishedMessage.make("kitchen", "spilt", 1, Schema.Struct({ pot: Pot }))

const document = AsyncApi.document({
  title: "Tea",
  version: "1.2.3",
  description: "What they say.",
  languages: [PublishedMessage.language("bar", [ServedV1]), PublishedMessage.language("kitchen", [BrewedV1, SpiltV1])],
  hearing: [
    { context: "books", hears: ["bar.served.v1", "kitchen.spilt.v1", "cellar.opened.v1"] },
    { context: "bar", hears: [] }
  ],
  schemas: "https://tea.example/schemas"
})

/** What is at a place. */
const at = (...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((json, key) => (Predicate.hasProperty(json, key) ? json[key] : undefined), document)
const keysAt = (...path: ReadonlyArray<string>) => Object.keys(at(...path) ?? {})

describe("the AsyncAPI document", () => {
  it("has a channel for each context, with what it says", () => {
    assert.deepStrictEqual(keysAt("channels"), ["bar", "kitchen"])
    assert.strictEqual(at("channels", "kitchen", "address"), "kitchen")
    assert.deepStrictEqual(keysAt("channels", "kitchen", "messages"), ["kitchen.brewed.v1", "kitchen.spilt.v1"])
    assert.deepInclude(at("components", "messages", "bar.served.v1"), {
      name: "bar.served.v1",
      summary: "Tea is on the table.",
      payload: { $ref: "#/components/schemas/bar.served.v1" },
      externalDocs: {
        description: "Its JSON Schema (2020-12)",
        url: "https://tea.example/schemas/bar.served.v1.json"
      }
    })
  })

  it("says who sends and who receives, and nothing of what nobody says", () => {
    assert.deepStrictEqual(keysAt("operations"), ["bar.says", "kitchen.says", "books.hears.bar", "books.hears.kitchen"])
    assert.deepInclude(at("operations", "kitchen.says"), {
      action: "send",
      channel: { $ref: "#/channels/kitchen" },
      messages: [
        { $ref: "#/channels/kitchen/messages/kitchen.brewed.v1" },
        { $ref: "#/channels/kitchen/messages/kitchen.spilt.v1" }
      ]
    })
    assert.deepInclude(at("operations", "books.hears.kitchen"), {
      action: "receive",
      channel: { $ref: "#/channels/kitchen" },
      messages: [{ $ref: "#/channels/kitchen/messages/kitchen.spilt.v1" }]
    })
  })

  it("has what all mean the same by once, and what they do not for each message", () => {
    assert.sameMembers(keysAt("components", "schemas"), [
      "CloudEventAttributes",
      "bar.served.v1",
      "kitchen.brewed.v1",
      "kitchen.spilt.v1",
      "Pot",
      "bar.served.v1.Cup",
      // It is made of cups.
      "bar.served.v1.Tray",
      "kitchen.brewed.v1.Cup"
    ])
    assert.deepStrictEqual(at("components", "schemas", "kitchen.brewed.v1", "properties"), {
      cup: { $ref: "#/components/schemas/kitchen.brewed.v1.Cup" },
      pot: { $ref: "#/components/schemas/Pot" }
    })
  })

  it("refers to nothing that is not there", () => {
    const text = JSON.stringify(document)
    const references = Array.from(text.matchAll(/"\$ref":"#\/([^"]+)"/gu), ([, path = ""]) => path)
    assert.isAbove(references.length, 15)
    for (const path of references) assert.isDefined(at(...path.split("/")), path)
    assert.notInclude(text, "$defs")
  })

  it("names the attributes that messages have", () => {
    const message: CloudEvent.CloudEvent = {
      specversion: "1.0",
      id: "1",
      source: "/contexts/bar",
      type: "bar.served.v1",
      subject: "table-1",
      time: DateTime.makeUnsafe(0),
      datacontenttype: "application/json",
      dataschema: "https://tea.example/schemas/bar.served.v1.json",
      partitionkey: "table-1",
      correlationid: "2",
      causationid: "3",
      data: {}
    }
    const all = { ...message, tenantid: "acme", traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` }
    const attributesOf = (one: CloudEvent.CloudEvent) =>
      Object.keys(Result.getOrThrow(CloudEvent.toParts(one)).attributes)
    const path = ["components", "schemas", "CloudEventAttributes"]
    assert.sameMembers(keysAt(...path, "properties"), attributesOf(all))
    assert.deepStrictEqual(at(...path, "required"), attributesOf(message))
  })
})
