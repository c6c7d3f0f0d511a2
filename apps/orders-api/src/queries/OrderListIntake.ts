/**
 * Takes events into the list of orders, one bounded batch after another, in the order of the log.
 *
 * Rows and checkpoint move in one transaction. When another process has taken the same events in meanwhile, this one
 * goes on from where that one got. Events of other aggregates are passed over.
 */
import { Order, type OrderEvents, OrderSummary } from "@eventfold/domain-ordering"
import {
  EventCodec,
  type EventNotDecodable,
  EventStore,
  type EventStoreFailure,
  pageSize,
  type ReadModelFailure,
  type RecordedEvent,
  Transaction
} from "@eventfold/event-store"
import { Duration, Effect, Result } from "effect"
import { failure, type OrderListRow, OrderListStorage } from "./OrderListStorage.ts"

const codec = EventCodec.make(Order.Order.Event)

/**
 * Takes in everything up to the present, one batch after another, each within `limit`.
 *
 * Fails with `EventNotDecodable` at an event that this program cannot read: the list then tells about everything before.
 * Fails when a batch takes longer than `limit`: a connection whose other end is gone would otherwise be waited for without
 * end. The checkpoint makes it safe to try again.
 */
export const takeInAll = Effect.fnUntraced(function* (limit: Duration.Duration) {
  while (
    yield* Effect.timeoutOrElse(takeInBatch, {
      duration: limit,
      orElse: () => Effect.fail(failure(`a batch of events took longer than ${Duration.format(limit)}`))
    })
  );
})

/** Takes in one batch, and answers whether there may be more. */
const takeInBatch: Effect.Effect<
  boolean,
  EventNotDecodable | EventStoreFailure | ReadModelFailure,
  EventStore | OrderListStorage | Transaction
> = Effect.gen(function* () {
  const store = yield* EventStore
  const storage = yield* OrderListStorage
  const transaction = yield* Transaction
  const from = yield* storage.checkpoint
  const { events } = yield* store.readLog({ after: from, limit: pageSize })
  const last = events.at(-1)
  if (last === undefined) return false
  const ofOrders = events.filter((event) => event.stream.category === Order.Order.category)
  const { changes, stuck } = yield* decode(ofOrders)
  const to = stuck === undefined ? last.position : stuck.position - 1
  if (to > from) yield* transaction.run(apply(changes, from, to))
  return stuck === undefined ? true : yield* stuck
})

/** An event and what it means. */
type Change = EventCodec.DecodedEvent<OrderEvents.OrderEvent>

/** Decodes as far as it goes. `stuck` is the event it does not get past. */
const decode = Effect.fnUntraced(function* (
  events: ReadonlyArray<RecordedEvent>
): Effect.fn.Return<
  { readonly changes: ReadonlyArray<Change>; readonly stuck?: EventNotDecodable },
  EventStoreFailure
> {
  const changes: Array<Change> = []
  for (const decoded of yield* codec.decodeEach(events)) {
    if (Result.isFailure(decoded)) return { changes, stuck: decoded.failure }
    changes.push(decoded.success)
  }
  return { changes }
})

const apply = Effect.fnUntraced(function* (changes: ReadonlyArray<Change>, from: number, to: number) {
  const storage = yield* OrderListStorage
  if (!(yield* storage.advance(from, to)) || changes.length === 0) return
  const keys = new Map(
    changes.map(({ event, recorded }) => [keyOf(recorded), { ...recorded.stream, orderId: event.orderId }])
  )
  const rows = new Map<string, OrderListRow>()
  for (const row of yield* storage.load(Array.from(keys.values())))
    rows.set(`${row.tenant}/${row.summary.orderId}`, row)
  for (const { event, recorded } of changes) {
    const row = rows.get(keyOf(recorded))
    const summary = OrderSummary.evolve(row?.summary, event, recorded.version)
    if (summary === undefined) continue
    rows.set(keyOf(recorded), { tenant: recorded.stream.tenant, place: row?.place ?? recorded.position, summary })
  }
  yield* storage.save(Array.from(rows.values()))
})

/** The id of an order's stream is the id of the order. */
const keyOf = ({ stream }: RecordedEvent) => `${stream.tenant}/${stream.id}`
