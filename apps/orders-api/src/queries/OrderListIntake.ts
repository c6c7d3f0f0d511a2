/**
 * Takes events into the list of orders, one bounded batch after another, in the order of the log.
 *
 * Rows and checkpoint move in one transaction. When another process has taken the same events in meanwhile, this one
 * goes on from where that one got. Events of other aggregates are passed over.
 *
 * An event that cannot be decoded holds back its order and nothing else: the row stays as it was before that event, the
 * order is noted as stuck, in the same transaction, and its later events are left for `OrderListRetries` to take from
 * its stream. So nothing is skipped without a note that says where the row ends.
 */
import { Order, type OrderEvents } from "@eventfold/domain-ordering"
import {
  type EventCodec,
  type EventNotDecodable,
  EventStore,
  type EventStoreFailure,
  pageSize,
  type ReadModelFailure,
  Transaction
} from "@eventfold/event-store"
import { Duration, Effect, Result } from "effect"
import { codec, fold, keyOf, textOf } from "./OrderListFold.ts"
import { failure, type OrderListRow, OrderListStorage, type StuckOrder } from "./OrderListStorage.ts"

/** What taking in needs: the log, where the list is kept, and the transaction that spans both. */
export type IntakeServices = EventStore | OrderListStorage | Transaction

/** What taking in fails with. An event that cannot be decoded is no failure of it. */
export type IntakeFailure = EventStoreFailure | ReadModelFailure

/**
 * Takes in everything up to the present, one batch after another, each within `limit`.
 *
 * Fails when a batch takes longer than `limit`: a connection whose other end is gone would otherwise be waited for without
 * end. The checkpoint makes it safe to try again.
 */
export const takeInAll = Effect.fnUntraced(function* (limit: Duration.Duration) {
  while (yield* within(limit, takeInBatch));
})

/** Gives up what takes longer than `limit`. */
export const within = <A, E, R>(
  limit: Duration.Duration,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | ReadModelFailure, R> =>
  Effect.timeoutOrElse(effect, {
    duration: limit,
    orElse: () => Effect.fail(failure(`a batch of events took longer than ${Duration.format(limit)}`))
  })

/** Says that an order is stuck: once, by the process that notes it, and again when it gets stuck at another event. */
export const reportStuck = (event: EventNotDecodable): Effect.Effect<void> =>
  Effect.logError(`the list of orders holds one order back: ${event.message}`)

/** Takes in one batch, and answers whether there may be more. */
const takeInBatch: Effect.Effect<boolean, IntakeFailure, IntakeServices> = Effect.gen(function* () {
  const store = yield* EventStore
  const storage = yield* OrderListStorage
  const transaction = yield* Transaction
  const from = yield* storage.checkpoint
  const { events } = yield* store.readLog({ after: from, limit: pageSize })
  const last = events.at(-1)
  if (last === undefined) return false
  const decoded = yield* codec.decodeEach(events.filter((event) => event.stream.category === Order.Order.category))
  yield* Effect.forEach(yield* transaction.run(apply(decoded, from, last.position)), reportStuck, { discard: true })
  return true
})

/** An event and what it means, or why it cannot be told. */
type Decoded = Result.Result<EventCodec.DecodedEvent<OrderEvents.OrderEvent>, EventNotDecodable>

/** Takes in events of orders if nobody else has, and answers those by which orders have got stuck. */
const apply = Effect.fnUntraced(function* (decoded: ReadonlyArray<Decoded>, from: number, to: number) {
  const storage = yield* OrderListStorage
  if (!(yield* storage.advance(from, to)) || decoded.length === 0) return []
  const placed = decoded.map((one) => {
    const { stream, version } = Result.isSuccess(one) ? one.success.recorded : one.failure
    const key = keyOf(stream)
    return { one, version, key, name: textOf(key) }
  })
  const keys = Array.from(new Map(placed.map(({ key, name }) => [name, key])).values())
  // After `advance`, so that nobody can release one of them before this ends.
  const stuck = new Map((yield* storage.stuckOf(keys)).map((order) => [textOf(order), order]))
  const rows = new Map((yield* storage.load(keys)).map((row) => [textOf({ ...row, ...row.summary }), row]))
  const changed = new Map<string, OrderListRow>()
  const noted = new Map<string, { readonly order: StuckOrder; readonly because: EventNotDecodable }>()
  for (const { key, name, one, version } of placed) {
    // Its row may be built anew: what comes before the event it is stuck at is told.
    if (version >= (stuck.get(name)?.version ?? Number.POSITIVE_INFINITY)) continue
    const row = rows.get(name)
    if (Result.isSuccess(one)) {
      const after = fold(row, one.success)
      if (after === undefined || after === row) continue
      rows.set(name, after)
      changed.set(name, after)
    } else if (version > (row?.summary.version ?? 0)) {
      // A row that goes further was taken from the stream by a program that can decode the event.
      const order = { ...key, version, position: one.failure.position }
      stuck.set(name, order)
      noted.set(name, { order, because: one.failure })
    }
  }
  if (changed.size > 0) yield* storage.save(Array.from(changed.values()))
  if (noted.size > 0) yield* storage.noteStuck(Array.from(noted.values(), ({ order }) => order))
  return Array.from(noted.values(), ({ because }) => because)
})
