/**
 * The orders to replay, read from the CSV files of a folder and checked, so that nothing is sent before all of it makes
 * sense.
 *
 * Money is in whole cents (`bigint`), discounts in basis points, days are midnight UTC. Every order has at least one line,
 * at most one per product, and a known customer and carrier.
 */
import { DateTime, Effect, type FileSystem, Option, type Path, Schema, SchemaGetter } from "effect"
import * as CsvTable from "./CsvTable.ts"

/** Where the goods of an order go. */
export interface Destination {
  readonly name: string
  readonly street: string
  readonly city: string
  readonly region: Option.Option<string>
  readonly postalCode: Option.Option<string>
  readonly country: string
}

/** A customer as the files have it. */
export interface SampleCustomer {
  readonly code: string
  readonly company: string
  /** The person to be addressed. */
  readonly contact: string
  readonly phone: Option.Option<string>
  readonly address: Destination
}

/** A product as the files have it. */
export interface SampleProduct {
  readonly number: string
  readonly name: string
  /** What a piece costs now, in cents of a US dollar. Orders have prices of their own. */
  readonly price: bigint
  readonly isDiscontinued: boolean
}

/** One product in an order. */
export interface SampleLine {
  readonly product: string
  readonly productName: string
  /** Cents of a US dollar. */
  readonly unitPrice: bigint
  readonly quantity: number
  /** Basis points: 1,500 is 15 %. */
  readonly discount: number
}

/** An order as the files have it. */
export interface SampleOrder {
  readonly number: string
  readonly customer: string
  readonly orderedOn: DateTime.Utc
  readonly requiredOn: DateTime.Utc
  readonly shippedOn: Option.Option<DateTime.Utc>
  readonly carrier: string
  readonly shipTo: Destination
  readonly lines: ReadonlyArray<SampleLine>
}

/** Everything read from a folder. */
export interface Samples {
  /** In the order of `orders.csv`. */
  readonly orders: ReadonlyArray<SampleOrder>
  /** In the order of `products.csv`. */
  readonly products: ReadonlyArray<SampleProduct>
  /** By their codes. */
  readonly customers: ReadonlyMap<string, SampleCustomer>
}

/** Whether an order was shipped after the day it was required on. */
export const isLate = ({ requiredOn, shippedOn }: Pick<SampleOrder, "requiredOn" | "shippedOn">): boolean =>
  Option.exists(shippedOn, DateTime.isGreaterThan(requiredOn))

/** A cell whose text `accepts`, made into something else. */
const cell = <T extends Schema.Constraint>(
  message: string,
  accepts: (text: string) => boolean,
  to: T,
  read: (text: string) => T["Encoded"]
) =>
  Schema.String.check(Schema.makeFilter(accepts, { message })).pipe(
    Schema.decodeTo(to, { decode: SchemaGetter.transform(read), encode: SchemaGetter.forbiddenEncoding })
  )

const matches = (pattern: RegExp) => (text: string) => pattern.test(text)
const isEmpty = (text: string) => text.trim() === ""
const dayOf = (text: string) => DateTime.make(`${text}T00:00:00Z`)
// 1997-02-30 would be taken for the second of March.
const isDay = (text: string) => Option.exists(dayOf(text), (day) => DateTime.formatIsoDateUtc(day) === text)
const shifted = (text: string, decimals: number) => {
  const [whole = "", fraction = ""] = text.split(".")
  return BigInt(whole + fraction.padEnd(decimals, "0"))
}

const text = cell(
  "must not be empty",
  (text) => !isEmpty(text),
  Schema.String,
  (text) => text
)
const textIfAny = cell(
  "must be text",
  () => true,
  Schema.Option(Schema.String),
  (text) => (isEmpty(text) ? Option.none() : Option.some(text))
)
const number = cell("must be a whole number", matches(/^[1-9]\d{0,8}$/u), Schema.String, (text) => text)
const day = cell("must be a day, as 1996-07-05", isDay, Schema.DateTimeUtc, (text) => Option.getOrThrow(dayOf(text)))
const dayIfAny = cell(
  "must be a day, as 1996-07-05, or empty",
  (text) => isEmpty(text) || isDay(text),
  Schema.Option(Schema.DateTimeUtc),
  dayOf
)
const dollars = cell(
  "must be dollars with at most two decimals, as 18.60",
  matches(/^\d{1,9}(\.\d{1,2})?$/u),
  Schema.BigInt,
  (text) => shifted(text, 2)
)
const pieces = cell("must be a whole number of 1 or more", matches(/^[1-9]\d{0,5}$/u), Schema.Int, Number)
const fraction = cell(
  "must be a fraction from 0 to 1 with at most four decimals, as 0.15",
  matches(/^(0(\.\d{1,4})?|1(\.0{1,4})?)$/u),
  Schema.Int,
  (text) => Number(shifted(text, 4))
)

const flag = cell("must be 0 or 1", matches(/^[01]$/u), Schema.Boolean, (text) => text === "1")

const ordersFile = "orders.csv"
const linesFile = "order_lines.csv"

/**
 * Reads the samples in `folder`: `customers.csv`, `products.csv`, `shippers.csv`, `orders.csv` and `order_lines.csv`.
 *
 * Fails with `FilesUnusable`, which names file, line and column of everything that is wrong.
 */
export const read = Effect.fn("Samples.read")(function* (
  folder: string
): Effect.fn.Return<Samples, CsvTable.FilesUnusable, FileSystem.FileSystem | Path.Path> {
  const customerRows = yield* CsvTable.read(folder, "customers.csv", {
    customer_id: text,
    company_name: text,
    contact_name: text,
    phone: textIfAny,
    address: text,
    city: text,
    region: textIfAny,
    postal_code: textIfAny,
    country: text
  })
  const productRows = yield* CsvTable.read(folder, "products.csv", {
    product_id: number,
    product_name: text,
    unit_price: dollars,
    discontinued: flag
  })
  const shipperRows = yield* CsvTable.read(folder, "shippers.csv", { shipper_id: number, company_name: text })
  const orderRows = yield* CsvTable.read(folder, ordersFile, {
    order_id: number,
    customer_id: text,
    order_date: day,
    required_date: day,
    shipped_date: dayIfAny,
    ship_via: number,
    ship_name: text,
    ship_address: text,
    ship_city: text,
    ship_region: textIfAny,
    ship_postal_code: textIfAny,
    ship_country: text
  })
  const lineRows = yield* CsvTable.read(folder, linesFile, {
    order_id: number,
    product_id: number,
    unit_price: dollars,
    quantity: pieces,
    discount: fraction
  })
  const customers = new Map(customerRows.map(({ value }) => [value.customer_id, customerOf(value)]))
  const products = new Map(productRows.map(({ value }) => [value.product_id, value.product_name]))
  const orderNumbers = new Set(orderRows.map(({ value }) => value.order_id))
  const shippers = new Map(shipperRows.map(({ value }) => [value.shipper_id, value.company_name]))

  const linesOf = Map.groupBy(lineRows, ({ value }) => value.order_id)
  const firstLine = firstLines(orderRows, ({ order_id }) => order_id)
  const firstOfProduct = firstLines(lineRows, ({ order_id, product_id }) => `${order_id} ${product_id}`)
  const flaws = [
    ...orderRows.flatMap(({ line, value }) => [
      ...must(firstLine.has(line), ordersFile, line, "order_id", "must be another number on each line", value),
      ...must(linesOf.has(value.order_id), ordersFile, line, "order_id", `must have lines in ${linesFile}`, value),
      ...must(customers.has(value.customer_id), ordersFile, line, "customer_id", "must be in customers.csv", value),
      ...must(shippers.has(value.ship_via), ordersFile, line, "ship_via", "must be in shippers.csv", value)
    ]),
    ...lineRows.flatMap(({ line, value }) => [
      ...must(orderNumbers.has(value.order_id), linesFile, line, "order_id", `must be in ${ordersFile}`, value),
      ...must(products.has(value.product_id), linesFile, line, "product_id", "must be in products.csv", value),
      ...must(firstOfProduct.has(line), linesFile, line, "product_id", "must be there once in an order", value)
    ])
  ]
  if (flaws.length > 0) return yield* new CsvTable.FilesUnusable({ folder, flaws })

  const orders = orderRows.map(({ value: order }) => ({
    number: order.order_id,
    customer: order.customer_id,
    orderedOn: order.order_date,
    requiredOn: order.required_date,
    shippedOn: order.shipped_date,
    carrier: shippers.get(order.ship_via) ?? "",
    shipTo: {
      name: order.ship_name,
      street: order.ship_address,
      city: order.ship_city,
      region: order.ship_region,
      postalCode: order.ship_postal_code,
      country: order.ship_country
    },
    lines: (linesOf.get(order.order_id) ?? []).map(({ value: line }) => ({
      product: line.product_id,
      productName: products.get(line.product_id) ?? "",
      unitPrice: line.unit_price,
      quantity: line.quantity,
      discount: line.discount
    }))
  }))
  const assortment = productRows.map(({ value }) => ({
    number: value.product_id,
    name: value.product_name,
    price: value.unit_price,
    isDiscontinued: value.discontinued
  }))
  return { orders, customers, products: assortment }
})

const customerOf = (row: {
  readonly customer_id: string
  readonly company_name: string
  readonly contact_name: string
  readonly phone: Option.Option<string>
  readonly address: string
  readonly city: string
  readonly region: Option.Option<string>
  readonly postal_code: Option.Option<string>
  readonly country: string
}): SampleCustomer => ({
  code: row.customer_id,
  company: row.company_name,
  contact: row.contact_name,
  phone: row.phone,
  address: {
    name: row.company_name,
    street: row.address,
    city: row.city,
    region: row.region,
    postalCode: row.postal_code,
    country: row.country
  }
})

/** The lines on which a key stands for the first time. */
const firstLines = <A>(rows: ReadonlyArray<CsvTable.Row<A>>, keyOf: (value: A) => string): ReadonlySet<number> => {
  const byKey = Map.groupBy(rows, ({ value }) => keyOf(value))
  return new Set(Array.from(byKey.values(), ([first]) => first?.line ?? 0))
}

/** The flaw of a cell, unless what must hold `holds`. */
const must = <Column extends string>(
  holds: boolean,
  file: string,
  line: number,
  column: Column,
  rule: string,
  value: { readonly [name in Column]: string }
): ReadonlyArray<CsvTable.Flaw> => (holds ? [] : [{ file, line, column, rule, found: value[column] }])
