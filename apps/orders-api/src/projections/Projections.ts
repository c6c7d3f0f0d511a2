/**
 * The projections of the service, and how each of them is run.
 *
 * All but one follow the log: a command does not wait for them, and a reader who must see what it did hands over its
 * consistency token. The total volume of accounts is kept inline, so that it agrees with the accounts at any moment: what
 * is to be reconciled must not be behind. It only counts, so appends do not get into each other's way.
 */
import type { DomainEvent, Projection } from "@eventfold/decider"
import { AccountSearch, AccountSummaries, TotalVolume } from "@eventfold/domain-accounts"
import { Debtors, Invoices, Sales } from "@eventfold/domain-billing"
import { Reservations, StockLevels } from "@eventfold/domain-inventory"
import {
  CustomerTotals,
  OrderDetail,
  OrderList,
  OrderSearch,
  SalesByDay,
  SalesByProduct,
  SalesByProductDay,
  SalesByRegion,
  SalesBySegment,
  ShippingQueue
} from "@eventfold/domain-ordering"
import { Notifications } from "@eventfold/domain-notifications"
import { PaymentList, PaymentsOfOrder } from "@eventfold/domain-payments"
import { Shipments } from "@eventfold/domain-shipping"
import { SagaRows } from "@eventfold/processes"
import { ManagedProjection, type ProjectionOptions } from "@eventfold/subscriptions"

/** What is done with a projection, whatever its events and rows are; `options` say how the service runs it. */
export interface Use<A> {
  <
    Event extends DomainEvent.DomainEvent,
    Row extends object,
    Key extends keyof Row & string,
    Counter extends Projection.NumberField<Row>
  >(
    projection: Projection.Projection<Event, Row, Key, Counter>,
    options?: ProjectionOptions.ProjectionOptions
  ): A
}

/** Uses every projection of the service; `hash` is that of personal words. */
export const each = <A>(hash: (word: string) => string, use: Use<A>): ReadonlyArray<A> => [
  use(OrderList.OrderList),
  use(OrderDetail.OrderDetail),
  use(OrderSearch.make(hash)),
  use(ShippingQueue.ShippingQueue),
  use(CustomerTotals.CustomerTotals),
  use(SalesByDay.SalesByDay),
  use(SalesByProduct.SalesByProduct),
  use(SalesByProductDay.SalesByProductDay),
  use(SalesByRegion.SalesByRegion),
  use(SalesBySegment.SalesBySegment),
  use(AccountSummaries.make(hash)),
  use(AccountSearch.make(hash)),
  use(TotalVolume.TotalVolume, { mode: "inline" }),
  use(PaymentList.PaymentList),
  use(PaymentsOfOrder.PaymentsOfOrder, { mode: "inline" }),
  use(Shipments.Shipments),
  use(Sales.Sales),
  use(Invoices.Invoices),
  use(Debtors.Debtors),
  use(Notifications.Notifications),
  use(SagaRows.projection, SagaRows.pacing),
  use(StockLevels.StockLevels),
  use(Reservations.Reservations)
]

/** The projections of the service, ready to be run; `hash` is that of personal words. */
export const make = (hash: (word: string) => string): ReadonlyArray<ManagedProjection.ManagedProjection> =>
  each(hash, ManagedProjection.make)

/** The names of the projections. */
export const names: ReadonlyArray<string> = make(String).map(({ name }) => name)
