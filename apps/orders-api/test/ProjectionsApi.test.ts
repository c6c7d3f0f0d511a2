/** The projections as their operators see them: how they are, rebuilt while they are read, stopped and started. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { after, each, read, readyService, until } from "./Reading.ts"
import { bodies, draft } from "./Samples.ts"
import { request } from "./TestService.ts"

const names = [
  "account_search",
  "account_summaries",
  "analytics_days",
  "analytics_products",
  "billing_sales",
  "buyers",
  "customer_totals",
  "debtors",
  "invoices",
  "notifications",
  "order_detail",
  "order_list",
  "order_search",
  "payment_list",
  "payments_of_order",
  "reservations",
  "sagas",
  "sales_by_day",
  "sales_by_product",
  "sales_by_product_day",
  "sales_by_region",
  "sales_by_segment",
  "shipments",
  "shipping_queue",
  "stock_levels",
  "total_volume"
]

const placedOn = Effect.fnUntraced(function* (day: string) {
  const { path } = yield* draft()
  return yield* request("POST", `${path}/place`, { body: { ...bodies.place, occurredAt: `${day}T09:30:00Z` } })
})

const current = (name: string) => until(`/projections/${name}`, (one) => one.at("rows") === "current")

describe("the projections", () => {
  layer(readyService(), { excludeTestServices: true })((it) => {
    it.effect("are told one by one: how they are kept, how far they are, and what is held back", () =>
      Effect.gen(function* () {
        const token = after(yield* placedOn("2024-05-16"))
        yield* read("/orders", token)
        const all = yield* read("/projections")
        assert.deepStrictEqual(each(all, "projections", "name").map(String).toSorted(), names)
        const list = yield* until("/projections/order_list", (one) => one.at("lag", "events") === 0)
        assert.deepInclude(list.value, {
          name: "order_list",
          mode: "async",
          rows: "current",
          state: "live",
          position: 3,
          deadLetters: { failed: 0, waiting: 0, discarded: 0 }
        })
        assert.deepInclude((yield* read("/projections/total_volume")).value, { mode: "inline", rows: "current" })
      })
    )

    it.effect("are rebuilt beside what is read, all of them or one, or from a day", () =>
      Effect.gen(function* () {
        yield* placedOn("2024-05-17")
        const token = after(yield* placedOn("2024-05-18"))
        const days = yield* read("/sales/days?currency=EUR", token)
        const list = yield* read("/orders", token)

        const dated = yield* request("POST", "/projections/sales_by_day/rebuild", { body: { from: "2024-05-18" } })
        assert.deepStrictEqual([dated.status, dated.body.at("name")], [202, "sales_by_day"])
        assert.deepInclude(dated.body.value, { rows: "rebuilding" })
        assert.deepInclude(dated.body.at("rebuild"), { from: "2024-05-18" })
        assert.deepStrictEqual((yield* read("/sales/days?currency=EUR")).value, days.value)
        yield* current("sales_by_day")
        assert.deepStrictEqual((yield* read("/sales/days?currency=EUR")).value, days.value)

        const all = yield* request("POST", "/projections/rebuild")
        assert.strictEqual(all.status, 202)
        assert.isTrue(each(all.body, "projections", "rows").every((rows) => rows === "rebuilding"))
        assert.deepStrictEqual((yield* read("/orders", token)).value, list.value)
        for (const name of names) assert.strictEqual((yield* current(name)).at("rows"), "current", name)
        assert.deepStrictEqual((yield* read("/orders", token)).value, list.value)
        assert.deepStrictEqual((yield* read("/sales/days?currency=EUR")).value, days.value)
      })
    )

    it.effect("are not rebuilt from a day where rows have none, nor from what is no day", () =>
      Effect.gen(function* () {
        const refused = yield* request("POST", "/projections/order_list/rebuild", { body: { from: "2024-05-18" } })
        assert.deepStrictEqual(
          [refused.status, refused.body.at("type")],
          [409, "urn:eventfold:problem:rebuild-not-possible"]
        )
        assert.match(refused.body.text("detail"), /from must be left out/u)
        const none = yield* request("POST", "/projections/sales_by_day/rebuild", { body: { from: "2024-02-30" } })
        assert.deepStrictEqual([none.status, none.body.at("errors", 0, "field")], [400, "from"])
      })
    )

    it.effect("are stopped on every node until they are started; their rows can be read, and health tells", () =>
      Effect.gen(function* () {
        const stopped = yield* request("POST", "/projections/order_list/stop")
        assert.deepStrictEqual([stopped.status, stopped.body.at("state")], [200, "stopped"])
        assert.strictEqual((yield* request("GET", "/orders")).status, 200)
        const health = yield* read("/health")
        assert.strictEqual(health.at("status"), "degraded")
        assert.match(health.text("components", "projections", "detail"), /order_list: stopped/u)
        const token = after(yield* placedOn("2024-05-19"))
        const started = yield* request("POST", "/projections/order_list/start")
        assert.strictEqual(started.status, 200)
        assert.include(["catching-up", "live"], started.body.at("state"))
        yield* read("/orders", token)
        const well = yield* until("/health", (body) => body.at("status") === "up")
        assert.strictEqual(well.at("components", "projections", "status"), "up")
      })
    )

    it.effect("are not stopped where appends write their rows", () =>
      Effect.gen(function* () {
        const { body, status } = yield* request("POST", "/projections/total_volume/stop")
        assert.deepStrictEqual([status, body.at("type")], [409, "urn:eventfold:problem:projection-not-followed"])
        assert.match(body.text("detail"), /written by appends/u)
      })
    )

    it.effect.each([
      ["GET", ""],
      ["POST", "/rebuild"],
      ["POST", "/stop"],
      ["POST", "/start"]
    ] as const)("are known by their names only: %s /projections/nobody%s", ([method, path]) =>
      Effect.gen(function* () {
        const { body, status } = yield* request(method, `/projections/nobody${path}`)
        assert.deepStrictEqual([status, body.at("type")], [404, "urn:eventfold:problem:projection-not-found"])
        assert.deepStrictEqual(each(body, "known").map(String).toSorted(), names)
      })
    )
  })
})
