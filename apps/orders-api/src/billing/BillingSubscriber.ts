/**
 * What billing does when others say something: it takes note, in the transaction of the inbox. Documents are written later, by
 * what follows its own events (`Invoicing.ts`).
 *
 * Guarantees: what is said takes effect once. What contradicts what is known, or does not add up, is a dead letter at once, which
 * says which rule it breaks.
 */
import { Heard, type SaleCommands, SaleErrors } from "@eventfold/domain-billing"
import { CustomersMessages } from "@eventfold/domain-customers/published"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { PaymentsMessages } from "@eventfold/domain-payments/published"
import { Subscriber } from "@eventfold/messaging"
import { Effect, Schema } from "effect"
import { debtorStreamOf, saleStreamOf } from "../BillingStreamIds.ts"
import { debtors, sales } from "./BillingAggregates.ts"

const isRefusal = Schema.is(SaleErrors.SaleRefusal)

const options = {
  classify: (error: { readonly _tag: string }) => (isRefusal(error) ? "permanent" : Subscriber.kindOf(error)),
  // Refusals of a sale tell nothing about the customer.
  quote: (error: { readonly _tag: string; readonly message: string }) => (isRefusal(error) ? error.message : "")
} as const

const note = (command: SaleCommands.SaleCommand, { metadata, tenant }: Subscriber.Delivery) =>
  Effect.asVoid(sales.handle(saleStreamOf(tenant, command.orderId), command, { metadata }))

/** What billing hears, and what it does about it. */
export const subscriber = Subscriber.make("billing", [
  Subscriber.on(OrderingMessages.OrderPlacedV1, (said, delivery) => note(Heard.orderPlaced(said), delivery), options),
  Subscriber.on(OrderingMessages.OrderShippedV1, (said, delivery) => note(Heard.orderShipped(said), delivery), options),
  Subscriber.on(
    OrderingMessages.OrderCancelledV1,
    (said, delivery) => note(Heard.orderCancelled(said), delivery),
    options
  ),
  Subscriber.on(
    PaymentsMessages.PaymentCapturedV1,
    (said, delivery) => note(Heard.paymentCaptured(said), delivery),
    options
  ),
  Subscriber.on(
    PaymentsMessages.PaymentRefundedV1,
    (said, delivery) => note(Heard.paymentRefunded(said), delivery),
    options
  ),
  Subscriber.on(CustomersMessages.CustomerRegisteredV1, (said, { metadata, tenant }) => {
    const command = Heard.customerRegistered(said)
    return Effect.asVoid(debtors.handle(debtorStreamOf(tenant, command.customerId), command, { metadata }))
  })
])
