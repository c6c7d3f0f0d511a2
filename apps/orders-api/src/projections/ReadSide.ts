/**
 * The read side of the service: its projections at work, and what answers questions about their rows.
 *
 * Guarantees: each process competes for the work, and one that ends is replaced by another; whatever fails is tried again,
 * noted as a dead letter, or told in the status, and keeps no other projection from going on.
 */
import type {
  AppendParticipants,
  AppendSignal,
  Audit,
  EventStore,
  EventStoreFailure,
  KeyStore,
  Sealer,
  StateCache,
  Transaction
} from "@eventfold/event-store"
import { ReadCacheRedis, RedisConnection } from "@eventfold/redis"
import {
  type ConsumerProgress,
  ConsumerRegistry,
  type Consumers,
  DeadLetterDesk,
  type DeadLetters,
  Generations,
  InlineProjections,
  LiveProjections,
  ProjectionRunner,
  ReadCache,
  ReadCacheMemory,
  ReadModels,
  type ReadModelStore,
  Rebuild,
  Subscriptions,
  WantedEvents
} from "@eventfold/subscriptions"
import { Effect, Layer, Redacted } from "effect"
import { hostedBy } from "../contexts/Hosting.ts"
import { Settings } from "../Settings.ts"
import * as ForgottenElsewhere from "./ForgottenElsewhere.ts"
import { ForgottenRows } from "./ForgottenRows.ts"
import * as Projections from "./Projections.ts"
import { SearchWords } from "./SearchWords.ts"

/** What the read side is kept in. */
export type ReadSidePorts =
  | AppendParticipants
  | AppendSignal
  | Audit
  | Consumers
  | ConsumerProgress
  | DeadLetters
  | EventStore
  | KeyStore
  | ReadModelStore
  | Sealer
  | StateCache
  | Transaction

const projecting = Layer.unwrap(
  Effect.gen(function* () {
    const { hash } = yield* SearchWords
    const settings = yield* Settings
    const { projections: asked } = settings
    const projections = Projections.make(hostedBy(settings), hash)
    // Whoever appends writes the inline ones: those are no matter of choice.
    const followed = projections.filter(
      ({ name, options }) => asked === "all" || options.mode === "inline" || asked.includes(name)
    )
    return Layer.merge(Rebuild.layer(projections), ReadModels.layer).pipe(
      Layer.provideMerge(Layer.merge(ProjectionRunner.layer(followed), InlineProjections.layer(projections))),
      Layer.provide([LiveProjections.layer(projections), WantedEvents.layer(projections)])
    )
  })
)

const cache = Layer.unwrap(
  Effect.map(Settings, ({ readCache, redisUrl }) =>
    readCache === "off"
      ? Layer.empty
      : ReadCache.layer().pipe(
          Layer.provide(
            readCache === "redis" && redisUrl !== undefined
              ? ReadCacheRedis.layer().pipe(Layer.provide(RedisConnection.layer({ url: Redacted.value(redisUrl) })))
              : ReadCacheMemory.layer()
          )
        )
  )
)

/** Runs the projections while the layer lives. */
export const layer: Layer.Layer<
  ConsumerRegistry | DeadLetterDesk | ForgottenRows | ProjectionRunner | ReadModels | Rebuild | SearchWords,
  EventStoreFailure,
  ReadSidePorts | Settings
> = Layer.mergeAll(ForgottenRows.layer, ForgottenElsewhere.layer, DeadLetterDesk.layer).pipe(
  Layer.provideMerge(projecting),
  Layer.provideMerge(cache),
  Layer.provideMerge(Layer.merge(SearchWords.layer, ConsumerRegistry.layer)),
  Layer.provide([Generations.layer, Subscriptions.layer])
)
