/** Events that cannot be dealt with, as their operators see them: listed, inspected, replayed when mended, or discarded. */
import { assert, describe, layer } from "@effect/vitest"
import { type EventRepairs, StreamId } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import * as Service from "../src/Service.ts"
import type { Json } from "./Json.ts"
import { afterPosition, read, readyService, until } from "./Reading.ts"
import { draft, orderThrough, uuid } from "./Samples.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { added, append, drafted, newOrderId, repair, type Stored, summaryOf, undecodable } from "./StoredOrders.ts"
import { request } from "./TestService.ts"

const consumer = "projection:order_list:1"
const letters = `/dead-letters?consumer=${consumer}`

/** An order that the list can follow up to its first event, since the second cannot be decoded. */
const stuckOrder = Effect.fnUntraced(function* (...events: ReadonlyArray<Stored>) {
  const orderId = newOrderId()
  const customerId = `customer_${uuid()}`
  yield* append("order", orderId, drafted(orderId, customerId))
  const position = yield* append("order", orderId, undecodable)
  const last = events.length === 0 ? position : yield* append("order", orderId, ...events)
  yield* read("/orders", afterPosition(last))
  return {
    orderId,
    position,
    last,
    list: `/orders?customerId=${customerId}`,
    letter: `/dead-letters/${consumer}/${position}`
  }
})

/** The consumers that hold something back of an order. */
const holders = Effect.fnUntraced(function* (orderId: string) {
  const body = yield* read(`/dead-letters?partition=order/${orderId}&state=failed&limit=100`)
  return Array.from(new Set(body.all("deadLetters").map((letter) => letter.text("consumer"))))
})

const replayEverywhere = Effect.fnUntraced(function* (orderId: string) {
  for (const one of yield* holders(orderId)) {
    const { status } = yield* request("POST", `/dead-letters/${one}/replay`, { body: { reason: "repaired" } })
    assert.strictEqual(status, 200)
  }
})

const well = until("/health", (body) => body.at("status") === "up")

const states = (body: Json) => body.all("deadLetters").map((letter) => [letter.at("position"), letter.at("state")])

const suite = <E>(name: string, ports: Layer.Layer<Service.Ports | EventRepairs, E>) =>
  describe(`an event that cannot be dealt with ${name}`, () => {
    const given = Layer.effectContext(Effect.context<Service.Ports>())
    layer(readyService({ ports: given }).pipe(Layer.provideMerge(ports)), {
      excludeTestServices: true,
      timeout: 300_000
    })((it) => {
      it.effect("holds back its own order only, is reported, and a replay shows the order when it is repaired", () =>
        Effect.gen(function* () {
          const orderId = newOrderId()
          const { last, letter, list, orderId: stuck, position } = yield* stuckOrder(added(orderId, 2))
          const other = yield* orderThrough("place")
          const before = yield* read(list)
          assert.deepInclude(before.at("orders", 0), { status: "draft", version: 1, lineCount: 0 })
          const others = yield* until("/orders?limit=1", (page) => page.at("orders", 0, "status") === "placed")
          assert.strictEqual(`/orders/${others.text("orders", 0, "orderId")}`, other)

          const health = yield* until("/health", (body) => body.at("status") === "degraded")
          const detail = "order_list: 1 event could not be dealt with, 1 wait behind"
          assert.include(health.text("components", "projections", "detail"), detail)
          assert.deepStrictEqual(states(yield* read(letters)), [
            [position, "failed"],
            [last, "waiting"]
          ])
          const first = yield* read(`${letters}&limit=1`)
          const second = yield* read(`${letters}&limit=1&cursor=${first.text("nextCursor")}`)
          assert.deepStrictEqual(
            [...states(first), ...states(second)],
            [
              [position, "failed"],
              [last, "waiting"]
            ]
          )
          assert.isUndefined(second.at("nextCursor"))
          assert.deepStrictEqual(states(yield* read(`${letters}&state=waiting`)), [[last, "waiting"]])
          const inspected = yield* read(letter)
          assert.deepInclude(inspected.value, {
            consumer,
            position,
            partition: `order/${stuck}`,
            stream: { ...StreamId.make("main", "order", stuck) },
            version: 2,
            eventType: "ItemAdded",
            attempts: 1,
            data: { quantity: "many" }
          })
          assert.deepInclude(inspected.at("failure"), { kind: "permanent", name: "EventNotDecodable" })
          assert.match(inspected.text("failure", "message"), /quantity|orderId/u)
          assert.isString(inspected.at("failure", "stack"))

          const early = yield* request("POST", `${letter}/replay`, { body: { reason: "trying" } })
          assert.deepInclude(early.body.value, { replayed: 0, more: false })
          assert.strictEqual(early.body.at("partitions", 0, "stopped", "position"), position)
          assert.strictEqual((yield* read(letter)).at("attempts"), 2)

          yield* repair(stuck, 2, added(stuck, 1))
          const replayed = yield* request("POST", `${letter}/replay`, {
            body: { reason: "repaired" },
            headers: { "x-actor": "grace" }
          })
          assert.deepStrictEqual([replayed.status, replayed.body.at("replayed")], [200, 2])
          const after = yield* read(list)
          assert.deepInclude(after.at("orders", 0), {
            version: 3,
            lineCount: 1,
            total: { amount: 5000, currency: "EUR" }
          })
          assert.strictEqual((yield* summaryOf(stuck))?.version, 3)
          assert.strictEqual((yield* request("GET", letter)).status, 404)
          yield* replayEverywhere(stuck)
          assert.strictEqual((yield* well).at("status"), "up")
        })
      )

      it.effect("can be discarded, with who did it and why; what waits behind it goes on", () =>
        Effect.gen(function* () {
          const { last, letter, list, orderId, position } = yield* stuckOrder(added(newOrderId(), 2))
          const body = { reason: "drafted by a test" }
          const discarded = yield* request("POST", `${letter}/discard`, { body, headers: { "x-actor": "grace" } })
          assert.deepStrictEqual([discarded.status, discarded.body.at("replayed")], [200, 1])
          assert.deepInclude((yield* read(list)).at("orders", 0), { version: 3, lineCount: 1 })
          assert.deepStrictEqual(states(yield* read(`${letters}&partition=order/${orderId}`)), [])
          const listed = yield* read(`${letters}&state=discarded&partition=order/${orderId}`)
          assert.deepStrictEqual(states(listed), [[position, "discarded"]])
          assert.deepInclude(listed.at("deadLetters", 0, "discarded"), { by: "grace", reason: body.reason })
          assert.strictEqual((yield* request("GET", `/dead-letters/${consumer}/${last}`)).status, 404)
          const audit = yield* read("/audit?actor=grace&types=DeadLetterDiscarded")
          assert.deepInclude(audit.at("entries", 0), {
            kind: "action",
            action: "DeadLetterDiscarded",
            actor: "grace",
            reason: body.reason
          })
          assert.include(JSON.stringify(audit.at("entries", 0)), orderId)
          const replays = yield* read("/audit?actor=grace&types=DeadLettersReplayed")
          assert.strictEqual(replays.at("entries", 0, "reason"), "repaired")
          for (const one of yield* holders(orderId)) {
            yield* request("POST", `/dead-letters/${one}/${position}/discard`, { body })
          }
          assert.strictEqual((yield* well).at("status"), "up")
        })
      )
    })
  })

suite("in memory", Layer.fresh(Service.portsMemory))
suite("on a PostgreSQL server", ServerPorts.layer)

describe("a dead letter", () => {
  layer(readyService(), { excludeTestServices: true })((it) => {
    it.effect("keeps nothing of a person, whatever the error says", () =>
      Effect.gen(function* () {
        const orderId = newOrderId()
        yield* append("order", orderId, drafted(orderId))
        const shippingAddress = { recipient: "Wilhelmina Unmistakable", street: 4711 }
        const position = yield* append("order", orderId, ["OrderPlaced", { orderId, shippingAddress }])
        yield* read("/orders", afterPosition(position))
        const { text } = yield* request("GET", "/dead-letters?limit=100")
        assert.include(text, orderId)
        assert.notInclude(text, "Wilhelmina")
        const letter = yield* read(`/dead-letters/${consumer}/${position}`)
        assert.match(letter.text("failure", "message"), /is not kept/u)
        assert.notInclude(JSON.stringify(letter.at("failure")), "Wilhelmina")
      })
    )

    it.effect("of rows that appends write is told like any other", () =>
      Effect.gen(function* () {
        const accountId = `account_${uuid()}`
        const position = yield* append("account", accountId, ["MoneyDeposited", { accountId, money: "much" }])
        const of = "projection:total_volume:1"
        const page = yield* read(`/dead-letters?consumer=${of}`)
        assert.deepStrictEqual(states(page), [[position, "failed"]])
        const health = yield* read("/health")
        assert.include(
          health.text("components", "projections", "detail"),
          "total_volume: 1 event could not be dealt with"
        )
        const report = yield* read("/projections/total_volume")
        assert.deepStrictEqual(report.at("deadLetters"), { failed: 1, waiting: 0, discarded: 0 })
        const body = { reason: "stored by a test" }
        assert.strictEqual((yield* request("POST", `/dead-letters/${of}/${position}/discard`, { body })).status, 200)
        assert.deepStrictEqual(states(yield* read(`/dead-letters?consumer=${of}`)), [])
      })
    )

    it.effect("is named by its consumer and position, and dealt with for a reason", () =>
      Effect.gen(function* () {
        const none = yield* request("GET", `/dead-letters/${consumer}/4711`)
        assert.deepStrictEqual(
          [none.status, none.body.at("type")],
          [404, "urn:eventfold:problem:dead-letter-not-found"]
        )
        for (const path of [`${consumer}/4711/replay`, `${consumer}/4711/discard`]) {
          const { status } = yield* request("POST", `/dead-letters/${path}`, { body: { reason: "mended" } })
          assert.strictEqual(status, 404, path)
        }
        const elsewhere = yield* request("POST", "/dead-letters/nobody/replay", { body: { reason: "mended" } })
        assert.deepStrictEqual(
          [elsewhere.status, elsewhere.body.at("type")],
          [409, "urn:eventfold:problem:consumer-not-here"]
        )
        for (const [path, body, field] of [
          [`${consumer}/4711/replay`, { reason: "" }, "reason"],
          [`${consumer}/4711/discard`, {}, "reason"],
          [`${consumer}/first/discard`, { reason: "mended" }, "position"]
        ] as const) {
          const refused = yield* request("POST", `/dead-letters/${path}`, { body })
          assert.deepStrictEqual([refused.status, refused.body.at("errors", 0, "field")], [400, field])
        }
        const { answer } = yield* draft()
        assert.strictEqual(answer.status, 201)
      })
    )
  })
})
