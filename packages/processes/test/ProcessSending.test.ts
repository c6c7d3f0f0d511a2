/** Commands of processes that go through a circuit breaker: which fail at once, which wait, and what is not asked for. */
import { assert, describe, it } from "@effect/vitest"
import { EventId, type RecordedEvent, StreamId } from "@eventfold/event-store"
import { DateTime, Duration, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Breakers, CommandNotSent, CommandSender } from "../src/index.ts"
import * as ProcessSending from "../src/ProcessSending.ts"
import { pay } from "./Parcels.ts"

/** A bank that answers after some time, or not at all; and what fails may be ours. */
class Bank {
  asked = 0
  takes = Duration.zero
  isBack = false
  ofOutside = true
  readonly layer = Layer.succeed(CommandSender, {
    send: (command) =>
      Effect.suspend(() => {
        this.asked += 1
        const answer = { _tag: "Answered", answer: { receipt: "1" } } as const
        const { ofOutside } = this
        const failed = new CommandNotSent({ command, reason: "no answer", ofOutside })
        return Effect.delay(this.isBack ? Effect.succeed(answer) : failed, this.takes)
      })
  })
}

const recorded: RecordedEvent = {
  id: EventId.make(0),
  stream: StreamId.make("main", "process-parcels", "p1"),
  version: 1,
  position: 1,
  type: "CommandIssued",
  schemaVersion: 1,
  recordedAt: DateTime.makeUnsafe(0),
  occurredAt: DateTime.makeUnsafe(0),
  metadata: {},
  data: {}
}

/** Has commands sent to a bank, through its breaker: answers what became of one, and after how many seconds. */
const through = <A, E>(
  bank: Bank,
  test: (
    send: Effect.Effect<readonly [became: string, seconds: number, error?: string]>
  ) => Effect.Effect<A, E, Breakers>
) =>
  Effect.gen(function* () {
    const make = yield* ProcessSending.make([pay], { breakers: { [pay.name]: "bank" } })
    const message = { key: "p1", command: pay.name, payload: { _tag: "Pay", parcel: "p1", attempt: 1 } } as const
    const send = Effect.gen(function* () {
      const begun = yield* DateTime.now
      const occurredAt = begun
      const became = yield* make({ _tag: "CommandIssued", occurredAt, number: 1, message }, recorded)
      const seconds = Duration.toSeconds(DateTime.distance(begun, yield* DateTime.now))
      return became._tag === "CommandFailed"
        ? ([became._tag, seconds, became.error] as const)
        : ([became._tag, seconds] as const)
    })
    return yield* test(send)
  }).pipe(Effect.provide([Breakers.layer({ failures: 3 }), bank.layer]))

describe("a command that goes through a breaker", () => {
  it.effect("is tried three times, and then not at all: it fails at once while the breaker is open", () => {
    const bank = new Bank()
    return through(
      bank,
      Effect.fnUntraced(function* (send) {
        const first = yield* Effect.forkChild(send)
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* Fiber.join(first), ["CommandFailed", 3, "no answer"])
        assert.strictEqual(bank.asked, 3)
        const wait = "the breaker bank is open: try again in 53000 ms"
        assert.deepStrictEqual(yield* send, ["CommandFailed", 0, wait])
        assert.strictEqual(bank.asked, 3)
      })
    )
  })

  it.effect("tells the breaker of what lies outside: not of a store that is away, but of no answer in time", () => {
    const bank = new Bank()
    return through(
      bank,
      Effect.fnUntraced(function* (send) {
        bank.ofOutside = false
        const ours = yield* Effect.forkChild(Effect.all([send, send]))
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(
          (yield* Fiber.join(ours)).map(([became]) => became),
          ["CommandFailed", "CommandFailed"]
        )
        assert.strictEqual(bank.asked, 6)
        bank.takes = Duration.minutes(1)
        const late = yield* Effect.forkChild(send)
        yield* TestClock.adjust("2 minutes")
        yield* Fiber.join(late)
        assert.strictEqual(bank.asked, 9)
        const states = yield* Effect.flatMap(Breakers, (breakers) => breakers.states)
        assert.deepInclude(states[0], { breaker: "bank", since: DateTime.makeUnsafe(103_000) })
      })
    )
  })

  it.effect("waits while another one finds out whether it is back, as long as an attempt may take", () => {
    const bank = new Bank()
    return through(
      bank,
      Effect.fnUntraced(function* (send) {
        const breakers = yield* Breakers
        yield* Effect.repeat(Effect.flip(breakers.guard("bank", Effect.fail("no answer"))), { times: 2 })
        yield* TestClock.adjust("60 seconds")
        bank.isBack = true
        bank.takes = Duration.seconds(10)
        const probe = yield* Effect.forkChild(send)
        yield* TestClock.adjust("1 second")
        const others = yield* Effect.forkChild(Effect.all([send, send], { concurrency: 2 }))
        yield* TestClock.adjust("8 seconds")
        assert.strictEqual(bank.asked, 1)
        yield* TestClock.adjust("30 seconds")
        assert.deepStrictEqual(yield* Fiber.join(probe), ["CommandAnswered", 10])
        // After 1, 2, 4 and 8 s, and then it takes its time.
        assert.deepStrictEqual(yield* Fiber.join(others), [
          ["CommandAnswered", 25],
          ["CommandAnswered", 25]
        ])
        bank.takes = Duration.zero
        assert.deepStrictEqual(yield* send, ["CommandAnswered", 0])
      })
    )
  })
})
