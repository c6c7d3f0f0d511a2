/** The list of orders in memory: for tests and a first try. It joins the transactions of the memory layers. */
import { Effect, HashMap, Layer, Option, Order, TxRef } from "effect"
import type { FindOrders } from "./OrderQueries.ts"
import { type OrderListKey, type OrderListRow, OrderListStorage } from "./OrderListStorage.ts"

type Rows = HashMap.HashMap<string, OrderListRow>

/** The list of orders in memory, empty at first. */
export const layerMemory: Layer.Layer<OrderListStorage> = Layer.effect(
  OrderListStorage,
  Effect.gen(function* () {
    const checkpoint = yield* TxRef.make(0)
    const rows = yield* TxRef.make<Rows>(HashMap.empty())
    return {
      checkpoint: TxRef.get(checkpoint),
      advance: (from, to) => TxRef.modify(checkpoint, (at) => (at === from ? [true, to] : [false, at])),
      load: (keys) =>
        Effect.map(TxRef.get(rows), (all) => keys.flatMap((key) => Option.toArray(HashMap.get(all, textOf(key))))),
      save: (changed) =>
        TxRef.update(rows, (all) =>
          changed.reduce((kept, row) => HashMap.set(kept, textOf({ ...row, ...row.summary }), row), all)
        ),
      page: (query) => Effect.map(TxRef.get(rows), (all) => select(all, query))
    }
  })
)

const textOf = ({ orderId, tenant }: OrderListKey) => `${tenant}/${orderId}`

const newestFirst = Order.mapInput(Order.flip(Order.Number), (row: OrderListRow) => row.place)

const select = (rows: Rows, query: FindOrders): ReadonlyArray<OrderListRow> =>
  Array.from(HashMap.values(rows))
    .filter(
      ({ place, summary, tenant }) =>
        tenant === query.tenant &&
        (query.customerId === undefined || summary.customerId === query.customerId) &&
        (query.status === undefined || summary.status === query.status) &&
        (query.before === undefined || place < query.before)
    )
    .toSorted(newestFirst)
    .slice(0, query.limit)
