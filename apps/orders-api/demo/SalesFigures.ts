/**
 * Sales by what they are grouped by, twice: computed from the CSV files alone, and as the service's read models tell them.
 *
 * A figure has a name, such as `day 1996-07-04`, `region France` or `dashboard VINET`, and what was placed under it: how
 * many orders, `gross` for all of them, `net` without cancelled ones, in cents of a US dollar.
 */
import { CustomerId, ProductId } from "@eventfold/shared-kernel"
import { DateTime, Effect, Option, Schedule, Schema, Stream } from "effect"
import type { Digest } from "effect/crypto"
import * as DerivedIds from "./DerivedIds.ts"
import { lineCents } from "./Expected.ts"
import type { SampleOrder, Samples } from "./Samples.ts"
import { expectService, type Service, type ServiceOptions, type ServiceUnreachable } from "./Service.ts"

/** What was placed under a name. */
export interface Figure {
  readonly orders: number
  readonly gross: bigint
  readonly net: bigint
}

/** By the name of the figure. */
export type Figures = ReadonlyMap<string, Figure>

/** The read models of sales do not take in what was stored. */
export class SalesBehind extends Schema.TaggedError<SalesBehind>()("SalesBehind", {}) {
  override get message() {
    return "The service's sales do not catch up with what it stored; GET /projections tells more about it."
  }
}

/** The figures of the files. `cancelled` says which orders, by number, the service has cancelled since. */
export const expected = ({ orders }: Samples, cancelled: ReadonlySet<string>): Figures => {
  const figures = new Map<string, Figure>()
  const add = (name: string, { number }: SampleOrder, cents: bigint) => {
    const { gross, net, orders } = figures.get(name) ?? { orders: 0, gross: 0n, net: 0n }
    figures.set(name, { orders: orders + 1, gross: gross + cents, net: cancelled.has(number) ? net : net + cents })
  }
  for (const order of orders) {
    const cents = order.lines.reduce((sum, line) => sum + lineCents(line), 0n)
    add(`day ${DateTime.formatIsoDateUtc(order.orderedOn)}`, order, cents)
    add(`region ${order.shipTo.country}`, order, cents)
    add(`segment ${cents > 100_000n ? "premium" : cents > 10_000n ? "standard" : "basic"}`, order, cents)
    add(`customer ${order.customer}`, order, cents)
    add(`dashboard ${order.customer}`, order, cents)
    for (const line of order.lines) add(`product ${line.product}`, order, lineCents(line))
  }
  return figures
}

interface Sold {
  readonly orders: number
  readonly gross: { readonly amount: number }
  readonly net: { readonly amount: number }
}

interface Answer<A> {
  readonly rows: ReadonlyArray<A>
  readonly upToDate: boolean
  readonly next: string | undefined
}

/**
 * The figures of the service. With a token they have everything in them up to it; without one they are asked for again until
 * they are up to date, as long as `patience` says.
 */
export const find = Effect.fn("SalesFigures.find")(function* (
  service: Service,
  { baseUrl, patience }: ServiceOptions,
  { customers, orders }: Samples,
  token: Option.Option<string>
): Effect.fn.Return<Figures, ServiceUnreachable | SalesBehind, Digest.Digest> {
  const { sales } = service
  const headers = Option.match(token, { onNone: () => ({}), onSome: (text) => ({ "consistency-token": text }) })
  const query = { currency: "USD", limit: 100 } as const
  const codes = yield* byId(customers.keys(), DerivedIds.customer, CustomerId.fromUuid)
  const numbers = new Set(orders.flatMap(({ lines }) => lines.map(({ product }) => product)))
  const products = yield* byId(numbers, DerivedIds.product, ProductId.fromUuid)

  const fresh = <A, E extends Error>(asked: Effect.Effect<Answer<A>, E>) =>
    asked.pipe(
      expectService(baseUrl),
      Effect.filterOrFail(
        ({ upToDate }) => upToDate,
        () => new SalesBehind()
      ),
      Effect.retry({
        while: ({ _tag }) => _tag === "SalesBehind",
        schedule: Schedule.spaced("50 millis").pipe(Schedule.upTo({ duration: patience }))
      })
    )
  const all = <A extends Sold, E extends Error>(
    ask: (cursor: { readonly cursor?: string }) => Effect.Effect<Answer<A>, E>,
    nameOf: (row: A) => string
  ) =>
    Stream.paginate({}, (cursor: { readonly cursor?: string }) =>
      Effect.map(fresh(ask(cursor)), ({ next, rows }) => [
        rows.map((row) => [nameOf(row), figureOf(row)] as const),
        next === undefined ? Option.none() : Option.some({ cursor: next })
      ])
    ).pipe(Stream.runCollect)

  const answer = <A>(rows: ReadonlyArray<A>, { nextCursor, upToDate }: { nextCursor?: string; upToDate: boolean }) => ({
    rows,
    upToDate,
    next: nextCursor
  })
  const found = yield* Effect.all([
    all(
      (at) => Effect.map(sales.days({ headers, query: { ...query, ...at } }), ({ body }) => answer(body.days, body)),
      ({ day }) => `day ${day}`
    ),
    all(
      (at) =>
        Effect.map(sales.products({ headers, query: { ...query, ...at } }), ({ body }) => answer(body.products, body)),
      ({ productId }) => `product ${products.get(productId) ?? productId}`
    ),
    all(
      (at) =>
        Effect.map(sales.regions({ headers, query: { ...query, ...at } }), ({ body }) => answer(body.regions, body)),
      ({ region }) => `region ${region}`
    ),
    all(
      (at) =>
        Effect.map(sales.segments({ headers, query: { ...query, ...at } }), ({ body }) => answer(body.segments, body)),
      ({ segment }) => `segment ${segment}`
    ),
    all(
      (at) =>
        Effect.map(sales.topCustomers({ headers, query: { ...query, ...at } }), ({ body }) =>
          answer(body.customers, body)
        ),
      ({ customerId }) => `customer ${codes.get(customerId) ?? customerId}`
    )
  ])
  const dashboards = yield* Effect.forEach(
    codes,
    ([id, code]) =>
      fresh(
        Effect.map(sales.dashboard({ params: { id }, headers, query: {} }), ({ body, headers }) => ({
          rows: body.totals.filter(({ currency }) => currency === "USD"),
          upToDate: headers["up-to-date"] === "true",
          next: undefined
        }))
      ).pipe(Effect.map(({ rows }) => rows.map((row) => [`dashboard ${code}`, figureOf(row)] as const))),
    { concurrency: 8 }
  )
  return new Map([...found.flat(), ...dashboards.flat()])
})

const figureOf = ({ gross, net, orders }: Sold): Figure => ({
  orders,
  gross: BigInt(gross.amount),
  net: BigInt(net.amount)
})

/** Names by the identifiers that are derived from them. */
const byId = <Id>(
  names: Iterable<string>,
  derive: (name: string) => Effect.Effect<string, never, Digest.Digest>,
  idOf: (uuid: string) => Id
) =>
  Effect.map(
    Effect.forEach(names, (name) => Effect.map(derive(name), (uuid) => [idOf(uuid), name] as const)),
    (pairs) => new Map(pairs)
  )

/** Everything in which the service differs from the files, in the words of `format`. */
export const differences = (
  wanted: Figures,
  found: Figures,
  format: (cents: bigint) => string
): ReadonlyArray<string> => {
  const none: Figure = { orders: 0, gross: 0n, net: 0n }
  const told = ({ gross, net, orders }: Figure) => `${orders} orders, gross ${format(gross)}, net ${format(net)}`
  return Array.from(new Set([...wanted.keys(), ...found.keys()])).flatMap((name) => {
    const [should, is] = [told(wanted.get(name) ?? none), told(found.get(name) ?? none)]
    return should === is ? [] : [`sales, ${name}: ${is} in the service, ${should} in the files`]
  })
}
