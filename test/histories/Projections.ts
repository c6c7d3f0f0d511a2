/** The projections with golden rows, and where these are kept: `test/golden/<context>/rows/*.json`. */
import { Account, AccountSearch, AccountSummaries, TotalVolume } from "@eventfold/domain-accounts"
import { CountedOrder, DayFigures, ProductFigures } from "@eventfold/domain-analytics"
import { Debtors, Invoices, Sale, Sales } from "@eventfold/domain-billing"
import { Reservation, Reservations, StockItem, StockLevels } from "@eventfold/domain-inventory"
import { Notifications, OrderNews } from "@eventfold/domain-notifications"
import {
  Buyer,
  Buyers,
  CustomerTotals,
  Order,
  OrderDetail,
  OrderList,
  OrderSearch,
  SalesByDay,
  SalesByProduct,
  SalesByProductDay,
  SalesByRegion,
  SalesBySegment,
  ShippingQueue
} from "@eventfold/domain-ordering"
import { Shipment, Shipments } from "@eventfold/domain-shipping"
import { Payment, PaymentList, PaymentsOfOrder } from "@eventfold/domain-payments"
import { Effect, FileSystem } from "effect"
import * as GoldenRows from "./GoldenRows.ts"
import * as History from "./History.ts"

const orders = { context: "ordering", category: Order.Order.category, subject: "orderId" }
const buyers = { context: "ordering/buyer", category: Buyer.Buyer.category, subject: "customerId" }
const analytics = { context: "analytics", category: CountedOrder.CountedOrder.category, subject: "orderId" }
const accounts = { context: "accounts", category: Account.Account.category, subject: "accountId" }
const billing = { context: "billing/sale", category: Sale.Sale.category, subject: "orderId" }
const news = { context: "notifications/news", category: OrderNews.OrderNews.category, subject: "orderId" }
const shipping = { context: "shipping", category: Shipment.Shipment.category, subject: "shipmentId" }
const payments = { context: "payments", category: Payment.Payment.category, subject: "paymentId" }
const stock = { context: "inventory/stock", category: StockItem.StockItem.category, subject: "productId" }
const reservations = {
  context: "inventory/reservation",
  category: Reservation.Reservation.category,
  subject: "reservationId"
}
// Of words about people no golden row tells more than how long they are.
const hash = (token: string) => `h${token.length}`

/** Every projection whose rows are held to what they have been: one line each. */
export const projections: ReadonlyArray<GoldenRows.HeldProjection> = [
  GoldenRows.projection(orders, OrderList.OrderList),
  GoldenRows.projection(orders, OrderDetail.OrderDetail),
  GoldenRows.projection(orders, OrderSearch.make(hash)),
  GoldenRows.projection(orders, ShippingQueue.ShippingQueue),
  GoldenRows.projection(orders, CustomerTotals.CustomerTotals),
  GoldenRows.projection(orders, SalesByDay.SalesByDay),
  GoldenRows.projection(orders, SalesByProduct.SalesByProduct),
  GoldenRows.projection(orders, SalesByProductDay.SalesByProductDay),
  GoldenRows.projection(orders, SalesByRegion.SalesByRegion),
  GoldenRows.projection(orders, SalesBySegment.SalesBySegment),
  GoldenRows.projection(buyers, Buyers.Buyers),
  GoldenRows.projection(analytics, DayFigures.DayFigures),
  GoldenRows.projection(analytics, ProductFigures.ProductFigures),
  GoldenRows.projection(accounts, AccountSummaries.make(hash)),
  GoldenRows.projection(accounts, AccountSearch.make(hash)),
  GoldenRows.projection(accounts, TotalVolume.TotalVolume),
  GoldenRows.projection(stock, StockLevels.StockLevels),
  GoldenRows.projection(reservations, Reservations.Reservations),
  GoldenRows.projection(payments, PaymentList.PaymentList),
  GoldenRows.projection(payments, PaymentsOfOrder.PaymentsOfOrder),
  GoldenRows.projection(billing, Sales.Sales),
  GoldenRows.projection(billing, Invoices.Invoices),
  GoldenRows.projection(billing, Debtors.Debtors),
  GoldenRows.projection(news, Notifications.Notifications),
  GoldenRows.projection(shipping, Shipments.Shipments)
]

const root = `${import.meta.dirname}/../golden`

/** Checks the rows of every projection, each with the path of its file. */
export const checkAll = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  return yield* Effect.forEach(projections, (of) =>
    Effect.gen(function* () {
      const folder = `${root}/${of.context}`
      const names = (yield* fs.readDirectory(`${folder}/histories`)).filter((name) => name.endsWith(".json"))
      const histories = yield* Effect.forEach(names.toSorted(), (name) =>
        fs.readFileString(`${folder}/histories/${name}`).pipe(
          Effect.flatMap(History.parse),
          Effect.map((history) => [name.replace(/\.json$/u, ""), history] as const)
        )
      )
      const path = `${folder}/rows/${of.name}.json`
      const before = (yield* fs.exists(path))
        ? yield* Effect.flatMap(fs.readFileString(path), GoldenRows.parse)
        : undefined
      const now = yield* of.make(new Map(histories))
      return { path, finding: GoldenRows.compare(`test/golden/${of.context}/rows/${of.name}.json`, now, before) }
    })
  )
})
