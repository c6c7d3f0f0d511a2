/**
 * The fence between appends that write rows of read models and the switch to another generation of these: a lock per
 * projection, which appends share and a switch has alone. The functions stand in `migrations/AppendTold.ts`.
 */
import { PgTypes } from "@effect/sql-pg"
import type { ServingGeneration } from "@eventfold/event-store"
import type { ReadModelStore } from "@eventfold/subscriptions"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { array } from "./AppendParameters.ts"
import { failure } from "./StoreFailure.ts"

/** What the port to rows says of appends. */
export const make = (
  sql: SqlClient.SqlClient
): Pick<ReadModelStore["Service"], "servingForAppend" | "fenceAppends"> => ({
  servingForAppend: (projections) =>
    Effect.mapError(
      sql.unsafe<ServingGeneration>(serving, [array(projections, PgTypes.OID.text)]),
      failure("ReadModelStore.servingForAppend")
    ),
  fenceAppends: (projection) =>
    sql.unsafe<{ readonly position: number }>(fence, [projection]).pipe(
      Effect.mapError(failure("ReadModelStore.fenceAppends")),
      Effect.map(([row]) => row?.position ?? 0)
    )
})

const serving = "select projection, generation, fingerprint from eventfold.serving_for_append($1)"

const fence = "select eventfold.fence_appends($1)::float8 as position"
