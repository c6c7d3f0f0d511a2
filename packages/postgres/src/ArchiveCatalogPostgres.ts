/** The catalogue of the archive as a table beside the log. What moves a stream is `migrations/Archive.ts`. */
import { PgTypes } from "@effect/sql-pg"
import {
  ArchiveCatalog,
  type ArchivedPlace,
  type ArchivedStream,
  ArchiveRefused,
  catalogPage,
  type ClosedPage,
  type ClosedSlice,
  type LogRange,
  type RecordedEvent,
  type StreamId
} from "@eventfold/event-store"
import { DateTime, Effect, Layer, Option, Result } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface Row {
  readonly number: number
  readonly tenant: string
  readonly category: string
  readonly stream_id: string
  readonly version: number
  readonly first_position: number
  readonly last_position: number
  readonly archived_at: Date
  readonly restored_at: Date | null
  readonly file: string
  readonly checksum: string
  readonly bytes: number
}

const columns = `number::float8 as number, tenant, category, stream_id, version::float8 as version,
  first_position::float8 as first_position, last_position::float8 as last_position,
  archived_at, restored_at, file, checksum, bytes::float8 as bytes`

const find = `select ${columns} from eventfold.archived_streams
  where tenant = $1 and category = $2 and stream_id = $3 order by number desc limit 1`

const list = `select ${columns} from eventfold.archived_streams where number > $1 order by number limit $2`

const move = `select outcome, number::float8 as number, archived_at
  from eventfold.archive_stream($1, $2, $3, $4, $5, $6, $7)`

const restore = "select eventfold.restore_stream($1, $2, $3, $4, $5, $6, $7, $8, $9) as outcome"

// So many streams are looked at, and of those the closed ones are answered with how far the look went.
const closed = `
  with looked as materialized (
    select s.stream_key, s.stream_id, s.version, s.archived_at from eventfold.streams s
    where s.tenant = $1 and s.category = $2 and ($3::text is null or s.stream_id > $3 collate "C")
    order by s.stream_id limit $4
  )
  select l.stream_id, e.version::float8 as version, (select count(*) from looked)::float8 as looked,
    (select max(stream_id) from looked) as last
  from (select 1) as once
  left join (
    looked l join eventfold.events e on e.stream_key = l.stream_key and e.version = l.version
      and l.archived_at is null and e.type = any ($5) and e.recorded_at < $6
      and ($7::bigint is null or e.position <= $7)
  ) on true
  order by l.stream_id`

const places = `
  select position::float8 as position, version::float8 as version, number::float8 as number,
    file, checksum, bytes::float8 as bytes
  from (
    select distinct on (p.position) p.position, p.version, a.number, a.file, a.checksum, a.bytes
    from eventfold.archived_streams a
    cross join lateral unnest(a.positions, a.types) with ordinality as p(position, type, version)
    where int8range(a.first_position, a.last_position, '[]') && int8range($1, $2, '(]')
      and ($4::text is null or a.tenant = $4)
      and ($5::text[] is null or a.category = any ($5))
      and p.position > $1 and p.position <= $2
      and ($6::text[] is null or p.type = any ($6))
    order by p.position, a.number desc
    limit $3
  ) found`

interface PlaceRow {
  readonly position: number
  readonly version: number
  readonly number: number
  readonly file: string
  readonly checksum: string
  readonly bytes: number
}

/** The catalogue in the database of the SQL client; its table is made by `Migrations`. */
export const layerPostgres: Layer.Layer<ArchiveCatalog, never, SqlClient.SqlClient> = Layer.effect(
  ArchiveCatalog,
  Effect.map(SqlClient.SqlClient, (sql): ArchiveCatalog["Service"] => ({
    closed: ({ after, before, category, closedBy, limit, tenant, upTo }: ClosedPage) =>
      sql
        .unsafe<{
          readonly stream_id: string | null
          readonly version: number
          readonly looked: number
          readonly last: string | null
        }>(closed, [
          tenant,
          category,
          PgTypes.text(after ?? null),
          int8(limit),
          texts(closedBy),
          DateTime.toDateUtc(before),
          upTo === undefined ? PgTypes.int8(null) : int8(upTo)
        ])
        .pipe(
          Effect.mapBoth({
            onFailure: failure("ArchiveCatalog.closed"),
            onSuccess: (rows): ClosedSlice => {
              const streams = rows.flatMap(({ stream_id: id, version }) =>
                id === null ? [] : [{ stream: { tenant, category, id }, version }]
              )
              const [first] = rows
              return first === undefined || first.last === null || first.looked < limit
                ? { streams }
                : { streams, next: first.last }
            }
          })
        ),
    move: (stream, positions, file) =>
      sql
        .unsafe<{ readonly outcome: string; readonly number: number; readonly archived_at: Date }>(move, [
          ...keyOf(stream),
          array(positions.map(BigInt), PgTypes.OID.int8),
          file.name,
          file.checksum,
          int8(file.bytes)
        ])
        .pipe(
          Effect.mapError(failure("ArchiveCatalog.move")),
          Effect.flatMap(([row]) =>
            row === undefined || row.outcome !== "moved"
              ? refused(stream, row?.outcome)
              : Effect.succeed({
                  number: row.number,
                  stream,
                  version: positions.length,
                  firstPosition: positions[0] ?? 0,
                  lastPosition: positions.at(-1) ?? 0,
                  archivedAt: DateTime.fromDateUnsafe(row.archived_at),
                  file
                })
          )
        ),
    restore: ({ number, stream }, events) =>
      sql.unsafe<{ readonly outcome: string }>(restore, [int8(number), ...eventArrays(events)]).pipe(
        Effect.mapError(failure("ArchiveCatalog.restore")),
        Effect.flatMap(([row]) => (row?.outcome === "restored" ? Effect.void : refused(stream, row?.outcome)))
      ),
    find: (stream) =>
      sql.unsafe<Row>(find, keyOf(stream)).pipe(
        Effect.mapBoth({
          onFailure: failure("ArchiveCatalog.find"),
          onSuccess: ([row]) => Option.map(Option.fromUndefinedOr(row), archivedOf)
        })
      ),
    list: ({ after = 0, limit = catalogPage } = {}) =>
      sql
        .unsafe<Row>(list, [int8(after), int8(Math.max(limit, 0))])
        .pipe(Effect.mapBoth({ onFailure: failure("ArchiveCatalog.list"), onSuccess: (rows) => rows.map(archivedOf) })),
    places: ({ after, filter = {}, limit, upTo }: LogRange) =>
      sql
        .unsafe<PlaceRow>(places, [
          int8(after),
          int8(upTo),
          int8(limit),
          PgTypes.text(filter.tenant ?? null),
          texts(filter.categories),
          texts(filter.types)
        ])
        .pipe(Effect.mapBoth({ onFailure: failure("ArchiveCatalog.places"), onSuccess: (rows) => rows.map(placeOf) }))
  }))
)

const keyOf = ({ category, id, tenant }: StreamId.StreamId): ReadonlyArray<string> => [tenant, category, id]

const int8 = (value: number) => PgTypes.int8(BigInt(Math.trunc(value)))

const array = (values: ReadonlyArray<unknown> | null, oid: number) => Result.getOrThrow(PgTypes.array(values, oid))

const texts = (values: ReadonlyArray<string> | undefined) => array(values ?? null, PgTypes.OID.text)

const refused = (stream: StreamId.StreamId, outcome: string | undefined) => {
  switch (outcome) {
    case "unknown":
    case "changed":
    case "archived":
    case "live":
      return Effect.fail(new ArchiveRefused({ stream, reason: outcome }))
    default:
      return Effect.die(new Error(`the database gave no answer that is known: ${outcome}`))
  }
}

const eventArrays = (events: ReadonlyArray<RecordedEvent>) => [
  array(
    events.map(({ position }) => BigInt(position)),
    PgTypes.OID.int8
  ),
  array(
    events.map(({ id }) => id),
    PgTypes.OID.uuid
  ),
  array(
    events.map(({ type }) => type),
    PgTypes.OID.text
  ),
  array(
    events.map(({ schemaVersion }) => schemaVersion),
    PgTypes.OID.int4
  ),
  array(
    events.map(({ occurredAt }) => occurredAt.epochMilliseconds),
    PgTypes.OID.timestamptz
  ),
  array(
    events.map(({ recordedAt }) => recordedAt.epochMilliseconds),
    PgTypes.OID.timestamptz
  ),
  array(
    events.map(({ data }) => JSON.stringify(data)),
    PgTypes.OID.text
  ),
  array(
    events.map(({ metadata }) => JSON.stringify(metadata)),
    PgTypes.OID.text
  )
]

const archivedOf = (row: Row): ArchivedStream => ({
  number: row.number,
  stream: { tenant: row.tenant, category: row.category, id: row.stream_id },
  version: row.version,
  firstPosition: row.first_position,
  lastPosition: row.last_position,
  archivedAt: DateTime.fromDateUnsafe(row.archived_at),
  ...(row.restored_at === null ? {} : { restoredAt: DateTime.fromDateUnsafe(row.restored_at) }),
  file: { name: row.file, checksum: row.checksum, bytes: row.bytes }
})

const placeOf = ({ bytes, checksum, file, number, position, version }: PlaceRow): ArchivedPlace => ({
  position,
  version,
  archive: { number, file: { name: file, checksum, bytes } }
})
