/** The endpoints for people who want to be forgotten, over the keys of their data. */
import { type EventStoreFailure, forgetPerson, KeyStore, StateCache } from "@eventfold/event-store"
import { Cause, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ForgottenRows } from "../projections/ForgottenRows.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { unavailable } from "./CommandProblems.ts"
import { CorrelationId } from "./CorrelationId.ts"
import * as Problems from "./Problems.ts"
import { actorOf } from "./RequestHeaders.ts"

/** The endpoints for people who want to be forgotten. */
export const layer = HttpApiBuilder.group(
  Api,
  "privacy",
  Effect.fn(function* (handlers) {
    const { tenant } = yield* Settings
    const [keys, states] = [yield* KeyStore, yield* StateCache]
    const rows = yield* ForgottenRows

    return handlers.handleAll({
      forget: Effect.fnUntraced(function* ({ headers, payload: { reason, subject } }) {
        const by = { actor: actorOf(headers), reason, correlationId: yield* CorrelationId }
        yield* forgetPerson({ tenant, subject }, by).pipe(
          Effect.provideService(KeyStore, keys),
          Effect.provideService(StateCache, states),
          Effect.catchTags({
            EventStoreFailure: failed,
            InvalidForgetting: ({ field, rule }) => Effect.fail(Problems.invalidRequest([{ in: "body", field, rule }]))
          })
        )
        yield* rows.makeAnew(subject)
        return { subject, forgotten: true }
      }),
      status: Effect.fnUntraced(function* ({ params: { subject } }) {
        const forgotten = yield* Effect.catch(keys.isForgotten({ tenant, subject }), failed)
        return { subject, forgotten }
      })
    })
  })
)

const failed = (failure: EventStoreFailure) =>
  Effect.andThen(
    Effect.logError("the event store failed", Cause.fail(failure)),
    unavailable("store", "The store could not be reached or did not answer. Repeat it.")
  )
