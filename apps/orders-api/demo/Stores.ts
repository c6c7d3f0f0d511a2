/**
 * Counts what became of the orders of the demo in each context's own store: its events, and what broker and inbox keep. What
 * should be there follows from the files and the plan alone, so what is lost or doubled anywhere is seen where it is.
 */
import type { RecordedEvent } from "@eventfold/event-store"
import { Option, Predicate } from "effect"
import { lineCents } from "./Expected.ts"
import type { FulfilmentPlan } from "./FulfilmentPlan.ts"
import * as Notifications from "./Notifications.ts"
import { isLate, type SampleOrder } from "./Samples.ts"

/** What an event says, which is JSON. */
export interface Said {
  /** What is found on this way into it; undefined when nothing is there. */
  readonly at: (...path: ReadonlyArray<string>) => unknown
  /** The number that is found there. */
  readonly number: (...path: ReadonlyArray<string>) => number
}

/** What is counted of an event: the category of its stream, its type, and what it says. */
export interface Stored extends Pick<RecordedEvent, "type"> {
  readonly category: string
  readonly data: Said
}

/** What is counted of an event of a store. */
export const stored = ({ data, stream, type }: Pick<RecordedEvent, "data" | "stream" | "type">): Stored => {
  const at = (...path: ReadonlyArray<string>) =>
    path.reduce<unknown>((value, key) => (Predicate.isObject(value) ? Reflect.get(value, key) : undefined), data)
  return { category: stream.category, type, data: { at, number: (...path) => Number(at(...path)) } }
}

/** How many events of which type, by `category type`. */
export type Counts = Readonly<Record<string, number>>

/** How many events each context is to have of an order. */
export const wanted = (order: SampleOrder, plan: FulfilmentPlan): Counts => {
  const { lines, number } = order
  const shortcoming = plan.cancelled.get(number)
  const one = (holds: boolean) => (holds ? 1 : 0)
  const isKept = shortcoming === undefined
  const isPaid = isKept && (plan.due.get(number) ?? 0n) > 0n
  const isReserved = plan.tokens.has(number) && shortcoming !== "short of stock"
  const isShipped = isKept && Option.isSome(order.shippedOn)
  const goods = one(isReserved) * lines.length
  const told = Notifications.kindsOf(order, plan).length
  return {
    "order OrderDrafted": 1,
    "order ItemAdded": lines.length,
    "order OrderPlaced": 1,
    "order OrderApproved": one(isKept),
    "order OrderShipped": one(isShipped),
    "order OrderCancelled": one(!isKept),
    "reservation StockReserved": one(isReserved),
    "reservation ReservationCommitted": one(isReserved && isShipped),
    "reservation ReservationReleased": one(isReserved && !isKept),
    "reservation ReservationExpired": 0,
    "stock StockAllocated": goods,
    "stock StockShipped": isShipped ? goods : 0,
    "stock StockFreed": isKept ? 0 : goods,
    "payment PaymentCaptured": one(isPaid),
    "payment PaymentRefunded": 0,
    "shipment ShipmentRequested": one(isReserved && isKept),
    "shipment ShipmentPacked": one(isReserved && isShipped),
    "shipment ShipmentDispatched": one(isReserved && isShipped),
    "shipment ShipmentDelayed": one(isReserved && isShipped && isLate(order)),
    "sale SaleEntered": 1,
    "sale SalePaid": one(isPaid),
    "sale SaleShipped": one(isShipped),
    "sale SaleCancelled": one(!isKept),
    "sale SaleRefunded": 0,
    "sale InvoiceIssued": one(isShipped),
    "sale InvoicePaid": one(isShipped && isPaid),
    "sale InvoiceCredited": 0,
    "document-numbers DocumentNumberTaken": one(isShipped),
    "order-news OrderIntroduced": 1,
    "order-news NotificationRequested": told,
    "order-news NotificationSent": told,
    "order-news NotificationSkipped": 0,
    "order-news NotificationRefused": 0
  }
}

const placeOf = ({ category, type }: Pick<Stored, "category" | "type">) => `${category} ${type}`

/** The UUID of the order an event is about: ids that are derived from an order's have it, too. */
const orderOf = ({ data }: Stored): string => {
  const id = [data.at("orderId"), data.at("reservationId")].find((id) => typeof id === "string") ?? ""
  return id.slice(-36)
}

/** Everything in which the stores differ from the files; `uuids` are those of the orders, by their numbers. */
export const differences = (
  orders: ReadonlyArray<SampleOrder>,
  plan: FulfilmentPlan,
  uuids: ReadonlyMap<string, string>,
  events: ReadonlyArray<Stored>
): ReadonlyArray<string> => {
  const byOrder = Map.groupBy(events, orderOf)
  const ofOrders = orders.flatMap((order) => {
    const found = byOrder.get(uuids.get(order.number) ?? "") ?? []
    const counts = Map.groupBy(found, placeOf)
    return Object.entries(wanted(order, plan)).flatMap(([place, should]) => {
      const is = counts.get(place)?.length ?? 0
      return is === should ? [] : [`order ${order.number}: ${place} ${is} times instead of ${should}`]
    })
  })
  return [
    ...ofOrders,
    ...orders.flatMap((order) => money(order, plan, byOrder.get(uuids.get(order.number) ?? "") ?? [])),
    ...notifications(orders, plan, uuids, byOrder),
    ...numbers(events)
  ]
}

/** What was invoiced and paid is what the lines come to. */
const money = (order: SampleOrder, plan: FulfilmentPlan, events: ReadonlyArray<Stored>): ReadonlyArray<string> => {
  const cents = order.lines.reduce((sum, line) => sum + lineCents(line), 0n)
  const paid = plan.due.get(order.number) ?? 0n
  return events.flatMap((event) => {
    const [is, should] =
      event.type === "InvoiceIssued"
        ? [event.data.at("total", "amount"), cents]
        : event.type === "PaymentCaptured"
          ? [event.data.at("money", "amount"), paid]
          : []
    return should === undefined || String(is) === String(should)
      ? []
      : [`order ${order.number}: ${placeOf(event)} of ${String(is)} cents instead of ${should}`]
  })
}

/** Each thing there was to tell was asked for, and settled, once. */
const notifications = (
  orders: ReadonlyArray<SampleOrder>,
  plan: FulfilmentPlan,
  uuids: ReadonlyMap<string, string>,
  byOrder: ReadonlyMap<string, ReadonlyArray<Stored>>
): ReadonlyArray<string> =>
  orders.flatMap((order) => {
    const found = byOrder.get(uuids.get(order.number) ?? "") ?? []
    const requested = found.filter(({ type }) => type === "NotificationRequested")
    const kinds = requested.map(({ data }) => String(data.at("news", "kind"))).toSorted()
    const should = [...Notifications.kindsOf(order, plan)].toSorted()
    const ids = (type: string) =>
      found
        .filter((one) => one.type === type)
        .map(({ data }) => String(data.at("notificationId")))
        .toSorted()
        .join()
    return [
      ...(kinds.join() === should.join()
        ? []
        : [`order ${order.number}: told ${kinds.join()} instead of ${should.join()}`]),
      ...(ids("NotificationRequested") === ids("NotificationSent")
        ? []
        : [`order ${order.number}: not sent as asked for`])
    ]
  })

/** The numbers of each series have no holes, and each is the number of one invoice. */
const numbers = (events: ReadonlyArray<Stored>): ReadonlyArray<string> => {
  const ofType = (wanted: string) => events.filter(({ type }) => type === wanted).map(({ data }) => data)
  const taken = ofType("DocumentNumberTaken").map((data) => numberIn(data))
  const invoiced = ofType("InvoiceIssued").map((data) => numberIn(data, "number"))
  const holes = Array.from(Map.groupBy(taken, ({ series }) => series)).flatMap(([series, all]) =>
    all
      .map(({ sequence }) => sequence)
      .toSorted((one, other) => one - other)
      .flatMap((is, index) => (is === index + 1 ? [] : [`${series}: number ${is} where ${index + 1} should be`]))
  )
  const names = (all: typeof taken) =>
    all
      .map(({ sequence, series }) => `${series} ${sequence}`)
      .toSorted()
      .join()
  const isSame = names(taken) === names(invoiced)
  return [...holes, ...(isSame ? [] : ["the numbers that were taken are not those of the invoices"])]
}

const numberIn = (data: Said, ...path: ReadonlyArray<string>) => ({
  series: `${String(data.at(...path, "kind"))} ${String(data.at(...path, "year"))}`,
  sequence: data.number(...path, "sequence")
})
