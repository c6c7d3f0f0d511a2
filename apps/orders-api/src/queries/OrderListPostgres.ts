/**
 * The list of orders as tables of its own, in the schema `orders_api`, with their own migrations.
 *
 * It lives in the database of the events so that rows and checkpoint move in one transaction. It can be dropped at any
 * time: emptied, with its checkpoint at 0, it is built again from the events. What is noted of stuck orders may stay.
 */
import { OrderSummary } from "@eventfold/domain-ordering"
import { Effect, Layer, Schema } from "effect"
import { Migrator, SqlClient, type SqlError } from "effect/sql"
import { failure, type OrderListKey, type OrderListRow, OrderListStorage, type StuckOrder } from "./OrderListStorage.ts"

const statements = [
  `create schema if not exists orders_api`,
  `create table orders_api.checkpoints (
    read_model text collate "C" primary key,
    position   bigint not null
  )`,
  `insert into orders_api.checkpoints (read_model, position) values ('order_list', 0)`,
  `create table orders_api.order_list (
    tenant      text collate "C" not null,
    order_id    text collate "C" not null,
    place       bigint not null,
    customer_id text collate "C" not null,
    status      text collate "C" not null,
    summary     jsonb not null,
    primary key (tenant, order_id)
  )`,
  `create unique index order_list_by_place on orders_api.order_list (tenant, place)`,
  `create index order_list_by_customer on orders_api.order_list (tenant, customer_id, place)`,
  `create index order_list_by_status on orders_api.order_list (tenant, status, place)`
]

const stuckStatements = [
  `create table orders_api.order_list_stuck (
    tenant   text collate "C" not null,
    order_id text collate "C" not null,
    version  bigint not null,
    position bigint not null,
    primary key (tenant, order_id)
  )`,
  `create index order_list_stuck_by_position on orders_api.order_list_stuck (position)`,
  `create index order_list_stuck_by_tenant on orders_api.order_list_stuck (tenant, position)`
]

const running = (statements: ReadonlyArray<string>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
  )

const migrate = Migrator.make({})({
  table: "orders_api_migrations",
  loader: Migrator.fromRecord({
    "0001_order_list": running(statements),
    "0002_order_list_stuck": running(stuckStatements)
  })
})

interface Row {
  readonly tenant: string
  readonly place: bigint
  readonly summary: unknown
}

const json = Schema.toCodecJson(OrderSummary.OrderSummary)
const encode = Schema.encodeSync(Schema.fromJsonString(json))
const decode = Schema.decodeUnknownEffect(json)

const rowsOf = <E>(query: Effect.Effect<ReadonlyArray<Row>, E>) =>
  query.pipe(
    Effect.flatMap(
      Effect.forEach(({ place, summary, tenant }) =>
        Effect.map(decode(summary), (decoded): OrderListRow => ({ tenant, place: Number(place), summary: decoded }))
      )
    ),
    Effect.mapError(failure)
  )

interface StuckRow {
  readonly tenant: string
  readonly order_id: string
  readonly version: bigint
  readonly position: bigint
}

const stuckOrders = <E>(query: Effect.Effect<ReadonlyArray<StuckRow>, E>) =>
  Effect.mapBoth(query, {
    onFailure: failure,
    onSuccess: (rows) =>
      rows.map(({ order_id, position, tenant, version }): StuckOrder => ({
        tenant,
        orderId: order_id,
        version: Number(version),
        position: Number(position)
      }))
  })

/** The list of orders in the database of the SQL client, migrated when the layer is built. */
export const layerPostgres: Layer.Layer<
  OrderListStorage,
  Migrator.MigrationError | SqlError.SqlError,
  SqlClient.SqlClient
> = Layer.effect(
  OrderListStorage,
  Effect.gen(function* () {
    yield* migrate
    const sql = yield* SqlClient.SqlClient
    return {
      checkpoint: sql<{ position: bigint }>`
        select position from orders_api.checkpoints where read_model = 'order_list'`.pipe(
        Effect.mapBoth({ onFailure: failure, onSuccess: (rows) => Number(rows[0]?.position ?? 0) })
      ),
      advance: (from, to) =>
        sql`
          update orders_api.checkpoints set position = ${to}::bigint
          where read_model = 'order_list' and position = ${from}::bigint
          returning position`.pipe(Effect.mapBoth({ onFailure: failure, onSuccess: (rows) => rows.length === 1 })),
      hold: sql`select from orders_api.checkpoints where read_model = 'order_list' for update`.pipe(
        Effect.mapError(failure),
        Effect.asVoid
      ),
      load: (keys) =>
        rowsOf(sql<Row>`select tenant, place, summary from orders_api.order_list where ${among(sql, keys)}`),
      save: (rows) =>
        sql`
          insert into orders_api.order_list (tenant, order_id, place, customer_id, status, summary)
          select * from unnest(
            ${rows.map((row) => row.tenant)}::text[],
            ${rows.map((row) => row.summary.orderId)}::text[],
            ${rows.map((row) => BigInt(row.place))}::bigint[],
            ${rows.map((row) => row.summary.customerId)}::text[],
            ${rows.map((row) => row.summary.status)}::text[],
            ${rows.map((row) => encode(row.summary))}::jsonb[]
          )
          on conflict (tenant, order_id) do update
          set status = excluded.status, summary = excluded.summary`.pipe(Effect.mapError(failure), Effect.asVoid),
      page: ({ before, customerId, limit, status, tenant }) =>
        rowsOf(sql<Row>`
          select tenant, place, summary from orders_api.order_list
          where ${sql.and([
            sql`tenant = ${tenant}`,
            ...(customerId === undefined ? [] : [sql`customer_id = ${customerId}`]),
            ...(status === undefined ? [] : [sql`status = ${status}`]),
            ...(before === undefined ? [] : [sql`place < ${before}::bigint`])
          ])}
          order by place desc limit ${limit}::integer`),
      stuckOf: (keys) =>
        stuckOrders(sql<StuckRow>`
          select tenant, order_id, version, position from orders_api.order_list_stuck where ${among(sql, keys)}`),
      stuckPage: ({ after, limit, tenant }) =>
        stuckOrders(sql<StuckRow>`
          select tenant, order_id, version, position from orders_api.order_list_stuck
          where ${sql.and([
            sql`position > ${after}::bigint`,
            ...(tenant === undefined ? [] : [sql`tenant = ${tenant}`])
          ])}
          order by position limit ${limit}::integer`),
      noteStuck: (orders) =>
        sql`
          insert into orders_api.order_list_stuck (tenant, order_id, version, position)
          select * from unnest(
            ${orders.map((order) => order.tenant)}::text[],
            ${orders.map((order) => order.orderId)}::text[],
            ${orders.map((order) => BigInt(order.version))}::bigint[],
            ${orders.map((order) => BigInt(order.position))}::bigint[]
          )
          on conflict (tenant, order_id) do update
          set version = excluded.version, position = excluded.position`.pipe(Effect.mapError(failure), Effect.asVoid),
      release: ({ orderId, tenant }) =>
        sql`delete from orders_api.order_list_stuck where tenant = ${tenant} and order_id = ${orderId}`.pipe(
          Effect.mapError(failure),
          Effect.asVoid
        )
    }
  })
)

const among = (sql: SqlClient.SqlClient, keys: ReadonlyArray<OrderListKey>) => sql`
  (tenant, order_id) in (
    select * from unnest(${keys.map((key) => key.tenant)}::text[], ${keys.map((key) => key.orderId)}::text[])
  )`
