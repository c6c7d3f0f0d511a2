/**
 * The customer directory of sales, from the customers context: who somebody is at the moment it is asked. The profile is put
 * into the words of sales here, and sales sees no other part of a customer.
 */
import { Personal } from "@eventfold/decider"
import { ContextQueries, unanswered } from "@eventfold/event-store"
import { CustomerDirectory } from "@eventfold/domain-ordering"
import { Effect, Layer, Option } from "effect"
import { getCustomer } from "../queries/CustomerQueries.ts"

/** Asks the customers context. */
export const layer: Layer.Layer<CustomerDirectory.CustomerDirectory, never, ContextQueries> = Layer.effect(
  CustomerDirectory.CustomerDirectory,
  Effect.map(ContextQueries, (contexts) => ({
    find: Effect.fn("SalesDirectory.find")(function* (
      tenant: string,
      customerId: Parameters<CustomerDirectory.CustomerDirectory["Service"]["find"]>[1]
    ): Effect.fn.Return<CustomerDirectory.Found, CustomerDirectory.CustomerDirectoryUnavailable> {
      const found = yield* contexts.ask(getCustomer, { _tag: "GetCustomer", tenant, customerId }).pipe(
        Effect.asSome,
        Effect.catchTag("CustomerNotFound", () => Effect.succeedNone),
        Effect.mapError(unanswered),
        Effect.tapError(({ reason }) => Effect.logWarning(`a customer could not be looked up: ${reason}`)),
        Effect.mapError(({ reason }) => new CustomerDirectory.CustomerDirectoryUnavailable({ reason }))
      )
      if (Option.isNone(found) || found.value.status !== "registered") return { _tag: "Unknown" }
      const { profile } = found.value
      if (profile === Personal.redactedText) return { _tag: "Forgotten" }
      const { address, company, name } = profile
      const description = {
        name,
        ...(company === undefined ? {} : { company }),
        ...(address === undefined ? {} : { shippingAddress: address })
      }
      return { _tag: "Known", description }
    })
  }))
)
