/** Process managers: what is recorded of an input, what does no harm, and how what was recorded is read again. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result, Schema } from "effect"
import { Decider, DomainEvent, Message, Personal, ProcessManager } from "../src/index.ts"
import {
  at,
  Event,
  type Input,
  OrderApproved,
  OrderPlaced,
  ParcelProcess,
  pay,
  type ship,
  type State
} from "./ParcelProcess.ts"

const decider = ProcessManager.decider(ParcelProcess)
const recipient = Personal.of("p1", "Ann")
const placed = OrderPlaced.make({ order: "o1", recipient, occurredAt: at(0) })
const approved = OrderApproved.make({ order: "o1", occurredAt: at(1) })
const paid = (number: number, seconds: number): Input => ({
  _tag: "CommandAnswered",
  command: "payments.Pay",
  key: `payment-${number}`,
  number,
  answer: { receipt: "r" },
  occurredAt: at(seconds)
})
const refused = (number: number, seconds: number): Input => ({
  _tag: "CommandRefused",
  command: "payments.Pay",
  key: `payment-${number}`,
  number,
  refusal: { reason: "no" },
  occurredAt: at(seconds)
})
const due = (seconds: number): Input => ({
  _tag: "TimerFired",
  timer: "payment",
  dueAt: at(seconds),
  occurredAt: at(seconds)
})

const take = (process: ProcessManager.Process<State>, input: Input) =>
  Result.getOrThrow(Decider.decide(decider, { input, at: input.occurredAt }, process))
const after = (...inputs: ReadonlyArray<Input>) =>
  inputs.reduce((process, input) => take(process, input).state, decider.initial)
const recorded = (process: ProcessManager.Process<State>, input: Input) =>
  take(process, input).events.map((event) => {
    switch (event._tag) {
      case "InputIgnored":
        return `ignored: ${event.because}`
      case "CommandIssued":
        return `${event.number} ${event.message.key}: ${event.message.command}`
      case "TimerStarted":
        return `${event.timer} at ${(event.dueAt.epochMilliseconds - at(0).epochMilliseconds) / 1000} s`
      case "TimerCancelled":
        return `no ${event.timer}`
      default:
        return event._tag
    }
  })

describe("taking", () => {
  it("records that it begins, what has come, what is sent and which timer starts", () => {
    assert.deepStrictEqual(recorded(decider.initial, placed), [
      "ProcessStarted",
      "InputTaken",
      "1 payment-1: payments.Pay",
      "payment at 30 s"
    ])
  })

  it("ships when the order is approved and paid, in either order", () => {
    const shipping = "2 ship: shipping.Ship"
    assert.deepStrictEqual(recorded(after(placed, approved), paid(1, 2)), ["InputTaken", shipping, "no payment"])
    assert.deepStrictEqual(recorded(after(placed, paid(1, 2)), approved), ["InputTaken", shipping])
  })

  it("records what comes at the wrong time, and why it is left", () => {
    assert.deepStrictEqual(recorded(decider.initial, approved), ["ignored: there is no order yet"])
    assert.deepStrictEqual(recorded(after(placed), placed), ["ignored: the order is placed already"])
    assert.strictEqual(after(approved).status, "new")
    assert.deepStrictEqual(after(placed, placed), after(placed))
  })

  it("records nothing of an event that cannot begin a process, before one has begun", () => {
    const begins = (event: typeof Event.Type) => event._tag === "OrderPlaced"
    const strict = ProcessManager.decider({ ...ParcelProcess, begins })
    const decide = (input: Input, process: ProcessManager.Process<State>) =>
      Result.getOrThrow(strict.decide({ input, at: at(9), position: 9 }, process)).map(({ _tag }) => _tag)
    assert.deepStrictEqual(decide(approved, strict.initial), [])
    assert.deepStrictEqual(decide(placed, strict.initial).slice(0, 2), ["ProcessStarted", "InputTaken"])
    assert.deepStrictEqual(decide(approved, after(placed)), ["InputTaken"])
  })

  it("ends after the third attempt, and sends and starts nothing any more", () => {
    const tired = after(placed, refused(1, 1), due(31))
    assert.deepStrictEqual(recorded(tired, refused(3, 32)), ["InputTaken", "ProcessEnded"])
    const ended = after(placed, refused(1, 1), due(31), refused(3, 32))
    assert.strictEqual(ended.status, "ended")
    assert.deepStrictEqual(ended.timers, {})
    assert.deepStrictEqual(recorded(ended, approved), ["ignored: the process has ended"])
    assert.deepStrictEqual(recorded(ended, refused(2, 60)), ["ignored: the process has ended"])
  })
})

describe("what comes twice or late", () => {
  it("takes the outcome of a command once", () => {
    assert.deepStrictEqual(recorded(after(placed, paid(1, 2)), paid(1, 2)), [])
    assert.deepStrictEqual(recorded(after(placed), paid(7, 2)), [])
  })

  it("takes an event once, by its place in the log", () => {
    const first = Result.getOrThrow(Decider.decide(decider, { input: placed, at: at(0), position: 5 }, decider.initial))
    assert.strictEqual(first.state.position, 5)
    for (const position of [5, 4]) {
      const again = { input: approved, at: at(1), position }
      assert.deepStrictEqual(Result.getOrThrow(decider.decide(again, first.state)), [])
    }
    assert.strictEqual(recorded(first.state, approved).length, 1)
  })

  it("drops a timer that was put to another time, cancelled, or fired", () => {
    const again = after(placed, refused(1, 5))
    assert.deepStrictEqual(recorded(again, due(30)), [])
    assert.deepStrictEqual(recorded(again, due(35)), ["InputTaken", "3 payment-3: payments.Pay", "payment at 65 s"])
    assert.deepStrictEqual(recorded(after(placed, due(30)), due(30)), [])
    assert.deepStrictEqual(recorded(after(placed, paid(1, 2)), due(30)), [])
  })

  it("drops a timer, a silence and an answer after the end", () => {
    const ended = after(placed, refused(1, 1), due(31), refused(3, 32))
    assert.deepStrictEqual(recorded(ended, due(61)), [])
    assert.deepStrictEqual(recorded(ended, paid(2, 61)), [])
    const stalled: Input = { _tag: "ProcessStalled", since: at(32), occurredAt: at(9000) }
    assert.deepStrictEqual(recorded(ended, stalled), [])
    assert.deepStrictEqual(recorded(after(placed), stalled), ["InputTaken", "ProcessEnded"])
  })

  it("takes a late answer of an earlier attempt, and leaves the later refusal", () => {
    const late = after(placed, due(30), paid(1, 31))
    assert.isTrue(late.state.paid)
    assert.deepStrictEqual(recorded(late, refused(2, 32)), ["ignored: it is paid"])
  })
})

describe("what is recorded", () => {
  const codec = Schema.toCodecJson(decider.Event)
  const events = [placed, refused(1, 1), due(31), approved, paid(3, 33)].reduce<{
    readonly process: ProcessManager.Process<State>
    readonly events: ReadonlyArray<ProcessManager.ProcessEvent<typeof Event.Type, typeof pay | typeof ship>>
  }>(
    ({ events, process }, input) => {
      const taken = take(process, input)
      return { process: taken.state, events: [...events, ...taken.events] }
    },
    { process: decider.initial, events: [] }
  )

  it("is read again as it was, and so is a state", () => {
    const read = events.events.map((event) => Schema.decodeSync(codec)(Schema.encodeSync(codec)(event)))
    assert.deepStrictEqual(Decider.fold(decider, read), events.process)
    const State = Schema.toCodecJson(decider.State)
    assert.deepStrictEqual(Schema.decodeSync(State)(Schema.encodeSync(State)(events.process)), events.process)
  })

  it("can be read by who does not know the process manager", () => {
    const general = Schema.toCodecJson(ProcessManager.AnyProcessEvent)
    const read = events.events.map((event) => Schema.decodeSync(general)(Schema.encodeSync(codec)(event)))
    assert.deepStrictEqual(
      read.map(({ _tag }) => _tag),
      events.events.map(({ _tag }) => _tag)
    )
  })

  it("holds an event in the shape of its time, and is read in today's", () => {
    const old = {
      _tag: "InputTaken",
      occurredAt: "2026-01-15T12:00:00.000Z",
      phase: "open",
      input: {
        _tag: "Happened",
        type: "OrderPlaced",
        version: 1,
        position: 7,
        event: { _tag: "OrderPlaced", occurredAt: "2026-01-15T12:00:00.000Z", order: "o9" }
      }
    }
    const read = Schema.decodeSync(codec)(old)
    assert.deepStrictEqual(Decider.fold(decider, [read]).state.recipient, Personal.redacted("o9"))
    assert.throws(() => Schema.encodeSync(codec)(read), /version 1 of OrderPlaced is not written any more/u)
  })
})

describe("declaring", () => {
  const { category: _, ...parcel } = ParcelProcess
  const refusal = (change: Partial<typeof parcel>) => () => ProcessManager.make({ ...parcel, ...change })

  it("refuses what cannot work, and says what and why", () => {
    assert.throws(refusal({ name: "Parcel" }), /name must be 1 to 40 lower-case letters/u)
    assert.throws(refusal({ version: 0 }), /version must be a whole number from 1/u)
    assert.throws(refusal({ commands: [pay, pay] }), /must not have payments\.Pay twice/u)
    const inClear = Message.command({
      context: "shipping",
      payload: Schema.TaggedStruct("Tell", { name: Personal.inTransit(Schema.String) }),
      answer: Schema.Struct({})
    })
    const TimerFired = DomainEvent.make("TimerFired", {})
    const small = { State: Schema.Null, initial: null, evolve: () => null, react: () => ({}), ended: () => false }
    assert.throws(
      () =>
        ProcessManager.make({ ...small, name: "a", events: Event, commands: [inClear], correlate: () => undefined }),
      /must not have shipping\.Tell: its payload holds values about people in clear/u
    )
    assert.throws(
      () =>
        ProcessManager.make({
          ...small,
          name: "a",
          events: Schema.Union([TimerFired]),
          commands: [pay],
          correlate: () => undefined
        }),
      /must not be called TimerFired/u
    )
  })
})

describe("a timer of a process", () => {
  it("is due at a whole millisecond, as it is stored", () => {
    const tick = DomainEvent.make("Ticked", { id: Schema.String })
    const manager = ProcessManager.make({
      name: "clock",
      events: Schema.Union([tick]),
      commands: [],
      correlate: ({ id }) => id,
      State: Schema.Null,
      initial: null,
      evolve: () => null,
      react: () => ({ start: [{ timer: "again", after: 1_000.25 }] }),
      ended: () => false
    })
    const now = DateTime.makeUnsafe(0)
    const decider = ProcessManager.decider(manager)
    const { state } = Result.getOrThrow(
      Decider.decide(decider, { input: tick.make({ id: "a", occurredAt: now }), at: now }, decider.initial)
    )
    assert.strictEqual(state.timers["again"]?.epochMilliseconds, 1_001)
  })
})
