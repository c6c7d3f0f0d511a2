/**
 * Caches the single rows that `ReadModels` is asked for, on every node, and lets no node answer an outdated one for long.
 *
 * Guarantees: as soon as this process hears of a change, the rows it has changed are not answered any more, and what was
 * read before the change is not cached after it. Every node looks at the checkpoints of the consumers whose rows it has
 * in use; a stretch whose changes it has not heard of takes out all rows of that read model. A row is answered only within
 * 0.9 s of such a look, so that none is ever older than that, whatever notifications are lost and however
 * slow the store is. A cache that fails or is slow is done without: the read goes to the store.
 *
 * Gotchas: rows of a read model with dead letters are not cached, since a replay changes them without moving a
 * checkpoint; rows kept inline, and live ones, are not cached either. A shared cache holds rows as they are: read models
 * keep no personal values in clear, and this relies on that.
 */
import type { ReadModel } from "@eventfold/decider"
import { Clock, Context, Duration, Effect, Layer, Option, PubSub } from "effect"
import { Consumers } from "./Consumers.ts"
import { ConsumerProgress } from "./ConsumerProgress.ts"
import { DeadLetters } from "./DeadLetters.ts"
import * as ReadCacheRows from "./ReadCacheRows.ts"
import * as ReadCacheStatistics from "./ReadCacheStatistics.ts"
import { type CacheLook, ReadCacheFailure, ReadCacheStore } from "./ReadCacheStore.ts"
import { watch } from "./ReadCacheWatch.ts"

/** How the cache is used. */
export interface ReadCacheOptions {
  /** The read models whose rows are cached, by name. Default: all. */
  readonly readModels?: ReadonlyArray<string>
  /** How long to wait for the cache before doing without. Default: 50 ms. */
  readonly answerWithin?: Duration.Input
  /** After a failure the cache is not asked for this long. Default: 1 s. */
  readonly restAfterFailure?: Duration.Input
}

/** Which row is wanted, and how new it must be. */
export interface CachedRead {
  /** The consumer that feeds the rows. */
  readonly scope: string
  /** `ReadModel.idOf`. */
  readonly id: string
  /** A cached row counts only if everything up to here is in it. */
  readonly atLeast: number
}

/** Caches rows. */
export class ReadCache extends Context.Service<
  ReadCache,
  {
    /** Answers from the cache, or from `load` and caches that. */
    row<Row extends object, Key extends keyof Row & string, E, R>(
      readModel: ReadModel.ReadModel<Row, Key>,
      read: CachedRead,
      load: Effect.Effect<Option.Option<Row>, E, R>
    ): Effect.Effect<Option.Option<Row>, E, R>
    readonly statistics: Effect.Effect<ReadCacheStatistics.ReadCacheStatistics>
  }
>()("@eventfold/subscriptions/ReadCache") {
  /** Over a cache in this process or a shared one. It hears of this process's changes if `ConsumerProgress` is there. */
  static layer(
    options: ReadCacheOptions = {}
  ): Layer.Layer<ReadCache, never, ReadCacheStore | Consumers | DeadLetters> {
    return Layer.effect(ReadCache, make(options))
  }
}

const make = Effect.fnUntraced(function* (options: ReadCacheOptions) {
  const store = yield* ReadCacheStore
  const progress = Option.getOrUndefined(yield* Effect.serviceOption(ConsumerProgress))
  const counts = ReadCacheStatistics.make()
  const chosen = options.readModels === undefined ? undefined : new Set(options.readModels)
  const answerWithin = options.answerWithin ?? "50 millis"
  const rest = Duration.toMillis(options.restAfterFailure ?? "1 second")
  let restUntil = Number.NEGATIVE_INFINITY

  /** What the cache answers; none when it fails, is slow, or has failed a moment ago. */
  const guarded = <A>(operation: string, asked: Effect.Effect<A, ReadCacheFailure>, limit = answerWithin) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (now < restUntil) return Effect.succeed(Option.none<A>())
      return Effect.matchEffect(
        Effect.timeoutOrElse(asked, {
          duration: limit,
          orElse: () => Effect.fail(new ReadCacheFailure({ operation, cause: "no answer in time" }))
        }),
        {
          onFailure: (failure) => {
            restUntil = now + rest
            return Effect.as(counts.failed(failure), Option.none<A>())
          },
          onSuccess: (answer) => {
            counts.answered()
            return Effect.succeedSome(answer)
          }
        }
      )
    })

  const watched = yield* watch({ store, guarded, counts, consumers: yield* Consumers, letters: yield* DeadLetters })
  if (progress !== undefined) {
    const changes = yield* PubSub.subscribe(progress.changes)
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(PubSub.take(changes), watched.heard)))
  }

  return {
    row: Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string, E, R>(
      readModel: ReadModel.ReadModel<Row, Key>,
      { atLeast, id, scope }: CachedRead,
      load: Effect.Effect<Option.Option<Row>, E, R>
    ) {
      const { name } = readModel
      if (chosen !== undefined && !chosen.has(name)) return yield* load
      const trust = yield* watched.use(scope)
      const looked = trust === undefined ? Option.none<CacheLook>() : yield* guarded("get", store.get(scope, id))
      const { text, version } = Option.getOrElse(looked, () => nothing)
      const rows = ReadCacheRows.codecOf(readModel.Row)
      if (text !== undefined && version !== undefined && version.position >= atLeast) {
        const cached = rows.decode(text)
        if (Option.isSome(cached)) {
          yield* counts.add("hits", 1, name)
          return cached.value
        }
      }
      yield* counts.add("misses", 1, name)
      const row = yield* load
      // What happened meanwhile can have made the watch give the scope up: then nothing is put.
      if (version !== undefined && (yield* watched.use(scope)) === trust) {
        const encoded = rows.encode(row)
        const put = Option.isSome(encoded)
          ? yield* guarded("put", store.put(scope, id, version, encoded.value))
          : Option.none()
        if (Option.isSome(put)) yield* counts.add("evictions", put.value.evicted)
      }
      return row
    }),
    statistics: counts.statistics
  }
})

const nothing: CacheLook = { text: undefined, version: undefined }
