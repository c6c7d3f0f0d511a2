/**
 * Appends as calls of the functions in the database: many at once, or one. What the functions do stands in
 * `migrations/EventAppend.ts`.
 */
import type { Appended, AppendError, EventStoreFailure, PreparedAppend, StreamId } from "@eventfold/event-store"
import { Effect } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import { answer, type OneRow, operation, refusal } from "./AppendAnswers.ts"
import type { AppendCalls } from "./AppendCalls.ts"
import * as AppendMany from "./AppendMany.ts"
import { eventParameters, expectation, inOrder, oneParameters, streamArrays } from "./AppendParameters.ts"
import { failure } from "./StoreFailure.ts"

/** The calls on one SQL client. */
export interface Appends extends Omit<AppendCalls, "isLong"> {
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
      Effect.mapError(refusal(append)),
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

/** All requests in one call. */
const many = (sql: SqlClient.SqlClient, appends: ReadonlyArray<PreparedAppend>) => {
  const request = AppendMany.request(appends)
  return sql.unsafe<AppendMany.ManyRow>(manyStatement, request.parameters).pipe(
    Effect.mapError(failure(operation)),
    Effect.map(([row]) => request.answers(row))
  )
}
