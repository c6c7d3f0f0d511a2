/**
 * The contact book of notifications, from the customers context: who somebody is at the moment something is sent. The names and
 * addresses of notifications end here: it sees no other part of a customer.
 */
import { ContactBook } from "@eventfold/domain-notifications"
import { Personal } from "@eventfold/decider"
import { ContextQueries, unanswered } from "@eventfold/event-store"
import { Effect, Layer, Option } from "effect"
import { getCustomer } from "../queries/CustomerQueries.ts"

/** Asks the customers context. */
export const layer: Layer.Layer<ContactBook.ContactBook, never, ContextQueries> = Layer.effect(
  ContactBook.ContactBook,
  Effect.map(ContextQueries, (contexts) => ({
    find: Effect.fn("CustomerContacts.find")(function* (
      tenant: string,
      customerId: Parameters<ContactBook.ContactBook["Service"]["find"]>[1]
    ): Effect.fn.Return<ContactBook.Contact, ContactBook.ContactBookUnavailable> {
      const found = yield* contexts.ask(getCustomer, { _tag: "GetCustomer", tenant, customerId }).pipe(
        Effect.asSome,
        Effect.catchTag("CustomerNotFound", () => Effect.succeedNone),
        Effect.mapError(unanswered),
        Effect.tapError(({ reason }) => Effect.logWarning(`a customer could not be looked up: ${reason}`)),
        Effect.mapError(({ reason }) => new ContactBook.ContactBookUnavailable({ reason }))
      )
      if (Option.isNone(found) || found.value.status !== "registered") return { _tag: "Unknown" }
      const { email, profile } = found.value
      if (profile === Personal.redactedText || email === Personal.redactedText) return { _tag: "Forgotten" }
      return { _tag: "Known", name: profile.name, email, phone: profile.phone }
    })
  }))
)
