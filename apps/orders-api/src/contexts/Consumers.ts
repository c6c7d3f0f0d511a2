/**
 * What acts upon events and sends commands in the service, and for which context: the context map is held to it.
 *
 * Projections are not in the list: they belong to the context in whose package they are.
 */
import type { Conformance } from "@eventfold/context-map"
import { type Decider, Diagram, DomainEvent, type Saga } from "@eventfold/decider"
import { Choreography, PaymentProcess, ShippingProcess } from "@eventfold/domain-fulfilment"
import { ReservationExpiry } from "@eventfold/domain-inventory"
import { Invoicing } from "@eventfold/domain-billing"
import { CatalogMessages } from "@eventfold/domain-catalog/published"
import { CustomersMessages } from "@eventfold/domain-customers/published"
import { InventoryMessages } from "@eventfold/domain-inventory/published"
import { NewsEvents } from "@eventfold/domain-notifications"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { PaymentsMessages } from "@eventfold/domain-payments/published"
import { ShippingMessages } from "@eventfold/domain-shipping/published"
import { subscriber as analytics } from "../analytics/AnalyticsSubscriber.ts"
import { subscriber as billing } from "../billing/BillingSubscriber.ts"
import { subscriber as ordering } from "../buyers/BuyersSubscriber.ts"
import { events as coordinated, sagas } from "../fulfilment/Coordinated.ts"
import { asking, sagas as claiming } from "../fulfilment/Registrations.ts"
import { subscriber as notifications } from "../notifications/NotificationsSubscriber.ts"
import { transfer } from "../fulfilment/Transfers.ts"

/** A consumer, and the file that makes it. */
export interface Consumer extends Conformance.Consumer {
  readonly file: string
  /** The file that takes the commands it sends, where it is given them as data: its own when left out. */
  readonly table?: string
}

const eventsOf = ({ members }: Decider.EventUnion<DomainEvent.DomainEvent>) => members.map(DomainEvent.nameOf)

const isCommand = (name: string | undefined): name is string => name !== undefined && /^[a-z-]+\.[A-Z]\w*$/u.test(name)

const ofSaga = (context: string, file: string, saga: Saga.AnySaga): Consumer => {
  const { name, steps, undo } = Diagram.ofSaga(saga)
  // A compensation that needs no command is told in words.
  const sends = [...steps.flatMap(({ command, compensation }) => [command, compensation]), undo].filter(isCommand)
  return { name: `the saga ${name}`, context, file, takes: [], sends }
}

const fulfilment = "packages/domain-fulfilment/src"

const managers = {
  payment: PaymentProcess.make(),
  shipping: ShippingProcess.make(),
  expiry: ReservationExpiry.ReservationExpiry
}

const ofSubscriber = (
  context: string,
  file: string,
  {
    handlers,
    name
  }: { readonly name: string; readonly handlers: ReadonlyArray<{ readonly message: { readonly type: string } }> }
): Consumer => ({
  name: `the subscriber ${name}`,
  context,
  file,
  takes: [],
  hears: handlers.map(({ message }) => message.type),
  sends: []
})

const ofRelay = ({
  events,
  language
}: {
  readonly events: Decider.EventUnion<DomainEvent.DomainEvent>
  readonly language: { readonly context: string }
}): Consumer => ({
  name: `the relay of ${language.context}`,
  context: language.context,
  file: "apps/orders-api/src/messaging/Relays.ts",
  takes: eventsOf(events),
  sends: []
})

/** The consumers of the service. */
export const consumers: ReadonlyArray<Consumer> = [
  ofRelay(OrderingMessages),
  ofRelay(InventoryMessages),
  ofRelay(PaymentsMessages),
  ofRelay(ShippingMessages),
  ofRelay(CatalogMessages),
  ofRelay(CustomersMessages),
  {
    name: "the event handler fulfilment",
    context: "fulfilment",
    file: "apps/orders-api/src/fulfilment/Coordinated.ts",
    takes: eventsOf(coordinated),
    sends: []
  },
  ofSaga("fulfilment", `${fulfilment}/OrderFulfilment.ts`, sagas().fulfilment),
  ofSaga("fulfilment", `${fulfilment}/OrderCancellation.ts`, sagas().cancellation),
  ofSaga("accounts", "packages/domain-accounts/src/TransferProcess.ts", transfer),
  {
    name: "the event handler registrations",
    context: "customers",
    file: "apps/orders-api/src/fulfilment/Registrations.ts",
    takes: eventsOf(asking),
    sends: []
  },
  ofSaga("customers", "packages/domain-customers/src/EmailSagas.ts", claiming.registration),
  ofSaga("customers", "packages/domain-customers/src/EmailSagas.ts", claiming.emailChange),
  ofSubscriber("ordering", "apps/orders-api/src/buyers/BuyersSubscriber.ts", ordering),
  ofSubscriber("billing", "apps/orders-api/src/billing/BillingSubscriber.ts", billing),
  {
    name: "the event handler invoicing",
    context: "billing",
    file: "apps/orders-api/src/billing/Invoicing.ts",
    takes: eventsOf(Invoicing.Occasion),
    sends: ["billing.IssueInvoice", "billing.IssueCreditNote"]
  },
  ofSubscriber("notifications", "apps/orders-api/src/notifications/NotificationsSubscriber.ts", notifications),
  {
    name: "the event handler notifying",
    context: "notifications",
    file: "apps/orders-api/src/notifications/Telling.ts",
    takes: [NewsEvents.NotificationRequested, NewsEvents.NotificationDue].map(DomainEvent.nameOf),
    sends: []
  },
  ofSubscriber("analytics", "apps/orders-api/src/analytics/AnalyticsSubscriber.ts", analytics),
  // Without a coordinator the two process managers are the memory of the contexts they work for.
  {
    name: "the process manager payment",
    context: "payments",
    file: `${fulfilment}/PaymentProcess.ts`,
    takes: eventsOf(managers.payment.events),
    sends: managers.payment.commands.map(({ name }) => name)
  },
  {
    name: "the process manager shipping",
    context: "shipping",
    file: `${fulfilment}/ShippingProcess.ts`,
    takes: eventsOf(managers.shipping.events),
    sends: managers.shipping.commands.map(({ name }) => name)
  },
  {
    name: "the process manager reservation-expiry",
    context: "inventory",
    file: "packages/domain-inventory/src/ReservationExpiry.ts",
    takes: eventsOf(managers.expiry.events),
    sends: managers.expiry.commands.map(({ name }) => name)
  },
  {
    name: "what takes up a delivery that was told too early",
    context: Choreography.delivered.context,
    file: "apps/orders-api/src/fulfilment/Reactions.ts",
    takes: ["OrderShipped"],
    sends: [Choreography.delivered.command],
    table: `${fulfilment}/Choreography.ts`
  },
  ...Choreography.table.map(({ command, context, on, otherwise }) => ({
    name: `the reaction to ${on} with ${command}`,
    context,
    file: "apps/orders-api/src/fulfilment/Reactions.ts",
    takes: [on],
    sends: [command, otherwise].filter(isCommand),
    table: `${fulfilment}/Choreography.ts`
  }))
]
