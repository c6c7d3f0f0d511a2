/** The problems of the endpoints for whoever operates the read side. */
import type { EventStoreFailure } from "@eventfold/event-store"
import { Cause, Effect, Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { unavailable } from "./CommandProblems.ts"
import { problemType } from "./Problems.ts"

/** There is no projection of this name. */
export class UnknownProjection extends HttpApiError.Problem<UnknownProjection>()(
  "UnknownProjection",
  { type: problemType("projection-not-found"), status: 404, title: "There is no such projection" },
  { projection: Schema.String, known: Schema.Array(Schema.String) }
) {}

/** The rows cannot be built anew like that, or not now. */
export class RebuildNotPossible extends HttpApiError.Problem<RebuildNotPossible>()(
  "RebuildNotPossible",
  { type: problemType("rebuild-not-possible"), status: 409, title: "The projection cannot be rebuilt like that" },
  { projection: Schema.String }
) {}

/** Nobody follows the log for it, so there is nobody to stop or start. */
export class ProjectionNotFollowed extends HttpApiError.Problem<ProjectionNotFollowed>()(
  "ProjectionNotFollowed",
  { type: problemType("projection-not-followed"), status: 409, title: "The projection cannot be stopped or started" },
  { projection: Schema.String }
) {}

/** There is no such dead letter, or it has been dealt with. */
export class UnknownDeadLetter extends HttpApiError.Problem<UnknownDeadLetter>()(
  "UnknownDeadLetter",
  { type: problemType("dead-letter-not-found"), status: 404, title: "There is no such dead letter" },
  { consumer: Schema.String, position: Schema.Int }
) {}

/** The consumer does not run in this process, so its letters can only be listed and inspected here. */
export class UnknownConsumer extends HttpApiError.Problem<UnknownConsumer>()(
  "UnknownConsumer",
  { type: problemType("consumer-not-here"), status: 409, title: "The consumer does not run here" },
  { consumer: Schema.String }
) {}

/** The store failed. */
export const storeFailed = (failure: EventStoreFailure) =>
  Effect.andThen(
    Effect.logError("the event store failed", Cause.fail(failure)),
    unavailable("store", "The store could not be reached or did not answer. Repeat it.")
  )
