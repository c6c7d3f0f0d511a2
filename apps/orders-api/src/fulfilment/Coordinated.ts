/**
 * Starts the saga of an order that is placed with a card, and undoes what it has done when the order is cancelled.
 *
 * Guarantees: each is done once, in the transaction that moves over the event. An order that is cancelled while its saga is
 * under way is undone by the saga; once that is through, by another one. An order that people have approved is left to them.
 */
import { Limits, OrderCancellation, OrderFulfilment } from "@eventfold/domain-fulfilment"
import { OrderCancelled, OrderPlaced } from "@eventfold/domain-ordering/published"
import type { RecordedEvent } from "@eventfold/event-store"
import { SagaRunner } from "@eventfold/processes"
import { EventHandler } from "@eventfold/subscriptions"
import { Effect, Option, Schema } from "effect"
import { causedBy } from "../CausedBy.ts"
import * as PlacedOrders from "./PlacedOrders.ts"
import { classify } from "./SagaStart.ts"

/** The sagas of the service, as patient as the limits say. */
export const sagas = (limits: Limits.Limits = Limits.usual) => ({
  fulfilment: OrderFulfilment.make(limits),
  cancellation: OrderCancellation.make(limits)
})

/** For starting one: that takes its name, its version and the form of its input, which are the same whatever the limits. */
const { cancellation, fulfilment } = sagas()

const start = Effect.fnUntraced(function* ({ orderId }: OrderPlaced, recorded: RecordedEvent) {
  const { tenant } = recorded.stream
  const { input, status } = yield* PlacedOrders.read(tenant, orderId)
  if (Option.isNone(input) || status !== "placed") return
  const id = OrderFulfilment.idOf(orderId)
  const starting = { id, tenant, input: input.value, metadata: causedBy(recorded) }
  yield* (yield* SagaRunner).start(fulfilment, starting)
})

const undo = Effect.fnUntraced(function* ({ orderId, reason }: OrderCancelled, recorded: RecordedEvent) {
  const { tenant } = recorded.stream
  const runner = yield* SagaRunner
  const saga = { tenant, id: OrderFulfilment.idOf(orderId) }
  const afterwards = Effect.suspend(() =>
    runner.start(cancellation, {
      id: OrderCancellation.idOf(orderId),
      tenant,
      input: { orderId },
      metadata: causedBy(recorded)
    })
  )
  yield* runner.cancel(saga, { by: "fulfilment", reason: `the order was cancelled: ${reason}`.slice(0, 200) }).pipe(
    Effect.catchTags({
      // Nobody has begun to fulfil it: nothing has to be undone.
      SagaNotStarted: () => Effect.void,
      SagaPastPivot: () => afterwards,
      // What the saga itself has undone, and what a person has ended, stays so.
      SagaEnded: ({ status }) => (status === "completed" ? afterwards : Effect.void)
    })
  )
})

/** What is acted upon. */
export const events = Schema.Union([OrderPlaced, OrderCancelled])

/** What starts and undoes them. */
export const handler = EventHandler.make({
  name: "fulfilment",
  events,
  delivery: "in-transaction",
  classify,
  handle: (event, recorded) => (event._tag === "OrderPlaced" ? start(event, recorded) : undo(event, recorded))
})
