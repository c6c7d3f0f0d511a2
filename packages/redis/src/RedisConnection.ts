/**
 * A connection to Redis that may be missing: a program starts without it, and it is made anew whenever it is lost.
 *
 * Guarantees: a command is refused at once while there is no connection, and never waits in a queue for one; a connection
 * whose other end does not answer for some seconds is given up and replaced.
 */
import { NodeRedis } from "@effect/platform-node"
import { Context, Effect, Exit, Latch, Layer, Schedule } from "effect"
import { Redis } from "effect/persistence"

/** Where Redis is, and how long to wait for it. */
export interface RedisOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string
  /** How long a connection may take, in milliseconds. Default: 2,000. */
  readonly connectTimeout?: number
  /** A connection that brings no answer for so long is given up, in milliseconds. Default: 5,000. */
  readonly silence?: number
}

/** A connection to Redis that may be missing. */
export class RedisConnection extends Context.Service<
  RedisConnection,
  {
    /** The commands; fails while there is no connection. */
    readonly commands: Effect.Effect<Redis.Redis["Service"], Redis.RedisError>
  }
>()("@eventfold/redis/RedisConnection") {}

/** Connects in the background. The first attempt is over, either way, when this is built. */
export const layer = (options: RedisOptions): Layer.Layer<RedisConnection> =>
  Layer.effect(
    RedisConnection,
    Effect.gen(function* () {
      let commands: Redis.Redis["Service"] | undefined
      const { connectTimeout = 2000, silence = 5000, url } = options
      const client = NodeRedis.layer({
        url,
        // A command that waits for a connection would be late for whoever has asked.
        disableOfflineQueue: true,
        commandsQueueMaxLength: 10_000,
        pingInterval: Math.max(100, Math.trunc(silence / 4)),
        socket: { connectTimeout, socketTimeout: silence }
      })
      const connect = Effect.gen(function* () {
        const context = yield* Layer.build(client)
        commands = Context.get(context, Redis.Redis)
        return Context.get(context, NodeRedis.NodeRedis).client
      })
      const first = Latch.makeUnsafe(false)
      let missing = false
      /** Lives as long as a connection does; ends at once when there is none. */
      const connected = Effect.scoped(
        Effect.gen(function* () {
          const opened = yield* Effect.exit(connect)
          yield* first.open
          if (Exit.isFailure(opened)) {
            if (!missing) yield* Effect.logWarning("Redis cannot be reached; it is tried again", opened.cause)
            missing = true
            return
          }
          if (missing) yield* Effect.logInfo("Redis is reached again")
          missing = false
          while (opened.value.isOpen) yield* Effect.sleep("500 millis")
        })
      ).pipe(Effect.ensuring(Effect.sync(() => (commands = undefined))))

      yield* Effect.forkScoped(Effect.repeat(connected, Schedule.spaced("1 second")))
      yield* first.await
      return {
        commands: Effect.suspend(() =>
          commands === undefined
            ? Effect.fail(new Redis.RedisError({ cause: new Error("there is no connection to Redis") }))
            : Effect.succeed(commands)
        )
      }
    })
  )
