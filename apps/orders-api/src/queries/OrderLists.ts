/** The list of orders as it is asked for: from filters and an order to a question about its rows. */
import { Sorting, Specification } from "@eventfold/decider"
import { OrderList } from "@eventfold/domain-ordering"
import { Effect } from "effect"
import type { FindOrders, OrderSort } from "./OrderQueries.ts"
import * as Pages from "./Pages.ts"

const { field } = OrderList.rows

/** The sorts of the list, by name. */
export const sorts: { readonly [Sort in OrderSort]: ReadonlyArray<Sorting.SortTerm<OrderList.OrderListRow>> } = {
  newest: OrderList.newestFirst,
  oldest: [Sorting.ascending(field("place"))],
  placed: [Sorting.descending(field("placedAt"))],
  total: [Sorting.ascending(field("total"))],
  "-total": [Sorting.descending(field("total"))]
}

type Filter = Omit<FindOrders, "_tag" | "tenant" | "sort" | "limit" | "after">

/** The rows a filter lets pass. */
export const where = (filter: Filter): Specification.Specification<OrderList.OrderListRow> => {
  const { currency, customerId, maxTotal, minTotal, placedFrom, placedTo, status } = filter
  return Specification.and(
    ...(customerId === undefined ? [] : [OrderList.by(customerId)]),
    ...(status === undefined ? [] : [Specification.eq(field("status"), status)]),
    ...(currency === undefined ? [] : [Specification.eq(field("currency"), currency)]),
    ...(minTotal === undefined ? [] : [Specification.gte(field("total"), minTotal)]),
    ...(maxTotal === undefined ? [] : [Specification.lte(field("total"), maxTotal)]),
    ...(placedFrom === undefined ? [] : [Specification.gte(field("placedAt"), placedFrom)]),
    ...(placedTo === undefined ? [] : [Specification.lt(field("placedAt"), placedTo)])
  )
}

/** A page of the list. */
export const page = Effect.fnUntraced(function* ({
  _tag,
  after,
  limit,
  sort = "newest",
  tenant,
  ...filter
}: FindOrders) {
  return yield* Pages.of(
    OrderList.readModel,
    { tenant, where: where(filter), sort: sorts[sort], limit, after },
    OrderList.summaryOf
  )
})
