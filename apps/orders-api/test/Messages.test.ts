/** What the contexts say to each other, over HTTP: the JSON Schema of each message, and all of it as AsyncAPI. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { asyncApi, languages, schemaDocuments } from "../src/contexts/Languages.ts"
import { each, read } from "./Reading.ts"
import { request, TestService } from "./TestService.ts"

const types = languages.flatMap(({ messages }) => messages.map(({ type }) => type))

describe("the published messages", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("are listed, each with the path of its JSON Schema", () =>
      Effect.gen(function* () {
        const list = yield* read("/schemas")
        assert.deepStrictEqual(each(list, "messages", "type"), types)
        const documents = schemaDocuments()
        for (const message of list.all("messages")) {
          const { body, headers, status } = yield* request("GET", message.text("schema"))
          assert.strictEqual(status, 200)
          assert.match(headers["content-type"] ?? "", /^application\/schema\+json/u)
          assert.deepStrictEqual(body.value, documents.get(message.text("type")))
        }
      })
    )

    it.effect("are known by type and version, and no others are", () =>
      Effect.gen(function* () {
        for (const [type, reason] of [
          ["ordering.order-placed.v9", "known of it are v1"],
          ["ordering.order-lost.v1", "the language of ordering has no message of this name"],
          ["cellar.wine-opened.v1", "the language of cellar has no message of this name"],
          ["nothing", "the language of nothing has no message of this name"]
        ] as const) {
          const { body, status } = yield* request("GET", `/schemas/${type}.json`)
          assert.strictEqual(status, 404)
          assert.deepInclude(body.value, {
            type: "urn:eventfold:problem:message-not-found",
            detail: `${type} is not understood: ${reason}`,
            known: types
          })
        }
      })
    )

    it.effect("are one AsyncAPI document", () =>
      Effect.gen(function* () {
        const { body, headers, status } = yield* request("GET", "/asyncapi.json")
        assert.strictEqual(status, 200)
        assert.match(headers["content-type"] ?? "", /^application\/json/u)
        assert.deepStrictEqual(body.value, asyncApi())
      })
    )
  })
})
