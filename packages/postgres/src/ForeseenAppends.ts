/**
 * Appends whose rows are known before the events are stored: events and rows are written by one statement, which is a
 * transaction of its own, in place of four round trips. What the database does stands in `migrations/AppendForeseen.ts`.
 *
 * Guarantees: a row of an append that is refused or a repetition is not written; rows that are true only if all appends
 * are stored are written only then. Nothing at all is stored when other generations are read than was foreseen.
 */
import { PgTypes } from "@effect/sql-pg"
import type { EventStoreFailure, Foreseen, ForeseenRows, PreparedAppend } from "@eventfold/event-store"
import { Effect, Predicate } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { operation } from "./AppendAnswers.ts"
import type { AppendExit } from "./AppendCalls.ts"
import * as AppendMany from "./AppendMany.ts"
import { array } from "./AppendParameters.ts"
import { ForeseenChanges } from "./ReadModelChanges.ts"
import { failure } from "./StoreFailure.ts"

/** Stores appends and writes their rows; undefined when nothing was stored and they must be stored first. */
export type ForeseenAppends = (
  appends: ReadonlyArray<PreparedAppend>,
  projections: ReadonlyArray<string>,
  foreseen: Foreseen
) => Effect.Effect<ReadonlyArray<AppendExit> | undefined, EventStoreFailure>

/** The appends on a SQL client. */
export const make = (sql: SqlClient.SqlClient): ForeseenAppends => {
  /** By the names of the changes. Generations come and go; a few are alive at a time. */
  const statements = new Map<string, string>()
  const statementOf = (changed: ReadonlyArray<ForeseenChanges>, whole: ReadonlyArray<boolean>, first: number) => {
    const name = changed.map((changes) => changes.name).join("\n")
    const known = statements.get(name)
    if (known !== undefined) return known
    if (statements.size >= 64) statements.clear()
    let next = first
    const writes = changed.map((changes, index) => {
      const write = `w${index} as (${changes.statement(next)})`
      next += changes.parameters.length + (whole[index] === true ? 0 : 1)
      return write
    })
    // The server begins with the last of them: so whoever writes the same rows after an append does it in the same order.
    const all = [appended(), ...writes.toReversed()].join(",\n")
    const checked = whole.includes(true)
      ? ", case when a.outcomes is not null then eventfold.all_stored(a.outcomes) end"
      : ""
    const made = `with ${all}\nselect a.places, a.outcomes, a.versions, a.positions${checked} from appended a`
    statements.set(name, made)
    return made
  }

  return (appends, projections, { serving, writes }) => {
    const all = writes.map(({ rows }) => rows).filter((rows) => rows instanceof ForeseenChanges)
    if (all.length < writes.length) return Effect.succeed(undefined)
    const request = AppendMany.request(appends)
    const whole = writes.map((write) => write.appends === undefined)
    const parameters = [
      ...request.parameters,
      array(projections, PgTypes.OID.text),
      array(
        serving.map(({ generation, projection }) => `${projection} ${generation}`),
        PgTypes.OID.text
      )
    ]
    const statement = statementOf(all, whole, parameters.length + 1)
    for (const [index, { parameters: ofRows }] of all.entries()) {
      parameters.push(...ofRows, ...requestsOf(request, writes[index]))
    }
    return sql.unsafe<AppendMany.ManyRow>(statement, parameters).pipe(
      Effect.map(([row]) => request.answers(row)),
      Effect.catchIf(wasWrong, () => Effect.succeed(undefined)),
      Effect.mapError(failure(operation))
    )
  }
}

/** The number each row's append has in the request. */
const requestsOf = ({ numbers }: AppendMany.ManyRequest, write: ForeseenRows | undefined): ReadonlyArray<unknown> =>
  write?.appends === undefined
    ? []
    : [
        array(
          write.appends.map((append) => numbers[append] ?? 0),
          PgTypes.OID.int4
        )
      ]

/**
 * Whether what was foreseen is not true: the errors of `migrations/AppendForeseen.ts`, a table that is gone, which other
 * rows have taken the place of, and a row that is there already, or an event of the same id.
 */
const wasWrong = ({ reason: { cause } }: SqlError.SqlError): boolean =>
  Predicate.hasProperty(cause, "code") && wrong.has(String(cause.code))

const wrong: ReadonlySet<string> = new Set(["EF001", "EF002", "42P01", "23505"])

/** The fence is taken before the function begins, because one of its arguments stands behind it. */
const appended = () => {
  const before = Array.from({ length: 13 }, (_, index) => `$${index + 1}`).join(",")
  return `appended as materialized (
    select a.places, a.outcomes, a.versions, a.positions
    from eventfold.append(${before}, eventfold.behind_fence($16, $17, $14), $15) a
  )`
}
