/**
 * The notifications: whether each customer was told of each order what there was to tell, each thing once, and nothing else.
 * Nobody asks for them: notifications hears of orders, stock and shipments, and tells by itself.
 *
 * What there is to tell follows from the files and the plan alone.
 */
import type { News, Notifications } from "@eventfold/domain-notifications"
import { CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Effect, Option, Schedule, Stream } from "effect"
import type { Digest } from "effect/crypto"
import type { Compared } from "./Comparisons.ts"
import * as DerivedIds from "./DerivedIds.ts"
import type { EndingOptions } from "./Ending.ts"
import type { FulfilmentPlan } from "./FulfilmentPlan.ts"
import { isLate, type SampleOrder, type Samples } from "./Samples.ts"
import { expectService, type Service, type ServiceUnreachable } from "./Service.ts"

/** The kinds of news, and what a line for people calls them. */
const kinds = {
  "order-confirmed": "confirmed",
  "stock-reserved": "stock reserved",
  "order-shipped": "shipped",
  "delivery-delayed": "delayed",
  "order-cancelled": "cancelled"
} as const satisfies Record<News.NewsKind, string>

const allKinds: ReadonlyArray<News.NewsKind> = [
  "order-confirmed",
  "stock-reserved",
  "order-shipped",
  "delivery-delayed",
  "order-cancelled"
]

/** What there is to tell of an order. */
export interface Wanted {
  /** The number of the order. */
  readonly name: string
  readonly customerId: string
  readonly kinds: ReadonlyArray<News.NewsKind>
}

/** A notification as the service has it. */
export type Notification = Pick<
  Notifications.NotificationRow,
  "orderId" | "customerId" | "kind" | "status" | "outcomes"
>

/** What there is to tell of an order, by the files and the plan. */
export const kindsOf = (
  order: Pick<SampleOrder, "number" | "requiredOn" | "shippedOn">,
  { cancelled, tokens }: Pick<FulfilmentPlan, "cancelled" | "tokens">
): ReadonlyArray<News.NewsKind> => {
  const shipped = Option.isSome(order.shippedOn) ? (["order-shipped"] as const) : []
  // Nothing is reserved for what costs nothing, and people ship it without the shipping context.
  if (!tokens.has(order.number)) return ["order-confirmed", ...shipped]
  switch (cancelled.get(order.number)) {
    case "short of stock":
      return ["order-cancelled"]
    // Goods come first, and then the money.
    case "card declined":
      return ["stock-reserved", "order-cancelled"]
    case undefined: {
      const delayed = isLate(order) ? (["delivery-delayed"] as const) : []
      return ["stock-reserved", "order-confirmed", ...shipped, ...delayed]
    }
  }
}

/** Everything in which what customers were told differs from what there is to tell: `wanted` is that by the id of the order. */
export const differences = (
  wanted: ReadonlyMap<string, Wanted>,
  found: ReadonlyArray<Notification>
): ReadonlyArray<string> => {
  const byOrder = Map.groupBy(found, ({ orderId }) => orderId as string)
  return Array.from(wanted).flatMap(([orderId, { customerId, kinds, name }]) =>
    allKinds.flatMap((kind) => {
      const told = (byOrder.get(orderId) ?? []).filter((one) => one.kind === kind)
      const [first, ...more] = told
      if (!kinds.includes(kind)) return first === undefined ? [] : [`order ${name}: ${kind} was told, and is not so`]
      if (first === undefined) return [`order ${name}: ${kind} was not told`]
      if (more.length > 0) return [`order ${name}: ${kind} was told ${told.length} times`]
      return [
        ...(first.customerId === customerId ? [] : [`order ${name}: ${kind} was told to somebody else`]),
        ...unsent(first).map((why) => `order ${name}: ${kind} is ${why}`)
      ]
    })
  )
}

const unsent = ({ outcomes, status }: Notification): ReadonlyArray<string> => {
  if (status === "requested") return ["not sent yet"]
  if (status !== "sent") return [`${status} (${outcomes.map(({ reason }) => reason ?? "").join(", ")}), not sent`]
  const channels = new Set(outcomes.map(({ channel }) => channel))
  return channels.size === outcomes.length ? [] : [`sent ${outcomes.length} times`]
}

/** `Notifications: 534 confirmed, 544 stock reserved, …; each was sent once.` */
const line = (found: ReadonlyArray<Notification>, verdict: string): string => {
  const parts = allKinds.map((kind) => `${found.filter((one) => one.kind === kind).length} ${kinds[kind]}`)
  return `Notifications: ${parts.join(", ")}; ${verdict}.`
}

/** What there is to tell of every order of the files, by the id of the order. */
const expected = Effect.fn("Notifications.expected")(function* (
  { orders }: Samples,
  plan: FulfilmentPlan
): Effect.fn.Return<ReadonlyMap<string, Wanted>, never, Digest.Digest> {
  const entries = yield* Effect.forEach(
    orders,
    Effect.fnUntraced(function* (order) {
      const orderId: string = OrderId.fromUuid(yield* DerivedIds.order(order.number))
      const customerId = CustomerId.fromUuid(yield* DerivedIds.customer(order.customer))
      return [orderId, { name: order.number, customerId, kinds: kindsOf(order, plan) }] as const
    })
  )
  return new Map(entries)
})

/** All notifications of the service. */
const all = (service: Service, baseUrl: URL) =>
  Stream.paginate({}, (query: { readonly cursor?: string }) =>
    service.notifications.list({ headers: {}, query: { limit: 100, ...query } }).pipe(
      expectService(baseUrl),
      Effect.map(({ body }): readonly [ReadonlyArray<Notification>, Option.Option<{ readonly cursor: string }>] => [
        body.notifications,
        Option.map(Option.fromUndefinedOr(body.nextCursor), (cursor) => ({ cursor }))
      ])
    )
  ).pipe(Stream.runCollect)

/** Compares them, once everything was told; waits for that as long as for the end of one order. */
export const compare = Effect.fn("Notifications.compare")(function* (
  service: Service,
  { baseUrl, endWithin }: EndingOptions,
  samples: Samples,
  plan: FulfilmentPlan
): Effect.fn.Return<Compared, ServiceUnreachable, Digest.Digest> {
  const { subscribers } = yield* service.subscribers.list({ headers: {} }).pipe(expectService(baseUrl))
  if (!subscribers.some(({ subscriber }) => subscriber === "notifications")) {
    const line = "Notifications are not compared: nobody hears of orders here (MESSAGING=off)."
    return { line, differences: [] }
  }
  const wanted = yield* expected(samples, plan)
  const size = Array.from(wanted.values()).reduce((sum, { kinds }) => sum + kinds.length, 0)
  const look = Effect.map(all(service, baseUrl), (found) => found.filter(({ orderId }) => wanted.has(orderId)))
  const requested = (found: ReadonlyArray<Notification>) => found.filter(({ status }) => status === "requested").length
  const looks = (duration: typeof endWithin) => Schedule.spaced("500 millis").pipe(Schedule.upTo({ duration }))
  const heard = yield* look.pipe(Effect.repeat({ until: (found) => found.length >= size, schedule: looks(endWithin) }))
  // Where not a single one was told, nobody tells: that is known soon.
  const isSilent = heard.length > 0 && requested(heard) === heard.length
  const found = yield* look.pipe(
    Effect.repeat({ until: (found) => requested(found) === 0, schedule: looks(isSilent ? "5 seconds" : endWithin) })
  )
  if (isSilent && requested(found) === found.length) {
    return {
      line: line(found, "none is sent, as customers are told nothing here (NOTIFICATIONS=off)"),
      differences: []
    }
  }
  const differ = differences(wanted, found)
  return {
    line: line(found, differ.length === 0 ? "each was sent once" : "not as they should be"),
    differences: differ
  }
})
