/**
 * Hears the notifications of a channel over a connection of its own, besides those of the pool.
 *
 * Guarantees: it is built when it has tried to listen once, also where that failed. A connection that is lost is made anew,
 * after waits that grow to five seconds; the first failure and the recovery are logged.
 *
 * Gotcha: what is sent while nobody listens is lost.
 */
import { type PgClient, PgConnection } from "@effect/sql-pg"
import { Deferred, Effect, Queue } from "effect"
import type { SqlError } from "effect/sql"

/** What is listened to. */
export interface Listening {
  readonly channel: string
  /** The name of the connection, as the server shows it. */
  readonly applicationName: string
  /** What is heard of, for people: "what other processes store". */
  readonly what: string
  /** Comes whenever it begins to listen. */
  readonly begun: Effect.Effect<void>
  /** Comes with the contents that have come in, in order. */
  readonly heard: (contents: ReadonlyArray<string>) => Effect.Effect<void>
}

/** Listens until the scope closes. */
export const make = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  { applicationName, begun, channel, heard, what }: Listening
) {
  const tried = yield* Deferred.make<void>()
  let wait = 200
  let problem: string | undefined
  const listening: Effect.Effect<never, SqlError.SqlError> = Effect.scoped(
    Effect.gen(function* () {
      const connection = yield* PgConnection.make({ ...sql.config, applicationName })
      const notifications = yield* connection.listen(channel)
      // Before it counts as built: who listens from then on is woken by news alone.
      yield* begun
      yield* Deferred.succeed(tried, undefined)
      if (problem !== undefined) yield* Effect.logInfo(`${what} is heard of again`)
      wait = 200
      problem = undefined
      while (true) {
        const all = yield* Queue.takeAll(notifications)
        yield* heard(all.map(({ payload }) => payload))
      }
    })
  )
  const again = Effect.fnUntraced(function* (error: SqlError.SqlError) {
    yield* Deferred.succeed(tried, undefined)
    if (problem === undefined) {
      yield* Effect.logWarning(`${what} is seen later, not heard of at once: ${error.message}`)
    }
    problem = error.message
    yield* Effect.sleep(wait)
    wait = Math.min(5000, wait * 2)
  })
  yield* Effect.forkScoped(Effect.forever(Effect.catch(listening, again)))
  yield* Deferred.await(tried)
})
