/** The endpoints for whoever operates the read side, over the runner of the projections and their rebuilds. */
import type { EventStoreFailure } from "@eventfold/event-store"
import { type ProjectionNotFollowed, ProjectionRunner, Rebuild, type UnknownProjection } from "@eventfold/subscriptions"
import { Effect, Schedule } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as ProjectionReports from "../projections/ProjectionReports.ts"
import { Api } from "./Api.ts"
import * as Problems from "./ProjectionProblems.ts"

/** How long a worker is given to begin again. */
const patience = Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: "1 second" }))

/** The endpoints for whoever operates the read side. */
export const layer = HttpApiBuilder.group(
  Api,
  "projections",
  Effect.fn(function* (handlers) {
    const [runner, rebuild] = [yield* ProjectionRunner, yield* Rebuild]
    const context = yield* Effect.context<ProjectionRunner | Rebuild>()
    const all = Effect.map(Effect.provideContext(ProjectionReports.all, context), (projections) => ({ projections }))
    const one = (name: string) => Effect.provideContext(ProjectionReports.one(name), context)
    const then = (
      name: string,
      command: (
        projection: string
      ) => Effect.Effect<void, UnknownProjection | ProjectionNotFollowed | EventStoreFailure>,
      told = one
    ) =>
      Effect.andThen(command(name), told(name)).pipe(
        Effect.catchTags({
          UnknownProjection: unknown,
          ProjectionNotFollowed: ({ projection, rule }) =>
            Effect.fail(new Problems.ProjectionNotFollowed({ projection, detail: rule })),
          EventStoreFailure: Problems.storeFailed
        })
      )

    /** A worker takes a moment until it begins again: what is answered is how it stands then. */
    const started = (name: string) =>
      Effect.repeat(one(name), { schedule: patience, until: ({ state }) => state !== "stopped" }).pipe(
        Effect.map((report) => (report.state === "stopped" ? { ...report, state: "starting" } : report))
      )

    return handlers.handleAll({
      list: () => all.pipe(Effect.catchTag("EventStoreFailure", Problems.storeFailed)),
      get: ({ params: { name } }) =>
        one(name).pipe(Effect.catchTags({ UnknownProjection: unknown, EventStoreFailure: Problems.storeFailed })),
      rebuildAll: () =>
        Effect.andThen(rebuild.rebuildAll, all).pipe(Effect.catchTag("EventStoreFailure", Problems.storeFailed)),
      rebuild: ({ params: { name }, payload }) =>
        Effect.andThen(rebuild.rebuild(name, { from: payload.from }), one(name)).pipe(
          Effect.catchTags({
            UnknownProjection: unknown,
            RebuildRefused: ({ projection, rule }) =>
              Effect.fail(new Problems.RebuildNotPossible({ projection, detail: rule })),
            EventStoreFailure: Problems.storeFailed
          })
        ),
      stop: ({ params: { name } }) => then(name, (projection) => runner.stop(projection)),
      start: ({ params: { name } }) => then(name, (projection) => runner.start(projection), started)
    })
  })
)

const unknown = ({ known, message, projection }: UnknownProjection) =>
  Effect.fail(new Problems.UnknownProjection({ projection, known, detail: message }))
