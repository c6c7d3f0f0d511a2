/**
 * A published message stays what it is, whatever is done to the files by hand: changes to the messages and schemas of the
 * service, and to a list of its messages, each with what is said against it.
 */
import { NodeFileSystem } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { PublishedMessage } from "@eventfold/decider"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { schemaDocument } from "@eventfold/orders-api/contexts/Languages"
import { OrderId } from "@eventfold/shared-kernel"
import { Effect, Schema } from "effect"
import * as Documents from "./Documents.ts"
import * as PublishedList from "./PublishedList.ts"

const type = "ordering.order-approved.v1"
const file = `docs/schemas/${type}.json`
const at = PublishedMessage.Instant

/** The schema of the message when it says something else. */
const saying = <Content>(content: Schema.Codec<Content, unknown>) =>
  schemaDocument(PublishedMessage.make("ordering", "order-approved", 1, content))
const renamed = saying(Schema.Struct({ orderId: OrderId, okayedAt: at }))
const more = saying(Schema.Struct({ orderId: OrderId, approvedAt: at, note: Schema.optionalKey(Schema.String) }))

/** The message as it is, with nothing else: in the list, in its file and declared. */
const asItIs = Effect.gen(function* () {
  const document = schemaDocument(OrderingMessages.OrderApprovedV1)
  const one = new Map([[type, document]])
  const list = yield* PublishedList.extended({ list: {}, declared: one })
  const found: PublishedList.Compared = { list, published: one, declared: one }
  return found
})

/** What is said against a change. */
const against = Effect.fnUntraced(function* (change: Partial<PublishedList.Compared>) {
  return yield* PublishedList.check({ ...(yield* asItIs), ...change })
})

const none = new Map<string, Schema.JsonObject>()
const withdraw =
  `To withdraw a message that nobody reads any more, take it out of its language, delete ${file}, and mark it in ` +
  'docs/published.json with "withdrawn": true'
const withdrawn = Effect.map(asItIs, ({ list }) => ({
  [type]: { schema: list[type]?.schema ?? "", withdrawn: true as const }
}))

layer(NodeFileSystem.layer)("the list of what is published", (it) => {
  it.effect("has every message of the service, with the schema in its file", () =>
    Effect.gen(function* () {
      const known = (yield* Documents.list) ?? {}
      const published = yield* Documents.published
      const still = Object.entries(known).filter(([, entry]) => entry.withdrawn !== true)
      assert.deepStrictEqual(
        still.map(([one]) => one),
        [...published.keys()]
      )
      for (const one of published.keys()) {
        const others = new Map([...published].map(([key, document]) => [key, key === one ? renamed : document]))
        const [problem] = yield* PublishedList.check({ list: known, published: others, declared: others })
        assert.include(problem, `docs/schemas/${one}.json is not the schema that docs/published.json knows`)
      }
    })
  )

  it.effect("has nothing against messages that stay, come to be, or say more in fields that may be absent", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* against({}), [])
      assert.deepStrictEqual(yield* against({ list: {}, published: none }), [])
      assert.deepStrictEqual(yield* against({ declared: new Map([[type, more]]) }), [])
      assert.deepStrictEqual(yield* against({ published: none }), [], "the file is written again")
    })
  )

  it.effect("refuses a field of another name, and does so when the schema is deleted or edited", () =>
    Effect.gen(function* () {
      const declared = new Map([[type, renamed]])
      assert.deepStrictEqual(yield* against({ declared }), [
        `${type} is published, and must stay as it is: approvedAt: the field is gone; okayedAt: the field is new and required. ` +
          "Leave it, and publish ordering.order-approved.v2 beside it"
      ])
      assert.deepStrictEqual(yield* against({ declared, published: none }), [
        `${type} is published and says something else now, and ${file} is gone. Restore the file with git, declare the message ` +
          `as it was, and publish ordering.order-approved.v2 beside it. ${withdraw}`
      ])
      assert.deepStrictEqual(yield* against({ declared, published: declared }), [
        `${file} is not the schema that docs/published.json knows as published. Restore both with git. What ${type} says is ` +
          'changed where it is declared, as far as "npm run schemas" lets it'
      ])
    })
  )

  it.effect("refuses also what readers would bear, when nobody can tell any more", () =>
    Effect.gen(function* () {
      const [problem, ...others] = yield* against({ declared: new Map([[type, more]]), published: none })
      assert.include(problem, "says something else now")
      assert.deepStrictEqual(others, [])
    })
  )

  it.effect("says how to withdraw a message that is not declared any more, and lets it go", () =>
    Effect.gen(function* () {
      const [problem, ...others] = yield* against({ declared: none })
      assert.include(problem, "it is not declared any more")
      assert.include(problem, withdraw)
      assert.deepStrictEqual(others, [])
      assert.include(
        (yield* against({ declared: none, published: none }))[0],
        "is published and is not declared any more"
      )
      const list = yield* withdrawn
      assert.deepStrictEqual(yield* against({ list, declared: none, published: none }), [])
      assert.deepStrictEqual(yield* against({ list, declared: none }), [
        `${type} is withdrawn, and still has a schema. Delete ${file}`
      ])
      assert.deepStrictEqual(yield* against({ list, published: none }), [
        `${type} is withdrawn, and its name is not used again. Publish ordering.order-approved.v2`
      ])
    })
  )

  it.effect("is only ever extended", () =>
    Effect.gen(function* () {
      const { list } = yield* asItIs
      assert.deepStrictEqual(yield* PublishedList.extended({ list, declared: none }), list)
      const gone = yield* withdrawn
      const next = "ordering.order-approved.v2"
      const declared = new Map([[next, more]])
      assert.deepStrictEqual(Object.keys(yield* PublishedList.extended({ list: gone, declared })), [type, next])
      assert.deepStrictEqual((yield* PublishedList.extended({ list: gone, declared }))[type], gone[type])
      const extended = yield* PublishedList.extended({ list, declared: new Map([[type, more]]) })
      assert.notStrictEqual(extended[type]?.schema, list[type]?.schema)
    })
  )
})
