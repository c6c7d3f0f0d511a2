/**
 * The port to where the list of orders is kept: one row per order, the checkpoint that says up to which position of the
 * log the rows tell, and which orders are stuck: their rows stay behind the checkpoint, before an event that cannot be
 * decoded.
 *
 * `advance`, or `hold`, and what is written after it belong in one `Transaction`: then rows, checkpoint and what is stuck
 * never disagree, and of two processes that take in the same events only one does.
 */
import type { OrderSummary } from "@eventfold/domain-ordering"
import { ReadModelFailure } from "@eventfold/event-store"
import { Context, type Effect } from "effect"
import type { FindOrders } from "./OrderQueries.ts"

/** One order in the list. */
export interface OrderListRow {
  readonly tenant: string
  /** The position of the order's first event: the order of the list, newest first. It never changes. */
  readonly place: number
  readonly summary: OrderSummary.OrderSummary
}

/** What names an order, whether there is a row of it or not. Its id is that of its stream. */
export interface OrderListKey {
  readonly tenant: string
  readonly orderId: string
}

/**
 * An order whose row tells nothing from an event on that cannot be decoded. Why it cannot is not kept: it is found out
 * by decoding the event, and its words can quote personal values, which must not lie here when a person is forgotten.
 */
export interface StuckOrder extends OrderListKey {
  /** The version of that event in the order's stream. */
  readonly version: number
  /** The position of that event in the log. */
  readonly position: number
}

/** Which stuck orders to list. */
export interface StuckOrdersPage {
  /** Those of this tenant only. Default: of all. */
  readonly tenant?: string
  /** Those whose event has a greater position only. */
  readonly after: number
  /** The most to answer. */
  readonly limit: number
}

/** The port to where the list of orders is kept. */
export class OrderListStorage extends Context.Service<
  OrderListStorage,
  {
    /** The position up to which the rows tell; 0 at first. */
    readonly checkpoint: Effect.Effect<number, ReadModelFailure>
    /** Moves the checkpoint if it is still at `from`, and answers whether it was; no two movers succeed. */
    advance(from: number, to: number): Effect.Effect<boolean, ReadModelFailure>
    /** Keeps everybody from moving the checkpoint until the open transaction ends. */
    readonly hold: Effect.Effect<void, ReadModelFailure>
    /** The rows there are for these keys, in any order. */
    load(keys: ReadonlyArray<OrderListKey>): Effect.Effect<ReadonlyArray<OrderListRow>, ReadModelFailure>
    /** Inserts rows or replaces those of the same order. */
    save(rows: ReadonlyArray<OrderListRow>): Effect.Effect<void, ReadModelFailure>
    /** At most `limit` rows that fit, the newest order first. */
    page(query: FindOrders): Effect.Effect<ReadonlyArray<OrderListRow>, ReadModelFailure>
    /** Which of these orders are stuck, in any order. */
    stuckOf(keys: ReadonlyArray<OrderListKey>): Effect.Effect<ReadonlyArray<StuckOrder>, ReadModelFailure>
    /** At most `limit` of the stuck orders that fit, by the positions of their events. */
    stuckPage(page: StuckOrdersPage): Effect.Effect<ReadonlyArray<StuckOrder>, ReadModelFailure>
    /** Notes that orders are stuck; an order is stuck at one event, the one noted last. */
    noteStuck(orders: ReadonlyArray<StuckOrder>): Effect.Effect<void, ReadModelFailure>
    /** Notes that an order is not stuck any more. */
    release(key: OrderListKey): Effect.Effect<void, ReadModelFailure>
  }
>()("@eventfold/orders-api/OrderListStorage") {}

/** A failure of whatever keeps the list. */
export const failure = (cause: unknown) => new ReadModelFailure({ readModel: "list of orders", cause })
