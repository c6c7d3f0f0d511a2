/**
 * Appends as calls of the functions in the database: many at once, or one. What the functions do stands in
 * `migrations/EventAppend.ts`.
 */
import { PgTypes } from "@effect/sql-pg"
import {
  type Appended,
  type AppendError,
  EventIdConflict,
  EventStoreFailure,
  type PreparedAppend,
  type PreparedEvent,
  StreamArchived,
  type StreamId,
  VersionConflict
} from "@eventfold/event-store"
import { Effect, Exit } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import type { AppendCalls } from "./AppendCalls.ts"
import {
  array,
  eventArrays,
  eventParameters,
  expectation,
  inOrder,
  oneParameters,
  streamArrays
} from "./AppendParameters.ts"
import { failure } from "./StoreFailure.ts"

/** The calls on one SQL client. */
export interface Appends extends AppendCalls {
  /**
   * One call inside the transaction that is open. A refusal leaves that transaction usable, but for one: when another
   * transaction under way stores one of these event ids in another stream, the database ends this one.
   */
  readonly joined: (append: PreparedAppend) => Effect.Effect<Appended, AppendError>
  /**
   * Locks the streams that exist for the transaction that is open, in the order in which every call locks them: two that
   * append to the same streams then wait for each other in one direction only.
   */
  readonly locked: (streams: ReadonlyArray<StreamId.StreamId>) => Effect.Effect<void, EventStoreFailure>
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
    locked: (streams) => {
      const sorted = inOrder(streams).map(({ stream }) => stream)
      return sql.unsafe(lockStatement, streamArrays(sorted)).pipe(Effect.mapError(failure(operation)), Effect.asVoid)
    },
    isOfOne: ({ cause }) => !(SqlError.isSqlError(cause) && unreachable.has(cause.reason._tag)),
    isOfStream: ({ cause }) => SqlError.isSqlError(cause) && cause.reason._tag === "LockTimeoutError"
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

const lockStatement = `select from unnest($1::text[], $2::text[], $3::text[]) as q(tenant, category, stream_id)
  cross join lateral (
    select from eventfold.streams s
    where s.tenant = q.tenant and s.category = q.category and s.stream_id = q.stream_id
    for update
  ) s`

/** All requests in one call, sorted by stream. */
const many = (sql: SqlClient.SqlClient, appends: ReadonlyArray<PreparedAppend>) => {
  const order = inOrder(appends.map(({ stream }) => stream))
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
    ...streamArrays(sorted.map(({ stream }) => stream)),
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
