/** The aggregates with golden histories, and where these are kept: `test/golden/<context>/histories/*.json`. */
import { Account, Transfer } from "@eventfold/domain-accounts"
import { CountedOrder } from "@eventfold/domain-analytics"
import { Debtor, DocumentNumbers, Sale } from "@eventfold/domain-billing"
import { Customer, EmailClaim } from "@eventfold/domain-customers"
import { Reservation, StockItem } from "@eventfold/domain-inventory"
import { Notices } from "@eventfold/domain-fulfilment"
import { OrderNews, Recipient } from "@eventfold/domain-notifications"
import { Buyer, Order } from "@eventfold/domain-ordering"
import { Payment } from "@eventfold/domain-payments"
import { Shipment } from "@eventfold/domain-shipping"
import { Effect, FileSystem } from "effect"
import * as History from "./History.ts"

/** Every aggregate whose fold is held to its histories: one line each. */
export const aggregates: ReadonlyArray<History.FoldedAggregate> = [
  History.aggregate("ordering", Order.Order),
  History.aggregate("ordering/buyer", Buyer.Buyer),
  History.aggregate("analytics", CountedOrder.CountedOrder),
  History.aggregate("accounts", Account.Account),
  History.aggregate("accounts/transfer", Transfer.Transfer),
  History.aggregate("billing/sale", Sale.Sale),
  History.aggregate("billing/numbers", DocumentNumbers.DocumentNumbers),
  History.aggregate("billing/debtor", Debtor.Debtor),
  History.aggregate("customers/customer", Customer.Customer),
  History.aggregate("customers/email", EmailClaim.EmailClaim),
  // A context of several aggregates has a folder for each.
  History.aggregate("inventory/stock", StockItem.StockItem),
  History.aggregate("inventory/reservation", Reservation.Reservation),
  History.aggregate("payments", Payment.Payment),
  History.aggregate("notifications/news", OrderNews.OrderNews),
  History.aggregate("notifications/recipient", Recipient.Recipient),
  History.aggregate("fulfilment", Notices.Notices),
  History.aggregate("shipping", Shipment.Shipment)
]

const root = `${import.meta.dirname}/../golden`

/** Checks every history of every aggregate, each with the path of its file. */
export const checkAll = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  return yield* Effect.forEach(aggregates, (of) =>
    Effect.gen(function* () {
      const folder = `${root}/${of.context}/histories`
      const files = (yield* fs.readDirectory(folder)).filter((name) => name.endsWith(".json")).toSorted()
      return yield* Effect.forEach(files, (name) =>
        Effect.gen(function* () {
          const path = `${folder}/${name}`
          const history = yield* History.parse(yield* fs.readFileString(path))
          return { path, finding: yield* History.check(of, `test/golden/${of.context}/histories/${name}`, history) }
        })
      )
    })
  ).pipe(Effect.map((found) => found.flat()))
})
