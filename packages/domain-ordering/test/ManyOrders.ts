/** Histories of several orders at once, of two customers and two currencies, as one log. */
import type { Decider, DomainEvent } from "@eventfold/decider"
import type { OrderEvents } from "@eventfold/domain-ordering"
import { type Currency, type CustomerId, OrderId } from "@eventfold/shared-kernel"
import { ProjectionSpec } from "@eventfold/testing"
import { Arbitrary, DateTime, Schema } from "effect"
import * as Scenario from "./Scenario.ts"
import { Walk, walk } from "./Walks.ts"

/** What happened to one order. */
export type History = ReadonlyArray<OrderEvents.OrderEvent>

export const orderId = (last: number) => OrderId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-${String(last).padStart(12, "0")}`)
export const at = (day: number, hour = 0) =>
  DateTime.add(DateTime.makeUnsafe("2024-05-01T00:00:00Z"), { days: day - 1, hours: hour })

/** The order that some commands lead to, as another order: of this number and customer, in this currency. */
export const renamed = (
  history: History,
  number: number,
  customerId: CustomerId = Scenario.customerId,
  currency: Currency.Currency = "USD"
): History =>
  history.map((event): OrderEvents.OrderEvent => {
    const common = { orderId: orderId(number) }
    const money = ({ amount }: { readonly amount: number }) => ({ amount, currency })
    switch (event._tag) {
      case "OrderDrafted":
        return { ...event, ...common, customerId, currency }
      case "ItemAdded":
        return { ...event, ...common, unitPrice: money(event.unitPrice), total: money(event.total) }
      case "ItemQuantityChanged":
      case "ItemRemoved":
        return { ...event, ...common, total: money(event.total) }
      case "OrderPlaced":
        return {
          ...event,
          ...common,
          gross: money(event.gross),
          discount: money(event.discount),
          total: money(event.total),
          lines: event.lines.map((line) => ({ ...line, unitPrice: money(line.unitPrice), total: money(line.total) }))
        }
      default:
        return { ...event, ...common }
    }
  })

/** The events in their streams, those a projection wants, each history for itself. */
export const inStreams = <Event extends DomainEvent.DomainEvent>(
  { events }: { readonly events: Decider.EventUnion<Event> },
  ...histories: ReadonlyArray<History>
): ReadonlyArray<ProjectionSpec.InStream<Event>> => {
  const isWanted = Schema.is(events)
  return histories.flatMap((history) =>
    ProjectionSpec.inStream<Event>(
      "order",
      history[0]?.orderId ?? "",
      history.flatMap((event: unknown) => (isWanted(event) ? [event] : []))
    )
  )
}

/** The first event of each stream, then the second of each, and so on. */
export const interleaved = <Event>(
  events: ReadonlyArray<ProjectionSpec.InStream<Event>>
): ReadonlyArray<ProjectionSpec.InStream<Event>> => {
  const place = new Map<string, number>()
  return events
    .map((event) => {
      const round = (place.get(event.id) ?? 0) + 1
      place.set(event.id, round)
      return { event, round }
    })
    .toSorted((a, b) => a.round - b.round)
    .map(({ event }) => event)
}

/** Histories of up to five orders, whatever commands were given. Every event is a day after the one before. */
export const Histories = Arbitrary.map(
  Arbitrary.array(
    Arbitrary.all([
      Walk,
      Arbitrary.schema(Schema.Literals([Scenario.customerId, Scenario.otherCustomerId])),
      Arbitrary.schema(Schema.Literals(["USD", "JPY"]))
    ]),
    { maxLength: 5 }
  ),
  (orders): ReadonlyArray<History> =>
    orders
      .map(([commands, customerId, currency], index) =>
        renamed(walk(commands).at(-1)?.after.events ?? [], index + 1, customerId, currency).map((event, place) => ({
          ...event,
          occurredAt: at(1 + ((index * 2 + place) % 9), index)
        }))
      )
      // Sums of five such orders are exact: what is not is refused, see the laws of increments.
      .filter(
        (history) => history.length > 0 && history.every((event) => !("total" in event && event.total.amount > 2 ** 50))
      )
)
