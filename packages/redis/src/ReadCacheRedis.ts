/**
 * Cached rows in Redis, shared by all nodes that use the same prefix.
 *
 * Guarantees: those of `ReadCacheStore`, whoever does what at the same moment: each step is one script. What is kept is
 * bounded, and everything expires. A Redis that lost its data, or is an older copy of itself, is found out by the next look
 * at the checkpoints.
 *
 * Gotchas: rows stand there as they are in the database; protect Redis alike. All of it lies on one node of a cluster.
 */
import {
  type CacheBounds,
  cacheBounds,
  ReadCacheFailure,
  ReadCacheStore,
  rememberedChanges
} from "@eventfold/subscriptions"
import { Effect, Layer, Schema } from "effect"
import type { Redis } from "effect/persistence"
import * as ReadCacheScripts from "./ReadCacheScripts.ts"
import { RedisConnection } from "./RedisConnection.ts"

/** How rows are cached in Redis. */
export interface RedisCacheOptions extends CacheBounds {
  /** What all keys begin with: one per installation. Default: `eventfold`. */
  readonly prefix?: string
}

/** Cached rows in Redis. */
export const layer = (options: RedisCacheOptions = {}): Layer.Layer<ReadCacheStore, never, RedisConnection> => {
  const { maxEntries, timeToLive } = cacheBounds(options)
  const tag = `{${(options.prefix ?? "eventfold").replaceAll(/[{}]/gu, "")}}`
  const keysOf = (scope: string): ReadCacheScripts.ScopeKeys => ({
    scope: `${tag}:scope:${scope}`,
    changed: `${tag}:changed:${scope}`,
    rows: `${tag}:row:${scope}:`,
    used: `${tag}:used`
  })
  return Layer.effect(
    ReadCacheStore,
    Effect.map(RedisConnection, ({ commands }) => {
      /** Runs a script on a scope, and reads its answer. */
      const run = <A>(
        operation: string,
        script: Script,
        answer: Schema.Codec<A, unknown>,
        scope: string,
        ...parameters: ReadonlyArray<string>
      ): Effect.Effect<A, ReadCacheFailure> =>
        commands.pipe(
          Effect.flatMap((redis) => redis.eval(script)(keysOf(scope), ...parameters)),
          Effect.flatMap(Schema.decodeUnknownEffect(answer)),
          Effect.mapError((cause) => new ReadCacheFailure({ operation, cause }))
        )
      return {
        shared: true,
        get: (scope, id) =>
          Effect.map(run("get", ReadCacheScripts.get, Look, scope, id), ([text, era, position]) => ({
            text: text ?? undefined,
            version: position === null ? undefined : { era: Number(era), position: Number(position) }
          })),
        put: (scope, id, { era, position }, text) =>
          Effect.map(
            run(
              "put",
              ReadCacheScripts.put,
              Two,
              scope,
              id,
              String(era),
              String(position),
              text,
              String(timeToLive),
              String(maxEntries)
            ),
            ([kept, evicted]) => ({ kept: kept === 1, evicted })
          ),
        advanced: Effect.fnUntraced(function* (scope, { changed, from, slice, to }) {
          // So many changes take out all there can be: telling them one by one would only keep Redis from others.
          const tooMany = changed.length > largestChange
          const [invalidated, cleared] = yield* run(
            "advanced",
            ReadCacheScripts.advanced,
            Two,
            scope,
            String(slice),
            String(tooMany ? to : from),
            String(to),
            String(rememberedChanges),
            ...(tooMany ? [] : changed)
          )
          return { invalidated, cleared: cleared === 1 }
        }),
        seen: (scope, positions, patient) =>
          Effect.map(
            run("seen", ReadCacheScripts.seen, Schema.Int, scope, patient ? "1" : "0", ...positions.map(String)),
            (followed) => followed === 1
          ),
        clear: (scope) => Effect.asVoid(run("clear", ReadCacheScripts.clear, Schema.Int, scope))
      }
    })
  )
}

type Script = Redis.Script<{
  readonly params: [keys: ReadCacheScripts.ScopeKeys, ...rest: ReadonlyArray<string>]
  readonly result: unknown
}>

/** The most rows whose changes are told one by one. Lua takes some thousand parameters. */
const largestChange = 3000

const Look = Schema.Tuple([Schema.NullOr(Schema.String), Schema.String, Schema.NullOr(Schema.String)])
const Two = Schema.Tuple([Schema.Int, Schema.Int])
