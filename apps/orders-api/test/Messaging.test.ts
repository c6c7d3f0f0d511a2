/** Messages between contexts in the whole service: a command is answered, and another context acts upon what it led to. */
import { assert, describe, it, layer } from "@effect/vitest"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { Subscriber } from "@eventfold/messaging"
import { DateTime, Effect, type Layer, Stream } from "effect"
import type * as Service from "../src/Service.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { each, until } from "./Reading.ts"
import { orderThrough, uuid } from "./Samples.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { request, TestService } from "./TestService.ts"

/** What somebody has written down about an order. */
const notesOf = (who: string, orderId: string) => StreamId.make("main", "note", `${who} ${orderId}`)

const note = Effect.fnUntraced(function* (who: string, orderId: string, type: string) {
  const event = { id: uuid(), type, schemaVersion: 1, occurredAt: DateTime.makeUnsafe(0), data: {}, metadata: {} }
  yield* (yield* EventStore).append(notesOf(who, orderId), ExpectedVersion.Any, [event])
})

const notes = (who: string, orderId: string) =>
  Effect.flatMap(EventStore, (store) =>
    Effect.map(Stream.runCollect(store.read(notesOf(who, orderId))), (events) => events.map(({ type }) => type))
  )

/** It writes down orders, unless it cannot: then it gives up at once. */
const writer = (name: string, refuses: () => boolean = () => false) => {
  const write = (orderId: string, what: string) =>
    Effect.suspend(() => (refuses() ? Effect.fail({ _tag: "OutOfPaper", retryable: false }) : Effect.void)).pipe(
      Effect.andThen(note(name, orderId, what))
    )
  return Subscriber.make(name, [
    Subscriber.on(OrderingMessages.OrderPlacedV1, ({ orderId }) => write(orderId, "Placed")),
    Subscriber.on(OrderingMessages.OrderShippedV1, ({ lines, orderId }) => write(orderId, `Shipped${lines.length}`))
  ])
}

const suite = <E>(where: string, ports?: Layer.Layer<Service.Ports, E>) => {
  let outOfPaper = false
  const service = TestService.layer({
    settings: { messaging: true },
    subscribers: [writer("archive"), writer("clerk", () => outOfPaper)],
    ...(ports === undefined ? {} : { ports })
  })
  const standing = (name: string) =>
    until("/subscribers", (body) =>
      body.all("subscribers").some((one) => one.at("subscriber") === name && one.at("topics", 0, "lag") === 0)
    )

  describe(`messages between contexts, ${where}`, () => {
    layer(service, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
      it.effect("reach whoever listens, once and in order, and their health is told", () =>
        Effect.gen(function* () {
          const path = yield* orderThrough("place", "approve", "ship")
          const orderId = path.slice("/orders/".length)
          yield* Effect.repeat(notes("archive", orderId), { until: (found) => found.length === 2 })
          assert.deepStrictEqual(yield* notes("archive", orderId), ["Placed", "Shipped1"])
          const { body } = yield* request("GET", "/health")
          assert.strictEqual(body.at("components", "messaging", "status"), "up")
          const reports = yield* standing("archive")
          assert.deepInclude(reports.at("subscribers", 0, "topics", 0), { topic: "ordering", state: "live", dead: 0 })
          assert.include(each(reports, "relays", "relay"), "relay-ordering")
        })
      )

      it.effect(
        "that cannot be dealt with are told, hold their key and nobody else, and go on when they are replayed",
        () =>
          Effect.gen(function* () {
            outOfPaper = true
            const path = yield* orderThrough("place")
            const orderId = path.slice("/orders/".length)
            const letters = "/subscribers/clerk/ordering/dead-letters"
            const [letter] = (yield* until(letters, (found) => found.all("deadLetters").length > 0)).all("deadLetters")
            assert.strictEqual(letter?.at("reason"), "OutOfPaper")
            assert.deepInclude(letter?.at("data"), { orderId })
            yield* Effect.repeat(notes("archive", orderId), { until: (found) => found.length === 1 })
            const health = yield* until(
              "/health",
              (body) => body.at("components", "messaging", "status") === "degraded"
            )
            assert.include(String(health.at("components", "messaging", "detail")), "clerk of ordering: 1 message")
            outOfPaper = false
            const position = letter?.at("position")
            const body = { reason: "there is paper again" }
            const replay = `${letters}/${String(position)}/replay`
            const replayed = yield* request("POST", replay, { body, headers: { "x-actor": "grace" } })
            assert.deepStrictEqual([replayed.status, replayed.body.at("replayed")], [200, 1])
            yield* Effect.repeat(notes("clerk", orderId), { until: (found) => found.length === 1 })
            assert.strictEqual((yield* request("POST", replay, { body })).status, 404)
            const audit = yield* request("GET", "/audit?actor=grace&types=SubscriberLetterReplayed")
            assert.deepInclude(audit.body.at("entries", 0), { subject: "clerk of ordering", reason: body.reason })
          })
      )

      it.effect("of a subscriber nobody knows are not found", () =>
        Effect.gen(function* () {
          const unknown = yield* request("GET", "/subscribers/nobody/ordering/dead-letters")
          assert.strictEqual(unknown.body.at("type"), "urn:eventfold:problem:subscriber-not-found")
          assert.strictEqual((yield* request("GET", "/subscribers/clerk/payments/dead-letters")).status, 404)
          assert.strictEqual((yield* request("GET", "/subscribers/clerk/ordering/dead-letters/7000")).status, 404)
        })
      )
    })
  })
}

suite("in memory")
suite("on the embedded database", EmbeddedPorts.layer)
suite("on a PostgreSQL server", ServerPorts.layer)

describe("messages that are switched off", () => {
  it.effect("are neither said nor heard, and no part of the health", () =>
    Effect.gen(function* () {
      yield* orderThrough("place")
      const { body } = yield* request("GET", "/subscribers")
      assert.deepStrictEqual([body.at("subscribers"), body.at("relays")], [[], []])
      assert.isUndefined((yield* request("GET", "/health")).body.at("components", "messaging"))
    }).pipe(Effect.provide(TestService.layer({ subscribers: [writer("archive")] })), Effect.scoped)
  )
})
