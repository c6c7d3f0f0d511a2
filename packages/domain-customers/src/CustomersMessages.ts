/**
 * The published language of customers: that there is one, and that something about them is another than it was. What it is, is
 * personal and never said: whoever needs it asks. An event without a message stays inside.
 *
 * Every message has the customer as its key: who receives them has those of one customer in order.
 */
import { PublishedMessage } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Events from "./CustomerEvents.ts"

/** Somebody has become a customer. */
export const CustomerRegisteredV1 = PublishedMessage.make(
  "customers",
  "customer-registered",
  1,
  Schema.Struct({ customerId: CustomerId, registeredAt: PublishedMessage.Instant }).annotate({
    description: "Somebody has become a customer."
  })
)

/** The profile or the e-mail address of a customer is another one than it was. */
export const CustomerChangedV1 = PublishedMessage.make(
  "customers",
  "customer-changed",
  1,
  Schema.Struct({ customerId: CustomerId, changedAt: PublishedMessage.Instant }).annotate({
    description: "The profile or the e-mail address of a customer is another one than it was."
  })
)

/** All of it. */
export const language = PublishedMessage.language("customers", [CustomerRegisteredV1, CustomerChangedV1])

/** The schema of the events that mean something to others. */
export const events = Schema.Union([Events.CustomerRegistered, Events.ProfileChanged, Events.EmailChanged])
/** An event that means something to others. */
export type Event = typeof events.Type

/** What the messages of an event are in order by. */
export const keyOf = (event: Event): string => event.customerId

/** What an event of a customer means to others. */
export const messagesOf = (event: Event): ReadonlyArray<PublishedMessage.Outgoing> => {
  const { customerId, occurredAt } = event
  const key = { key: keyOf(event) }
  switch (event._tag) {
    case "CustomerRegistered":
      return [PublishedMessage.say(CustomerRegisteredV1, { customerId, registeredAt: occurredAt }, key)]
    case "ProfileChanged":
    case "EmailChanged":
      return [PublishedMessage.say(CustomerChangedV1, { customerId, changedAt: occurredAt }, key)]
  }
}
