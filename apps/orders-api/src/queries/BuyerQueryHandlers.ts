/** Answers the queries about buyers. Nothing here can write. */
import { Specification } from "@eventfold/decider"
import { Buyers } from "@eventfold/domain-ordering"
import { QueryBus } from "@eventfold/event-store"
import { Effect, Option } from "effect"
import { BuyerNotFound, findBuyers, getBuyer } from "./BuyerQueries.ts"
import { BuyerStreams } from "./BuyerStreams.ts"
import * as Pages from "./Pages.ts"

/** The handlers of the queries about buyers. */
export const handlers = [
  QueryBus.handler(
    getBuyer,
    Effect.fnUntraced(function* ({ customerId, tenant }) {
      const found = yield* (yield* BuyerStreams).detail(tenant, customerId)
      return Option.isSome(found) ? found.value : yield* new BuyerNotFound({ customerId })
    })
  ),
  QueryBus.handler(findBuyers, ({ after, kind, limit, tenant }) => {
    const where = kind === undefined ? Specification.everything : Buyers.ofKind(kind)
    return Pages.of(Buyers.readModel, { tenant, where, sort: Buyers.byCustomer, limit, after }, (row) => row)
  })
]
