/**
 * How the service is: asks the event store, whoever follows it, and, where they are there, the database and the cache of
 * rows, all at once.
 *
 * A part that fails or does not answer within two seconds is down, and with it the service: without events nothing can be
 * read or written. What is wrong with a projection, an event handler, a process, a saga, messages between contexts, telling customers, the cache, or
 * with what lies behind a circuit breaker, only degrades it.
 */
import { EventStore } from "@eventfold/event-store"
import type { SubscriberGroups, SubscriberRunner } from "@eventfold/messaging"
import type { Breakers, ProcessManagerRunner, ProcessMonitor, SagaRunner } from "@eventfold/processes"
import {
  type HandlerRunner,
  ProjectionRunner,
  ReadCache,
  type ReadCacheStatistics,
  type ReadModels
} from "@eventfold/subscriptions"
import { Clock, Context, DateTime, Duration, Effect, Layer, Option } from "effect"
import { hosts } from "../contexts/Hosting.ts"
import type { Followers } from "../Followers.ts"
import { version } from "../http/Api.ts"
import type { ComponentHealth, Health } from "../http/HealthApi.ts"
import type { MessageCleaning } from "../messaging/MessageRetention.ts"
import type { Relays } from "../messaging/Messaging.ts"
import type { Post } from "../notifications/Post.ts"
import { Settings } from "../Settings.ts"
import * as BreakerHealth from "./BreakerHealth.ts"
import * as HandlerHealth from "./HandlerHealth.ts"
import * as MessagingHealth from "./MessagingHealth.ts"
import * as NotificationsHealth from "./NotificationsHealth.ts"
import * as ProcessHealth from "./ProcessHealth.ts"
import * as ProjectionHealth from "./ProjectionHealth.ts"
import * as SagaHealth from "./SagaHealth.ts"

/** Asks the database whether it is there. Programs without one leave the default: nothing to ask. */
export const DatabaseProbe = Context.Reference<Effect.Effect<void, { readonly message: string }> | undefined>(
  "@eventfold/orders-api/DatabaseProbe",
  { defaultValue: () => undefined }
)

/** What operators should know of the database, though it is up: shown with it. Nothing, unless a program says so. */
export const DatabaseWarning = Context.Reference<string | undefined>("@eventfold/orders-api/DatabaseWarning", {
  defaultValue: () => undefined
})

/** Tells how the service is. */
export class HealthChecks extends Context.Service<HealthChecks, { readonly check: Effect.Effect<Health> }>()(
  "@eventfold/orders-api/HealthChecks"
) {
  /** Asks every part of the service. */
  static readonly layer: Layer.Layer<
    HealthChecks,
    never,
    | Breakers
    | EventStore
    | Followers
    | HandlerRunner
    | MessageCleaning
    | Post
    | ProcessManagerRunner
    | ProcessMonitor
    | ProjectionRunner
    | ReadModels
    | Relays
    | SagaRunner
    | Settings
    | SubscriberGroups
    | SubscriberRunner
  > = Layer.effect(
    HealthChecks,
    Effect.gen(function* () {
      const store = yield* EventStore
      const { statuses } = yield* ProjectionRunner
      const cache = Option.getOrUndefined(yield* Effect.serviceOption(ReadCache))
      const within = Duration.min(longestProbe, Duration.times((yield* Settings).requestTimeout, 0.5))
      const probe = yield* DatabaseProbe
      const warning = yield* DatabaseWarning
      const sagas = yield* SagaHealth.check((yield* Settings).tenant)
      const breakers = yield* BreakerHealth.check
      const messaging = yield* MessagingHealth.check
      const messagingIsOn = (yield* Settings).messaging
      const tells = hosts(yield* Settings, "notifications")
      const handlers = yield* HandlerHealth.check
      const notifications = yield* NotificationsHealth.check
      const processes = yield* ProcessHealth.check
      const started = yield* Clock.currentTimeMillis

      const parts = {
        ...(probe === undefined
          ? {}
          : { database: Effect.as(probe, warning === undefined ? up : { ...up, detail: warning }) }),
        eventStore: Effect.as(store.readLog({ after: 0, limit: 1 }), up),
        projections: Effect.map(statuses, ProjectionHealth.of),
        handlers,
        processes,
        sagas,
        breakers,
        ...(tells ? { notifications } : {}),
        ...(messagingIsOn ? { messaging } : {}),
        ...(cache === undefined ? {} : { readCache: Effect.map(cache.statistics, ofCache) })
      }

      return {
        check: Effect.gen(function* () {
          const components = yield* Effect.all(
            Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, timed(part, within)])),
            { concurrency: "unbounded" }
          )
          const statuses = Object.values(components).map((component) => component.status)
          const time = yield* DateTime.now
          const uptimeSeconds = Math.floor((time.epochMilliseconds - started) / 1000)
          const facts = { service: "eventfold orders", version, time, uptimeSeconds, components }
          return statuses.includes("down")
            ? { status: "down", ...facts }
            : { status: statuses.includes("degraded") ? "degraded" : "up", ...facts }
        })
      }
    })
  )
}

type Finding = Omit<ComponentHealth, "responseMillis">

const up: Finding = { status: "up" }

/** Without the cache everything works, and costs more. */
const ofCache = ({ hits, misses, problem }: ReadCacheStatistics): Finding =>
  problem === undefined
    ? { status: "up", detail: `${hits} rows out of the cache, ${misses} out of the database` }
    : { status: "degraded", detail: problem }

/** How long a part may take to answer, unless half of the time for a request is less. */
const longestProbe = Duration.seconds(2)

const timed = <E extends { readonly message: string }>(
  part: Effect.Effect<Finding, E>,
  within: Duration.Duration
): Effect.Effect<ComponentHealth> =>
  Effect.gen(function* () {
    const started = yield* Clock.currentTimeMillis
    const finding = yield* part.pipe(
      Effect.timeout(within),
      Effect.catch((error): Effect.Effect<Finding> => Effect.succeed({ status: "down", detail: error.message }))
    )
    return { ...finding, responseMillis: (yield* Clock.currentTimeMillis) - started }
  })
