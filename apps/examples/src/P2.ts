/**
 * P2, the outbox: the log is the outbox, and relays empty it.
 *
 * Shows: a backlog published in large batches, by one of several relays; a broker that is away, and is waited for; a relay that
 * dies after publishing and before noting it, and another that takes over; a message that cannot be said, which holds its
 * parcel back and no other, and is replayed in its order.
 */
import { Console, Effect } from "effect"
import * as Parcels from "./Parcels.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Outbox: several relays, a broker that is away, a crash, dead letters"

/** The story. */
export const program = Effect.gen(function* () {
  const its = yield* Parcels.fresh
  const count = Effect.map(Parcels.heard(its), (lines) => lines.length)
  const heardOf = (wanted: number) =>
    ReadSide.until(
      `${wanted} messages`,
      Effect.map(count, (found) => found === wanted)
    )
  const given = () => its.given.reduce((sum, batch) => sum + batch, 0)

  yield* Console.log("1,200 parcels were sent. Three relays begin at once")
  const parcels = Array.from({ length: 1200 }, (_, index) => `p${index}`)
  yield* Effect.forEach(parcels, (parcel) => Parcels.record(its, parcel, Parcels.sent("Utrecht")), { concurrency: 16 })
  const nodes = [yield* Parcels.node(its), yield* Parcels.node(its), yield* Parcels.node(its)]
  yield* heardOf(1200)
  yield* Console.log(`  others have heard ${yield* count} messages; the broker was given ${given()}`)
  yield* Console.log(`  the most at a time: ${Math.max(...its.given)}`)

  yield* Console.log("The broker goes away, and a parcel arrives")
  its.wrong.brokerIsAway = true
  yield* Parcels.record(its, "p0", Parcels.arrived)
  const statuses = Effect.map(Effect.all(nodes.map((node) => node.statuses)), (all) => all.flat())
  const troubled = Effect.map(statuses, (all) => all.find(({ problem }) => problem !== undefined))
  yield* ReadSide.until(
    "a relay in trouble",
    Effect.map(troubled, (found) => found !== undefined)
  )
  const trouble = yield* troubled
  yield* Console.log(
    `  the relay is ${trouble?.state}, ${trouble?.lag?.count} event behind, with ${trouble?.letters.failed} dead letters`
  )
  its.wrong.brokerIsAway = false
  yield* heardOf(1201)
  yield* Console.log(`  it is back, and others have heard ${yield* count}`)

  yield* Console.log("Who publishes now dies before it is noted; another one takes over, and publishes it again")
  its.wrong.diesAfterPublishing = true
  const before = given()
  yield* Parcels.record(its, "p1", Parcels.arrived)
  yield* ReadSide.until(
    "published and not noted",
    Effect.sync(() => given() > before)
  )
  for (const node of nodes) yield* node.end
  its.wrong.diesAfterPublishing = false
  const { desk } = yield* Parcels.node(its)
  yield* ReadSide.until(
    "published again",
    Effect.sync(() => given() > before + 1)
  )
  yield* Console.log(`  the broker was given it ${given() - before} times, and others have heard ${yield* count}`)

  yield* Console.log("A parcel is sent to a place nobody knows, and arrives; another one is sent and arrives too")
  its.wrong.unknown.add("Atlantis")
  yield* Parcels.record(its, "lost", Parcels.sent("Atlantis"), Parcels.arrived)
  yield* Parcels.record(its, "fine", Parcels.sent("Graz"), Parcels.arrived)
  yield* heardOf(1204)
  const last = (wanted: number) => Effect.map(Parcels.heard(its), (lines) => lines.slice(-wanted).join(", "))
  yield* Console.log(`  others have heard: ${yield* last(2)}`)
  for (const { failure, stream, version } of yield* desk.list({ consumer: its.consumer, limit: 10 })) {
    yield* Console.log(`  ${stream.id}, version ${version}: ${failure?.message ?? "waits"}`)
  }

  yield* Console.log("It is found on a map, and what waits is replayed")
  its.wrong.unknown.clear()
  yield* desk.replay({ consumer: its.consumer, by: "sue", reason: "found on a map" })
  yield* Console.log(`  others have heard: ${yield* last(2)}`)
}).pipe(Effect.scoped, Effect.provide(Parcels.broker))
