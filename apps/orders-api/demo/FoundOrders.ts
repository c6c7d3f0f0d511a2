/** What the service has of the sample orders, read page by page from its list once that is up to date. */
import type { OrderStatus } from "@eventfold/domain-ordering"
import { CustomerId, type Money, OrderId } from "@eventfold/shared-kernel"
import { DateTime, Effect, Option, Schedule, Schema, Stream } from "effect"
import type { Digest } from "effect/crypto"
import * as DerivedIds from "./DerivedIds.ts"
import type { Samples } from "./Samples.ts"
import { expectService, type Service, type ServiceOptions, type ServiceUnreachable } from "./Service.ts"

/** The list of the service does not take in what was stored: sums over it would be too small. */
export class ListBehind extends Schema.TaggedError<ListBehind>()("ListBehind", {}) {
  override get message() {
    return "The service's list of orders does not catch up with what it stored; GET /health tells more about it."
  }
}

/** A sample order as the service has it. */
export interface FoundOrder {
  /** The code of the customer; the identifier, when it is none of the samples' customers. */
  readonly customer: string
  readonly status: OrderStatus.OrderStatus
  /** The year in which it was placed, in UTC; absent when it was not placed. */
  readonly year: Option.Option<number>
  readonly total: Money.Money
  /** How many events it has. */
  readonly version: number
}

/** What the service has. */
export interface FoundOrders {
  /** By the number of the order. */
  readonly samples: ReadonlyMap<string, FoundOrder>
  /** How many orders the service has besides. */
  readonly others: number
}

/** Reads the whole list of the service. Waits for it to be up to date as long as `patience` says. */
export const find = Effect.fn("FoundOrders.find")(function* (
  service: Service,
  { baseUrl, patience }: ServiceOptions,
  { customers, orders }: Samples
): Effect.fn.Return<FoundOrders, ServiceUnreachable | ListBehind, Digest.Digest> {
  const numbers = new Map(
    yield* Effect.forEach(orders, ({ number }) =>
      Effect.map(DerivedIds.order(number), (uuid) => [OrderId.fromUuid(uuid), number] as const)
    )
  )
  const codes = new Map(
    yield* Effect.forEach(customers.keys(), (code) =>
      Effect.map(DerivedIds.customer(code), (uuid) => [CustomerId.fromUuid(uuid), code] as const)
    )
  )
  const page = (query: { readonly cursor?: string }) =>
    service.orders.list({ headers: {}, query: { limit: 100, ...query } }).pipe(
      Effect.map(({ body }) => body),
      expectService(baseUrl)
    )
  yield* page({}).pipe(
    Effect.filterOrFail(
      ({ upToDate }) => upToDate,
      () => new ListBehind()
    ),
    Effect.retry({
      while: ({ _tag }) => _tag === "ListBehind",
      schedule: Schedule.spaced("50 millis").pipe(Schedule.upTo({ duration: patience }))
    })
  )
  const rows = yield* Stream.paginate({}, (query: { readonly cursor?: string }) =>
    Effect.map(page(query), ({ nextCursor, orders }) => [
      orders,
      nextCursor === undefined ? Option.none() : Option.some({ cursor: nextCursor })
    ])
  ).pipe(Stream.runCollect)

  const samples = new Map<string, FoundOrder>()
  for (const { customerId, orderId, placedAt, status, total, version } of rows) {
    const number = numbers.get(orderId)
    if (number === undefined) continue
    const year = Option.map(Option.fromUndefinedOr(placedAt), DateTime.getPartUtc("year"))
    samples.set(number, { customer: codes.get(customerId) ?? customerId, status, year, total, version })
  }
  return { samples, others: rows.length - samples.size }
})
