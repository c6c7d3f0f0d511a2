/**
 * Keeps everybody else away from the log while a store is imported, by the log's own advisory locks (see
 * `migrations/EventLog.ts`): an exclusive lock on the key that writers announce themselves by refuses every append, and one
 * on the key of position 0 keeps the horizon at 0, so that readers of the log see nothing of a store that is half there.
 *
 * The sequence of positions moves only at the end. So also after an import was killed, and its locks are gone, the log
 * shows nothing. A service that is started then moves the sequence (see `LogSequence.ts`): its readers see what is there,
 * in order, and miss nothing of what a resumed import adds behind it; once it has appended, the import cannot go on.
 * Gotcha: the sessions of the embedded database share one backend, which is never locked out by itself; there the lock of
 * its directory keeps others away.
 */
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect, type Scope } from "effect"
import type { SqlClient } from "effect/sql"
import { ImportRefused } from "./ExportErrors.ts"
import { failure } from "./StoreFailure.ts"

/** The fence; gone with the scope. */
export interface ImportFence {
  /** Fails when the fence is gone, which it is with its connection, or was passed by. */
  readonly stands: Effect.Effect<void, ImportRefused | EventStoreFailure>
}

/** Puts up the fence. Refuses when somebody is writing, or importing. */
export const make = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient
): Effect.fn.Return<ImportFence, ImportRefused | EventStoreFailure, Scope.Scope> {
  const asked = Effect.mapError(failure("Import"))
  const place = asked(sql<{ readonly backend: number; readonly last: bigint }>`
    select pg_backend_pid() as backend, eventfold.last_allocated() as last`).pipe(
    Effect.map(([row]) => row ?? { backend: 0, last: 0n })
  )
  const { backend, last } = yield* place
  const stands = Effect.flatMap(place, (now) => {
    if (now.backend !== backend) return refused("the connection to the database was lost: go on with --resume")
    return now.last === last
      ? Effect.void
      : refused("a service was started on this store: stop it, go on with --resume")
  })
  for (const key of [keySpace, keySpace + last]) {
    const locked = yield* Effect.acquireRelease(
      asked(sql<{ readonly locked: boolean }>`select pg_try_advisory_lock(${key}::bigint) as locked`).pipe(
        Effect.map(([row]) => row?.locked === true)
      ),
      // With the connection the lock goes anyway.
      (got) => (got ? Effect.ignore(sql`select pg_advisory_unlock(${key}::bigint)`) : Effect.void)
    )
    if (!locked) {
      return yield* refused("somebody else is writing to this store, or importing into it: stop that first")
    }
  }
  yield* stands
  return { stands }
})

const refused = (reason: string) => Effect.fail(new ImportRefused({ reason }))

/** The key space of the log: 0x4556 before 48 bits of position. */
const keySpace = 17750n << 48n
