/** The list of orders in memory: for tests and a first try. It joins the transactions of the memory layers. */
import { Effect, HashMap, Layer, Option, Order, TxRef } from "effect"
import type { FindOrders } from "./OrderQueries.ts"
import {
  type OrderListKey,
  type OrderListRow,
  OrderListStorage,
  type StuckOrder,
  type StuckOrdersPage
} from "./OrderListStorage.ts"

type Rows = HashMap.HashMap<string, OrderListRow>
type Stuck = HashMap.HashMap<string, StuckOrder>

/** The list of orders in memory, empty at first. */
export const layerMemory: Layer.Layer<OrderListStorage> = Layer.effect(
  OrderListStorage,
  Effect.gen(function* () {
    const checkpoint = yield* TxRef.make(0)
    const rows = yield* TxRef.make<Rows>(HashMap.empty())
    const stuck = yield* TxRef.make<Stuck>(HashMap.empty())
    return {
      checkpoint: TxRef.get(checkpoint),
      advance: (from, to) => TxRef.modify(checkpoint, (at) => (at === from ? [true, to] : [false, at])),
      // A transaction that has looked at it runs again when somebody has moved it in between.
      hold: Effect.asVoid(TxRef.get(checkpoint)),
      load: (keys) => Effect.map(TxRef.get(rows), (all) => among(all, keys)),
      save: (changed) =>
        TxRef.update(rows, (all) =>
          changed.reduce((kept, row) => HashMap.set(kept, textOf({ ...row, ...row.summary }), row), all)
        ),
      page: (query) => Effect.map(TxRef.get(rows), (all) => select(all, query)),
      stuckOf: (keys) => Effect.map(TxRef.get(stuck), (all) => among(all, keys)),
      stuckPage: (page) => Effect.map(TxRef.get(stuck), (all) => selectStuck(all, page)),
      noteStuck: (orders) =>
        TxRef.update(stuck, (all) => orders.reduce((kept, order) => HashMap.set(kept, textOf(order), order), all)),
      release: (key) => TxRef.update(stuck, (all) => HashMap.remove(all, textOf(key)))
    }
  })
)

const textOf = ({ orderId, tenant }: OrderListKey) => `${tenant}/${orderId}`

const among = <A>(all: HashMap.HashMap<string, A>, keys: ReadonlyArray<OrderListKey>): ReadonlyArray<A> =>
  keys.flatMap((key) => Option.toArray(HashMap.get(all, textOf(key))))

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

const byPosition = Order.mapInput(Order.Number, (order: StuckOrder) => order.position)

const selectStuck = (stuck: Stuck, { after, limit, tenant }: StuckOrdersPage): ReadonlyArray<StuckOrder> =>
  Array.from(HashMap.values(stuck))
    .filter((order) => order.position > after && (tenant === undefined || order.tenant === tenant))
    .toSorted(byPosition)
    .slice(0, limit)
