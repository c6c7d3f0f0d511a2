/**
 * `LISTEN` and `NOTIFY` for sessions that share one backend.
 *
 * Guarantees: a listener gets every notification of its channel from the moment `listen` answers until its scope closes,
 * whatever other listeners of the same channel do: the backend listens while there is at least one. Unlike on a server a
 * listener holds no connection, and `notify` inside a transaction joins it: on a connection of its own, which is how the
 * client does it, it would wait for that transaction to end.
 *
 * Gotcha: `listen` inside an open transaction does wait for it to end, as any query of another session.
 */
import type { PgClient } from "@effect/sql-pg"
import { Effect, Queue, Semaphore, type Scope } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import type { Notification } from "./PgliteBackend.ts"

/** The listeners of a backend. */
export interface PgliteNotifications {
  /** Hands a notification to its listeners. */
  readonly deliver: (notification: Notification) => void
  /** Take the place of the client's own. */
  readonly methods: (sql: SqlClient.SqlClient) => Pick<PgClient.PgClient, "listen" | "notify">
  /** Makes a backend that was opened again listen to what the last one listened to. */
  readonly resume: (sql: SqlClient.SqlClient) => Effect.Effect<void, SqlError.SqlError>
}

type Listener = Queue.Queue<Notification, SqlError.SqlError>

/** A registry without listeners. */
export const make = (): PgliteNotifications => {
  const channels = new Map<string, Set<Listener>>()
  const oneAtATime = Semaphore.makeUnsafe(1).withPermits(1)

  const join = (sql: SqlClient.SqlClient, channel: string, listener: Listener) =>
    Effect.suspend(() => {
      const listeners = channels.get(channel)
      if (listeners !== undefined) return Effect.sync(() => void listeners.add(listener))
      return Effect.tap(execute(sql, `listen ${identifier(channel)}`), () =>
        Effect.sync(() => void channels.set(channel, new Set([listener])))
      )
    })

  const leave = (sql: SqlClient.SqlClient, channel: string, listener: Listener) =>
    Effect.suspend(() => {
      const listeners = channels.get(channel)
      listeners?.delete(listener)
      if (listeners === undefined || listeners.size > 0) return Effect.void
      channels.delete(channel)
      // When it fails the backend is gone, or hears what nobody listens to.
      return Effect.ignore(execute(sql, `unlisten ${identifier(channel)}`))
    })

  return {
    deliver: (notification) => {
      for (const listener of channels.get(notification.channel) ?? []) Queue.offerUnsafe(listener, notification)
    },
    methods: (sql) => ({
      listen: Effect.fnUntraced(function* (
        channel: string
      ): Effect.fn.Return<Queue.Dequeue<Notification, SqlError.SqlError>, SqlError.SqlError, Scope.Scope> {
        if (Buffer.byteLength(channel) > longestName) return yield* tooLong(channel)
        return yield* Effect.acquireRelease(
          Effect.gen(function* () {
            const listener = yield* Queue.unbounded<Notification, SqlError.SqlError>()
            yield* oneAtATime(join(sql, channel, listener))
            return listener
          }),
          (listener) => Effect.andThen(oneAtATime(leave(sql, channel, listener)), Queue.shutdown(listener))
        )
      }),
      notify: (channel, payload) => Effect.asVoid(sql`select pg_notify(${channel}, ${payload})`)
    }),
    resume: (sql) =>
      oneAtATime(
        Effect.suspend(() =>
          Effect.forEach(channels.keys(), (channel) => execute(sql, `listen ${identifier(channel)}`), { discard: true })
        )
      )
  }
}

/** On a connection of its own: inside a transaction a rollback would take the registration back. */
const execute = (sql: SqlClient.SqlClient, statement: string) =>
  Effect.scoped(Effect.flatMap(sql.reserve, (connection) => connection.executeRaw(statement, [])))

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

const longestName = 63

const tooLong = (channel: string): SqlError.SqlError => {
  const message = `The channel name ${channel} is longer than ${longestName} bytes`
  return new SqlError.SqlError({
    reason: new SqlError.UnknownError({ cause: new Error(message), message, operation: "listen" })
  })
}
