import { assert, describe, it } from "@effect/vitest"
import { Decider } from "@eventfold/decider"
import {
  Reservation,
  ReservationCommands,
  ReservationErrors,
  ReservationEvents,
  StockCommands,
  StockErrors,
  StockEvents,
  StockItem,
  StockState
} from "@eventfold/domain-inventory"
import { effort } from "@eventfold/testing"
import { Arbitrary, Effect, Equal, Result, Schema } from "effect"
import { Walk, type Warehouse, walk, perform } from "./Warehouse.ts"

const options = { arbitrary: { runs: 200 * effort, size: 40 } }

const tagged = (name: string) => (event: { readonly _tag: string }) => event._tag === name
const pieces = (events: ReadonlyArray<StockEvents.StockEvent>, name: string) =>
  events.filter(tagged(name)).reduce((sum, event) => sum + ("quantity" in event ? event.quantity : event.change), 0)

/** What reservations hold of a product, added up over the reservations, without the code that counts the product. */
const promised = ({ reservations }: Warehouse, product: string, ...statuses: ReadonlyArray<string>) =>
  [...reservations.values()]
    .map((events) => Decider.fold(Reservation.Reservation, events))
    .flatMap((state) => (statuses.includes(state.status) && "lines" in state ? state.lines : []))
    .reduce((sum, { productId, quantity }) => (productId === product ? sum + quantity : sum), 0)

describe("any sequence of commands", () => {
  it.effect("is tried far enough to meet every status and every refusal of a sane warehouse", () =>
    Effect.gen(function* () {
      const walks = yield* Arbitrary.sampleEffect(Walk, { count: 500, size: 40, seed: "inventory" })
      const steps = walks.flatMap(walk)
      const met = new Set(
        steps.flatMap(({ after }) =>
          [...after.reservations.values()].map((events) => Decider.fold(Reservation.Reservation, events).status)
        )
      )
      assert.sameMembers([...met], ["held", "committed", "released", "expired", "barred"])
      const outcomes = steps.map(({ outcome }) => (Result.isFailure(outcome) ? outcome.failure._tag : "done"))
      const refusals = ReservationErrors.ReservationRefusal.members.map((member) => member.fields._tag.schema.literal)
      assert.sameMembers([...new Set(outcomes)], [...refusals, "AdjustmentExceedsStock", "done"])
      const short = steps.flatMap(({ outcome }) =>
        Result.isFailure(outcome) && outcome.failure._tag === "InsufficientStock" ? [outcome.failure.lines.length] : []
      )
      assert.includeMembers(short, [1, 2, 3])
    })
  )

  it.prop(
    "loses no piece and makes none: received + adjusted = available + reserved + shipped, none of them below zero",
    { commands: Walk },
    ({ commands }) => {
      for (const { after } of walk(commands)) {
        for (const [product, events] of after.products) {
          const state = Decider.fold(StockItem.StockItem, events)
          assert.isTrue(Schema.is(StockState.StockState)(state))
          const { adjusted, available, received, reserved, shipped } = StockItem.countsOf(state)
          for (const count of [available, reserved, received, shipped]) assert.isAtLeast(count, 0)
          assert.strictEqual(received, pieces(events, "StockReceived"))
          assert.strictEqual(adjusted, pieces(events, "StockAdjusted"))
          assert.strictEqual(received + adjusted, available + reserved + shipped)
          assert.strictEqual(reserved, promised(after, product, "held"))
          assert.strictEqual(shipped, promised(after, product, "committed"))
        }
      }
    },
    options
  )

  it.prop(
    "reserves all lines or nothing: refused exactly when a line is short, with just the short lines",
    { commands: Walk },
    ({ commands }) => {
      for (const { after, before, command, outcome } of walk(commands)) {
        if (Result.isFailure(outcome)) assert.deepStrictEqual(after, before)
        if (command._tag !== "ReserveStock" || before.reservations.has(command.reservationId)) continue
        const short = command.lines.flatMap(({ productId, quantity }) => {
          const events = before.products.get(productId) ?? []
          const { available } = StockItem.countsOf(Decider.fold(StockItem.StockItem, events))
          return available < quantity ? [{ productId, requested: quantity, available }] : []
        })
        if (Result.isSuccess(outcome)) assert.deepStrictEqual(short, [])
        else if (outcome.failure._tag !== "InsufficientStock") assert.fail(outcome.failure.message)
        else assert.sameDeepMembers([...outcome.failure.lines], short)
      }
    },
    options
  )

  it.prop(
    "repeated at once changes nothing, receipts and corrections excepted",
    { commands: Walk },
    ({ commands }) => {
      for (const { after, command, outcome } of walk(commands)) {
        if (Result.isFailure(outcome) || command._tag === "ReceiveStock" || command._tag === "AdjustStock") continue
        assert.deepStrictEqual(Result.getOrThrow(perform(after, command)), after)
      }
    },
    options
  )

  it.prop(
    "leaves no reservation held or made that was released, whatever comes late",
    { commands: Walk },
    ({ commands }) => {
      const steps = walk(commands)
      steps.forEach(({ command, outcome }, index) => {
        if (command._tag !== "ReleaseReservation" || Result.isFailure(outcome)) return
        for (const { after } of steps.slice(index)) {
          const events = after.reservations.get(command.reservationId) ?? []
          assert.include(["released", "expired", "barred"], Decider.fold(Reservation.Reservation, events).status)
        }
      })
    },
    options
  )
})

describe("in JSON", () => {
  const round = <A>(schema: Schema.Codec<A, unknown>, value: A): A => {
    const codec = Schema.toCodecJson(schema)
    return Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(value))))
  }

  it.prop(
    "every event comes back as it went",
    [StockEvents.StockEvent, ReservationEvents.ReservationEvent],
    (events) => {
      assert.isTrue(Equal.equals(round(StockEvents.StockEvent, events[0]), events[0]))
      assert.isTrue(Equal.equals(round(ReservationEvents.ReservationEvent, events[1]), events[1]))
    }
  )

  it.prop(
    "every command comes back as it went",
    [StockCommands.StockCommand, ReservationCommands.ReservationCommand],
    (commands) => {
      assert.isTrue(Equal.equals(round(StockCommands.StockCommand, commands[0]), commands[0]))
      assert.isTrue(Equal.equals(round(ReservationCommands.ReservationCommand, commands[1]), commands[1]))
    }
  )

  it.prop("every state comes back as it went", { commands: Walk }, ({ commands }) => {
    for (const { after } of walk(commands)) {
      for (const events of after.products.values()) {
        const state = Decider.fold(StockItem.StockItem, events)
        assert.isTrue(Equal.equals(round(StockState.StockState, state), state))
      }
      for (const events of after.reservations.values()) {
        const state = Decider.fold(Reservation.Reservation, events)
        assert.isTrue(Equal.equals(round(Reservation.Reservation.State, state), state))
      }
    }
  })

  it("names of stored events, versions and streams stay", () => {
    const identifiers = [StockEvents.StockEvent, ReservationEvents.ReservationEvent].map(({ members }) =>
      members.map((member: Schema.Top) => Schema.resolveAnnotations(member)?.["identifier"])
    )
    assert.deepStrictEqual(identifiers, [
      ["StockReceived.v1", "StockAdjusted.v1", "StockAllocated.v1", "StockFreed.v1", "StockShipped.v1"],
      [
        "StockReserved.v1",
        "ReservationReleased.v1",
        "ReservationCommitted.v1",
        "ReservationExpired.v1",
        "ReservationBarred.v1"
      ]
    ])
    assert.deepStrictEqual([StockItem.StockItem.category, Reservation.Reservation.category], ["stock", "reservation"])
    assert.sameMembers(
      StockErrors.StockRefusal.members.map((member) => member.fields._tag.schema.literal),
      ["StockTooLarge", "AdjustmentExceedsStock"]
    )
  })
})
