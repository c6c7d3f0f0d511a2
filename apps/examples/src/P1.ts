/**
 * P1, record, then publish: parcels record what happens to them, and the relay publishes it.
 *
 * Shows: what was recorded is published once, in its order, though nobody ran when it was recorded; what was taken back is
 * published by nobody; what is recorded later is published at once.
 */
import { Transaction } from "@eventfold/event-store"
import { Console, Effect, Schema } from "effect"
import * as Parcels from "./Parcels.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Record, then publish: what was committed, and nothing else"

/** The van is full. */
class NoRoom extends Schema.TaggedError<NoRoom>()("NoRoom", {}) {
  override get message() {
    return "there is no room in the van"
  }
}

/** The story. */
export const program = Effect.gen(function* () {
  const its = yield* Parcels.fresh
  const transaction = yield* Transaction
  const tell = Effect.flatMap(Parcels.heard(its), (lines) =>
    Effect.forEach(lines.length === 0 ? ["nothing"] : lines, (line) => Console.log(`  ${line}`), { discard: true })
  )
  const heardOf = (count: number) =>
    ReadSide.until(
      `${count} messages`,
      Effect.map(Parcels.heard(its), (lines) => lines.length === count)
    )

  yield* Console.log("Two parcels are recorded; nobody publishes yet. Others have heard")
  yield* Parcels.record(its, "p1", Parcels.sent("Utrecht"))
  yield* Parcels.record(its, "p2", Parcels.sent("Bergen"))
  yield* tell

  yield* Console.log("A third one is recorded in a transaction that is taken back")
  const takenBack = transaction.run(Effect.andThen(Parcels.record(its, "p3", Parcels.sent("Lyon")), new NoRoom()))
  const outcome = yield* Effect.result(takenBack)
  yield* Console.log(`  ${outcome._tag === "Failure" ? outcome.failure.message : "it was committed"}`)

  yield* Console.log("The relay begins. Others have heard")
  yield* Parcels.node(its)
  yield* heardOf(2)
  yield* tell

  yield* Console.log("A parcel arrives, and another one is sent in a transaction that is committed. Others have heard")
  yield* Parcels.record(its, "p1", Parcels.arrived)
  yield* transaction.run(Parcels.record(its, "p4", Parcels.sent("Graz")))
  yield* heardOf(4)
  yield* tell
}).pipe(Effect.scoped, Effect.provide(Parcels.broker))
