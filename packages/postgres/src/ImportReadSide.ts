/**
 * What an import does about the read side of its target, and about timers: they are not in the file, and what stood there
 * was made of another log. A consumer that was past the first events would never see them; so consumers, dead letters and generations go, and
 * read models are built from the imported log. Numbers of generations and leases are not given again. Which timers run is
 * known from the log, to the event: a list of them in the file would be of another moment than its last event. So it is with
 * documents: whoever keeps them makes them of the log when there are none (`DocumentHandler.restore`).
 */
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

/** Leaves nothing of the read side. */
export const clear = (sql: SqlClient.SqlClient): Effect.Effect<void, EventStoreFailure> =>
  Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true }).pipe(
    sql.withTransaction,
    Effect.mapError(failure("Import"))
  )

/** Makes the timers that run, by what the processes in the log have recorded. */
export const timers = (sql: SqlClient.SqlClient): Effect.Effect<void, EventStoreFailure> =>
  sql`select eventfold.timers_from_log()`.pipe(Effect.asVoid, Effect.mapError(failure("Import")))

const statements = [
  "delete from eventfold.consumers",
  "delete from eventfold.dead_letters",
  "delete from eventfold.generations",
  "delete from eventfold.timers",
  "delete from eventfold.documents",
  "delete from eventfold.inbox",
  "delete from eventfold.message_groups",
  "delete from eventfold.messages",
  "delete from eventfold.message_topics",
  `do $$ declare made record; begin
    for made in
      select c.relname as name from pg_class c
      where c.relnamespace = 'eventfold_read'::regnamespace and c.relkind = 'r'
    loop
      -- The views go with their tables.
      execute format('drop table eventfold_read.%I cascade', made.name);
    end loop;
  end $$`
]
