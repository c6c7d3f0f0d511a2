/**
 * P3, the inbox: what is delivered at least once takes effect once.
 *
 * Shows: a message that comes again; two processes that are given it at the same moment; a handler that fails half way; one
 * that dies; what the inbox knows of all of them; a handler that needs no inbox, because it may be repeated.
 */
import { OrderingMessages } from "@eventfold/domain-ordering"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { Inbox, Subscriber } from "@eventfold/messaging"
import { Console, DateTime, Deferred, Effect, Fiber, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import * as Purses from "./Purses.ts"

/** What it is about. */
export const title = "Inbox: delivered at least once, effective exactly once"

/** A book in which a handler writes, in the transaction of the inbox. */
const bookOf = (tenant: string) => {
  const stream = StreamId.make(tenant, "book", "points")
  const write = Effect.fnUntraced(function* (type: string) {
    const event = { id: SecureRandom.uuidV7Unsafe(), type, schemaVersion: 1, data: {}, metadata: {} }
    const store = yield* EventStore
    yield* store.append(stream, ExpectedVersion.Any, [{ ...event, occurredAt: DateTime.makeUnsafe(0) }])
  })
  const lines = Effect.flatMap(EventStore, (store) =>
    Effect.map(
      Stream.runCollect(store.read(stream)),
      (events) => events.map(({ type }) => type).join(", ") || "nothing"
    )
  )
  return { write, lines }
}

/** A handler that may be repeated: whatever it writes, it writes the same. */
const screens = Subscriber.make("screens", [
  Subscriber.on(OrderingMessages.OrderShippedV1, ({ orderId }) => Console.log(`  ${orderId} has left`), {
    delivery: "at-least-once"
  })
])

/** The story. */
export const program = Effect.gen(function* () {
  const tenant = yield* Purses.newTenant
  const handler = `points-of-${tenant.slice(-12)}`
  const inbox = yield* Inbox
  const book = bookOf(tenant)
  const message = (id: string) => ({ tenant, source: "/contexts/ordering", id, type: "ordering.order-shipped.v1" })
  const tell = Effect.flatMap(book.lines, (lines) => Console.log(`  in the book: ${lines}`))

  yield* Console.log("A message comes, and comes again")
  for (const time of ["first", "second"]) {
    const outcome = yield* inbox.once(handler, message("m1"), book.write("PointsForM1"))
    yield* Console.log(`  the ${time} time: ${outcome}`)
  }
  yield* tell

  yield* Console.log("Two are given a message at the same moment")
  const both = Array.from({ length: 2 }, () => inbox.once(handler, message("m2"), book.write("PointsForM2")))
  const outcomes = yield* Effect.all(both, { concurrency: "unbounded" })
  yield* Console.log(`  ${outcomes.toSorted().join(" and ")}`)
  yield* tell

  yield* Console.log("A handler fails half way, and the message comes again")
  const failing = Effect.andThen(book.write("PointsForM3"), Effect.fail("no paper"))
  const failure = yield* Effect.orDie(
    Effect.flip(inbox.once(handler, message("m3"), failing, { reasonOf: () => "NoPaper" }))
  )
  yield* Console.log(`  it fails: ${String(failure)}`)
  yield* tell
  yield* Console.log(`  again: ${yield* inbox.once(handler, message("m3"), book.write("PointsForM3"))}`)

  yield* Console.log("A process dies in the middle")
  const begun = yield* Deferred.make<void>()
  const dying = book
    .write("PointsForM4")
    .pipe(Effect.andThen(Deferred.succeed(begun, undefined)), Effect.andThen(Effect.never))
  const process = yield* Effect.forkChild(inbox.once(handler, message("m4"), dying))
  yield* Deferred.await(begun)
  yield* Fiber.interrupt(process)
  yield* Effect.ignore(
    inbox.once(handler, message("m5"), Effect.fail("no paper"), { reasonOf: () => "NoPaper: the tray is empty" })
  )
  yield* tell

  yield* Console.log("What the inbox knows")
  for (const { error, id, state } of (yield* inbox.list({ handler, limit: 10 })).toSorted(byId)) {
    yield* Console.log(`  ${id}: ${state}${error === undefined ? "" : `, ${error}`}`)
  }
  const failed = yield* inbox.list({ handler, state: "failed", limit: 10 })
  yield* Console.log(`  failed: ${failed.map(({ id }) => id).join(", ")}`)

  yield* Console.log("A handler that may be repeated needs none")
  for (const { delivery, message: of } of screens.handlers) yield* Console.log(`  ${of.type}: ${delivery}`)
})

const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1)
