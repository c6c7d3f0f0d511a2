import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { after, each, read, readyService } from "./Reading.ts"
import { draft, orderThrough, shippingAddress, uuid } from "./Samples.ts"
import { shipmentBodies, shipmentThrough, tell } from "./ShipmentSamples.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const isProblem = (answer: Answer, status: number, name: string) => {
  assert.strictEqual(answer.status, status, answer.text)
  assert.strictEqual(answer.headers["content-type"], "application/problem+json")
  assert.deepInclude(answer.body.value, { status, type: `urn:eventfold:problem:${name}` })
}
const idOf = (path: string) => path.replace("/orders/", "").replace("/shipments/", "")
const ask = (orderId: string) => request("POST", "/shipments", { body: { orderId } })

describe("shipments over HTTP", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("are asked for an approved order, under the UUID of the order, and tell where they go", () =>
      Effect.gen(function* () {
        const orderId = idOf(yield* orderThrough("place", "approve"))
        const asked = yield* ask(orderId)
        const shipmentId = `shipment_${orderId.slice(-36)}`
        assert.deepStrictEqual(
          [asked.status, asked.headers["location"], asked.headers["etag"], asked.body.value],
          [201, `/shipments/${shipmentId}`, '"1"', { shipmentId, orderId, status: "requested", version: 1 }]
        )
        assert.deepStrictEqual((yield* ask(orderId)).body.value, asked.body.value)
        const { body } = yield* request("GET", `/shipments/${shipmentId}`)
        assert.deepInclude(body.value, { shipmentId, orderId, status: "requested", destination: shippingAddress })
        assert.deepStrictEqual(body.at("lines", 0, "quantity"), 2)
      })
    )

    it.effect("go from the warehouse to a signature, and tell their way", () =>
      Effect.gen(function* () {
        const { path } = yield* shipmentThrough("pack", "dispatch", "delay", "deliver")
        const { body, headers } = yield* request("GET", path)
        assert.strictEqual(headers["etag"], '"5"')
        assert.deepInclude(body.value, {
          status: "delivered",
          packages: 2,
          carrier: "PostNL",
          trackingNumber: "3SABCD1234567",
          estimatedDelivery: "2024-05-22T00:00:00.000Z",
          signedBy: "Zebedee Incomparable"
        })
        assert.deepStrictEqual(each(body, "timeline", "status"), [
          "requested",
          "packed",
          "dispatched",
          "delayed",
          "delivered"
        ])
        const late = yield* shipmentThrough("pack", "dispatch", "delay")
        assert.strictEqual((yield* request("GET", late.path)).body.at("delay"), "Snow")
      })
    )

    it.effect("are refused for orders that are not to be shipped, and say why", () =>
      Effect.gen(function* () {
        const nowhere = { ...shippingAddress, country: "Antarctica" }
        const far = yield* draft()
        yield* request("POST", `${far.path}/place`, { body: { shippingAddress: nowhere } })
        yield* request("POST", `${far.path}/approve`, { body: { approvedBy: "M. de Vries" } })
        for (const [orderId, reason] of [
          [`order_${uuid()}`, "order-unknown"],
          [idOf((yield* draft()).path), "order-unknown"],
          [idOf(yield* orderThrough("place")), "order-not-approved"],
          [idOf(yield* orderThrough("place", "cancel")), "order-cancelled"],
          [idOf(yield* orderThrough("place", "approve", "ship")), "order-shipped"],
          [idOf(far.path), "destination-not-served"]
        ] as const) {
          const refused = yield* ask(orderId)
          isProblem(refused, 409, "shipment-impossible")
          assert.deepInclude(refused.body.at("refusal"), { _tag: "ShipmentImpossible", orderId, reason })
        }
      })
    )

    it.effect("are called off until they leave", () =>
      Effect.gen(function* () {
        const { last, orderId, path } = yield* shipmentThrough("pack", "cancel")
        assert.deepInclude(last.body.value, { status: "cancelled", version: 3 })
        assert.strictEqual((yield* request("GET", path)).body.at("cancelledBecause"), "Ordered twice")
        isProblem(yield* tell(path, "dispatch"), 409, "shipment-already-cancelled")
        isProblem(yield* ask(orderId), 409, "shipment-already-cancelled")
        const gone = yield* shipmentThrough("pack", "dispatch")
        const refused = yield* tell(gone.path, "cancel")
        isProblem(refused, 409, "shipment-already-dispatched")
        assert.strictEqual(refused.body.at("shipmentStatus"), "dispatched")
      })
    )

    it.effect("that nobody has asked for are not found", () =>
      Effect.gen(function* () {
        const path = `/shipments/${uuid()}`
        isProblem(yield* request("GET", path), 404, "shipment-not-found")
        for (const step of ["pack", "dispatch", "delay", "deliver", "cancel"] as const) {
          isProblem(yield* tell(path, step), 404, "shipment-not-found")
        }
      })
    )

    it.effect("are guarded by If-Match and the Idempotency-Key, and told once per version", () =>
      Effect.gen(function* () {
        const { path } = yield* shipmentThrough()
        const key = uuid()
        const pack = (headers: Record<string, string>) =>
          request("POST", `${path}/pack`, { body: shipmentBodies.pack, headers })
        isProblem(yield* pack({ "if-match": '"7"' }), 412, "version-mismatch")
        const first = yield* pack({ "if-match": '"1"', "idempotency-key": key })
        const again = yield* pack({ "if-match": '"1"', "idempotency-key": key })
        assert.deepStrictEqual([again.status, again.body.value], [200, first.body.value])
        const unchanged = yield* request("GET", path, { headers: { "if-none-match": '"2"' } })
        assert.deepStrictEqual([unchanged.status, unchanged.text], [304, ""])
      })
    )

    it.effect("tell every wrong field at once", () =>
      Effect.gen(function* () {
        const fieldsOf = (answer: Answer) =>
          answer.body.all("errors").map((error) => `${error.text("in")} ${error.text("field")}`)
        const packed = yield* tell("/shipments/7", "pack", { packages: 0, weight: 3 })
        isProblem(packed, 400, "invalid-request")
        assert.sameMembers(fieldsOf(packed), ["path id", "body packages", "body weight"])
        const listed = yield* request("GET", "/shipments?orderId=1&status=lost&waiting=maybe&limit=0&of=1")
        assert.sameMembers(
          fieldsOf(listed),
          ["orderId", "status", "waiting", "limit", "of"].map((name) => `query ${name}`)
        )
      })
    )

    it.effect("leave no trace of the customer in the log", () =>
      Effect.gen(function* () {
        yield* shipmentThrough("pack", "dispatch", "deliver")
        const { log } = yield* TestService
        assert.isFalse(log.some((line) => line.includes("Incomparable") || line.includes(shippingAddress.street)))
      })
    )
  })
})

describe("the list of shipments, on an embedded database", () => {
  layer(readyService({ ports: EmbeddedPorts.layer }), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("is filtered by order and status, and is the queue of the warehouse", () =>
      Effect.gen(function* () {
        const asked = yield* shipmentThrough()
        const packed = yield* shipmentThrough("pack")
        const gone = yield* shipmentThrough("pack", "dispatch")
        const headers = after(gone.last)
        for (const [query, wanted] of [
          ["", [asked, packed, gone]],
          ["waiting=true", [asked, packed]],
          ["waiting=false", [gone]],
          ["status=packed", [packed]],
          [`orderId=${gone.orderId}`, [gone]],
          [`orderId=${gone.orderId}&waiting=true`, []]
        ] as const) {
          const page = yield* read(`/shipments?${query}`, headers)
          assert.deepStrictEqual(
            [each(page, "shipments", "shipmentId"), page.at("total"), page.at("upToDate")],
            [wanted.map(({ path }) => idOf(path)), wanted.length, true],
            query
          )
        }
        const first = yield* read("/shipments?limit=2", headers)
        const rest = yield* read(`/shipments?limit=2&cursor=${first.text("nextCursor")}`, headers)
        assert.deepStrictEqual(each(rest, "shipments", "trackingNumber"), ["3SABCD1234567"])
      })
    )

    it.effect("tells nothing of a customer; who is forgotten is forgotten in the shipment too", () =>
      Effect.gen(function* () {
        const { last, path } = yield* shipmentThrough("pack", "dispatch", "deliver")
        const page = yield* read("/shipments", after(last))
        assert.notInclude(JSON.stringify(page.value), shippingAddress.street)
        const before = yield* read(path)
        const subject = before.text("customerId")
        const forgotten = yield* request("POST", "/privacy/forgotten-subjects", {
          body: { subject, reason: "requested" }
        })
        assert.strictEqual(forgotten.status, 200)
        const now = yield* read(path)
        assert.deepInclude(now.value, { status: "delivered", destination: "[REDACTED]", signedBy: "[REDACTED]" })
      })
    )
  })
})
