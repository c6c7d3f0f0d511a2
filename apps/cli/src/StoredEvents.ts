/**
 * The events this program knows, by the category of their streams: one line per aggregate.
 *
 * Whether a repair helps, only the schemas of the aggregate can tell.
 */
import type { Decider, DomainEvent } from "@eventfold/decider"
import { Account, Transfer } from "@eventfold/domain-accounts"
import { CountedOrder } from "@eventfold/domain-analytics"
import { Debtor, DocumentNumbers, Sale } from "@eventfold/domain-billing"
import { Customer, EmailClaim } from "@eventfold/domain-customers"
import { Notices } from "@eventfold/domain-fulfilment"
import { OrderNews, Recipient } from "@eventfold/domain-notifications"
import { Buyer, Order } from "@eventfold/domain-ordering"
import { Shipment } from "@eventfold/domain-shipping"
import {
  EventCodec,
  type EventRepair,
  type EventStoreFailure,
  type NewRepair,
  type RecordedEvent,
  repairEvent,
  type RepairRefused,
  type RepairServices
} from "@eventfold/event-store"
import { Effect, Result } from "effect"

/** What can be done with the events of an aggregate, whichever they are. */
export interface Known {
  /** The names of its events, with the version each is written in today. */
  readonly types: ReadonlyMap<string, number>
  /** Why a stored event cannot be decoded; `undefined` when it can. */
  readonly problem: (event: RecordedEvent) => Effect.Effect<string | undefined, EventStoreFailure>
  readonly repair: (repair: NewRepair) => Effect.Effect<EventRepair, RepairRefused | EventStoreFailure, RepairServices>
}

const known = <Event extends DomainEvent.DomainEvent>(union: Decider.EventUnion<Event>): Known => {
  const codec = EventCodec.make(union)
  return {
    types: codec.types,
    problem: (event) =>
      Effect.map(codec.decodeStored(event), (decoded) =>
        Result.isFailure(decoded) ? decoded.failure.reason : undefined
      ),
    repair: (repair) => repairEvent(codec, repair)
  }
}

const aggregates: ReadonlyMap<string, () => Known> = new Map([
  [Account.Account.category, () => known(Account.Account.Event)],
  [Buyer.Buyer.category, () => known(Buyer.Buyer.Event)],
  [CountedOrder.CountedOrder.category, () => known(CountedOrder.CountedOrder.Event)],
  [Customer.Customer.category, () => known(Customer.Customer.Event)],
  [Debtor.Debtor.category, () => known(Debtor.Debtor.Event)],
  [DocumentNumbers.DocumentNumbers.category, () => known(DocumentNumbers.DocumentNumbers.Event)],
  [EmailClaim.EmailClaim.category, () => known(EmailClaim.EmailClaim.Event)],
  [Notices.Notices.category, () => known(Notices.Notices.Event)],
  [Order.Order.category, () => known(Order.Order.Event)],
  [OrderNews.OrderNews.category, () => known(OrderNews.OrderNews.Event)],
  [Recipient.Recipient.category, () => known(Recipient.Recipient.Event)],
  [Sale.Sale.category, () => known(Sale.Sale.Event)],
  [Shipment.Shipment.category, () => known(Shipment.Shipment.Event)],
  [Transfer.Transfer.category, () => known(Transfer.Transfer.Event)]
])

/** The categories whose events are known. */
export const categories: ReadonlyArray<string> = Array.from(aggregates.keys())

/** What is known of the events of a category. */
export const of = (category: string): Known | undefined => aggregates.get(category)?.()
