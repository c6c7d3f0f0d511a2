/**
 * E64, versioning and upcasting: events of every version are read as if they had been written today.
 *
 * Shows: `OrderPlaced` from product ids to items and address to payment method, old deposits that become US dollars, and
 * stored events that stay as they are; a missing link that is found when the program starts; an event that cannot be
 * decoded, reported with position and cause, repaired by an audited command, and read again.
 */
import { DomainEvent } from "@eventfold/decider"
import {
  EventCodec,
  EventRepairs,
  EventStore,
  ExpectedVersion,
  type NewEvent,
  repairEvent,
  StreamId
} from "@eventfold/event-store"
import { Console, DateTime, Effect, Result, Schema } from "effect"
import { SecureRandom } from "effect/crypto"

/** What it is about. */
export const title = "Versioning and upcasting: old events are read as if they had been written today"

// #region first
const OrderPlacedV1 = DomainEvent.make("OrderPlaced", { productIds: Schema.Array(Schema.String) })
// #endregion first
// #region second
const Item = Schema.Struct({ productId: Schema.String, quantity: Schema.Int })
const OrderPlacedV2 = DomainEvent.nextVersion(
  OrderPlacedV1,
  { items: Schema.Array(Item), address: Schema.NullOr(Schema.String) },
  ({ productIds }) => ({ items: productIds.map((productId) => ({ productId, quantity: 1 })), address: null })
)
// #endregion second
// #region third
const OrderPlaced = DomainEvent.nextVersion(
  OrderPlacedV2,
  { ...OrderPlacedV2.fields, paymentMethod: Schema.Literals(["card", "invoice", "unknown"]) },
  (older) => ({ ...older, paymentMethod: "unknown" })
)
// #endregion third

const MoneyDepositedV1 = DomainEvent.make("MoneyDeposited", { cents: Schema.Int })
const Money = Schema.Struct({ amount: Schema.Int, currency: Schema.Literals(["EUR", "USD"]) })
const MoneyDeposited = DomainEvent.nextVersion(MoneyDepositedV1, { money: Money }, ({ cents }) => ({
  money: { amount: cents, currency: "USD" }
}))

const ShopEvent = Schema.Union([OrderPlaced, MoneyDeposited])
const codec = EventCodec.make(ShopEvent)

// The schema of version 3 without the way to it: a program that holds it must not get as far as an old event.
const Unlinked = DomainEvent.make("OrderPlaced", OrderPlaced.fields, { version: 3 })

const shown = (event: typeof ShopEvent.Type) => {
  if (event._tag === "MoneyDeposited") return `${(event.money.amount / 100).toFixed(2)} ${event.money.currency}`
  const items = event.items.map(({ productId, quantity }) => `${quantity} ${productId}`).join(", ")
  return `${items}; to ${event.address ?? "an address nobody asked for"}; by ${event.paymentMethod}`
}

/** The story. */
export const program = Effect.gen(function* () {
  const store = yield* EventStore
  const stream = StreamId.make("main", "example-shop", SecureRandom.uuidV7Unsafe())
  const stored = store.readPage(stream, { direction: "forwards", from: 1, limit: 100 })

  yield* Console.log("Four years of events in one stream, each as it was written in its time")
  yield* store.append(stream, ExpectedVersion.NoStream, [
    written("OrderPlaced", 1, 1, { productIds: ["tea", "milk"] }),
    written("MoneyDeposited", 1, 2, { cents: 12_50 }),
    written("OrderPlaced", 2, 3, { items: [{ productId: "tea", quantity: 3 }], address: "London" }),
    written("MoneyDeposited", 2, 4, { money: { amount: 20_00, currency: "EUR" } })
  ])

  yield* Console.log("Read with the program of today")
  for (const event of yield* codec.decode(yield* stored)) {
    yield* Console.log(`  ${DateTime.getPartUtc(event.occurredAt, "year")}  ${event._tag}: ${shown(event)}`)
  }

  yield* Console.log("What is stored has not changed")
  for (const { data, schemaVersion, type } of yield* stored) {
    yield* Console.log(`  ${type} v${schemaVersion} ${JSON.stringify(data)}`)
  }

  yield* Console.log("A link is missing: the program does not start")
  const started = Result.try({ try: () => EventCodec.make(Schema.Union([Unlinked])), catch: String })
  yield* Console.log(`  ${Result.isFailure(started) ? started.failure.replace(". ", ".\n  ") : "it starts"}`)

  yield* Console.log("An import has written an event that cannot be decoded")
  const damaged = written("OrderPlaced", 2, 5, { items: [{ productId: "tea", quantity: "two" }], address: "Paris" })
  const { position } = yield* store.append(stream, ExpectedVersion.Exact(4), [damaged])
  yield* codec.decode(yield* stored).pipe(
    Effect.asVoid,
    Effect.catchTag("EventNotDecodable", (error) =>
      Console.log(
        `  ${error._tag}: ${error.eventType} v${error.schemaVersion}, version ${error.version} of its stream\n` +
          `  at the position where it was stored: ${error.position === position ? "yes" : "no"}\n` +
          `  ${error.reason.replace("\n", "\n  ")}`
      )
    )
  )

  yield* Console.log("A reader of many streams goes on past it")
  const each = yield* codec.decodeEach(yield* stored)
  yield* Console.log(
    `  ${each.filter(Result.isSuccess).length} read, ${each.filter(Result.isFailure).length} held back`
  )

  yield* Console.log("It is repaired; a repair that would not help is refused")
  // #region repair
  const repairWith = (paymentMethod: string) =>
    repairEvent(codec, {
      position,
      eventId: damaged.id,
      type: "OrderPlaced",
      schemaVersion: 3,
      data: { items: [{ productId: "tea", quantity: 2 }], address: "Paris", paymentMethod },
      actor: "grace",
      reason: "the paper order says: two, by card"
    })
  // #endregion repair
  yield* repairWith("cash").pipe(
    Effect.catchTag("RepairRefused", ({ _tag, field }) => Console.log(`  ${_tag}: ${field} cannot be decoded either`))
  )
  yield* repairWith("card")
  const last = (yield* codec.decode(yield* stored)).at(-1)
  yield* Console.log(`  now: ${last === undefined ? "nothing" : shown(last)}`)
  for (const { actor, reason } of yield* (yield* EventRepairs).history({ position })) {
    yield* Console.log(`  on record: ${actor}, "${reason}"`)
  }
  yield* Console.log(`  stored, as ever: ${JSON.stringify((yield* stored).at(-1)?.data)}`)
})

const inYear = (year: number) => DateTime.makeUnsafe(`202${year}-06-01T12:00:00Z`)

/** An event as a program of its time wrote it. */
const written = (type: string, schemaVersion: number, year: number, data: Schema.Json): NewEvent => ({
  id: SecureRandom.uuidV7Unsafe(),
  type,
  schemaVersion,
  occurredAt: inYear(year),
  data,
  metadata: {}
})
