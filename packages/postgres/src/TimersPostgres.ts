/**
 * Durable timers as a table. Whoever claims locks the rows it takes and passes over those others have locked, so several
 * nodes claim at the same time and none waits for another.
 */
import { PgTypes } from "@effect/sql-pg"
import { type Claim, type NewTimer, type ProcessKey, type Timer, type TimerKey, Timers } from "@eventfold/processes"
import { DateTime, Effect, Layer, Result } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface Row {
  readonly tenant: string
  readonly manager: string
  readonly process: string
  readonly purpose: "timer" | "watch"
  readonly timer: string
  readonly due_at: Date
  readonly try_at: Date
  readonly attempts: number
  readonly error: string | null
}

/** Timers in the database of the SQL client; the table is made by `Migrations`. */
export const layerPostgres: Layer.Layer<Timers, never, SqlClient.SqlClient> = Layer.effect(
  Timers,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const told = <A extends object>(operation: string, statement: string, parameters: ReadonlyArray<unknown>) =>
      Effect.mapError(sql.unsafe<A>(statement, parameters), failure(`Timers.${operation}`))

    return Timers.make({
      schedule: (timers) =>
        Effect.asVoid(told("schedule", schedule, [...keys(timers), texts(timers.map(({ dueAt }) => text(dueAt)))])),
      cancel: (timers) => Effect.map(told("cancel", cancel, keys(timers)), (rows) => rows.length),
      cancelAll: ({ manager, process, tenant }: ProcessKey) =>
        Effect.map(told("cancelAll", cancelAll, [tenant, manager, process]), (rows) => rows.length),
      list: ({ after, dueBefore, limit, manager, process, purpose = "timer", tenant }) =>
        Effect.map(
          told<Row>("list", list(after !== undefined), [
            purpose,
            tenant ?? null,
            manager ?? null,
            process ?? null,
            dueBefore === undefined ? null : text(dueBefore),
            limit,
            ...(after === undefined ? [] : [text(after.dueAt), after.tenant, after.manager, after.process, after.timer])
          ]),
          timersOf
        ),
      claimDue: ({ limit, managers, now, purpose }: Claim) =>
        Effect.map(told<Row>("claimDue", claim, [purpose, texts(managers), text(now), limit]), (rows) =>
          // Deleting answers in any order.
          timersOf(rows).toSorted((a, b) => a.tryAt.epochMilliseconds - b.tryAt.epochMilliseconds)
        ),
      defer: (timer, tryAt, error) =>
        Effect.asVoid(
          told("defer", defer, [
            timer.tenant,
            timer.manager,
            timer.process,
            timer.purpose,
            timer.timer,
            text(timer.dueAt),
            text(tryAt),
            timer.attempts + 1,
            error
          ])
        ),
      next: ({ managers, purpose }) =>
        Effect.map(told<{ readonly next: Date | null }>("next", next, [purpose, texts(managers)]), ([row]) =>
          row === undefined || row.next === null ? undefined : DateTime.fromDateUnsafe(row.next)
        )
    })
  })
)

const text = (time: DateTime.Utc) => DateTime.formatIso(time)

const texts = (values: ReadonlyArray<string>) => Result.getOrThrow(PgTypes.array(values, PgTypes.OID.text))

const keys = (timers: ReadonlyArray<TimerKey | NewTimer>): ReadonlyArray<unknown> => [
  texts(timers.map(({ tenant }) => tenant)),
  texts(timers.map(({ manager }) => manager)),
  texts(timers.map(({ process }) => process)),
  texts(timers.map(({ purpose }) => purpose)),
  texts(timers.map(({ timer }) => timer))
]

const unnested = "unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]"

// In the order of the key, so that two that start the same timers wait for each other and no more.
const schedule = `insert into eventfold.timers (tenant, manager, process, purpose, timer, due_at, try_at)
  select n.tenant, n.manager, n.process, n.purpose, n.timer, n.due::timestamptz, n.due::timestamptz
  from ${unnested}, $6::text[]) as n(tenant, manager, process, purpose, timer, due)
  order by 1, 2, 3, 4, 5
  on conflict (tenant, manager, process, purpose, timer) do update
  set due_at = excluded.due_at, try_at = excluded.try_at, attempts = 0, error = null`

const cancel = `delete from eventfold.timers t using ${unnested}) as n(tenant, manager, process, purpose, timer)
  where t.tenant = n.tenant and t.manager = n.manager and t.process = n.process and t.purpose = n.purpose
    and t.timer = n.timer
  returning 1 as gone`

const cancelAll = `delete from eventfold.timers where tenant = $1 and manager = $2 and process = $3 returning 1 as gone`

const list = (after: boolean) => `select * from eventfold.timers t
  where t.purpose = $1 and ($2::text is null or t.tenant = $2) and ($3::text is null or t.manager = $3)
    and ($4::text is null or t.process = $4) and ($5::text is null or t.due_at < $5::timestamptz)
    ${after ? "and (t.due_at, t.tenant, t.manager, t.process, t.timer) > ($7::timestamptz, $8, $9, $10, $11)" : ""}
  order by t.due_at, t.tenant, t.manager, t.process, t.timer limit $6`

const claim = `delete from eventfold.timers t using (
    select d.tenant, d.manager, d.process, d.purpose, d.timer from eventfold.timers d
    where d.purpose = $1 and d.manager = any($2::text[]) and d.try_at <= $3::timestamptz
    order by d.try_at limit $4 for update skip locked
  ) as d
  where t.tenant = d.tenant and t.manager = d.manager and t.process = d.process and t.purpose = d.purpose
    and t.timer = d.timer
  returning t.*`

const defer = `insert into eventfold.timers
    (tenant, manager, process, purpose, timer, due_at, try_at, attempts, error)
  values ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz, $8, $9)
  on conflict do nothing`

const next = `select min(t.try_at) as next from eventfold.timers t where t.purpose = $1 and t.manager = any($2::text[])`

const timersOf = (rows: ReadonlyArray<Row>): ReadonlyArray<Timer> =>
  rows.map(({ attempts, due_at, error, manager, process, purpose, tenant, timer, try_at }) => ({
    tenant,
    manager,
    process,
    purpose,
    timer,
    dueAt: DateTime.fromDateUnsafe(due_at),
    tryAt: DateTime.fromDateUnsafe(try_at),
    attempts,
    error: error ?? undefined
  }))
