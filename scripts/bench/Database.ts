/**
 * A database for one run of the bench, on a server that is there.
 *
 * Gotcha: to create and to drop it each open a client of their own. A pool whose scope is closing makes no new connection
 * and waits for ever for one, and after two minutes of a bench the old one has been given up as idle.
 */
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"

/** Makes the empty database `name`, in place of what an earlier run left, and drops it with the scope; answers its URL. */
export const create = Effect.fnUntraced(function* (server: string, name: string) {
  const administer = <A, E, R>(work: (admin: PgClient.PgClient) => Effect.Effect<A, E, R>) =>
    Effect.scoped(Effect.flatMap(PgClient.make({ url: Redacted.make(server), maxConnections: 1 }), work))
  const drop = (admin: PgClient.PgClient) => admin`drop database if exists ${admin(name)} with (force)`
  yield* Effect.acquireRelease(
    administer((admin) => Effect.andThen(drop(admin), admin`create database ${admin(name)}`)),
    // A bench that ends does not fail because of what it leaves behind; the next one drops it.
    () => Effect.ignore(administer(drop))
  )
  const own = new URL(server)
  own.pathname = `/${name}`
  return own.toString()
})
