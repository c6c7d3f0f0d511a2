/** So many rows of the service's read models that a plan which reads all of them is dearer than any index: made in SQL. */
import type { ReadModel } from "@eventfold/decider"
import { AccountSearch, AccountSummaries } from "@eventfold/domain-accounts"
import { Reservations, StockLevels } from "@eventfold/domain-inventory"
import {
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
import { ReadModelStore } from "@eventfold/subscriptions"
import { rowsFingerprint } from "@eventfold/subscriptions/RowsFingerprint"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** How many orders there are, and how many accounts. */
export const count = 100_000

const uuid = (of: string) => `md5((${of})::text)::uuid::text`
const time = "timestamptz '2026-01-01' + make_interval(secs => n * 60)"
const currency = "(array['EUR', 'USD', 'GBP'])[1 + n % 3]"
const status =
  "(array['draft', 'placed', 'approved', 'shipped', 'delivered', 'delivered', 'delivered', 'cancelled'])[1 + n % 8]"
/** Each of a thousand customers has a hundred orders. */
const customer = `'customer_' || ${uuid("n % 1000")}`
const order = `'order_' || ${uuid("n")}`

/** Fills the table of a read model and serves it, with one row in ten of another tenant. */
const filled = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  rows: number,
  columns: Readonly<Record<string, string>>
) {
  const [sql, store] = [yield* SqlClient.SqlClient, yield* ReadModelStore]
  const digest = yield* rowsFingerprint(readModel)
  const begun = { projection: readModel.name, fingerprint: "1", rowsFingerprint: digest, slices: 1, from: undefined }
  const generation = yield* store.begin(begun, [readModel])
  const table = `eventfold_read.${readModel.name}__${generation.generation}`
  yield* sql.unsafe(
    `insert into ${table} (tenant, ${Object.keys(columns).join(", ")})
    select case when n % 10 = 9 then 'other' else 'main' end, ${Object.values(columns).join(", ")}
    from generate_series(1, ${rows}) as n`
  )
  yield* store.finish(generation, [readModel])
  yield* store.serve(generation, readModel)
})

const sold = { orders: "2", cancelled: "1", gross: "n * 7919 % 900000", net: "n * 7919 % 800000" }

/** The columns of each read model, and what stands in them in the n-th row. */
const tables = [
  filled(OrderList.readModel, count, {
    order_id: order,
    customer_id: customer,
    status,
    currency,
    total: "n * 7919 % 500000",
    line_count: "1 + n % 5",
    drafted_at: time,
    place: "n",
    placed_at: `case when n % 8 > 0 then ${time} end`,
    updated_at: time,
    version: "3"
  }),
  filled(ShippingQueue.readModel, count, {
    order_id: order,
    customer_id: customer,
    currency,
    total: "n * 7919 % 500000",
    line_count: "1",
    pieces: "1",
    placed_at: time,
    approved_at: `case when n % 20 = 0 then ${time} end`
  }),
  filled(OrderSearch.readModel, count, {
    order_id: order,
    customer_id: customer,
    products: "'[]'",
    words: "array['w' || n % 5000, 'all', 'p' || n % 77]",
    address_words: "array[md5((n % 5000)::text), md5('everywhere')]"
  }),
  filled(CustomerTotals.readModel, count, {
    customer_id: `'customer_' || ${uuid("n")}`,
    currency,
    active: "1",
    completed: "1",
    ...sold
  }),
  filled(SalesByProduct.readModel, count, {
    product_id: `'product_' || ${uuid("n")}`,
    currency,
    gross_pieces: "1",
    net_pieces: "1",
    ...sold
  }),
  filled(SalesByProductDay.readModel, count, {
    product_id: `'product_' || ${uuid("n % 1000")}`,
    day: "to_char(date '2026-01-01' + n / 1000, 'YYYY-MM-DD')",
    gross_pieces: "1",
    net_pieces: "1"
  }),
  filled(SalesByDay.readModel, 20_000, { day: "to_char(date '1990-01-01' + n / 3, 'YYYY-MM-DD')", currency, ...sold }),
  filled(SalesByRegion.readModel, 20_000, { region: "'R' || n", currency, ...sold }),
  filled(AccountSummaries.readModel, count, {
    account_id: `'account_' || ${uuid("n")}`,
    status: "case when n % 10 = 0 then 'closed' else 'open' end",
    currency,
    balances: "'[]'",
    high_balance: "n % 50 = 0",
    owner_hash: "md5((n % 50000)::text)",
    opened_at: time,
    last_activity_at: time
  }),
  filled(StockLevels.readModel, count, {
    product_id: `'product_' || ${uuid("n")}`,
    on_hand: "n % 5000",
    available: "n % 5000",
    reserved: "0",
    received: "n % 5000",
    adjusted: "0",
    shipped: "0",
    last_moved_at: time
  }),
  filled(Reservations.readModel, count, {
    reservation_id: `'reservation_' || ${uuid("n")}`,
    order_id: order,
    status: "case when n % 50 = 0 then 'held' when n % 50 = 1 then 'expired' else 'committed' end",
    lines: "'[]'",
    made_at: time,
    expires_at: `case when n % 100 = 0 then ${time} + interval '1 day' end`,
    ended_at: `case when n % 50 > 0 then ${time} end`
  }),
  filled(PaymentList.readModel, count, {
    payment_id: `'payment_' || ${uuid("n")}`,
    order_id: order,
    status: "(array['captured', 'captured', 'captured', 'declined', 'voided'])[1 + n % 5]",
    currency,
    amount: "n * 7919 % 500000",
    authorised: "n * 7919 % 500000",
    captured: "n * 7919 % 500000",
    refunded: "0",
    fees_kept: "0",
    attempts: "1",
    requested_at: time,
    last_activity_at: time
  }),
  filled(Shipments.readModel, count, {
    shipment_id: `'shipment_' || ${uuid("n")}`,
    order_id: order,
    customer_id: customer,
    status: "case when n % 50 = 0 then 'requested' when n % 50 = 1 then 'packed' else 'delivered' end",
    waiting: "n % 50 < 2",
    line_count: "1",
    pieces: "1",
    requested_at: time,
    updated_at: time,
    version: "3"
  }),
  filled(AccountSearch.readModel, count, {
    account_id: `'account_' || ${uuid("n")}`,
    balances: "'[]'",
    tags: "case when n % 50 = 0 then array['open', 'high-balance'] else array['open'] end",
    words: "array['a' || n, 'open'] || case when n % 50 = 0 then array['high', 'balance'] else array[]::text[] end",
    owner_words: "array[md5((n % 5000)::text), md5('everybody')]"
  })
]

/** Fills all of them. */
export const fill = Effect.all(tables, { discard: true })
