/**
 * The inbox as a table. Whoever marks a message waits for the transaction of who marked it before, so what a handler does
 * happens once, however many processes receive it.
 */
import { PgTypes } from "@effect/sql-pg"
import { Transaction } from "@eventfold/event-store"
import { Inbox, type InboxDriver, type InboxEntry, type InboxMessage } from "@eventfold/messaging"
import { DateTime, Effect, Layer, Result } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface Row {
  readonly handler: string
  readonly tenant: string
  readonly source: string
  readonly id: string
  readonly type: string
  readonly state: "processing" | "processed" | "failed"
  readonly attempts: number
  readonly at: Date
  readonly error: string | null
}

/** The inbox in the database of the SQL client; the table is made by `Migrations`. */
export const layerPostgres: Layer.Layer<Inbox, never, SqlClient.SqlClient | Transaction> = Layer.effect(
  Inbox,
  Effect.gen(function* () {
    return Inbox.make(driver(yield* SqlClient.SqlClient), yield* Transaction)
  })
)

const driver = (sql: SqlClient.SqlClient): InboxDriver => {
  const told = <A extends object>(operation: string, statement: string, parameters: ReadonlyArray<unknown>) =>
    Effect.mapError(sql.unsafe<A>(statement, parameters), failure(`Inbox.${operation}`))
  /** Answers whether there was anything to change. */
  const changed = (operation: string, statement: string, parameters: ReadonlyArray<unknown>) =>
    Effect.map(told(operation, statement, parameters), (rows) => rows.length > 0)

  return {
    begin: (handler, message, now) =>
      Effect.map(changed("begin", begin, keyed(handler, message, now)), (begun) => !begun),
    mark: (handler, message, now) => changed("mark", mark, keyed(handler, message, now)),
    fail: (handler, message, now, error) =>
      Effect.asVoid(changed("fail", fail, [...keyed(handler, message, now), error])),
    list: ({ after, handler, limit, messageId, state, tenant }) =>
      Effect.map(
        told<Row>("list", list(after !== undefined), [
          handler ?? null,
          tenant ?? null,
          state ?? null,
          messageId ?? null,
          PgTypes.int4(limit),
          ...(after === undefined
            ? []
            : [DateTime.formatIso(after.at), after.handler, after.tenant, after.source, after.id])
        ]),
        (rows) => rows.map(entryOf)
      ),
    purge: (before, limit) =>
      Effect.map(told("purge", purge, [DateTime.formatIso(before), PgTypes.int4(limit)]), (rows) => rows.length),
    forget: (handler, messages) =>
      Effect.map(
        told("forget", forget, [
          handler,
          texts(messages.map(({ tenant }) => tenant)),
          texts(messages.map(({ source }) => source)),
          texts(messages.map(({ id }) => id))
        ]),
        (rows) => rows.length
      )
  }
}

const keyed = (handler: string, { id, source, tenant, type }: InboxMessage, now: number): ReadonlyArray<unknown> => [
  handler,
  tenant,
  source,
  id,
  type,
  DateTime.formatIso(DateTime.makeUnsafe(now))
]

const begin = `insert into eventfold.inbox as i (handler, tenant, source, id, type, state, at)
  values ($1, $2, $3, $4, $5, 'processing', $6::timestamptz)
  on conflict (handler, tenant, source, id) do update
  set state = 'processing', attempts = i.attempts + 1, at = excluded.at, error = null
  where i.state <> 'processed'
  returning 1 as changed`

// Whoever is second waits for the row here, and then finds it processed.
const mark = `insert into eventfold.inbox as i (handler, tenant, source, id, type, state, at)
  values ($1, $2, $3, $4, $5, 'processed', $6::timestamptz)
  on conflict (handler, tenant, source, id) do update set state = 'processed', at = excluded.at, error = null
  where i.state <> 'processed'
  returning 1 as changed`

const fail = `insert into eventfold.inbox as i (handler, tenant, source, id, type, state, at, error)
  values ($1, $2, $3, $4, $5, 'failed', $6::timestamptz, $7)
  on conflict (handler, tenant, source, id) do update
  set state = 'failed', at = excluded.at, error = excluded.error
  where i.state <> 'processed'
  returning 1 as changed`

const list = (after: boolean) => `select * from eventfold.inbox i
  where ($1::text is null or i.handler = $1) and ($2::text is null or i.tenant = $2)
    and ($3::text is null or i.state = $3) and ($4::text is null or i.id = $4)
    ${
      after
        ? `and i.at <= $6::timestamptz
    and (i.at < $6::timestamptz or (i.handler, i.tenant, i.source, i.id) > ($7, $8, $9, $10))`
        : ""
    }
  order by i.at desc, i.handler, i.tenant, i.source, i.id limit $5`

const purge = `delete from eventfold.inbox i using (
    select o.handler, o.tenant, o.source, o.id from eventfold.inbox o
    where o.at < $1::timestamptz order by o.at limit $2 for update skip locked
  ) o
  where i.handler = o.handler and i.tenant = o.tenant and i.source = o.source and i.id = o.id
  returning 1 as gone`

const forget = `delete from eventfold.inbox i using unnest($2, $3, $4) as m(tenant, source, id)
  where i.handler = $1 and i.tenant = m.tenant and i.source = m.source and i.id = m.id
  returning 1 as gone`

const texts = (values: ReadonlyArray<string>) => Result.getOrThrow(PgTypes.array(values, PgTypes.OID.text))

const entryOf = ({ at, error, ...entry }: Row): InboxEntry => ({
  ...entry,
  at: DateTime.fromDateUnsafe(at),
  error: error ?? undefined
})
