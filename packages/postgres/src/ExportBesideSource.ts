/**
 * What an export asks the database about what stands beside the log, page by page: repairs, the catalogue of the archive,
 * the ledger of the forgotten, and wrapped keys.
 *
 * Keys of those in a ledger are left out. Where they are still in the table (a service was killed while it forgot, an old
 * backup was restored) no mark comes in their place: the service on the new store does what is left to do, and records
 * it. It runs in a transaction that sees one moment.
 */
import { PgTypes } from "@effect/sql-pg"
import type { ForgottenSubject } from "@eventfold/event-store"
import { DateTime, Effect, Result } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { Beside, Header } from "./ExportFormat.ts"
import type { ExportedArchive, ExportedBeside, ExportedForgotten, ExportedKey, ExportedRepair } from "./ExportKinds.ts"
import type { Ledger } from "./ExportLedger.ts"
import { instant } from "./ExportSource.ts"

/** What is exported of what. */
export interface BesideOptions {
  readonly header: Pick<Header, "upTo" | "without">
  /** The ledger that is kept in a file. */
  readonly ledger: Ledger
  /** How many rows one query reads. */
  readonly limit: number
}

/** What there is beside the log. */
export interface BesideCounts extends Beside {
  /** Repairs that name no event of the log or the archive: they repair nothing, and are left out. */
  readonly strayRepairs: number
}

/** How much there is of each kind. */
export const count = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  options: BesideOptions
): Effect.fn.Return<BesideCounts, SqlError.SqlError> {
  const { header, ledger } = options
  yield* sql`set local statement_timeout = 0`
  const [row] = yield* sql.unsafe<Omit<BesideCounts, "kind">>(counts(header), [int8(header.upTo)])
  const found = row ?? { repairs: 0, strayRepairs: 0, archived: 0, forgotten: 0, keys: 0 }
  let [forgotten, dropped] = [found.forgotten, 0]
  for (const entries of inGroups(ledger)) {
    const [more] = yield* sql.unsafe<{ readonly entries: number; readonly keys: number }>(countsOf, subjects(entries))
    forgotten += more?.entries ?? 0
    dropped += more?.keys ?? 0
  }
  const left = (part: Header["without"][number], number: number) => (header.without.includes(part) ? 0 : number)
  return {
    kind: "beside",
    repairs: left("repairs", found.repairs),
    strayRepairs: left("repairs", found.strayRepairs),
    archived: left("archive", found.archived),
    forgotten,
    keys: found.keys - (header.without.includes("keys") ? 0 : dropped)
  }
})

/** Gives everything to `write`, page after page, in the order of a file. */
export const forEachPage = Effect.fnUntraced(function* <E>(
  sql: SqlClient.SqlClient,
  options: BesideOptions,
  write: (page: ReadonlyArray<ExportedBeside>) => Effect.Effect<void, E>
): Effect.fn.Return<void, E | SqlError.SqlError> {
  const { header, ledger, limit } = options
  const pages = Effect.fnUntraced(function* <Row extends object>(
    statement: string,
    start: ReadonlyArray<unknown>,
    next: (last: Row) => ReadonlyArray<unknown>,
    entriesOf: (rows: ReadonlyArray<Row>) => ReadonlyArray<ExportedBeside>
  ) {
    let after = start
    while (true) {
      const rows = yield* sql.unsafe<Row>(statement, [...after, int8(limit)])
      const last = rows.at(-1)
      if (last === undefined) return
      yield* write(entriesOf(rows))
      after = next(last)
    }
  })
  const has = (part: Header["without"][number]) => !header.without.includes(part)

  if (has("repairs")) {
    yield* pages<Omit<ExportedRepair, "kind">>(
      repairs(header),
      [int8(header.upTo), int8(0)],
      ({ number }) => [int8(header.upTo), int8(number)],
      (rows) => rows.map((row) => ({ kind: "repair", ...row }))
    )
  }
  if (has("archive")) {
    yield* pages<Omit<ExportedArchive, "kind">>(
      archive,
      [int8(0)],
      ({ number }) => [int8(number)],
      (rows) => rows.map((row) => ({ ...row, kind: "archived", positions: row.positions.map(Number) }))
    )
  }
  yield* pages<Omit<ExportedForgotten, "kind"> & { readonly entry: number }>(
    forgotten,
    [int8(0)],
    ({ entry }) => [int8(entry)],
    (rows) => rows.map((row) => ({ ...row, kind: "forgotten" }))
  )
  for (const entries of inGroups(ledger)) {
    const rows = yield* sql.unsafe<{ readonly place: number }>(notInTable, subjects(entries))
    const missing = new Set(rows.map(({ place }) => place))
    const lines = entries.filter((_, at) => missing.has(at + 1)).map(ofFile)
    if (lines.length > 0) yield* write(lines)
  }
  yield* pages<Omit<ExportedKey, "kind">>(
    keys(header),
    [PgTypes.text(""), PgTypes.text(""), PgTypes.int4(0)],
    ({ subject, tenant, version }) => [PgTypes.text(tenant), PgTypes.text(subject), PgTypes.int4(version)],
    (rows) => rows.flatMap((key) => (key.wrapped !== null && ledger.has(key) ? [] : [{ kind: "key", ...key }]))
  )
})

const ofFile = ({ actor, forgottenAt, reason, subject, tenant }: ForgottenSubject): ExportedForgotten => ({
  kind: "forgotten",
  tenant,
  subject,
  forgottenAt: DateTime.formatIso(forgottenAt),
  actor,
  reason
})

/** The entries of a ledger in memory, some at a time. */
function* inGroups({ entries }: Ledger): Generator<ReadonlyArray<ForgottenSubject>> {
  const all = Array.from(entries.values())
  for (let from = 0; from < all.length; from += group) yield all.slice(from, from + group)
}

const group = 1000

const inLog = "exists (select from eventfold.events e where e.position = r.position and e.event_id = r.event_id)"
const inArchive = `exists (select from eventfold.archived_streams a
  where int8range(a.first_position, a.last_position, '[]') @> r.position and r.position = any (a.positions))`

/** The events that a repair may name are those of the file. */
const known = ({ without }: Pick<Header, "without">) =>
  without.includes("archive") ? inLog : `(${inLog} or ${inArchive})`

/** Keys of those who are not in the ledger, and marks of those who are. Without keys, the marks alone. */
const kept = ({ without }: Pick<Header, "without">) =>
  without.includes("keys")
    ? "k.wrapped is null"
    : `(k.wrapped is null or not exists (select from eventfold.forgotten_subjects f
        where f.tenant = k.tenant and f.subject = k.subject))`

const counts = (header: Pick<Header, "without">) => `
  select (select count(*) from eventfold.event_repairs r where r.position <= $1 and ${known(header)})::float8 as repairs,
    (select count(*) from eventfold.event_repairs r
      where r.position <= $1 and not ${inLog} and not ${inArchive})::float8 as "strayRepairs",
    (select count(*) from eventfold.archived_streams)::float8 as archived,
    (select count(*) from eventfold.forgotten_subjects)::float8 as forgotten,
    (select count(*) from eventfold.subject_keys k where ${kept(header)})::float8 as keys`

const listed = "unnest($1::text[], $2::text[]) with ordinality as l(tenant, subject, place)"
const missingInTable = `not exists (select from eventfold.forgotten_subjects f
  where f.tenant = l.tenant and f.subject = l.subject)`

// Of subjects that only the file knows to be forgotten: how many there are, and how many keys of theirs are left out.
const countsOf = `
  select count(*)::float8 as entries, coalesce(sum((select count(*) from eventfold.subject_keys k
    where k.tenant = l.tenant and k.subject = l.subject and k.wrapped is not null)), 0)::float8 as keys
  from ${listed} where ${missingInTable}`

const notInTable = `select l.place::float8 as place from ${listed} where ${missingInTable}`

const repairs = (header: Pick<Header, "without">) => `
  select number::float8 as number, position::float8 as position, event_id as "eventId", type,
    schema_version as "schemaVersion", actor, reason, ${instant("repaired_at")} as "repairedAt", data::text as data
  from eventfold.event_repairs r
  where r.position <= $1 and r.number > $2 and ${known(header)} order by r.number limit $3`

// At least one stream, and as many more as have some hundred thousand events together: memory is to stay flat.
const archive = `
  select number::float8 as number, tenant, category, stream_id as stream, version::float8 as version, positions, types,
    append_sizes as "appendSizes", ${instant("archived_at")} as "archivedAt", ${instant("restored_at")} as "restoredAt",
    file, checksum, bytes::float8 as bytes
  from eventfold.archived_streams a
  where a.number in (
    select n.number from (
      select b.number, sum(b.version) over (order by b.number) - b.version as before from (
        select c.number, c.version from eventfold.archived_streams c where c.number > $1 order by c.number limit $2) b
    ) n where n.before < 100000)
  order by a.number`

const forgotten = `select entry::float8 as entry, tenant, subject, ${instant("forgotten_at")} as "forgottenAt", actor, reason
  from eventfold.forgotten_subjects f where f.entry > $1 order by f.entry limit $2`

const keys = (header: Pick<Header, "without">) => `
  select k.tenant, k.subject, k.version, k.master_key as "masterKey", k.wrapped
  from eventfold.subject_keys k where (k.tenant, k.subject, k.version) > ($1, $2, $3) and ${kept(header)}
  order by k.tenant, k.subject, k.version limit $4`

const int8 = (value: number) => PgTypes.int8(BigInt(value))

const subjects = (entries: ReadonlyArray<ForgottenSubject>) => [
  texts(entries.map(({ tenant }) => tenant)),
  texts(entries.map(({ subject }) => subject))
]

const texts = (values: ReadonlyArray<string>) => Result.getOrThrow(PgTypes.array(values, PgTypes.OID.text))
