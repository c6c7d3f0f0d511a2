/** The memory of handled commands as a table. A second claim of an id waits until the transaction of the first has ended. */
import { CommandLog, CommandOutcome, EventStoreFailure, repeated } from "@eventfold/event-store"
import { DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface Row {
  readonly ours: boolean
  readonly command: string
  readonly fingerprint: string
  readonly outcome: unknown
}

/** The memory of handled commands in the database of the SQL client. */
export const layerPostgres: Layer.Layer<CommandLog, never, SqlClient.SqlClient> = Layer.effect(
  CommandLog,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    return {
      claim: Effect.fnUntraced(function* (claim) {
        const claimedAt = DateTime.toDateUtc(yield* DateTime.now)
        // The update changes nothing: it makes the row visible and ours to read. A row just inserted has no xmax.
        const rows = yield* sql<Row>`
          insert into eventfold.commands as c (tenant, command_id, command, fingerprint, claimed_at)
          values (${claim.tenant}, ${claim.commandId}, ${claim.command}, ${claim.fingerprint}, ${claimedAt})
          on conflict (tenant, command_id) do update set command = c.command
          returning (c.xmax = 0) as ours, c.command, c.fingerprint, c.outcome`.pipe(
          Effect.mapError(failure("CommandLog.claim"))
        )
        const row = rows[0]
        if (row === undefined || row.ours) return Option.none()
        return yield* repeated(claim, row, yield* decodeOutcome(row.outcome))
      }),
      find: Effect.fnUntraced(function* (claim) {
        const rows = yield* sql<Omit<Row, "ours">>`
          select command, fingerprint, outcome from eventfold.commands
          where tenant = ${claim.tenant} and command_id = ${claim.commandId}`.pipe(
          Effect.mapError(failure("CommandLog.find"))
        )
        const row = rows[0]
        if (row === undefined) return Option.none()
        return yield* repeated(claim, row, yield* decodeOutcome(row.outcome))
      }),
      complete: ({ commandId, tenant }, outcome) =>
        sql`update eventfold.commands set outcome = ${JSON.stringify(outcome)}::json
          where tenant = ${tenant} and command_id = ${commandId}`.pipe(
          Effect.mapError(failure("CommandLog.complete")),
          Effect.asVoid
        ),
      purge: (before) =>
        sql<{ gone: bigint }>`
          with gone as (delete from eventfold.commands where claimed_at < ${DateTime.toDateUtc(before)} returning 1)
          select count(*) as gone from gone`.pipe(
          Effect.mapBoth({
            onFailure: failure("CommandLog.purge"),
            onSuccess: (rows) => Number(rows[0]?.gone ?? 0)
          })
        )
    }
  })
)

/** Null while the command is being handled, which nobody sees but the transaction that handles it. */
const decodeOutcome = (json: unknown): Effect.Effect<Option.Option<CommandOutcome>, EventStoreFailure> =>
  json === null
    ? Effect.succeedNone
    : Schema.decodeUnknownEffect(CommandOutcome)(json).pipe(
        Effect.mapBoth({
          onFailure: (cause) => new EventStoreFailure({ operation: "CommandLog.claim", retryable: false, cause }),
          onSuccess: Option.some
        })
      )
