/**
 * The ledger of the forgotten as a table.
 *
 * Gotcha: it is restored with the database. Against an old copy of the whole database only a ledger outside of it helps:
 * see `ForgottenLedgerFile`.
 */
import { ForgottenLedger, type ForgottenSubject } from "@eventfold/event-store"
import { DateTime, Effect, Layer, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface Row extends Omit<ForgottenSubject, "forgottenAt"> {
  readonly entry: bigint
  readonly forgottenAt: Date
}

/** So many entries are read at a time. */
const pageSize = 1000

/** The ledger in the database of the SQL client. */
export const layerPostgres: Layer.Layer<ForgottenLedger, never, SqlClient.SqlClient> = Layer.effect(
  ForgottenLedger,
  Effect.map(SqlClient.SqlClient, (sql) => ({
    add: ({ actor, forgottenAt, reason, subject, tenant }) =>
      sql`
        insert into eventfold.forgotten_subjects (tenant, subject, forgotten_at, actor, reason)
        values (${tenant}, ${subject}, ${DateTime.toDateUtc(forgottenAt)}, ${actor}, ${reason})
        on conflict (tenant, subject) do nothing`.pipe(Effect.mapError(failure("ForgottenLedger.add")), Effect.asVoid),
    entries: Stream.paginate(0n, (after) =>
      sql<Row>`
        select entry, tenant, subject, forgotten_at as "forgottenAt", actor, reason
        from eventfold.forgotten_subjects where entry > ${after} order by entry limit ${pageSize}`.pipe(
        Effect.mapBoth({
          onFailure: failure("ForgottenLedger.entries"),
          onSuccess: (rows) => {
            const last = rows.at(-1)
            const more = last !== undefined && rows.length === pageSize
            return [rows.map(entryOf), more ? Option.some(last.entry) : Option.none()] as const
          }
        })
      )
    )
  }))
)

const entryOf = ({ actor, forgottenAt, reason, subject, tenant }: Row): ForgottenSubject => ({
  tenant,
  subject,
  forgottenAt: DateTime.makeUnsafe(forgottenAt.getTime()),
  actor,
  reason
})
