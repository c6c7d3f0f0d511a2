/**
 * The contexts whose events are stored, each with its events: one line per context.
 *
 * `test/golden/<context>/` keeps what was written by every version of every event named here.
 */
import { ProcessManager, Saga } from "@eventfold/decider"
import { Account, Transfer } from "@eventfold/domain-accounts"
import { CountedOrder } from "@eventfold/domain-analytics"
import { Debtor, DocumentNumbers, Sale } from "@eventfold/domain-billing"
import { Listing, Rules } from "@eventfold/domain-catalog"
import { Customer, EmailClaim } from "@eventfold/domain-customers"
import { Reservation, StockItem } from "@eventfold/domain-inventory"
import { Notices } from "@eventfold/domain-fulfilment"
import { OrderNews, Recipient } from "@eventfold/domain-notifications"
import { Buyer, Order } from "@eventfold/domain-ordering"
import { Payment } from "@eventfold/domain-payments"
import { Shipment } from "@eventfold/domain-shipping"
import { SagaTenants } from "@eventfold/processes"
import { type StoredEvent, storedEvents } from "./StoredEvents.ts"

/** A context and the events it stores, under the name of its golden folder. */
export interface StoredContext {
  readonly name: string
  readonly events: ReadonlyArray<StoredEvent>
}

/** Every context that stores events. A context of several aggregates lists the events of all of them. */
export const storedContexts: ReadonlyArray<StoredContext> = [
  { name: "accounts", events: [...storedEvents(Account.Account.Event), ...storedEvents(Transfer.Transfer.Event)] },
  { name: "analytics", events: storedEvents(CountedOrder.CountedOrder.Event) },
  {
    name: "billing",
    events: [
      ...storedEvents(Sale.Sale.Event),
      ...storedEvents(DocumentNumbers.DocumentNumbers.Event),
      ...storedEvents(Debtor.Debtor.Event)
    ]
  },
  {
    name: "catalog",
    events: [
      ...storedEvents(Listing.Listing.Event),
      ...storedEvents(Rules.PromotionRule.Event),
      ...storedEvents(Rules.DiscountRule.Event)
    ]
  },
  {
    name: "customers",
    events: [...storedEvents(Customer.Customer.Event), ...storedEvents(EmailClaim.EmailClaim.Event)]
  },
  {
    name: "inventory",
    events: [...storedEvents(StockItem.StockItem.Event), ...storedEvents(Reservation.Reservation.Event)]
  },
  { name: "fulfilment", events: storedEvents(Notices.Notices.Event) },
  {
    name: "notifications",
    events: [...storedEvents(OrderNews.OrderNews.Event), ...storedEvents(Recipient.Recipient.Event)]
  },
  { name: "ordering", events: [...storedEvents(Order.Order.Event), ...storedEvents(Buyer.Buyer.Event)] },
  { name: "payments", events: storedEvents(Payment.Payment.Event) },
  { name: "processes", events: storedEvents(ProcessManager.AnyProcessEvent) },
  { name: "sagas", events: [...storedEvents(Saga.SagaEvent), ...storedEvents(SagaTenants.decider.Event)] },
  { name: "shipping", events: storedEvents(Shipment.Shipment.Event) }
]
