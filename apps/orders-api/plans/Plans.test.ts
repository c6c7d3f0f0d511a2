/**
 * The plans of the questions the service asks its read models: of 100,000 orders, an index finds and sorts those of a page.
 * Run by `npm run test:integration`.
 */
import { assert, layer } from "@effect/vitest"
import { AccountSearch, AccountSummaries } from "@eventfold/domain-accounts"
import { Reservations, StockLevels } from "@eventfold/domain-inventory"
import {
  CustomerDashboard,
  CustomerTotals,
  OrderList,
  OrderSearch,
  SalesByDay,
  SalesByProduct,
  SalesByProductDay,
  SalesByRegion,
  ShippingQueue
} from "@eventfold/domain-ordering"
import { PaymentList } from "@eventfold/domain-payments"
import { Shipments } from "@eventfold/domain-shipping"
import { Paging, type ReadModel, Rows, Specification, UtcDay } from "@eventfold/decider"
import { ReadModelPlans } from "@eventfold/postgres"
import { CustomerId, OrderId, ProductId } from "@eventfold/shared-kernel"
import { DateTime, Effect, Layer } from "effect"
import * as OrderLists from "../src/queries/OrderLists.ts"
import { OrderSort } from "../src/queries/OrderQueries.ts"
import * as ServerPorts from "../test/ServerPorts.ts"
import * as PlannedRows from "./PlannedRows.ts"

/** The plan of the first page of a question, and what of it reads more than the page. */
const planOf = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  request: Omit<Paging.PageRequest<Row>, "limit">
) {
  const question = yield* Effect.fromResult(Paging.ask(Rows.of(readModel), { ...request, limit: 20 }))
  const plan = yield* ReadModelPlans.explain(readModel, "main", question)
  const tested = ReadModelPlans.allSteps(plan).flatMap(({ tested, type }) =>
    tested === undefined ? [] : [`${type} tests ${tested}`]
  )
  return { plan, problems: [...ReadModelPlans.problems(plan), ...tested] }
})

/** Whether an index is searched for more than the tenant, or walked in the order that is asked for. */
const usesIndex = (plan: ReadModelPlans.PlanStep) => {
  const steps = ReadModelPlans.allSteps(plan)
  const sorts = steps.some(({ type }) => type.includes("Sort"))
  return steps.some(
    ({ index, searched }) =>
      index !== undefined && (!sorts || searched?.replace(/\(?tenant = 'main'::text\)?/u, "") !== "")
  )
}

const customerId = CustomerId.make("customer_a87ff679-a2f3-e71d-9181-a67b7542122c")
const orderId = OrderId.make("order_a87ff679-a2f3-e71d-9181-a67b7542122c")
const [placedFrom, placedTo] = [
  DateTime.makeUnsafe("2026-02-01T00:00:00Z"),
  DateTime.makeUnsafe("2026-02-02T00:00:00Z")
]

const filters = {
  "no filter": {},
  "a customer": { customerId },
  "a status": { status: "approved" },
  "a customer and a status": { customerId, status: "approved" },
  "a currency": { currency: "EUR" },
  "a currency and a least total": { currency: "EUR", minTotal: 499_000 },
  "totals between": { minTotal: 499_000, maxTotal: 499_100 },
  "a day": { placedFrom, placedTo },
  "a customer and a day": { customerId, placedFrom, placedTo },
  "a status and a day": { status: "approved", placedFrom, placedTo }
} as const

/**
 * What of the list's combinations an index neither finds nor sorts completely: it walks the list in the order that is asked
 * for and leaves out what does not fit, or sorts the few rows it has found. An index for each would cost more than it saves.
 */
const partly: Readonly<Record<string, ReadonlyArray<OrderSort>>> = {
  "a customer": ["total", "-total"],
  "a status": ["placed", "total", "-total"],
  "a customer and a status": OrderSort.literals,
  "a currency": ["newest", "oldest", "placed"],
  "a currency and a least total": ["newest", "oldest", "placed"],
  "totals between": ["newest", "oldest", "placed"],
  "a day": ["newest", "oldest", "total", "-total"],
  "a customer and a day": ["newest", "oldest", "total", "-total"],
  "a status and a day": OrderSort.literals
}

const keyed = (word: string) => word
const accounts = AccountSummaries.rows.field
const latest = AccountSummaries.latestFirst

/** The other questions an index answers: it finds the rows of a page in their order. */
const served = {
  "shipping queue": planOf(ShippingQueue.readModel, { where: ShippingQueue.waiting, sort: ShippingQueue.oldestFirst }),
  "dashboard, newest orders": planOf(OrderList.readModel, {
    where: CustomerDashboard.placedBy(customerId),
    sort: CustomerDashboard.lastPlacedFirst
  }),
  "dashboard, totals": planOf(CustomerTotals.readModel, { where: CustomerTotals.of(customerId) }),
  "top customers": planOf(CustomerTotals.readModel, {
    where: CustomerTotals.inCurrency("EUR"),
    sort: CustomerTotals.greatestFirst
  }),
  "sales by product": planOf(SalesByProduct.readModel, {
    where: SalesByProduct.inCurrency("EUR"),
    sort: SalesByProduct.greatestFirst
  }),
  "sales by region": planOf(SalesByRegion.readModel, {
    where: SalesByRegion.inCurrency("EUR"),
    sort: SalesByRegion.greatestFirst
  }),
  "sales by day": planOf(SalesByDay.readModel, {
    where: Specification.and(
      Specification.eq(SalesByDay.rows.field("currency"), "EUR"),
      Specification.gte(SalesByDay.rows.field("day"), UtcDay.UtcDay.make("2001-01-01"))
    ),
    sort: SalesByDay.byDay
  }),
  "stock, the scarcest first": planOf(StockLevels.readModel, {
    where: Specification.everything,
    sort: StockLevels.scarcestFirst
  }),
  "products that are out of stock": planOf(StockLevels.readModel, {
    where: StockLevels.availableAtMost(0),
    sort: StockLevels.scarcestFirst
  }),
  "reservations, the newest first": planOf(Reservations.readModel, {
    where: Specification.everything,
    sort: Reservations.newestFirst
  }),
  "reservations that are held": planOf(Reservations.readModel, {
    where: Specification.eq(Reservations.rows.field("status"), "held"),
    sort: Reservations.newestFirst
  }),
  "payments of an order": planOf(PaymentList.readModel, { where: PaymentList.ofOrder(orderId) }),
  "all payments": planOf(PaymentList.readModel, {
    where: Specification.everything,
    sort: PaymentList.latestFirst
  }),
  "payments that were declined": planOf(PaymentList.readModel, {
    where: PaymentList.inStatus("declined"),
    sort: PaymentList.latestFirst
  }),
  "shipments of an order": planOf(Shipments.readModel, { where: Shipments.ofOrder(orderId) }),
  "what the warehouse has to do": planOf(Shipments.readModel, {
    where: Shipments.waiting,
    sort: Shipments.oldestFirst
  }),
  "all shipments": planOf(Shipments.readModel, { where: Specification.everything, sort: Shipments.oldestFirst }),
  "shipments that are packed": planOf(Shipments.readModel, {
    where: Shipments.inStatus("packed"),
    sort: Shipments.oldestFirst
  }),
  "all accounts": planOf(AccountSummaries.readModel, { where: Specification.everything, sort: latest }),
  "open accounts": planOf(AccountSummaries.readModel, { where: AccountSummaries.active, sort: latest }),
  "closed accounts": planOf(AccountSummaries.readModel, { where: AccountSummaries.inactive, sort: latest }),
  "accounts with a high balance": planOf(AccountSummaries.readModel, {
    where: AccountSummaries.highBalance,
    sort: latest
  }),
  "accounts active since": planOf(AccountSummaries.readModel, {
    where: AccountSummaries.activeSince(placedFrom),
    sort: latest
  })
}

/** Questions whose few rows are found by an index, and sorted then. */
const found = {
  "what was sold of the products of a forecast": planOf(SalesByProductDay.readModel, {
    where: SalesByProductDay.between(
      ["product_a87ff679-a2f3-e71d-9181-a67b7542122c", "product_c4ca4238-a0b9-2382-0dcc-509a6f75849b"].map((id) =>
        ProductId.make(id)
      ),
      UtcDay.UtcDay.make("2026-02-01"),
      UtcDay.UtcDay.make("2026-02-28")
    )
  }),
  "reservations of an order": planOf(Reservations.readModel, {
    where: Reservations.ofOrder(orderId),
    sort: Reservations.newestFirst
  }),
  "reservations that are overdue": planOf(Reservations.readModel, {
    where: Reservations.overdueAt(DateTime.makeUnsafe("2026-01-03T00:00:00Z")),
    sort: Reservations.newestFirst
  }),
  "accounts of an owner": planOf(AccountSummaries.readModel, {
    where: Specification.eq(accounts("ownerHash"), "c4ca4238a0b923820dcc509a6f75849b"),
    sort: latest
  }),
  "orders with words, the last one unfinished": planOf(OrderSearch.readModel, {
    where: OrderSearch.withWords("w17 al")
  }),
  "orders to an address": planOf(OrderSearch.readModel, { where: OrderSearch.withAddress(keyed, "w17") }),
  "accounts by their owner's name": planOf(AccountSearch.readModel, { where: AccountSearch.withOwner(keyed, "w17") })
}

layer(Layer.provideMerge(Layer.effectDiscard(PlannedRows.fill), ServerPorts.layer))("of 100,000 rows", (it) => {
  for (const [name, filter] of Object.entries(filters)) {
    it.effect(`the list of orders with ${name}: an index in every order, and all by itself in most`, () =>
      Effect.forEach(
        OrderSort.literals,
        Effect.fnUntraced(function* (sort) {
          const request = { where: OrderLists.where(filter), sort: OrderLists.sorts[sort] }
          const { plan, problems } = yield* planOf(OrderList.readModel, request)
          assert.isTrue(usesIndex(plan), `${sort}: ${problems.join("; ")}`)
          if (partly[name]?.includes(sort) !== true) assert.deepStrictEqual(problems, [], sort)
        }),
        { discard: true }
      )
    )
  }
  for (const [name, asked] of Object.entries(served)) {
    it.effect(`${name}: an index finds and sorts the rows of a page`, () =>
      Effect.map(asked, ({ problems }) => assert.deepStrictEqual(problems, []))
    )
  }
  for (const [name, asked] of Object.entries(found)) {
    it.effect(`${name}: an index finds the rows`, () =>
      Effect.map(asked, ({ plan, problems }) => assert.isTrue(usesIndex(plan), problems.join("; ")))
    )
  }
})
