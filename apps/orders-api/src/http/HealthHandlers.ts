/** The endpoint that tells whether the service can do its work. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { HealthChecks } from "../health/HealthChecks.ts"
import { Api } from "./Api.ts"

/** The endpoint that tells whether the service can do its work. */
export const layer = HttpApiBuilder.group(
  Api,
  "health",
  Effect.fn(function* (handlers) {
    const { check } = yield* HealthChecks
    return handlers.handleAll({ health: () => check })
  })
)
