/**
 * What sales does when the customers context says something: it asks who the customer is, and keeps that as a buyer of its own,
 * in the transaction of the inbox.
 *
 * Guarantees: what is said takes effect once. Messages of one customer are dealt with in order, and each asks anew, so the buyer
 * is the customer as they were at the last message or later. While nobody can be asked, the message waits and is tried again.
 */
import { CustomersMessages } from "@eventfold/domain-customers/published"
import { Buyer, CustomerDirectory, Heard } from "@eventfold/domain-ordering"
import { CommandHandler } from "@eventfold/event-store"
import { Subscriber } from "@eventfold/messaging"
import type { CustomerId } from "@eventfold/shared-kernel"
import { type DateTime, Effect } from "effect"
import { buyerStreamOf } from "../BuyerStreamIds.ts"

const buyers = CommandHandler.make(Buyer.Buyer, { readFirst: true })

/** Asks who a customer is, and takes note of it. */
const describe = Effect.fnUntraced(function* (
  customerId: CustomerId,
  occurredAt: DateTime.Utc,
  { metadata, tenant }: Subscriber.Delivery
) {
  const directory = yield* CustomerDirectory.CustomerDirectory
  const command = Heard.customerFound(customerId, occurredAt, yield* directory.find(tenant, customerId))
  if (command !== undefined) yield* buyers.handle(buyerStreamOf(tenant, customerId), command, { metadata })
})

/** What sales hears, and what it does about it. */
export const subscriber = Subscriber.make("ordering", [
  Subscriber.on(
    CustomersMessages.CustomerRegisteredV1,
    Effect.fnUntraced(function* (said, delivery) {
      const { metadata, tenant } = delivery
      yield* buyers.handle(buyerStreamOf(tenant, said.customerId), Heard.customerRegistered(said), { metadata })
      yield* describe(said.customerId, said.registeredAt, delivery)
    })
  ),
  Subscriber.on(CustomersMessages.CustomerChangedV1, ({ changedAt, customerId }, delivery) =>
    describe(customerId, changedAt, delivery)
  )
])
