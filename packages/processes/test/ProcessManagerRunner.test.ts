/** Process managers at work: events, timers and commands, downtime, and two nodes. */
import { assert, describe, it } from "@effect/vitest"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { DeadLetters } from "@eventfold/subscriptions"
import { DateTime, Effect, Exit, Scope } from "effect"
import { Timers } from "../src/index.ts"
import { approve, type Bank, order, recorded } from "./Parcels.ts"
import { node, pass, ports, quiet } from "./Running.ts"

/** What is recorded of a process, one word per event. */
const story = (parcel: string) =>
  Effect.map(recorded("process-parcels", parcel), (events) => events.map(({ type }) => type))
/** What has happened to a parcel. */
const effects = (parcel: string) => Effect.map(recorded("parcel", parcel), (events) => events.map(({ type }) => type))
const running = Effect.flatMap(Timers, (timers) => timers.list({ limit: 100 }))
const always =
  (does: ReturnType<Bank>): Bank =>
  () =>
    does

describe("a process manager", () => {
  it.effect("takes events, sends commands and takes their answers, until it ends", () =>
    Effect.gen(function* () {
      const { runner } = yield* node(always("pays"))
      yield* order("a")
      yield* pass(1)
      assert.deepStrictEqual(yield* effects("a"), ["ParcelOrdered", "Paid"])
      const standing = yield* runner.standing("parcels", "main", "a")
      assert.deepInclude(standing, { status: "running", phase: "open", timers: {}, open: [] })
      yield* approve("a")
      yield* pass(1)
      assert.deepStrictEqual(yield* effects("a"), ["ParcelOrdered", "Paid", "ParcelApproved", "Shipped"])
      assert.deepStrictEqual(yield* story("a"), [
        "ProcessStarted",
        "InputTaken",
        "CommandIssued",
        "TimerStarted",
        "InputTaken",
        "TimerCancelled",
        "InputTaken",
        "CommandIssued",
        "InputTaken",
        "ProcessEnded"
      ])
      assert.deepStrictEqual(yield* running, [])
    }).pipe(Effect.scoped, Effect.provide(ports))
  )

  it.effect("says what connects: an event, what it led to, and the command that follows", () =>
    Effect.gen(function* () {
      yield* node(always("pays"))
      yield* order("a")
      yield* pass(1)
      const [ordered, paid] = yield* recorded("parcel", "a")
      const [started, , issued, , answered] = yield* recorded("process-parcels", "a")
      assert.strictEqual(started?.metadata["causationId"], ordered?.id)
      assert.strictEqual(answered?.metadata["causationId"], issued?.id)
      assert.isDefined(paid)
    }).pipe(Effect.scoped, Effect.provide(ports))
  )

  it.effect("leaves alone what belongs to no process, and records what comes at the wrong time", () =>
    Effect.gen(function* () {
      yield* node(always("pays"))
      yield* order("none")
      yield* approve("b")
      yield* pass(1)
      assert.deepStrictEqual(yield* story("none"), [])
      assert.deepStrictEqual(yield* story("b"), ["InputIgnored"])
      const [ignored] = yield* recorded("process-parcels", "b")
      assert.deepInclude(ignored?.data, { because: "nothing to approve", phase: "new" })
    }).pipe(Effect.scoped, Effect.provide(ports))
  )

  it.effect("counts attempts: refused, failed, silent; three and no more", () =>
    Effect.gen(function* () {
      const does: ReadonlyArray<ReturnType<Bank>> = ["declines", "breaks", "is silent"]
      yield* node((_, attempt) => does[attempt - 1] ?? "pays")
      yield* order("a")
      yield* pass(60)
      assert.deepStrictEqual(yield* effects("a"), ["ParcelOrdered"])
      const inputs = (yield* recorded("process-parcels", "a")).flatMap(({ data }) =>
        typeof data === "object" && data !== null && "input" in data ? [JSON.stringify(data["input"])] : []
      )
      assert.match(inputs[1] ?? "", /"CommandRefused".*"reason":"no money"/u)
      assert.match(inputs[2] ?? "", /"CommandFailed".*"error":"Error: bug"/u)
      assert.match(inputs[3] ?? "", /"CommandFailed".*TimeoutError/u)
      assert.strictEqual((yield* story("a")).at(-1), "ProcessEnded")
      assert.deepStrictEqual(yield* running, [])
    }).pipe(Effect.scoped, Effect.provide(ports), quiet)
  )

  it.effect("tries again what may pass, before it counts as failed", () =>
    Effect.gen(function* () {
      let calls = 0
      yield* node(() => ((calls += 1) < 3 ? "is down" : "pays"))
      yield* order("a")
      yield* pass(10)
      assert.deepStrictEqual(yield* effects("a"), ["ParcelOrdered", "Paid"])
      assert.notInclude(yield* story("a"), "InputIgnored")
      assert.strictEqual(
        (yield* recorded("process-parcels", "a")).filter(({ type }) => type === "CommandIssued").length,
        1
      )
    }).pipe(Effect.scoped, Effect.provide(ports), quiet)
  )

  it.effect("is parked by itself when its stream cannot be read", () =>
    Effect.gen(function* () {
      yield* node(always("pays"))
      const id = "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55"
      const occurredAt = yield* DateTime.now
      const garbage = { id, type: "Garbage", schemaVersion: 1, occurredAt, data: {}, metadata: {} }
      const stream = StreamId.make("main", "process-parcels", "z")
      yield* (yield* EventStore).append(stream, ExpectedVersion.NoStream, [garbage])
      yield* order("z")
      yield* order("a")
      yield* pass(1)
      assert.deepStrictEqual(yield* effects("a"), ["ParcelOrdered", "Paid"])
      const letters = yield* (yield* DeadLetters).list({ consumer: "handler:process-parcels", limit: 9 })
      assert.deepStrictEqual(
        letters.map(({ eventType, partition }) => [partition, eventType]),
        [["z", "ParcelOrdered"]]
      )
    }).pipe(Effect.scoped, Effect.provide(ports), quiet)
  )
})

describe("timers", () => {
  it.effect("fire when they are due, within a quarter of a second", () =>
    Effect.gen(function* () {
      const { runner } = yield* node(always("is silent"), "one", "5 minutes")
      yield* order("a")
      yield* pass(1)
      const [timer] = yield* running
      assert.strictEqual(timer?.timer, "payment")
      yield* pass(29.5)
      const status = yield* runner.timers
      assert.strictEqual(status.fired, 1)
      assert.isAtMost(status.lateMillis, 250)
    }).pipe(Effect.scoped, Effect.provide(ports), quiet)
  )

  it.effect("that came due while nobody ran fire at once, and what comes late does no harm", () =>
    Effect.gen(function* () {
      const first = yield* node(always("is silent"))
      yield* order("a")
      yield* pass(1)
      yield* Scope.close(first.scope, Exit.void)
      yield* pass(100)
      const second = yield* node(always("pays"), "two")
      yield* pass(1)
      assert.strictEqual((yield* second.runner.timers).fired, 1)
      // The timer counted as an attempt; the command is sent once more, under its id, and pays.
      assert.deepStrictEqual(yield* effects("a"), ["ParcelOrdered", "Paid"])
      yield* approve("a")
      yield* pass(1)
      assert.deepStrictEqual(yield* effects("a"), ["ParcelOrdered", "Paid", "ParcelApproved", "Shipped"])
      assert.strictEqual((yield* story("a")).at(-1), "ProcessEnded")
    }).pipe(Effect.scoped, Effect.provide(ports), quiet)
  )

  it.effect("of a process that has ended are dropped", () =>
    Effect.gen(function* () {
      const { runner } = yield* node(always("pays"))
      yield* order("a")
      yield* approve("a")
      yield* pass(1)
      const before = yield* story("a")
      const timers = yield* Timers
      const key = { tenant: "main", manager: "parcels", process: "a", purpose: "timer" as const, timer: "payment" }
      yield* timers.schedule([{ ...key, dueAt: yield* DateTime.now }])
      yield* pass(1)
      assert.deepInclude(yield* runner.timers, { fired: 1, failed: 0 })
      assert.deepStrictEqual(yield* running, [])
      assert.deepStrictEqual(yield* story("a"), before)
    }).pipe(Effect.scoped, Effect.provide(ports))
  )
})

describe("two nodes", () => {
  it.effect("share the work, and what one leaves the other takes over", () =>
    Effect.gen(function* () {
      const one = yield* node(always("pays"), "one")
      yield* node(always("pays"), "two")
      for (const parcel of ["a", "b", "c"]) yield* order(parcel)
      yield* pass(1)
      yield* Scope.close(one.scope, Exit.void)
      for (const parcel of ["a", "b", "c"]) yield* approve(parcel)
      yield* pass(12)
      for (const parcel of ["a", "b", "c"]) {
        assert.deepStrictEqual(yield* effects(parcel), ["ParcelOrdered", "Paid", "ParcelApproved", "Shipped"])
      }
    }).pipe(Effect.scoped, Effect.provide(ports))
  )
})

describe("the monitor", () => {
  it.effect("tells a process that nothing comes to it, once it has stood still for longer than it says is normal", () =>
    Effect.gen(function* () {
      const { monitor } = yield* node(always("pays"))
      yield* order("a")
      yield* pass(1)
      yield* pass(118)
      assert.deepStrictEqual(yield* monitor.stalled, [])
      yield* pass(61)
      const [found] = yield* monitor.stalled
      assert.deepInclude(found, { tenant: "main", manager: "parcels", process: "a" })
      assert.deepStrictEqual((yield* story("a")).slice(-2), ["InputTaken", "ProcessEnded"])
      yield* pass(61)
      assert.strictEqual((yield* monitor.stalled).length, 1)
    }).pipe(Effect.scoped, Effect.provide(ports), quiet)
  )
})
