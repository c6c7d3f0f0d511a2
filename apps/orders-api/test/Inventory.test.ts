import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { counts, end, newProduct, pathOf, receive, reserve, stocked } from "./InventorySamples.ts"
import { uuid } from "./Samples.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const isProblem = (answer: Answer, status: number, name: string) => {
  assert.strictEqual(answer.status, status, answer.text)
  assert.strictEqual(answer.headers["content-type"], "application/problem+json")
  assert.deepInclude(answer.body.value, { status, type: `urn:eventfold:problem:${name}` })
}

const fieldsOf = (answer: Answer) =>
  answer.body.all("errors").map((error) => `${error.text("in")} ${error.text("field")}`)

describe("stock over HTTP", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("comes in, is corrected, and says how much there is", () =>
      Effect.gen(function* () {
        const productId = newProduct()
        const first = yield* receive(productId, 10)
        assert.deepStrictEqual([first.status, first.headers["etag"]], [200, '"1"'])
        const adjust = { body: { change: -3, reason: "Broken on the way" } }
        const adjusted = yield* request("POST", `/inventory/${productId}/adjustments`, adjust)
        assert.deepStrictEqual(adjusted.body.value, {
          productId,
          version: 2,
          onHand: 7,
          available: 7,
          reserved: 0,
          received: 10,
          adjusted: -3,
          shipped: 0
        })
        const told = yield* request("GET", `/inventory/${productId}`)
        assert.deepStrictEqual([told.headers["etag"], told.body.value], ['"2"', adjusted.body.value])
        const again = yield* request("GET", `/inventory/${productId}`, { headers: { "if-none-match": '"2"' } })
        assert.deepStrictEqual([again.status, again.text], [304, ""])
      })
    )

    it.effect("moves once for one Idempotency-Key, and only at the version that If-Match names", () =>
      Effect.gen(function* () {
        const productId = newProduct()
        const once = { "idempotency-key": uuid() }
        const answers = yield* Effect.all(
          Array.from({ length: 4 }, () => receive(productId, 10, once)),
          { concurrency: "unbounded" }
        )
        for (const { body, status } of answers) assert.deepStrictEqual([status, body.at("available")], [200, 10])
        isProblem(yield* receive(productId, 11, once), 422, "idempotency-key-reused")
        isProblem(yield* receive(productId, 1, { "if-match": '"0"' }), 412, "version-mismatch")
        assert.strictEqual((yield* receive(productId, 1, { "if-match": '"1"' })).status, 200)
      })
    )

    it.effect("refuses a correction of what is promised, with what there is", () =>
      Effect.gen(function* () {
        const productId = yield* stocked(10)
        yield* reserve([{ productId, quantity: 6 }])
        const body = { change: -5, reason: "Counted by hand" }
        const refused = yield* request("POST", `/inventory/${productId}/adjustments`, { body })
        isProblem(refused, 409, "adjustment-exceeds-stock")
        const facts = { productId, available: 4, reserved: 6, change: -5 }
        assert.deepStrictEqual(refused.body.at("refusal"), { _tag: "AdjustmentExceedsStock", ...facts })
      })
    )

    it.effect("is answered with 404 where nothing has come in, and with every wrong field", () =>
      Effect.gen(function* () {
        isProblem(yield* request("GET", `/inventory/${newProduct()}`), 404, "stock-not-found")
        const wrong = yield* receive("7", 0)
        isProblem(wrong, 400, "invalid-request")
        assert.sameMembers(fieldsOf(wrong), ["path productId", "body quantity"])
        const body = { change: 0, reason: " ", by: "me" }
        const adjusted = yield* request("POST", `/inventory/${newProduct()}/adjustments`, { body })
        assert.sameMembers(fieldsOf(adjusted), ["body change", "body reason", "body by"])
        const list = yield* request("GET", "/inventory?availableAtMost=-1&limit=0&sort=x")
        assert.sameMembers(fieldsOf(list), ["query availableAtMost", "query limit", "query sort"])
      })
    )
  })
})

describe("reservations over HTTP", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("hold all lines, and say where they are", () =>
      Effect.gen(function* () {
        const lines = [
          { productId: yield* stocked(10), quantity: 4 },
          { productId: yield* stocked(5), quantity: 5 }
        ]
        const [reservationId, orderId] = [`reservation_${uuid()}`, `order_${uuid()}`]
        const body = { reservationId, orderId, holdForSeconds: 60, occurredAt: "2099-05-01" }
        const reserved = yield* reserve(lines, body)
        assert.deepStrictEqual([reserved.status, reserved.headers["location"]], [201, `/reservations/${reservationId}`])
        const expiresAt = "2099-05-01T00:01:00.000Z"
        const held = { reservationId, orderId, status: "held", version: 1, lines, expiresAt }
        assert.deepStrictEqual(reserved.body.value, held)
        const told = yield* request("GET", pathOf(reserved))
        assert.deepStrictEqual([told.headers["etag"], told.body.value], ['"1"', held])
        for (const { productId, quantity } of lines) {
          assert.strictEqual((yield* counts(productId)).reserved, quantity)
        }
      })
    )

    it.effect("reserve nothing at all when a line is short, and name every such line", () =>
      Effect.gen(function* () {
        const [enough, short, none] = [yield* stocked(10), yield* stocked(2), newProduct()]
        const reservationId = `reservation_${uuid()}`
        const lines = [none, enough, short].map((productId) => ({ productId, quantity: 3 }))
        const refused = yield* reserve(lines, { reservationId })
        isProblem(refused, 409, "insufficient-stock")
        assert.strictEqual(refused.body.text("title"), "Insufficient stock")
        assert.sameDeepMembers(
          Array.from(refused.body.all("refusal", "lines"), ({ value }) => value),
          [
            { productId: short, requested: 3, available: 2 },
            { productId: none, requested: 3, available: 0 }
          ]
        )
        assert.deepInclude(yield* counts(enough), { available: 10, reserved: 0 })
        isProblem(yield* request("GET", `/inventory/${none}`), 404, "stock-not-found")
        isProblem(yield* request("GET", `/reservations/${reservationId}`), 404, "reservation-not-found")
        // What was refused may be tried again when there is enough.
        yield* Effect.all([receive(short, 1), receive(none, 3)])
        assert.strictEqual((yield* reserve(lines, { reservationId })).status, 201)
      })
    )

    it.effect("give back what they hold once, and ship what they hold once", () =>
      Effect.gen(function* () {
        const productId = yield* stocked(10)
        const [given, shipped] = [
          yield* reserve([{ productId, quantity: 4 }]),
          yield* reserve([{ productId, quantity: 5 }])
        ]
        for (let times = 0; times < 2; times += 1) {
          const released = yield* end(pathOf(given), "release")
          assert.deepStrictEqual([released.status, released.body.at("status")], [200, "released"])
          const committed = yield* end(pathOf(shipped), "commit")
          assert.deepStrictEqual([committed.status, committed.body.at("status")], [200, "committed"])
        }
        assert.deepInclude(yield* counts(productId), { available: 5, reserved: 0, shipped: 5 })
        isProblem(yield* end(pathOf(given), "commit"), 409, "reservation-ended")
        isProblem(yield* end(pathOf(shipped), "release"), 409, "reservation-already-committed")
      })
    )

    it.effect("that are released before they are made never are", () =>
      Effect.gen(function* () {
        const productId = yield* stocked(10)
        const reservationId = `reservation_${uuid()}`
        const barred = yield* end(`/reservations/${reservationId}`, "release")
        assert.deepStrictEqual(barred.body.value, { reservationId, status: "barred", version: 1, lines: [] })
        const late = yield* reserve([{ productId, quantity: 1 }], { reservationId })
        isProblem(late, 409, "reservation-ended")
        assert.deepInclude(late.body.at("refusal"), { _tag: "ReservationEnded", status: "barred" })
        assert.deepInclude(yield* counts(productId), { available: 10, reserved: 0 })
      })
    )

    it.effect("expire when their time is over, and not before", () =>
      Effect.gen(function* () {
        const productId = yield* stocked(10)
        const body = { holdForSeconds: 60, occurredAt: "2099-05-01T00:00:00Z" }
        const path = pathOf(yield* reserve([{ productId, quantity: 4 }], body))
        const early = yield* end(path, "expire", { occurredAt: "2099-05-01T00:00:59Z" })
        isProblem(early, 409, "reservation-not-due")
        assert.strictEqual(early.body.at("refusal", "expiresAt"), "2099-05-01T00:01:00.000Z")
        const expired = yield* end(path, "expire", { occurredAt: "2099-05-01T00:01:00Z" })
        assert.deepStrictEqual([expired.status, expired.body.at("status")], [200, "expired"])
        assert.deepInclude(yield* counts(productId), { available: 10, reserved: 0 })
        const forGood = pathOf(yield* reserve([{ productId, quantity: 4 }]))
        isProblem(yield* end(forGood, "expire"), 409, "reservation-not-due")
      })
    )

    it.effect("are the same for the same key or the same id, and differ for another content", () =>
      Effect.gen(function* () {
        const productId = yield* stocked(10)
        const lines = [{ productId, quantity: 4 }]
        const [key, orderId] = [uuid(), `order_${uuid()}`]
        const first = yield* reserve(lines, { orderId }, { "idempotency-key": key })
        const again = yield* reserve(lines, { orderId }, { "idempotency-key": key })
        assert.strictEqual(first.body.at("reservationId"), `reservation_${key}`)
        assert.deepStrictEqual([again.status, again.body.value], [201, first.body.value])
        const reservationId = first.body.text("reservationId")
        const byId = yield* reserve(lines, { orderId, reservationId })
        assert.deepStrictEqual([byId.status, byId.body.at("version")], [201, 1])
        isProblem(yield* reserve(lines, { reservationId }), 409, "reservation-differs")
        assert.deepInclude(yield* counts(productId), { available: 6, reserved: 4 })
      })
    )

    it.effect("that nobody has made are answered with 404, and wrong ones with every wrong field", () =>
      Effect.gen(function* () {
        const path = `/reservations/reservation_${uuid()}`
        for (const answer of [yield* request("GET", path), yield* end(path, "commit"), yield* end(path, "expire")]) {
          isProblem(answer, 404, "reservation-not-found")
        }
        const productId = newProduct()
        const wrong = yield* reserve([{ productId, quantity: 0 }], { orderId: "7", holdForSeconds: 0, until: "now" })
        isProblem(wrong, 400, "invalid-request")
        const fields = ["orderId", "lines[0].quantity", "holdForSeconds", "until"].map((field) => `body ${field}`)
        assert.sameMembers(fieldsOf(wrong), fields)
        const line = { productId, quantity: 1 }
        for (const lines of [[], [line, line]]) {
          const answer = yield* reserve(lines)
          isProblem(answer, 400, "invalid-request")
          const rule = "must be 1 to 200 lines, each of a product of its own"
          assert.deepStrictEqual(answer.body.at("errors"), [{ in: "body", field: "lines", rule }])
        }
      })
    )
  })
})

describe("reservations on an embedded database", () => {
  layer(TestService.layer({ ports: EmbeddedPorts.layer }), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("of the same products at the same moment are held as long as there is enough", () =>
      Effect.gen(function* () {
        const products = [yield* stocked(5), yield* stocked(9)]
        const lines = products.map((productId) => ({ productId, quantity: 1 }))
        const answers = yield* Effect.all(
          Array.from({ length: 8 }, (_, index) => reserve(index % 2 === 0 ? lines : lines.toReversed())),
          { concurrency: "unbounded" }
        )
        const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other)
        assert.deepStrictEqual(statuses, [201, 201, 201, 201, 201, 409, 409, 409])
        const [first = "", second = ""] = products
        assert.deepInclude(yield* counts(first), { available: 0, reserved: 5 })
        assert.deepInclude(yield* counts(second), { available: 4, reserved: 5 })
      })
    )
  })
})
