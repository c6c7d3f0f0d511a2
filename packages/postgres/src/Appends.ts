/**
 * Appends as calls of the functions in the database: many at once, or one. What the functions do stands in
 * `migrations/EventAppend.ts`.
 *
 * Parameters are sent in the binary format of their types, so that nothing is escaped here and parsed there.
 */
import { PgTypes } from "@effect/sql-pg"
import {
  type Appended,
  type AppendError,
  EventIdConflict,
  EventStoreFailure,
  type ExpectedVersion,
  type PreparedAppend,
  type PreparedEvent,
  StreamArchived,
  StreamId,
  VersionConflict
} from "@eventfold/event-store"
import { Effect, Exit, Result } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import type { AppendCalls } from "./AppendCoalescer.ts"
import { failure } from "./StoreFailure.ts"

/** The calls on one SQL client. */
export interface Appends extends AppendCalls {
  /**
   * One call inside the transaction that is open. A refusal leaves that transaction usable, but for one: when another
   * transaction under way stores one of these event ids in another stream, the database ends this one.
   */
  readonly joined: (append: PreparedAppend) => Effect.Effect<Appended, AppendError>
}

interface OneRow {
  readonly outcome: string | null
  readonly version: bigint | null
  readonly position: bigint | null
}

interface ManyRow {
  /** The positions of all events; `null` when none was stored set-wise. */
  readonly places: ReadonlyArray<bigint> | null
  /** Of the requests that were done one by one; `null` when there was none, and shorter than the requests. */
  readonly outcomes: ReadonlyArray<string | null> | null
  readonly versions: ReadonlyArray<bigint | null> | null
  readonly positions: ReadonlyArray<bigint | null> | null
}

/** The calls on a SQL client. */
export const make = (sql: SqlClient.SqlClient): Appends => {
  const one = (append: PreparedAppend, careful: boolean) => {
    const [event] = append.events
    const expected = expectation(append.expected)
    return event !== undefined && append.events.length === 1 && expected >= 0n && !careful
      ? sql.unsafe<OneRow>(eventStatement, eventParameters(append.stream, expected, event))
      : sql.unsafe<OneRow>(oneStatement, oneParameters(append, careful))
  }
  const careful = (append: PreparedAppend) =>
    one(append, true).pipe(
      Effect.mapError((error) => (isKnownId(error) ? idConflict(append) : failure(operation)(error))),
      Effect.flatMap(([row]) => answer(append, row))
    )
  return {
    together: (appends) => {
      const [first] = appends
      return first !== undefined && appends.length === 1
        ? one(first, false).pipe(
            Effect.map(([row]) => [answer(first, row)]),
            Effect.mapError(failure(operation))
          )
        : many(sql, appends)
    },
    alone: careful,
    joined: careful,
    isOfOne: ({ cause }) => !(SqlError.isSqlError(cause) && unreachable.has(cause.reason._tag))
  }
}

/** Two appends with a common id to different streams at the same moment: the index decides who came first. */
const isKnownId = ({ reason }: SqlError.SqlError): boolean =>
  reason._tag === "UniqueViolation" && reason.constraint === "events_event_id_key"

const operation = "EventStore.append"

/** After one of these the next call would fail as well. */
const unreachable: ReadonlySet<string> = new Set(["ConnectionError", "AuthenticationError", "AuthorizationError"])

const eventStatement = "select outcome, version, position from eventfold.append_event($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)"

const oneStatement = "select outcome, version, position from eventfold.append_one($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)"

const manyStatement =
  "select places, outcomes, versions, positions from eventfold.append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)"

const eventParameters = (
  stream: StreamId.StreamId,
  expected: bigint,
  { data, id, metadata, occurredAt, schemaVersion, type }: PreparedEvent
): ReadonlyArray<unknown> => [
  stream.tenant,
  stream.category,
  stream.id,
  PgTypes.int8(expected),
  PgTypes.uuid(id),
  type,
  schemaVersion,
  PgTypes.timestamptz(occurredAt.epochMilliseconds),
  data,
  metadata
]

const oneParameters = ({ events, expected, stream }: PreparedAppend, careful: boolean): ReadonlyArray<unknown> => [
  stream.tenant,
  stream.category,
  stream.id,
  PgTypes.int8(expectation(expected)),
  ...eventArrays(events),
  careful
]

/** Requests are sorted by stream, so that two calls lock rows in the same order; those of one stream keep their order. */
const many = (sql: SqlClient.SqlClient, appends: ReadonlyArray<PreparedAppend>) => {
  const order = appends
    .map(({ stream }, index) => ({ key: StreamId.format(stream), index }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index))
  const sorted: Array<PreparedAppend> = []
  const bases: Array<bigint | null> = []
  let [creating, changing] = [0, 0]
  const last: Array<number> = []
  const request: Array<number> = []
  const events: Array<PreparedEvent> = []
  let before = ""
  for (const { index, key } of order) {
    const append = appends[index]
    if (append === undefined) continue
    sorted.push(append)
    const expected = expectation(append.expected)
    // Only the first of a stream takes part in what is done set-wise; the others follow it one by one. So does what
    // does not say which version it expects: its ids must be looked up first.
    const setWise = key !== before && expected >= 0n
    bases.push(setWise ? expected : null)
    if (setWise && expected === 0n) creating += 1
    if (setWise && expected > 0n) changing += 1
    before = key
    for (const event of append.events) {
      events.push(event)
      request.push(sorted.length)
    }
    last.push(events.length)
  }
  const parameters = [
    array(
      sorted.map(({ stream }) => stream.tenant),
      PgTypes.OID.text
    ),
    array(
      sorted.map(({ stream }) => stream.category),
      PgTypes.OID.text
    ),
    array(
      sorted.map(({ stream }) => stream.id),
      PgTypes.OID.text
    ),
    array(
      sorted.map(({ expected }) => expectation(expected)),
      PgTypes.OID.int8
    ),
    array(bases, PgTypes.OID.int8),
    array(last, PgTypes.OID.int4),
    array(request, PgTypes.OID.int4),
    ...eventArrays(events),
    creating,
    changing
  ]
  return sql.unsafe<ManyRow>(manyStatement, parameters).pipe(
    Effect.mapError(failure(operation)),
    Effect.map(([row]) => {
      const answers: Array<Exit.Exit<Appended, AppendError>> = []
      for (const [place, append] of sorted.entries()) {
        const index = order[place]?.index ?? place
        const outcome = row?.outcomes?.[place] ?? null
        const position = row?.places?.[(last[place] ?? 0) - 1]
        answers[index] =
          outcome === null && position !== undefined
            ? Exit.succeed({ version: Number(bases[place]) + append.events.length, position: Number(position) })
            : answer(append, {
                outcome,
                version: row?.versions?.[place] ?? null,
                position: row?.positions?.[place] ?? null
              })
      }
      return answers
    })
  )
}

const array = (values: ReadonlyArray<unknown>, oid: number) => Result.getOrThrow(PgTypes.array(values, oid))

const eventArrays = (events: ReadonlyArray<PreparedEvent>): ReadonlyArray<unknown> => {
  const columns = {
    ids: new Array<string>(),
    types: new Array<string>(),
    schemaVersions: new Array<number>(),
    occurredAt: new Array<number>(),
    data: new Array<string>(),
    metadata: new Array<string>()
  }
  for (const event of events) {
    columns.ids.push(event.id)
    columns.types.push(event.type)
    columns.schemaVersions.push(event.schemaVersion)
    columns.occurredAt.push(event.occurredAt.epochMilliseconds)
    columns.data.push(event.data)
    columns.metadata.push(event.metadata)
  }
  return [
    array(columns.ids, PgTypes.OID.uuid),
    array(columns.types, PgTypes.OID.text),
    array(columns.schemaVersions, PgTypes.OID.int4),
    array(columns.occurredAt, PgTypes.OID.timestamptz),
    array(columns.data, PgTypes.OID.text),
    array(columns.metadata, PgTypes.OID.text)
  ]
}

/** How an expectation travels: see `migrations/EventAppend.ts`. */
const expectation = (expected: ExpectedVersion.ExpectedVersion): bigint => {
  switch (expected._tag) {
    case "Exact":
      return BigInt(expected.version)
    case "NoStream":
      return 0n
    case "Any":
      return -1n
    case "StreamExists":
      return -2n
  }
}

const idConflict = ({ events, stream }: PreparedAppend) =>
  new EventIdConflict({ stream, eventIds: events.map((event) => event.id) })

const answer = (append: PreparedAppend, row: OneRow | undefined): Exit.Exit<Appended, AppendError> => {
  const { expected, stream } = append
  switch (row?.outcome) {
    case "Stored":
    case "Replayed":
      return Exit.succeed({ version: Number(row.version), position: Number(row.position) })
    case "VersionConflict":
      return Exit.fail(new VersionConflict({ stream, expected, actual: Number(row.version) }))
    case "IdConflict":
      return Exit.fail(idConflict(append))
    case "Archived":
      return Exit.fail(new StreamArchived({ stream }))
    default:
      return Exit.fail(
        new EventStoreFailure({ operation, retryable: false, cause: new Error("the database gave no answer") })
      )
  }
}
