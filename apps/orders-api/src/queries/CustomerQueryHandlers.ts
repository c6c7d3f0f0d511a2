/** Answers the queries about customers, from their streams. Nothing here can write. */
import { CustomerErrors } from "@eventfold/domain-customers"
import { QueryBus } from "@eventfold/event-store"
import { Effect, Option } from "effect"
import { getCustomer } from "./CustomerQueries.ts"
import { CustomerStreams } from "./CustomerStreams.ts"

/** The handlers of the queries about customers. */
export const handlers = [
  QueryBus.handler(
    getCustomer,
    Effect.fnUntraced(function* ({ customerId, tenant }) {
      const found = yield* (yield* CustomerStreams).detail(tenant, customerId)
      return Option.isSome(found) ? found.value : yield* new CustomerErrors.CustomerNotFound({ customerId })
    })
  )
]
