/**
 * The invoices: whether each order that was shipped has one, of what the files come to, to the cent, and whether the numbers of
 * each year have no holes. Nobody asks for them: billing hears of the orders, and writes them by itself.
 */
import { OrderId } from "@eventfold/shared-kernel"
import { Effect, Option, Schedule, Stream } from "effect"
import type { Digest } from "effect/crypto"
import type { Compared } from "./Comparisons.ts"
import * as DerivedIds from "./DerivedIds.ts"
import type { EndingOptions } from "./Ending.ts"
import type { OrderTotal } from "./Expected.ts"
import type { FoundOrders } from "./FoundOrders.ts"
import { formatCents } from "./Report.ts"
import { expectService, type Service, type ServiceUnreachable } from "./Service.ts"

/** An invoice as the service has it. */
export interface Invoice {
  readonly number: string
  readonly orderId: string
  readonly year: number
  readonly sequence: number
  readonly cents: bigint
}

/** What differs: `wanted` is what each order comes to that was shipped, in cents, by its id. */
export const differences = (
  wanted: ReadonlyMap<string, { readonly name: string; readonly cents: bigint }>,
  invoices: ReadonlyArray<Invoice>
): ReadonlyArray<string> => {
  const ofOrder = Map.groupBy(invoices, ({ orderId }) => orderId)
  const byYear = Map.groupBy(invoices, ({ year }) => year)
  return [
    ...Array.from(wanted).flatMap(([orderId, { cents, name }]) => {
      const [first, ...more] = ofOrder.get(orderId) ?? []
      if (first === undefined) return [`order ${name} was shipped and has no invoice`]
      if (more.length > 0) return [`order ${name} has ${more.length + 1} invoices`]
      return first.cents === cents
        ? []
        : [`invoice ${first.number} of order ${name}: ${formatCents(first.cents)} instead of ${formatCents(cents)}`]
    }),
    ...Array.from(byYear).flatMap(([year, found]) => {
      const sequences = new Set(found.map(({ sequence }) => sequence))
      const holes = Array.from({ length: found.length }, (_, index) => index + 1).filter((one) => !sequences.has(one))
      return holes.length === 0 ? [] : [`the invoices of ${year} have holes: ${holes.slice(0, 5).join(", ")}`]
    })
  ]
}

/** All invoices of the service. */
const all = (service: Service, baseUrl: URL) =>
  Stream.paginate({}, (query: { readonly cursor?: string }) =>
    service.billing.invoices({ headers: {}, query: { limit: 100, ...query } }).pipe(
      expectService(baseUrl),
      Effect.map(
        ({ body }) =>
          [
            body.invoices.map(({ number, orderId, sequence, total, year }) => ({
              number,
              orderId,
              sequence,
              year,
              cents: BigInt(total)
            })),
            body.nextCursor === undefined ? Option.none() : Option.some({ cursor: body.nextCursor })
          ] as const
      )
    )
  ).pipe(Stream.runCollect)

/** Compares them, once there are as many as orders were shipped; waits for that as long as for the end of one order. */
export const compare = Effect.fn("Invoices.compare")(function* (
  service: Service,
  { baseUrl, endWithin }: EndingOptions,
  expected: ReadonlyMap<string, OrderTotal>,
  { samples }: FoundOrders
): Effect.fn.Return<Compared, ServiceUnreachable, Digest.Digest> {
  const { subscribers } = yield* service.subscribers.list({ headers: {} }).pipe(expectService(baseUrl))
  if (!subscribers.some(({ subscriber }) => subscriber === "billing")) {
    return { line: "Invoices are not compared: billing does not hear of orders here (MESSAGING=off).", differences: [] }
  }
  const wanted = new Map(
    (yield* Effect.forEach(samples, ([number, { status }]) =>
      status === "shipped" || status === "delivered"
        ? Effect.map(DerivedIds.order(number), (uuid) => [
            [OrderId.fromUuid(uuid), { name: number, cents: expected.get(number)?.cents ?? 0n }] as const
          ])
        : Effect.succeed([])
    )).flat()
  )
  const invoices = yield* all(service, baseUrl).pipe(
    Effect.repeat({
      until: (found) => found.filter(({ orderId }) => wanted.has(orderId)).length >= wanted.size,
      schedule: Schedule.spaced("500 millis").pipe(Schedule.upTo({ duration: endWithin }))
    })
  )
  const differ = differences(wanted, invoices)
  const sum = invoices.filter(({ orderId }) => wanted.has(orderId)).reduce((cents, one) => cents + one.cents, 0n)
  const verdict =
    differ.length === 0 ? "one for each order that was shipped, numbered without holes" : "not as they should be"
  return { line: `Invoices: ${wanted.size} of ${formatCents(sum)}, ${verdict}.`, differences: differ }
})
