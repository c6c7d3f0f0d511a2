/** The endpoint that tells whether the service can do its work. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ServedBy } from "./ServedBy.ts"

/** `up`: all is well; `degraded`: it works, with a defect that somebody should look at; `down`: it cannot work. */
export const HealthStatus = Schema.Literals(["up", "degraded", "down"]).annotate({ identifier: "HealthStatus" })
/** How well something is. */
export type HealthStatus = typeof HealthStatus.Type

/** How a circuit breaker stands. */
export const BreakerHealth = Schema.Struct({
  breaker: Schema.String,
  /** `open`: calls fail at once; `half-open`: a call may try, or does. */
  state: Schema.Literals(["closed", "open", "half-open"]),
  /** Since when it has not been closed. */
  since: Schema.optionalKey(Schema.DateTimeUtc),
  /** The first call from then on is let through, to find out; there is none while it is closed. */
  nextProbe: Schema.optionalKey(Schema.DateTimeUtc)
}).annotate({ identifier: "BreakerHealth" })

/** How sending letters to customers gets on. */
export const LettersHealth = Schema.Struct({
  /** Taken over by a server or the outbox, since this process started. */
  sent: Schema.Int,
  /** Refused for good, since this process started. */
  refused: Schema.Int,
  /** Given up after many attempts, of all processes; dead letters, which wait for a person, included. */
  failed: Schema.Int,
  /** Notifications that nobody has been told of yet; absent while they cannot be counted. */
  waiting: Schema.optionalKey(Schema.Int)
}).annotate({ identifier: "LettersHealth" })

/** How one part of the service is. */
export const ComponentHealth = Schema.Struct({
  status: HealthStatus,
  /** How long it took to find out. */
  responseMillis: Schema.Int,
  /** What is wrong, or a figure worth knowing. */
  detail: Schema.optionalKey(Schema.String),
  /** For projections and handlers: how many events the last of them has yet to take in; counting stops at 1,000. */
  pendingEvents: Schema.optionalKey(Schema.Int),
  /** For projections, handlers and messaging: for how long there has been something that one of them has not taken in. */
  lagMillis: Schema.optionalKey(Schema.Int),
  /** For breakers: each of this process that has been called. */
  breakers: Schema.optionalKey(Schema.Array(BreakerHealth)),
  /** For notifications. */
  letters: Schema.optionalKey(LettersHealth)
}).annotate({ identifier: "ComponentHealth" })
/** How one part of the service is. */
export interface ComponentHealth extends Schema.Schema.Type<typeof ComponentHealth> {}

const parts = {
  service: Schema.String,
  version: Schema.String,
  time: Schema.DateTimeUtc,
  uptimeSeconds: Schema.Int,
  components: Schema.Record(Schema.String, ComponentHealth)
}

/** The service can do its work. */
export const Healthy = Schema.Struct({ status: Schema.Literals(["up", "degraded"]), ...parts }).annotate({
  identifier: "Healthy",
  description: "The service can do its work"
})

/** The service cannot do its work; answered with status 503. */
export const Unhealthy = Schema.Struct({ status: Schema.Literal("down"), ...parts })
  .annotate({ identifier: "Unhealthy", description: "The service cannot do its work" })
  .pipe(HttpApiSchema.status(503))

/** How the service is, as a whole and in its parts. */
export type Health = typeof Healthy.Type | typeof Unhealthy.Type

const readiness = {
  /** The read models that cannot be asked yet, and how far they are. */
  building: Schema.Array(Schema.Struct({ readModel: Schema.String, why: Schema.String }))
}

/** Every question can be asked. */
export const Ready = Schema.Struct({ ready: Schema.Literal(true), ...readiness }).annotate({
  identifier: "Ready",
  description: "Every question can be asked"
})

/** Some questions cannot be asked yet; answered with status 503. */
export const NotReady = Schema.Struct({ ready: Schema.Literal(false), ...readiness })
  .annotate({ identifier: "NotReady", description: "Some questions cannot be asked yet" })
  .pipe(HttpApiSchema.status(503))

/** The endpoints that tell whether the service can do its work, and whether all of it. */
export class HealthApi extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("health", "/health", { success: [Healthy, Unhealthy] }).annotateMerge(
      OpenApi.annotations({
        summary: "How the service is",
        description: "200 when it can do its work (up or degraded), 503 when it cannot (down)."
      })
    ),
    HttpApiEndpoint.get("ready", "/ready", { success: [Ready, NotReady] }).annotateMerge(
      OpenApi.annotations({
        summary: "Whether every question can be asked",
        description:
          "503 while rows of a read model are built that cannot be read before: then questions about it are answered 503, and everything else works."
      })
    )
  )
  .annotate(ServedBy, "every")
  .annotateMerge(OpenApi.annotations({ title: "Health" })) {}
