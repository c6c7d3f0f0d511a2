/**
 * The port to where the list of orders is kept: one row per order, and the checkpoint that says up to which position of
 * the log the rows tell.
 *
 * `advance` and what is written after it belong in one `Transaction`: then rows and checkpoint never disagree, and of two
 * processes that take in the same events only one does.
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

/** What names a row. */
export type OrderListKey = Pick<OrderListRow, "tenant"> & Pick<OrderSummary.OrderSummary, "orderId">

/** The port to where the list of orders is kept. */
export class OrderListStorage extends Context.Service<
  OrderListStorage,
  {
    /** The position up to which the rows tell; 0 at first. */
    readonly checkpoint: Effect.Effect<number, ReadModelFailure>
    /** Moves the checkpoint if it is still at `from`, and answers whether it was; no two movers succeed. */
    advance(from: number, to: number): Effect.Effect<boolean, ReadModelFailure>
    /** The rows there are for these keys, in any order. */
    load(keys: ReadonlyArray<OrderListKey>): Effect.Effect<ReadonlyArray<OrderListRow>, ReadModelFailure>
    /** Inserts rows or replaces those of the same order. */
    save(rows: ReadonlyArray<OrderListRow>): Effect.Effect<void, ReadModelFailure>
    /** At most `limit` rows that fit, the newest order first. */
    page(query: FindOrders): Effect.Effect<ReadonlyArray<OrderListRow>, ReadModelFailure>
  }
>()("@eventfold/orders-api/OrderListStorage") {}

/** A failure of whatever keeps the list. */
export const failure = (cause: unknown) => new ReadModelFailure({ readModel: "list of orders", cause })
