/**
 * The audit over the log and the table of actions. A page looks at a stretch of positions, or at so many events of one
 * stream; why there is no index for it stands in `migrations/Audit.ts`.
 */
import { PgTypes } from "@effect/sql-pg"
import {
  Audit,
  type AuditEntry,
  AuditFilter,
  type AuditPage,
  type AuditSlice,
  auditWindow,
  type EventStoreFailure
} from "@eventfold/event-store"
import { DateTime, Effect, Layer, Result } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { failure } from "./StoreFailure.ts"

/** How many events of one stream a page looks at. */
const streamWindow = 2_000

interface Row {
  readonly position: number
  /** Of an event. */
  readonly event_id: string | null
  readonly category: string
  readonly stream_id: string
  readonly version: number
  readonly occurred_at: Date
  /** Of both: the name of the event or of the action. */
  readonly type: string
  readonly recorded_at: Date
  readonly actor: string | null
  readonly reason: string | null
  readonly correlation_id: string | null
  readonly causation_id: string | null
  /** Of an action. */
  readonly subject: string
  readonly details: Readonly<Record<string, string>>
}

const eventColumns = `e.position, e.event_id, e.category, e.stream_id, e.version, e.occurred_at, e.type, e.recorded_at,
  e.metadata->>'actor' as actor, e.metadata->>'reason' as reason,
  e.metadata->>'correlationId' as correlation_id, e.metadata->>'causationId' as causation_id,
  null::text as subject, null::json as details`

const actionColumns = `a.position, null::uuid, null, null, null::bigint, null::timestamptz, a.action, a.recorded_at,
  a.actor, a.reason, a.correlation_id, a.causation_id, a.subject, a.details`

// $1 tenant, $2 and $3 positions: above and up to, $4 from, $5 to, $6 actor, $7 correlation, $8 causation, $9 names,
// $10 limit, $11 the only category of events; actions belong to none.
const page = (direction: "asc" | "desc") => `
  select x.*, x.position::float8 as position, x.version::float8 as version from (
    (select ${eventColumns} from eventfold.events e
      where e.position > $2 and e.position <= $3 and e.tenant = $1
        and ($11::text is null or e.category = $11)
        and ($4::timestamptz is null or e.recorded_at >= $4) and ($5::timestamptz is null or e.recorded_at < $5)
        and ($6::text is null or e.metadata->>'actor' = $6)
        and ($7::text is null or e.metadata->>'correlationId' = $7)
        and ($8::text is null or e.metadata->>'causationId' = $8)
        and ($9::text[] is null or e.type = any ($9))
      order by e.position ${direction} limit $10)
    union all
    (select ${actionColumns} from eventfold.audit_log a
      where a.position > $2 and a.position <= $3 and a.tenant = $1
        and $11::text is null
        and ($4::timestamptz is null or a.recorded_at >= $4) and ($5::timestamptz is null or a.recorded_at < $5)
        and ($6::text is null or a.actor = $6)
        and ($7::text is null or a.correlation_id = $7)
        and ($8::text is null or a.causation_id = $8)
        and ($9::text[] is null or a.action = any ($9))
      order by a.position ${direction} limit $10)
  ) x order by x.position ${direction} limit $10`

// Of one stream: what it shows and what was done to it, as they are; the caller picks.
const ofStream = (direction: "asc" | "desc") => `
  select x.*, x.position::float8 as position, x.version::float8 as version from (
    (select ${eventColumns} from eventfold.events e
      where e.stream_key = (select s.stream_key from eventfold.streams s
          where s.tenant = $1 and s.category = $2 and s.stream_id = $3)
        and e.position > $4 and e.position <= $5
      order by e.version ${direction} limit $6)
    union all
    (select ${actionColumns} from eventfold.audit_log a
      where a.tenant = $1 and a.subject = $7 and a.position > $4 and a.position <= $5
      order by a.position ${direction} limit $6)
  ) x order by x.position ${direction} limit $6`

/** The audit in the database of the SQL client; its table is made by `Migrations`. */
export const layerPostgres: Layer.Layer<Audit, never, SqlClient.SqlClient> = Layer.effect(
  Audit,
  Effect.map(SqlClient.SqlClient, (sql) => {
    const rows = (statement: string, parameters: ReadonlyArray<unknown>) => sql.unsafe<Row>(statement, parameters)

    /** Between which positions to look: above the first, up to the second. */
    const boundsOf = Effect.fnUntraced(function* ({ cursor, from, order, to }: AuditPage) {
      const [row] = yield* sql<{ readonly above: number; readonly up_to: number | null; readonly horizon: number }>`
        select above::float8 as above, up_to::float8 as up_to, eventfold.horizon()::float8 as horizon
        from eventfold.audit_bounds(${instant(from)}, ${instant(to)})`
      const horizon = row?.horizon ?? 0
      const above = Math.max(row?.above ?? 0, order === "oldest" ? (cursor ?? 0) : 0)
      const upTo = Math.min(
        horizon,
        row?.up_to ?? horizon,
        order === "newest" && cursor !== undefined ? cursor - 1 : horizon
      )
      return { above, upTo }
    })

    const ofLog = Effect.fnUntraced(function* (asked: AuditPage) {
      const { above, upTo } = yield* boundsOf(asked)
      if (above >= upTo) return { entries: [] }
      const { actor, category, causationId, correlationId, from, limit, order, tenant, to, types } = asked
      const oldest = order === "oldest"
      const [low, high] = oldest
        ? [above, Math.min(upTo, above + auditWindow)]
        : [Math.max(above, upTo - auditWindow), upTo]
      const found = yield* rows(page(oldest ? "asc" : "desc"), [
        tenant,
        int8(low),
        int8(high),
        instant(from),
        instant(to),
        PgTypes.text(actor ?? null),
        PgTypes.text(correlationId ?? null),
        PgTypes.text(causationId ?? null),
        texts(types),
        int8(limit),
        PgTypes.text(category ?? null)
      ])
      const entries = found.map((row) => entryOf(tenant, row))
      const last = entries.at(-1)
      if (last !== undefined && entries.length === limit) return { entries, next: last.position }
      if (oldest) return high < upTo ? { entries, next: high } : { entries }
      return low > above ? { entries, next: low + 1 } : { entries }
    })

    const ofOne = Effect.fnUntraced(function* (
      asked: AuditPage & { category: string; streamId: string },
      subject: string
    ) {
      const { above, upTo } = yield* boundsOf(asked)
      const { category, limit, order, streamId, tenant } = asked
      const window = Math.max(limit, streamWindow)
      const found = yield* rows(ofStream(order === "oldest" ? "asc" : "desc"), [
        tenant,
        category,
        streamId,
        int8(above),
        int8(upTo),
        int8(window),
        subject
      ])
      const all = found.map((row) => entryOf(tenant, row))
      const entries = all.filter((entry) => AuditFilter.matches(asked, entry)).slice(0, limit)
      const last = entries.length === limit ? entries.at(-1) : all.length === window ? all.at(-1) : undefined
      return last === undefined ? { entries } : { entries, next: last.position }
    })

    return Audit.make({
      record: ({ action, actor, causationId, correlationId, details, reason, subject, tenant }) =>
        sql`select eventfold.record_action(${tenant}, ${action}, ${subject}, ${actor}, ${reason},
          ${PgTypes.text(correlationId ?? null)}, ${PgTypes.text(causationId ?? null)}, ${JSON.stringify(details)})`.pipe(
          Effect.mapError(failure("Audit.record")),
          Effect.asVoid
        ),
      page: (asked): Effect.Effect<AuditSlice, EventStoreFailure> => {
        const subject = AuditFilter.subjectOf(asked)
        const { category, streamId } = asked
        const slice: Effect.Effect<AuditSlice, SqlError.SqlError> =
          category !== undefined && streamId !== undefined && typeof subject === "object"
            ? ofOne({ ...asked, category, streamId }, subject.subject)
            : ofLog(asked)
        return Effect.mapError(slice, failure("Audit.page"))
      }
    })
  })
)

const int8 = (value: number) => PgTypes.int8(BigInt(Math.trunc(value)))

const instant = (time: DateTime.Utc | undefined) =>
  PgTypes.timestamptz(time === undefined ? null : DateTime.toDateUtc(time))

const texts = (values: ReadonlyArray<string> | undefined) =>
  Result.getOrThrow(PgTypes.array(values ?? null, PgTypes.OID.text))

const entryOf = (tenant: string, row: Row): AuditEntry => {
  const who = AuditFilter.whoOf({
    ...(row.actor === null ? {} : { actor: row.actor }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.correlation_id === null ? {} : { correlationId: row.correlation_id }),
    ...(row.causation_id === null ? {} : { causationId: row.causation_id })
  })
  const { position } = row
  const recordedAt = DateTime.fromDateUnsafe(row.recorded_at)
  return row.event_id === null
    ? {
        _tag: "Action",
        position,
        tenant,
        action: row.type,
        subject: row.subject,
        recordedAt,
        ...who,
        details: row.details
      }
    : {
        _tag: "Event",
        position,
        eventId: row.event_id,
        stream: { tenant, category: row.category, id: row.stream_id },
        version: row.version,
        type: row.type,
        occurredAt: DateTime.fromDateUnsafe(row.occurred_at),
        recordedAt,
        ...who
      }
}
