/**
 * The port by which notifications asks who a customer is, at the moment something is sent: names and addresses are in no message
 * and in no row of this context.
 */
import type { CustomerId, EmailAddress, PersonName } from "@eventfold/shared-kernel"
import { Context, type Effect, Schema } from "effect"

/** How a customer is reached; or why nobody can tell. */
export type Contact =
  | {
      readonly _tag: "Known"
      readonly name: PersonName.PersonName
      readonly email: EmailAddress.EmailAddress
      readonly phone: string | undefined
    }
  | { readonly _tag: "Forgotten" }
  | { readonly _tag: "Unknown" }

/** Who the customers are cannot be asked now. */
export class ContactBookUnavailable extends Schema.TaggedError<ContactBookUnavailable>()("ContactBookUnavailable", {
  reason: Schema.String
}) {
  readonly retryable = true
  override get message() {
    return `customers cannot be looked up now: ${this.reason}`
  }
}

/** Knows how customers are reached. */
export class ContactBook extends Context.Service<
  ContactBook,
  {
    /** How a customer is reached now. */
    find(tenant: string, customerId: CustomerId): Effect.Effect<Contact, ContactBookUnavailable>
  }
>()("@eventfold/domain-notifications/ContactBook") {}
