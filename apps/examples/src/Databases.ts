/**
 * The layers an example can run on: the same program, the same story, another place where events are kept.
 *
 * - `memory`: nothing is kept after the end;
 * - `embedded`: PostgreSQL in this process, its data in memory too, so that an example leaves nothing behind;
 * - `server`: the PostgreSQL server of `DATABASE_URL`; what the examples write stays there.
 */
import { DocumentsMemory } from "@eventfold/documents"
import { layerMemory, Transaction } from "@eventfold/event-store"
import { Database, EmbeddedDatabase, layerPostgres } from "@eventfold/postgres"
import { InboxMemory } from "@eventfold/messaging"
import { TimersMemory } from "@eventfold/processes"
import { layerMemory as readSideInMemory } from "@eventfold/subscriptions"
import { Config, Effect, Layer, Schema } from "effect"
import type { Ports } from "./Example.ts"

/** The names of the databases, as `--database` takes them. */
export const names = ["memory", "embedded", "server"] as const

const embedded = layerPostgres.pipe(Layer.provide(EmbeddedDatabase.layer()))

/** A server was asked for, and nothing says which. */
export class ServerNotGiven extends Schema.TaggedError<ServerNotGiven>()("ServerNotGiven", {}) {
  override get message() {
    return "set DATABASE_URL to the server to use, for example postgres://user:password@127.0.0.1:5432/database"
  }
}

// Without the variable `Database.layer` would take the embedded database, and who asks for a server wants that one.
const given = Config.schema(Schema.NonEmptyString, "DATABASE_URL").pipe(Effect.mapError(() => new ServerNotGiven()))
const server = layerPostgres.pipe(Layer.provide(Layer.unwrap(Effect.as(given, Database.layer))))

/** Why a database cannot be used: not there, not allowed, in use. */
export type DatabaseError = Layer.Error<typeof embedded> | Layer.Error<typeof server>

const inbox = Layer.provide(InboxMemory.layerMemory, Transaction.layerMemory)

/** The ports of every example, by the name of the database. */
export const layers: Record<(typeof names)[number], Layer.Layer<Ports, DatabaseError>> = {
  memory: Layer.mergeAll(layerMemory, readSideInMemory, TimersMemory.layerMemory, DocumentsMemory.layerMemory, inbox),
  embedded,
  server
}
