/** Services that share a PostgreSQL server: two at a time, and one that takes over a store of a former version. */
import { assert, describe, layer } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { SqlClient } from "effect/sql"
import type * as Service from "../src/Service.ts"
import * as FormerTables from "../src/projections/FormerTables.ts"
import { after, each, read, ready } from "./Reading.ts"
import { mug, uuid } from "./Samples.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { TestService } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 }

const service = Layer.fresh(TestService.layer({ ports: Layer.effectContext(Effect.context<Service.Ports>()) }))

/** A service that runs until the scope closes, and can be asked. */
const running = Effect.fnUntraced(function* (scope: Scope.Scope) {
  const built = Context.get(yield* Layer.buildWithScope(service, scope), TestService)
  yield* Effect.provideService(ready, TestService, built)
  return {
    ...built,
    read: (path: string, headers?: Record<string, string>) =>
      Effect.provideService(read(path, headers), TestService, built)
  }
})

describe("services on one PostgreSQL server", () => {
  layer(
    ServerPorts.layer,
    live
  )((it) => {
    it.effect("show each order once, whichever took it and whichever is asked, and go on when one of them ends", () =>
      Effect.gen(function* () {
        const customerId = `customer_${uuid()}`
        const body = { customerId, currency: "EUR", items: [mug] }
        const leaving = yield* Scope.make()
        const [one, two] = [yield* running(leaving), yield* running(yield* Effect.scope)]
        const list = `/orders?customerId=${customerId}&limit=100`
        yield* Effect.forEach(
          Array.from({ length: 10 }, (_, index) => index),
          Effect.fnUntraced(function* (index) {
            const [here, there] = index % 2 === 0 ? [one, two] : [two, one]
            const drafted = yield* here.request("POST", "/orders", { body })
            // What one has answered is asked of the other.
            const page = yield* there.read(list, after(drafted))
            assert.include(each(page, "orders", "orderId"), drafted.body.at("orderId"))
          }),
          { concurrency: 4, discard: true }
        )
        const [left, right] = [yield* one.read(list), yield* two.read(list)]
        assert.strictEqual(new Set(each(left, "orders", "orderId")).size, 10)
        assert.deepStrictEqual(left.value, right.value)
        yield* Scope.close(leaving, Exit.void)
        const last = yield* two.request("POST", "/orders", { body })
        assert.strictEqual((yield* two.read(list, after(last))).at("total"), 11)
      })
    )

    it.effect("take over a store with the tables of a former version, drop these, and list its orders", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const scope = yield* Scope.make()
        const customerId = `customer_${uuid()}`
        const before = yield* running(scope)
        yield* before.request("POST", "/orders", { body: { customerId, currency: "EUR", items: [mug] } })
        yield* Scope.close(scope, Exit.void)
        // As the version before left it: its tables, its migrations, and none of the rows there are now.
        yield* sql`delete from orders_api_migrations`
        yield* sql`insert into orders_api_migrations (migration_id, name)
          values (1, 'order_list'), (2, 'order_list_stuck')`
        yield* sql`create schema orders_api`
        yield* sql`create table orders_api.order_list (order_id text primary key, summary jsonb not null)`
        yield* sql`insert into orders_api.order_list values ('order_gone', '{}')`
        yield* sql`create table orders_api.checkpoints (name text primary key, position bigint not null)`
        // The second time there is nothing left to do.
        yield* Layer.build(Layer.fresh(FormerTables.layer))
        yield* Layer.build(Layer.fresh(FormerTables.layer))

        const found = yield* sql`select 1 from pg_namespace where nspname = 'orders_api'`
        assert.deepStrictEqual(found, [])
        const after = yield* running(yield* Effect.scope)
        const page = yield* after.read(`/orders?customerId=${customerId}`)
        assert.deepStrictEqual([page.at("total"), page.at("orders", 0, "version")], [1, 2])
      })
    )
  })
})
