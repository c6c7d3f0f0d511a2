/**
 * A PostgreSQL server over one connection that can COPY rows in. For loading much at once, by one program with one task:
 * the pool of a service is `ServerDatabase`.
 */
import type { PgClient } from "@effect/sql-pg"
import { Effect, type Redacted, type Scope } from "effect"
import type { Reactivity } from "effect/reactivity"
import type { SqlError } from "effect/sql"
import * as CopySocket from "./CopySocket.ts"
import { CopyRows, CopyStream } from "./CopyStream.ts"
import * as ServerDatabase from "./ServerDatabase.ts"

/** A server that can be copied into. */
export interface CopyDatabase extends ServerDatabase.ServerDatabase {
  /**
   * Runs a `COPY … FROM STDIN` with these rows, in PostgreSQL's text format, inside the transaction that is open. They
   * are held in memory whole. One at a time.
   */
  readonly copy: (statement: string, rows: Buffer) => Effect.Effect<void, SqlError.SqlError>
}

/** Connects; the connection is closed with the scope. */
export const make = Effect.fnUntraced(function* (
  url: Redacted.Redacted
): Effect.fn.Return<
  CopyDatabase,
  ServerDatabase.DatabaseUnreachable | SqlError.SqlError,
  Scope.Scope | Reactivity.Reactivity
> {
  const rows = new CopyRows()
  const server = yield* ServerDatabase.make({
    url,
    maxConnections: 1,
    stream: () => new CopyStream((opened) => CopySocket.open(url, opened), rows)
  })
  const { sql }: { readonly sql: PgClient.PgClient } = server
  return {
    ...server,
    copy: (statement, bytes) =>
      Effect.suspend(() => {
        rows.next = bytes
        return sql.unsafe(statement)
      }).pipe(
        Effect.asVoid,
        Effect.ensuring(
          Effect.sync(() => {
            rows.next = undefined
          })
        )
      )
  }
})
