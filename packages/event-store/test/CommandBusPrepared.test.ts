/** Commands that are prepared before their transaction: what is looked up is no part of it, and is looked up anew when outdated. */
import { Message } from "@eventfold/decider"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import * as CommandHandler from "../src/CommandHandler.ts"
import {
  CommandBus,
  type CommandEnvelope,
  EventStoreFailure,
  ExpectedVersion,
  layerMemory,
  OutsideFailure,
  StreamId,
  Transaction,
  VersionConflict
} from "../src/index.ts"
import { uuid } from "./FreshBus.ts"

const Ship = Schema.TaggedStruct("Ship", { order: Schema.String })
const ship = Message.command({
  context: "parcels",
  payload: Ship,
  answer: Schema.Struct({ to: Schema.String, handled: Schema.Int }),
  refusal: Schema.Literals(["unknown", "full"])
})
const of = (number: number): CommandEnvelope<typeof Ship.Type> => ({
  id: uuid(number),
  tenant: "acme",
  payload: { _tag: "Ship", order: "o-1" }
})
const away = new OutsideFailure({ system: "orders", retryable: true, detail: "no answer" })
const stream = StreamId.make("acme", "Parcel", "p-1")
const conflict = new VersionConflict({ stream, expected: ExpectedVersion.at(1), actual: 2 })

type Found = Effect.Effect<string, "unknown" | OutsideFailure | EventStoreFailure>

/** A bus whose preparation finds one thing after the other, and how often it looked and handled. */
const onOrders = (
  found: ReadonlyArray<Found>,
  handle: (to: string) => Effect.Effect<string, "full" | VersionConflict>
) => {
  const counts = { looked: 0, handled: 0 }
  const handler = CommandBus.prepared(
    ship,
    () => Effect.suspend(() => found[counts.looked++] ?? Effect.die("looked too often")),
    (_, to) =>
      Effect.suspend(() => {
        counts.handled += 1
        const { handled } = counts
        return Effect.map(handle(to), (text) => ({ to: text, handled }))
      })
  )
  return { counts, layer: CommandBus.layer([handler]).pipe(Layer.provide(Layer.fresh(layerMemory))) }
}
const send = (envelope: CommandEnvelope<typeof Ship.Type>) =>
  Effect.flatMap(CommandBus, (bus) => bus.dispatch(ship, envelope))

describe("a command that is prepared", () => {
  it.effect("is handled once with what was found, also when it comes again and finds something else", () => {
    const { counts, layer } = onOrders([Effect.succeed("Rome"), Effect.succeed("Oslo")], Effect.succeed)
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* send(of(1)), { to: "Rome", handled: 1 })
      assert.deepStrictEqual(yield* send(of(1)), { to: "Rome", handled: 1 })
      assert.strictEqual(counts.handled, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("looks up outside of the transaction, and is handled inside of it", () => {
    let isOpen = false
    const seen: Array<boolean> = []
    const watched = Layer.effect(
      Transaction,
      Effect.map(Transaction, (transaction) => ({
        run: (effect) =>
          Effect.suspend(() => {
            isOpen = true
            return Effect.ensuring(
              transaction.run(effect),
              Effect.sync(() => (isOpen = false))
            )
          })
      }))
    )
    const handler = CommandBus.prepared(
      ship,
      () => Effect.sync(() => void seen.push(isOpen)),
      () => Effect.sync(() => ({ to: "Rome", handled: seen.push(isOpen) }))
    )
    const layer = CommandBus.layer([handler]).pipe(Layer.provide(watched), Layer.provide(Layer.fresh(layerMemory)))
    return Effect.gen(function* () {
      yield* send(of(1))
      assert.deepStrictEqual(seen, [false, true])
    }).pipe(Effect.provide(layer))
  })

  it.effect("is refused by what was found, and the refusal is remembered", () => {
    const { counts, layer } = onOrders([Effect.fail("unknown"), Effect.succeed("Rome")], Effect.succeed)
    return Effect.gen(function* () {
      assert.strictEqual(yield* Effect.flip(send(of(1))), "unknown")
      assert.strictEqual(yield* Effect.flip(send(of(1))), "unknown")
      assert.strictEqual(counts.handled, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("fails when nothing can be found, which is no outcome: it is handled when it comes again", () => {
    const { layer } = onOrders([Effect.fail(away), Effect.succeed("Rome")], Effect.succeed)
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* Effect.flip(send(of(1))), away)
      assert.deepStrictEqual(yield* send(of(1)), { to: "Rome", handled: 1 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("that has been handled is answered although nothing can be found any more", () => {
    const { layer } = onOrders([Effect.succeed("Rome"), Effect.fail(away)], Effect.succeed)
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* send(of(1)), { to: "Rome", handled: 1 })
      assert.deepStrictEqual(yield* send(of(1)), { to: "Rome", handled: 1 })
    }).pipe(Effect.provide(layer))
  })

  it.live("looks again when the store failed for a moment", () => {
    const failure = new EventStoreFailure({ operation: "read", retryable: true, cause: "away" })
    const { counts, layer } = onOrders([Effect.fail(failure), Effect.succeed("Rome")], Effect.succeed)
    return Effect.gen(function* () {
      assert.strictEqual((yield* send(of(1))).to, "Rome")
      assert.strictEqual(counts.looked, 2)
    }).pipe(Effect.provide(layer))
  })

  it.live("is prepared again when what was found is outdated, unless its sender names a version", () => {
    const both = [Effect.succeed("Rome"), Effect.succeed("Oslo"), Effect.succeed("Rome")]
    const { counts, layer } = onOrders(both, (to) => (to === "Rome" ? Effect.fail(conflict) : Effect.succeed(to)))
    return Effect.gen(function* () {
      assert.strictEqual((yield* send(of(1))).to, "Oslo")
      assert.deepStrictEqual(yield* Effect.flip(send({ ...of(2), expectedVersion: 1 })), conflict)
      assert.strictEqual(counts.looked, 3)
    }).pipe(Effect.provide(layer))
  })

  it.live("gives up when what was found is outdated each time", () => {
    const { counts, layer } = onOrders(Array(10).fill(Effect.succeed("Rome")), () => Effect.fail(conflict))
    return Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* Effect.flip(send(of(1))),
        new CommandHandler.TooManyConflicts({ stream, attempts: 10 })
      )
      assert.strictEqual(counts.looked, 10)
    }).pipe(Effect.provide(layer))
  })
})
