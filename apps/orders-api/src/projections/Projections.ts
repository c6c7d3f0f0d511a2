/**
 * The projections of the service, and how each of them is run.
 *
 * All but one follow the log: a command does not wait for them, and a reader who must see what it did hands over its
 * consistency token. The total volume of accounts is kept inline, so that it agrees with the accounts at any moment: what
 * is to be reconciled must not be behind. It only counts, so appends do not get into each other's way.
 */
import { AccountSearch, AccountSummaries, TotalVolume } from "@eventfold/domain-accounts"
import {
  CustomerTotals,
  OrderDetail,
  OrderList,
  OrderSearch,
  SalesByDay,
  SalesByProduct,
  SalesByRegion,
  SalesBySegment,
  ShippingQueue
} from "@eventfold/domain-ordering"
import { ManagedProjection } from "@eventfold/subscriptions"

/** The projections of the service; `hash` is that of personal words. */
export const make = (hash: (word: string) => string): ReadonlyArray<ManagedProjection.ManagedProjection> => [
  ManagedProjection.make(OrderList.OrderList),
  ManagedProjection.make(OrderDetail.OrderDetail),
  ManagedProjection.make(OrderSearch.make(hash)),
  ManagedProjection.make(ShippingQueue.ShippingQueue),
  ManagedProjection.make(CustomerTotals.CustomerTotals),
  ManagedProjection.make(SalesByDay.SalesByDay),
  ManagedProjection.make(SalesByProduct.SalesByProduct),
  ManagedProjection.make(SalesByRegion.SalesByRegion),
  ManagedProjection.make(SalesBySegment.SalesBySegment),
  ManagedProjection.make(AccountSummaries.make(hash)),
  ManagedProjection.make(AccountSearch.make(hash)),
  ManagedProjection.make(TotalVolume.TotalVolume, { mode: "inline" })
]

/** The names of the projections. */
export const names: ReadonlyArray<string> = make(String).map(({ name }) => name)
