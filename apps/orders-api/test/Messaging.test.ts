/** Messages between contexts in the whole service: a command is answered, and another context acts upon what it led to. */
import { assert, describe, it, layer } from "@effect/vitest"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { BrokerFailure, MessageBroker, MessageBrokerMemory, Subscriber } from "@eventfold/messaging"
import { DateTime, Effect, Layer, Redacted, Stream } from "effect"
import { languages } from "../src/contexts/Languages.ts"
import * as Service from "../src/Service.ts"
import * as Broker from "../src/messaging/Broker.ts"
import { Settings, type SettingsShape } from "../src/Settings.ts"
import { removeStreams } from "./NatsStreams.ts"
import { each, until } from "./Reading.ts"
import { orderThrough, uuid } from "./Samples.ts"
import * as LongTests from "./LongTests.ts"
import { request, TestService } from "./TestService.ts"
import { afterAll } from "vitest"

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

const suite = <E>(where: string, ports?: Layer.Layer<Service.Ports, E>, settings: Partial<SettingsShape> = {}) => {
  let outOfPaper = false
  const service = TestService.layer({
    settings: { messaging: true, ...settings },
    subscribers: [writer("archive"), writer("clerk", () => outOfPaper)],
    ...(ports === undefined ? {} : { ports })
  })
  // What the service has its broker from, not the store it is given: they are two where there is NATS.
  const brokerOfTheService = Layer.provide(Broker.layer, Layer.succeed(Settings, Settings.make(settings)))
  const heardByNobody = Effect.flatMap(MessageBroker, (broker) =>
    broker.subscribe({ topic: "ordering", group: "mails" })
  )
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
          // Each published language has the relay that says it.
          assert.sameMembers(
            Array.from(each(reports, "relays", "relay")),
            languages.map(({ context }) => `relay-${context}`)
          )
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

      it.effect("are listed from where a page ended, and from nowhere else", () =>
        Effect.gen(function* () {
          for (const place of ["-1", "1.5", "soon"]) {
            const cursor = Buffer.from(`1:${place}`).toString("base64url")
            const answer = yield* request("GET", `/subscribers/clerk/ordering/dead-letters?cursor=${cursor}`)
            assert.deepStrictEqual([answer.status, answer.body.at("errors", 0, "field")], [400, "cursor"], place)
          }
        })
      )

      it.effect("that were heard stand in the inbox, page by page, and are heard again when somebody says so", () =>
        Effect.gen(function* () {
          const path = yield* orderThrough("place", "approve", "ship")
          const orderId = path.slice("/orders/".length)
          yield* Effect.repeat(notes("archive", orderId), { until: (found) => found.length === 2 })
          yield* standing("archive")
          const all = (yield* request("GET", "/subscribers/archive/inbox?limit=100")).body.all("entries")
          assert.isAtLeast(all.length, 2)
          assert.deepInclude(all[0]?.value, { state: "processed", attempts: 1, tenant: "main" })
          const paged: Array<unknown> = []
          let cursor = ""
          do {
            const { body } = yield* request("GET", `/subscribers/archive/inbox?limit=1${cursor}`)
            paged.push(...each(body, "entries", "messageId"))
            cursor = body.at("nextCursor") === undefined ? "" : `&cursor=${body.text("nextCursor")}`
          } while (cursor !== "")
          assert.deepStrictEqual(
            paged,
            all.map((one) => one.at("messageId"))
          )
          const failed = yield* request("GET", "/subscribers/archive/inbox?state=failed")
          assert.deepStrictEqual(failed.body.at("entries"), [])
          assert.strictEqual((yield* request("GET", "/subscribers/archive/inbox?cursor=abcd")).status, 400)

          const rewind = "/subscribers/archive/ordering/rewind"
          const again = yield* request("POST", rewind, {
            body: { reason: "rows are made anew", since: "2020-01-01", marks: "forget" },
            headers: { "x-actor": "grace" }
          })
          assert.strictEqual(again.status, 200)
          assert.isAtLeast(Number(again.body.at("forgotten")), 2)
          yield* Effect.repeat(notes("archive", orderId), { until: (found) => found.length === 4 })
          assert.deepStrictEqual(yield* notes("archive", orderId), ["Placed", "Shipped1", "Placed", "Shipped1"])
          const both = { reason: "rows are made anew", since: "2020-01-01", after: 1 }
          assert.strictEqual((yield* request("POST", rewind, { body: both })).status, 400)
          const elsewhere = yield* request("POST", "/subscribers/archive/payments/rewind", { body: { reason: "why" } })
          assert.strictEqual(elsewhere.status, 404)
          const audit = yield* request("GET", "/audit?actor=grace&types=SubscriberRewound")
          assert.deepInclude(audit.body.at("entries", 0), { subject: "archive of ordering" })
        })
      )

      it.effect("that nobody hears any more keep a topic full, which is told until their group is removed", () =>
        Effect.gen(function* () {
          yield* heardByNobody.pipe(Effect.provide(brokerOfTheService))
          yield* orderThrough("place")
          const told = yield* until("/subscribers", (body) =>
            body.all("strays").some((one) => Number(one.at("lag")) > 0)
          )
          assert.deepInclude(told.at("strays", 0), { subscriber: "mails", topic: "ordering", dead: 0 })
          const body = { reason: "mails are sent by others" }
          const inUse = yield* request("POST", "/subscribers/clerk/ordering/remove", { body })
          assert.deepStrictEqual(
            [inUse.status, inUse.body.at("type")],
            [409, "urn:eventfold:problem:subscriber-in-use"]
          )
          const remove = "/subscribers/mails/ordering/remove"
          const removed = yield* request("POST", remove, { body, headers: { "x-actor": "grace" } })
          assert.deepStrictEqual([removed.status, removed.body.at("removed")], [200, true])
          assert.deepStrictEqual((yield* request("GET", "/subscribers")).body.at("strays"), [])
          assert.strictEqual((yield* request("POST", remove, { body })).status, 404)
          const audit = yield* request("GET", "/audit?actor=grace&types=SubscriberRemoved")
          assert.deepInclude(audit.body.at("entries", 0), { subject: "mails of ordering", reason: body.reason })
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
for (const [where, ports] of LongTests.databases) suite(where, ports)

// Only where `npm run test:integration` says that there is one. Nobody else has the prefix.
const nats = process.env["TEST_NATS_URL"]
if (nats !== undefined) {
  const natsPrefix = `orders-${uuid().slice(-12)}`
  const settings = { messageBroker: "nats", natsUrl: Redacted.make(nats), natsPrefix } as const
  suite("in NATS", undefined, settings)
  afterAll(() => removeStreams(nats, natsPrefix))
}

describe("a NATS that is not there", () => {
  const settings = { messaging: true, messageBroker: "nats", natsUrl: Redacted.make("nats://127.0.0.1:1") } as const
  layer(TestService.layer({ settings, subscribers: [writer("archive")] }), { excludeTestServices: true })((it) => {
    it.effect("keeps nobody from ordering, and is told in the health", () =>
      Effect.gen(function* () {
        yield* orderThrough("place")
        const health = yield* until("/health", (body) => body.at("components", "messaging", "status") === "degraded")
        assert.strictEqual(health.at("status"), "degraded")
        assert.include(String(health.at("components", "messaging", "detail")), "there is no connection to NATS")
      })
    )
  })
})

describe("a broker from which nothing can be removed", () => {
  const trim = () => Effect.fail(new BrokerFailure({ operation: "trim", retryable: true, cause: undefined }))
  const full = Layer.sync(MessageBroker, () => MessageBroker.make({ ...MessageBrokerMemory.driver(), trim }))
  const ports = Layer.fresh(Layer.merge(Service.portsMemory, full))

  it.live("is in the health of the service, which works on", () =>
    Effect.gen(function* () {
      const health = yield* until("/health", (body) => body.at("components", "messaging", "status") === "degraded")
      assert.include(String(health.at("components", "messaging", "detail")), "nothing is removed from ordering: ")
      yield* orderThrough("place")
    }).pipe(Effect.provide(TestService.layer({ settings: { messaging: true }, ports })), Effect.scoped)
  )
})

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
