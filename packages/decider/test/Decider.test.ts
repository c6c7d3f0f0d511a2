/** Deciders: folding, deciding, and that nobody can change what happened. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Option, Result, Schema } from "effect"
import { Decider, DomainEvent } from "../src/index.ts"

const occurredAt = DateTime.makeUnsafe("2024-05-01T10:00:00Z")
const Added = DomainEvent.make("Added", { amounts: Schema.Array(Schema.Int) })
const Cleared = DomainEvent.make("Cleared", {})
type Event = typeof Added.Type | typeof Cleared.Type
const added = (...amounts: Array<number>) => Added.make({ occurredAt, amounts })
const cleared = Cleared.make({ occurredAt })

interface Add {
  readonly amounts: ReadonlyArray<number>
}

/** Sums what is added; amounts of zero are left out, negative ones refused. */
const Sum = Decider.make({
  category: "sum",
  State: Schema.Int,
  Event: Schema.Union([Added, Cleared]),
  initial: 0,
  evolve: (sum, event) => (event._tag === "Added" ? event.amounts.reduce((total, amount) => total + amount, sum) : 0),
  decide: ({ amounts }: Add): Result.Result<ReadonlyArray<Event>, "negative"> => {
    if (amounts.some((amount) => amount < 0)) return Result.fail("negative")
    return Result.succeed(amounts.filter((amount) => amount > 0).map((amount) => added(amount)))
  }
})

describe("folding", () => {
  it("begins with the initial state and takes the events in order", () => {
    assert.strictEqual(Decider.fold(Sum, []), 0)
    assert.strictEqual(Decider.fold(Sum, [added(1, 2), cleared, added(4)]), 4)
    assert.strictEqual(Decider.fold(Sum, [added(4), cleared]), 0)
  })

  it("goes on from a state that is given", () => {
    assert.strictEqual(Decider.fold(Sum, [added(1)], 10), 11)
  })

  it.prop("is the same in one go as in two", [Schema.Array(Schema.Int), Schema.Int], ([amounts, cut]) => {
    const events = amounts.map((amount) => added(amount))
    const [head, tail] = [events.slice(0, cut), events.slice(cut)]
    return cut < 0 || Decider.fold(Sum, tail, Decider.fold(Sum, head)) === Decider.fold(Sum, events)
  })
})

describe("deciding", () => {
  it("answers the events and the state after them", () => {
    assert.deepStrictEqual(
      Decider.decideAfter(Sum, [added(5)], { amounts: [1, 0, 2] }),
      Result.succeed({ events: [added(1), added(2)], state: 8 })
    )
  })

  it("answers no events and the state as it was when it is already so", () => {
    assert.deepStrictEqual(Decider.decide(Sum, { amounts: [0] }, 3), Result.succeed({ events: [], state: 3 }))
  })

  it("answers the refusal as it is", () => {
    assert.deepStrictEqual(Decider.decide(Sum, { amounts: [-1] }, 3), Result.fail("negative" as const))
  })

  it("freezes the events all the way down", () => {
    const { events } = Result.getOrThrow(Decider.decideAfter(Sum, [], { amounts: [1] }))
    assert.isTrue(Object.isFrozen(events))
    const [event] = events
    assert.isTrue(event?._tag === "Added" && Object.isFrozen(event) && Object.isFrozen(event.amounts))
  })
})

describe("freezing", () => {
  it("goes on below what is frozen already", () => {
    const value = Object.freeze({ list: [{ a: 1 }] })
    assert.strictEqual(Decider.freeze(value), value)
    assert.isTrue(Object.isFrozen(value.list))
    assert.isTrue(Object.isFrozen(value.list[0]))
  })

  it("takes objects without a prototype for plain ones", () => {
    const bare = { __proto__: null, inner: { a: 1 } }
    assert.isNull(Object.getPrototypeOf(bare))
    assert.isTrue(Object.isFrozen(Decider.freeze(bare).inner))
  })

  it("leaves instances of classes, and what is no object, alone", () => {
    const [time, option] = [DateTime.makeUnsafe(0), Option.some({ a: 1 })]
    const value = Decider.freeze({ time, option, text: "t", none: null, nothing: undefined, now: () => 1 })
    assert.isFalse(Object.isFrozen(value.time))
    assert.isFalse(Object.isFrozen(value.option))
    assert.isTrue(Object.isFrozen(value))
    assert.strictEqual(Decider.freeze("text"), "text")
    assert.isNull(Decider.freeze(null))
  })
})
