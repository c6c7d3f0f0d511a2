/**
 * The contact book of notifications, from the customers context: who somebody is at the moment something is sent. The names and
 * addresses of notifications end here: it sees no other part of a customer.
 */
import { ContactBook } from "@eventfold/domain-notifications"
import { Personal } from "@eventfold/decider"
import { Effect, Layer, Option } from "effect"
import { CustomerStreams } from "../queries/CustomerStreams.ts"

/** Looks customers up in their streams. */
export const layer: Layer.Layer<ContactBook.ContactBook, never, CustomerStreams> = Layer.effect(
  ContactBook.ContactBook,
  Effect.map(CustomerStreams, (customers) => ({
    find: Effect.fn("CustomerContacts.find")(function* (
      tenant: string,
      customerId: Parameters<ContactBook.ContactBook["Service"]["find"]>[1]
    ): Effect.fn.Return<ContactBook.Contact, ContactBook.ContactBookUnavailable> {
      const found = yield* customers
        .detail(tenant, customerId)
        .pipe(Effect.mapError(() => new ContactBook.ContactBookUnavailable({ reason: "the store does not answer" })))
      if (Option.isNone(found) || found.value.status !== "registered") return { _tag: "Unknown" }
      const { email, profile } = found.value
      if (profile === Personal.redactedText || email === Personal.redactedText) return { _tag: "Forgotten" }
      return { _tag: "Known", name: profile.name, email, phone: profile.phone }
    })
  }))
)
