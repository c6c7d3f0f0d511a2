/**
 * Tries the stuck orders of the list again, and takes them in from their streams when their events can be decoded:
 * because somebody has repaired them, or because this program knows them.
 *
 * Looking costs one event per order, for a bounded number of orders at a time, in turns. An order is released in a
 * transaction that holds the checkpoint and finds nothing in the stream that the row does not tell: whatever the list
 * has passed over while the order was stuck is in the row then, and whatever comes after is taken from the log. So
 * several processes can try the same orders.
 */
import { type EventNotDecodable, EventStore, pageSize, StreamId, Transaction } from "@eventfold/event-store"
import { type Duration, Effect, Exit, Result } from "effect"
import { codec, fold, streamOf } from "./OrderListFold.ts"
import { type IntakeFailure, type IntakeServices, reportStuck, within } from "./OrderListIntake.ts"
import { type OrderListRow, OrderListStorage, type StuckOrder } from "./OrderListStorage.ts"

/** How many orders are tried at a time. */
export const triedAtOnce = 32

/** How often an order is read on because it has got new events meanwhile, before it is left for the next round. */
const readingsOn = 3

/** What kept stuck orders from being tried, when it was not their events. */
type Outcome = Exit.Exit<void, IntakeFailure>

/**
 * Answers the effect that tries the next few stuck orders. Every step of it ends within `limit`.
 *
 * It answers whether it is worth while to go on at once. It never fails, and what goes wrong with one order stops no
 * other: `hear` is told after every turn through all of them.
 */
export const make = (
  limit: Duration.Duration,
  hear: (outcome: Outcome) => Effect.Effect<void>
): Effect.Effect<boolean, never, IntakeServices> => {
  let after = 0
  let ofTurn: Outcome = Exit.void
  const round = Effect.gen(function* () {
    const storage = yield* OrderListStorage
    const orders = yield* within(limit, storage.stuckPage({ after, limit: triedAtOnce }))
    const { outcomes, readable } = yield* tryToDecode(orders, limit)
    let gained = 0
    for (const order of readable) {
      const outcome = yield* Effect.exit(takeInRest(order, limit))
      outcomes.push(Exit.asVoid(outcome))
      if (Exit.isSuccess(outcome) && outcome.value) gained += 1
    }
    if (Exit.isSuccess(ofTurn)) ofTurn = outcomes.find(Exit.isFailure) ?? ofTurn
    if (orders.length === triedAtOnce) {
      after = orders.at(-1)?.position ?? 0
      // What helped these probably helps others.
      return gained > 0
    }
    yield* hear(ofTurn)
    after = 0
    ofTurn = Exit.void
    return false
  })
  return Effect.flatMap(Effect.exit(round), (exit) =>
    Exit.isSuccess(exit) ? Effect.succeed(exit.value) : Effect.as(hear(Exit.asVoid(exit)), false)
  )
}

/** Why an order is stuck, as of now, in words. */
export const reasonOf = (order: StuckOrder): Effect.Effect<string, never, EventStore> => {
  const event = `the event at position ${order.position} (${StreamId.format(streamOf(order))}, version ${order.version})`
  return Effect.flatMap(eventOf(order), codec.decodeEach).pipe(
    Effect.map(([decoded]) => {
      if (decoded === undefined) return `${event} is not there`
      return Result.isFailure(decoded) ? decoded.failure.message : `${event} can be decoded now and is being taken in`
    }),
    Effect.catch(({ message }) => Effect.succeed(`${event} cannot be read: ${message}`))
  )
}

/** The event an order is stuck at. */
const eventOf = (order: StuckOrder) =>
  Effect.flatMap(EventStore, (store) =>
    store.readPage(streamOf(order), { direction: "forwards", from: order.version, limit: 1 })
  )

/** Those of the orders whose event can be decoded, and what became of reading the events. */
const tryToDecode = Effect.fnUntraced(function* (orders: ReadonlyArray<StuckOrder>, limit: Duration.Duration) {
  const read = yield* Effect.forEach(orders, (order) => Effect.exit(within(limit, eventOf(order))), { concurrency: 4 })
  // Together: their repairs are looked up at once.
  const events = read.flatMap((one) => (Exit.isSuccess(one) ? one.value : []))
  const decoded = yield* within(limit, codec.decodeEach(events))
  const positions = new Set(decoded.flatMap((one) => (Result.isSuccess(one) ? [one.success.recorded.position] : [])))
  const outcomes: Array<Outcome> = read.map(Exit.asVoid)
  return { readable: orders.filter(({ position }) => positions.has(position)), outcomes }
})

/** How far an order has been read: its row up to there, the version to go on with, and the event that ends it. */
interface Reached {
  readonly row: OrderListRow | undefined
  readonly next: number
  readonly stuck?: EventNotDecodable
}

/** Takes in what its stream holds after the row of an order, and answers whether it is stuck there no more. */
const takeInRest = Effect.fnUntraced(function* (order: StuckOrder, limit: Duration.Duration) {
  const storage = yield* OrderListStorage
  const transaction = yield* Transaction
  const [row] = yield* within(limit, storage.load([order]))
  let reached: Reached = { row, next: (row?.summary.version ?? 0) + 1 }
  for (let reading = 0; reading < readingsOn; reading++) {
    reached = yield* readOn(order, reached, limit)
    const outcome = yield* within(limit, transaction.run(settle(order, reached)))
    if (outcome === "settled") {
      yield* reached.stuck === undefined
        ? Effect.logInfo(`the list of orders goes on with ${StreamId.format(streamOf(order))}`)
        : reportStuck(reached.stuck)
      return true
    }
    if (outcome === "left") return false
  }
  return false
})

/** Reads an order on as far as its stream goes, or to an event that cannot be decoded. */
const readOn = Effect.fnUntraced(function* (order: StuckOrder, from: Reached, limit: Duration.Duration) {
  const store = yield* EventStore
  let { next, row } = from
  while (true) {
    const page = store.readPage(streamOf(order), { direction: "forwards", from: next, limit: pageSize })
    const decoded = yield* within(limit, Effect.flatMap(page, codec.decodeEach))
    for (const one of decoded) {
      if (Result.isFailure(one)) return { row, next, stuck: one.failure }
      row = fold(row, one.success)
      next = one.success.recorded.version + 1
    }
    if (decoded.length < pageSize) return { row, next }
  }
})

/**
 * Stores what was reached: `behind` when the stream has gone on meanwhile, `left` when there is nothing to store, because
 * another process was faster or nothing was gained. Nothing is decoded in here: that may wait for what others look up.
 */
const settle = Effect.fnUntraced(function* (order: StuckOrder, reached: Reached) {
  const [store, storage] = [yield* EventStore, yield* OrderListStorage]
  // Events that are passed over because the order is stuck are in the stream before anybody gets here.
  yield* storage.hold
  const [noted] = yield* storage.stuckOf([order])
  if (noted?.version !== order.version) return "left"
  const { next, stuck } = reached
  if (stuck === undefined) {
    const newer = yield* store.readPage(streamOf(order), { direction: "forwards", from: next, limit: 1 })
    if (newer.length > 0) return "behind"
    yield* storage.release(order)
  } else {
    if (stuck.version === order.version) return "left"
    yield* storage.noteStuck([{ ...noted, version: stuck.version, position: stuck.position }])
  }
  if (reached.row !== undefined) yield* storage.save([reached.row])
  return "settled"
})
