/** The endpoints that tell whether the service can do its work, and whether all of it. */
import { Rebuild, rebuildText } from "@eventfold/subscriptions"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { HealthChecks } from "../health/HealthChecks.ts"
import { Api } from "./Api.ts"
import { storeFailed } from "./ProjectionProblems.ts"

/** The endpoints that tell whether the service can do its work, and whether all of it. */
export const layer = HttpApiBuilder.group(
  Api,
  "health",
  Effect.fn(function* (handlers) {
    const { check } = yield* HealthChecks
    const { statuses } = yield* Rebuild
    const ready = Effect.map(statuses, (all) => {
      const building = all
        .filter(({ serving }) => serving === undefined)
        .map(({ building: its, projection, standing }) => ({
          readModel: projection,
          why: its === undefined ? standing : rebuildText(projection, its.progress)
        }))
      return building.length === 0 ? { ready: true as const, building } : { ready: false as const, building }
    })
    return handlers.handleAll({
      health: () => check,
      ready: () => ready.pipe(Effect.catchTag("EventStoreFailure", storeFailed))
    })
  })
)
