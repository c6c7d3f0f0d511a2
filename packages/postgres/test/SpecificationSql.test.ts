/** Specifications as SQL: the same answers as in memory, on both databases, and no text made of values. */
import { Paging, Rows, Specification } from "@eventfold/decider"
import { SpecificationLaws } from "@eventfold/testing"
import * as SpecificationContract from "@eventfold/testing/SpecificationContract"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { SpecificationSql } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

type Sample = SpecificationLaws.Sample

interface StoredRow extends Omit<Sample, "seenAt"> {
  readonly seenAt: Date | null
}

const sampleOf = (row: StoredRow): Sample => ({
  ...row,
  seenAt: row.seenAt === null ? null : DateTime.makeUnsafe(row.seenAt.getTime())
})

const failed = (cause: unknown) => new SpecificationLaws.TableFailed({ cause })

/** The columns have a collation in which text has another order than in "C", as in most databases. */
const inTable = Layer.effect(
  SpecificationLaws.SampleTable,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      create table samples (
        batch text, number int8, label text collate "und-x-icu" not null, note text collate "und-x-icu", whole int4, size float8, flag boolean,
        seen_at timestamptz, words text[], primary key (batch, number)
      )`
    const columns = SpecificationSql.columns(SpecificationLaws.samples, { id: "number" })
    const selected = sql.literal(
      `select batch, number::int4 as id, label, note, whole, size, flag, seen_at as "seenAt", words from samples`
    )
    return {
      insert: (rows) =>
        Effect.forEach(rows, ({ batch, flag, id, label, note, seenAt, size, whole, words }) => {
          const date = seenAt === null ? null : DateTime.toDateUtc(seenAt)
          return sql`insert into samples values (${batch}, ${id}, ${label}, ${note}, ${whole}, ${size}, ${flag}, ${date}, ${words})`
        }).pipe(sql.withTransaction, Effect.mapError(failed), Effect.asVoid),
      remove: ({ batch, id }) =>
        sql`delete from samples where batch = ${batch} and number = ${id}`.pipe(Effect.mapError(failed), Effect.asVoid),
      find: Effect.fnUntraced(function* (where) {
        const wanted = yield* Effect.fromResult(Specification.check(where))
        const condition = SpecificationSql.where(sql, columns, wanted)
        const rows = yield* Effect.mapError(sql<StoredRow>`${selected} where ${condition}`, failed)
        return rows.map(sampleOf)
      }),
      page: Effect.fnUntraced(function* (request) {
        const question = yield* Effect.fromResult(Paging.ask(SpecificationLaws.samples, request))
        const clauses = SpecificationSql.clauses(sql, columns, question)
        const rows = yield* Effect.mapError(sql<StoredRow>`${selected} ${clauses}`, failed)
        return Paging.cut(question, rows.map(sampleOf))
      })
    }
  })
)

SpecificationContract.suite("Specifications on PostgreSQL", inTable.pipe(Layer.provide(PostgresDatabase.layer)))
SpecificationContract.suite(
  "Specifications on the embedded database",
  inTable.pipe(Layer.provide(PreparedDatabase.layer()))
)

const Order = Schema.Struct({ id: Schema.String, customer: Schema.String, placedAt: Schema.NullOr(Schema.DateTimeUtc) })
const orders = Rows.make("orders", Order, { key: ["id"] })

describe("the SQL of a specification", () => {
  it("refuses names of columns that are not plain", () => {
    assert.throws(() => SpecificationSql.columns(orders, { id: 'id" or true --' }), RangeError, "field id of orders")
    assert.throws(() => SpecificationSql.columns(orders, { id: "x".repeat(64) }), RangeError)
    assert.throws(() => SpecificationSql.columns(orders, { id: "customer" }), RangeError, "share a column")
    const aliased = SpecificationSql.columns(orders, { id: "o.id" })
    assert.deepStrictEqual([...aliased.byField.values()], ["o.id", "customer", "placed_at"])
  })

  it.effect("has its values as parameters, and only there", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const evil = "'; drop table orders; --"
      const where = Specification.not(
        Specification.and(
          Specification.eq(orders.field("customer"), evil),
          Specification.contains(orders.field("customer"), `${evil}%`)
        )
      )
      const [text, values] = sql`${SpecificationSql.where(sql, SpecificationSql.columns(orders), where)}`.compile()
      assert.strictEqual(
        text,
        `(("customer" collate "C" = $1::text) is not true OR (strpos("customer" collate "C", $2::text) > 0) is not true)`
      )
      assert.deepStrictEqual(values, [evil, `${evil}%`])
    }).pipe(Effect.provide(PreparedDatabase.layer()))
  )

  it.effect("finds a row of the key by an index, also behind a cursor", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`create table orders (id text collate "C" primary key, customer text, placed_at timestamptz)`
      yield* sql`insert into orders select 'order-' || n, 'c', now() from generate_series(1, 5000) as n`
      yield* sql`analyze orders`
      const first = { where: Specification.everything, limit: 10 }
      const page = yield* Effect.fromResult(
        Paging.page(
          orders,
          Array.from({ length: 20 }, (_, at) => ({ id: `order-${at}`, customer: "c", placedAt: null })),
          first
        )
      )
      const question = yield* Effect.fromResult(Paging.ask(orders, { ...first, after: page.next }))
      const clauses = SpecificationSql.clauses(sql, SpecificationSql.columns(orders), question)
      const plan = yield* sql<{ readonly "QUERY PLAN": string }>`explain select * from orders ${clauses}`
      const lines = plan.map((line) => line["QUERY PLAN"]).join("\n")
      assert.include(lines, "Index Scan using orders_pkey")
      assert.include(lines, "Index Cond")
      assert.notInclude(lines, "Sort")
    }).pipe(Effect.provide(PreparedDatabase.layer()))
  )
})
