/** The endpoints for customers as sales sees them: a request becomes a query, its outcome an answer. Nothing is decided here. */
import { QueryBus, type QueryFailure, type UnknownMessage } from "@eventfold/event-store"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { type BuyerNotFound, findBuyers, getBuyer } from "../queries/BuyerQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { UnknownBuyer } from "./BuyersApi.ts"
import * as CommandProblems from "./CommandProblems.ts"
import { unlessKnown } from "./OneAtVersion.ts"
import type * as Problems from "./Problems.ts"
import { questionOf, reader } from "./ReadRequests.ts"

/** The endpoints for customers as sales sees them, over the query bus. */
export const layer = HttpApiBuilder.group(
  Api,
  "buyers",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const { tenant } = yield* Settings
    const reads = yield* reader()

    return handlers.handleAll({
      list: (request) =>
        reads.page(request, findBuyers, { _tag: "FindBuyers", tenant, ...questionOf(request.query) }, (buyers) => ({
          buyers
        })),
      get: (request) =>
        queries.ask(getBuyer, { _tag: "GetBuyer", tenant, customerId: request.params.id }).pipe(
          Effect.catch(ofBuyer),
          Effect.map((buyer) => unlessKnown(request, buyer))
        )
    })
  })
)

const ofBuyer = (
  error: BuyerNotFound | QueryFailure | UnknownMessage
): Effect.Effect<never, UnknownBuyer | Problems.Unavailable> =>
  error._tag === "BuyerNotFound"
    ? Effect.fail(new UnknownBuyer({ customerId: error.customerId, detail: error.message }))
    : CommandProblems.ofQuery(error)
