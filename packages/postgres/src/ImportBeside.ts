/**
 * Loads what stands beside the log of an exported store: repairs, the catalogue of the archive, the ledger of the
 * forgotten, and wrapped keys.
 *
 * Guarantees: each batch is loaded whole or not at all, and a second time changes nothing, which is how an import that was
 * interrupted goes on; what is there and differs from the file is refused. The ledger is one with that of the target: who
 * is in either of them has no key afterwards, whatever the file holds. The service that starts on the store forgets again
 * those of whom only a ledger knows that they are forgotten, and records it in the audit (see `KeyStore`).
 */
import { type EventStoreFailure, ForgottenLedger, type ForgottenSubject } from "@eventfold/event-store"
import { type Config, DateTime, Effect, Option } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { ImportRefused } from "./ExportErrors.ts"
import type { ExportedBeside, ExportedForgotten } from "./ExportKinds.ts"
import * as ExportLedger from "./ExportLedger.ts"
import * as PrivacyPlaces from "./PrivacyPlaces.ts"
import * as ForgottenLedgerFile from "./ForgottenLedgerFile.ts"
import type { LoadedTable, RowLoader } from "./ImportLoader.ts"
import { archiveTable, forgottenTable, keyTable, repairTable, stagingOf } from "./ImportTables.ts"
import { problemOf } from "./ImportTarget.ts"
import { failure } from "./StoreFailure.ts"

/** Lines of the same kind that are loaded in one transaction. */
export interface BesideBatch {
  readonly entries: ReadonlyArray<ExportedBeside>
  /** What errors call it. */
  readonly name: string
}

/** Loads batches. */
export interface BesideLoader {
  /** Answers how many keys were left out, because the target knows their subjects to be forgotten. */
  readonly load: (batch: BesideBatch) => Effect.Effect<number, ImportRefused | EventStoreFailure>
  /** The last step: nobody in a ledger has a key, and every repair has its event. */
  readonly settle: Effect.Effect<void, ImportRefused | EventStoreFailure>
}

interface Taken {
  /** Rows that are there and differ from the file. */
  readonly others: number
  /** Keys of those who are forgotten here. */
  readonly leftOut: number
}

/** Loads into the database of the client, and into the ledger that the environment keeps in a file. */
export const make = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  loader: RowLoader["Service"]
): Effect.fn.Return<BesideLoader, Config.ConfigError | EventStoreFailure> {
  const path = yield* PrivacyPlaces.ledgerFile
  const known = yield* ExportLedger.read
  // Made when the first entry comes: an import without any leaves no file behind.
  const file = yield* Effect.cached(
    path === undefined
      ? Effect.succeedNone
      : Effect.asSome(Effect.provide(ForgottenLedger, ForgottenLedgerFile.layer(path)))
  )

  /** Lays rows ready, and takes them over by these statements; the last one answers how many rows are not as they say. */
  const take = Effect.fnUntraced(function* <Row>(
    table: LoadedTable<Row>,
    rows: ReadonlyArray<Row>,
    statements: ReadonlyArray<string>
  ): Effect.fn.Return<Taken, SqlError.SqlError> {
    yield* sql.unsafe(stagingOf(table))
    yield* loader.load(table, rows)
    let taken: Partial<Taken> | undefined
    for (const statement of statements) [taken] = yield* sql.unsafe<Partial<Taken>>(statement)
    yield* sql.unsafe(`drop table ${table.name}`)
    return { others: taken?.others ?? 0, leftOut: taken?.leftOut ?? 0 }
  })

  const remember = (entries: ReadonlyArray<Omit<ExportedForgotten, "kind">>) =>
    take(
      forgottenTable,
      entries.map((entry, place) => ({ ...entry, place })),
      [takeForgotten]
    )

  const loadKind = Effect.fnUntraced(function* ({ entries, name }: BesideBatch) {
    const kind = entries[0]?.kind
    const of = <K extends ExportedBeside["kind"]>(wanted: K) =>
      entries.filter((entry): entry is Extract<ExportedBeside, { readonly kind: K }> => entry.kind === wanted)
    let taken: Taken = { others: 0, leftOut: 0 }
    switch (kind) {
      case "repair":
        taken = yield* take(repairTable, of("repair"), takeRepairs)
        break
      case "archived":
        taken = yield* take(archiveTable, of("archived"), takeArchive)
        break
      case "forgotten": {
        // The file first: it outlives the database.
        const ledger = Option.getOrUndefined(yield* file)
        if (ledger !== undefined) yield* Effect.forEach(of("forgotten"), (entry) => ledger.add(subjectOf(entry)))
        yield* remember(of("forgotten"))
        break
      }
      case "key":
        taken = yield* take(keyTable, of("key"), takeKeys)
        break
      case undefined:
        break
    }
    if (taken.others === 0) return taken.leftOut
    return yield* new ImportRefused({
      reason: `${name}: the store has ${taken.others} of these already, and they are others: somebody else has written to it`
    })
  })

  // Whom the file of the target names, its table is to name as well: from here on one question answers for both.
  const entries = Array.from(known.entries.values(), exportedOf)
  if (entries.length > 0) {
    yield* Effect.mapError(sql.withTransaction(remember(entries)), failure("Import"))
  }

  return {
    load: (batch) => loadKind(batch).pipe(sql.withTransaction, Effect.mapError(problemOf(batch.name))),
    settle: Effect.gen(function* () {
      yield* sql`set local statement_timeout = 0`
      yield* sql.unsafe(forgetAll)
      const [stray] = yield* sql.unsafe<{ readonly position: number }>(strayRepair)
      if (stray === undefined) return
      return yield* new ImportRefused({
        reason: `a repair names an event at position ${stray.position} that is not there: import the whole file anew`
      })
    }).pipe(sql.withTransaction, Effect.mapError(problemOf("the last step")))
  }
})

const subjectOf = ({ actor, forgottenAt, reason, subject, tenant }: ExportedForgotten): ForgottenSubject => ({
  tenant,
  subject,
  forgottenAt: DateTime.makeUnsafe(forgottenAt),
  actor,
  reason
})

const exportedOf = ({ actor, forgottenAt, reason, subject, tenant }: ForgottenSubject) => ({
  tenant,
  subject,
  forgottenAt: DateTime.formatIso(forgottenAt),
  actor,
  reason
})

const namesOf = <Row>({ columns }: LoadedTable<Row>, prefix = ""): string =>
  columns.map(({ name }) => `${prefix}${name}`).join(", ")

// Numbers are those of the file, and the sequences go on behind them at once: also if this is all that ever happens.
const numbered = (table: string) => `select setval(pg_get_serial_sequence('${table}', 'number'),
  greatest((select max(number) from ${table}), 1))`

const takeRepairs = [
  `insert into eventfold.event_repairs (${namesOf(repairTable)}) overriding system value
    select ${namesOf(repairTable)} from ${repairTable.name} order by number on conflict (number) do nothing`,
  numbered("eventfold.event_repairs"),
  `select count(*)::float8 as others from ${repairTable.name} s join eventfold.event_repairs r using (number)
    where (r.position, r.event_id, r.data::text, r.repaired_at) is distinct from
      (s.position, s.event_id, s.data::text, s.repaired_at)`
]

const takeArchive = [
  `insert into eventfold.archived_streams (${namesOf(archiveTable)}) overriding system value
    select ${namesOf(archiveTable)} from ${archiveTable.name} order by number on conflict (number) do nothing`,
  numbered("eventfold.archived_streams"),
  `insert into eventfold.streams (tenant, category, stream_id, version, archived_at)
    select s.tenant, s.category, s.stream_id, s.version, s.archived_at from ${archiveTable.name} s
    where s.restored_at is null on conflict do nothing`,
  `select count(*)::float8 as others from ${archiveTable.name} s
    join eventfold.archived_streams a using (number)
    left join eventfold.streams t on t.tenant = s.tenant and t.category = s.category and t.stream_id = s.stream_id
    where (a.tenant, a.category, a.stream_id, a.checksum) is distinct from (s.tenant, s.category, s.stream_id, s.checksum)
      or (s.restored_at is null and (t.version, t.archived_at) is distinct from (s.version, s.archived_at))`
]

const takeForgotten = `insert into eventfold.forgotten_subjects (tenant, subject, forgotten_at, actor, reason)
  select tenant, subject, forgotten_at, actor, reason from ${forgottenTable.name} order by place
  on conflict (tenant, subject) do nothing`

/** In the ledger, or forgotten without an entry there. */
const isForgotten = `(exists (select from eventfold.forgotten_subjects f where f.tenant = s.tenant and f.subject = s.subject)
  or exists (select from eventfold.subject_keys m
    where m.tenant = s.tenant and m.subject = s.subject and m.version = 1 and m.wrapped is null))`

const takeKeys = [
  `insert into eventfold.subject_keys (${namesOf(keyTable)})
    select ${namesOf(keyTable, "s.")} from ${keyTable.name} s where s.wrapped is null or not ${isForgotten}
    on conflict (tenant, subject, version) do nothing`,
  `select count(*) filter (where ${isForgotten} and s.wrapped is not null)::float8 as "leftOut",
      count(*) filter (where not ${isForgotten} and (k.master_key, k.wrapped) is distinct from (s.master_key, s.wrapped))
        ::float8 as others
    from ${keyTable.name} s left join eventfold.subject_keys k using (tenant, subject, version)`
]

// An import that was interrupted may have loaded keys of somebody who was forgotten before it went on.
const forgetAll = `delete from eventfold.subject_keys k using eventfold.forgotten_subjects f
  where k.tenant = f.tenant and k.subject = f.subject and k.wrapped is not null`

const strayRepair = `select r.position::float8 as position from eventfold.event_repairs r
  where not exists (select from eventfold.events e where e.position = r.position and e.event_id = r.event_id)
    and not exists (select from eventfold.archived_streams a
      where int8range(a.first_position, a.last_position, '[]') @> r.position and r.position = any (a.positions))
  order by r.number limit 1`
