import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { bodies, draft, mug, orderThrough, uuid } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

describe("versions of an order", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("are answered as an entity tag by commands and by GET", () =>
      Effect.gen(function* () {
        const { answer, path } = yield* draft()
        const placed = yield* request("POST", `${path}/place`, { body: bodies.place })
        const got = yield* request("GET", path)
        assert.deepStrictEqual(
          [answer, placed, got].map(({ headers }) => headers["etag"]),
          ['"2"', '"3"', '"3"']
        )
        assert.strictEqual(got.headers["cache-control"], "no-cache")
      })
    )

    it.effect("guard a command with If-Match: it happens at that version only", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const late = yield* request("POST", `${path}/place`, { body: bodies.place, headers: { "if-match": '"1"' } })
        assert.strictEqual(late.status, 412)
        assert.strictEqual(late.headers["content-type"], "application/problem+json")
        assert.deepInclude(late.body.value, {
          type: "urn:eventfold:problem:version-mismatch",
          status: 412,
          currentVersion: 2
        })
        const inTime = yield* request("POST", `${path}/place`, { body: bodies.place, headers: { "if-match": '"2"' } })
        assert.deepStrictEqual([inTime.status, inTime.body.at("version")], [200, 3])
      })
    )

    it.effect("guard the removal of an item and the drafting of an order too", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const item = `${path}/items/${mug.productId}`
        const removed = yield* request("DELETE", item, { headers: { "if-match": '"7"' } })
        assert.deepStrictEqual([removed.status, removed.body.at("currentVersion")], [412, 2])
        const { answer } = yield* draft({}, { "if-match": '"1"' })
        assert.deepStrictEqual([answer.status, answer.body.at("currentVersion")], [412, 0])
      })
    )

    it.effect("do not matter to If-Match: *", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const placed = yield* request("POST", `${path}/place`, { body: bodies.place, headers: { "if-match": "*" } })
        assert.strictEqual(placed.status, 200)
      })
    )

    it.effect.each(["3", '"x"', 'W/"3"', '"1", "2"', '"-1"', '""'])("refuses If-Match: %s as malformed", (tag) =>
      Effect.gen(function* () {
        const path = `/orders/order_${uuid()}/place`
        const { body, status } = yield* request("POST", path, { body: bodies.place, headers: { "if-match": tag } })
        assert.strictEqual(status, 400)
        assert.deepStrictEqual(
          body.all("errors").map((error) => [error.at("in"), error.at("field")]),
          [["header", "if-match"]]
        )
      })
    )

    it.effect.each(['"2"', 'W/"2"', '"1", "2"', "*"])(
      "answers 304 to If-None-Match: %s of an order at version 2",
      (tag) =>
        Effect.gen(function* () {
          const path = yield* orderThrough()
          const { headers, status, text } = yield* request("GET", path, { headers: { "if-none-match": tag } })
          assert.deepStrictEqual([status, text, headers["etag"]], [304, "", '"2"'])
        })
    )

    it.effect("answers 200 to an If-None-Match that names older versions, and 400 to a malformed one", () =>
      Effect.gen(function* () {
        const path = yield* orderThrough("place")
        const older = yield* request("GET", path, { headers: { "if-none-match": '"1", W/"2"' } })
        assert.deepStrictEqual([older.status, older.body.at("version")], [200, 3])
        const malformed = yield* request("GET", path, { headers: { "if-none-match": "3" } })
        assert.deepStrictEqual([malformed.status, malformed.body.at("errors", 0, "field")], [400, "if-none-match"])
      })
    )
  })
})
