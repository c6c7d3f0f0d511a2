/**
 * What holds of every run once nothing goes on any more: each saga has ended or is parked, no piece and no cent is lost, no
 * command took effect twice, and orders, reservations, payments, shipments and sagas agree. Goods that have left keep their
 * money, whatever becomes of the order. And an order that nothing speaks against is not cancelled.
 */
import { Saga } from "@eventfold/decider"
import { OrderCancellation, OrderFulfilment, OrderIds } from "@eventfold/domain-fulfilment"
import { Reservation, StockItem } from "@eventfold/domain-inventory"
import { Order } from "@eventfold/domain-ordering"
import { Payment } from "@eventfold/domain-payments"
import { Shipment } from "@eventfold/domain-shipping"
import { CommandHandler, EventStore, StreamId } from "@eventfold/event-store"
import { ProcessManagerRunner, SagaRunner } from "@eventfold/processes"
import { Effect, Option, Stream } from "effect"
import type { Plan, PlannedOrder } from "./Plan.ts"
import type { Moved } from "./TroubledGateway.ts"
import { tenant } from "./World.ts"

const orders = CommandHandler.make(Order.Order)
const stock = CommandHandler.make(StockItem.StockItem)
const reservations = CommandHandler.make(Reservation.Reservation)
const payments = CommandHandler.make(Payment.Payment)
const shipments = CommandHandler.make(Shipment.Shipment)

/** The types of the events of a stream, in order. */
const typesOf = Effect.fnUntraced(function* (category: string, id: string) {
  const store = yield* EventStore
  const events = yield* Stream.runCollect(store.read(StreamId.make(tenant, category, id)))
  return events.map(({ type }) => type)
})

const nothingMoved: Moved = { captures: 0, captured: 0, refunds: 0, refunded: 0, fees: 0 }

/** Everything known of an order in the end. */
const standing = Effect.fnUntraced(function* ({ orderId }: PlannedOrder, moved: ReadonlyMap<string, Moved>) {
  const { paymentId, reservationId, shipmentId } = OrderIds.of(orderId)
  const runner = yield* SagaRunner
  const stateOf = Effect.fnUntraced(function* (id: string) {
    const found = yield* runner.state({ tenant, id })
    return Option.isSome(found) ? found.value.status : "none"
  })
  const managers = yield* ProcessManagerRunner
  const paying = yield* managers.standing("payment", tenant, orderId).pipe(
    // With a coordinator there is none.
    Effect.catchTag("UnknownProcessManager", () => Effect.succeed({ phase: "none" }))
  )
  const streamOf = (category: string, id: string) => StreamId.make(tenant, category, id)
  return {
    order: (yield* orders.load(streamOf("order", orderId))).state,
    reservation: (yield* reservations.load(streamOf("reservation", reservationId))).state,
    payment: (yield* payments.load(streamOf("payment", paymentId))).state,
    shipment: (yield* shipments.load(streamOf("shipment", shipmentId))).state,
    fulfilment: yield* stateOf(OrderFulfilment.idOf(orderId)),
    cancellation: yield* stateOf(OrderCancellation.idOf(orderId)),
    paying: paying.phase,
    moved: moved.get(paymentId) ?? nothingMoved,
    events: {
      order: yield* typesOf("order", orderId),
      reservation: yield* typesOf("reservation", reservationId),
      payment: yield* typesOf("payment", paymentId),
      shipment: yield* typesOf("shipment", shipmentId),
      saga: yield* typesOf(Saga.category, orderId),
      cancellation: yield* typesOf(Saga.category, OrderCancellation.idOf(orderId)),
      shipping: yield* typesOf("process-shipping", orderId),
      paying: yield* typesOf("process-payment", orderId)
    }
  }
})
type Standing = Effect.Success<ReturnType<typeof standing>>

const ended = ["none", "completed", "compensated", "parked"]

/** What is wrong with an order. */
const problemsOf = (plan: Plan, planned: PlannedOrder, found: Standing): ReadonlyArray<string> => {
  const { orderId } = planned
  const { cancellation, events, fulfilment, moved, order, paying, payment, reservation, shipment } = found
  const problems: Array<string> = []
  const must = (holds: boolean, what: string) => {
    if (!holds) problems.push(`${orderId}: ${what}`)
  }
  const times = (all: ReadonlyArray<string>, type: string) => all.filter((one) => one === type).length
  const total = "total" in order ? order.total.amount : 0
  const isPaid = moved.captured - moved.refunded === total && total > 0
  const hasLeft = shipment.status === "dispatched" || shipment.status === "delayed" || shipment.status === "delivered"
  // Two attempts that nobody has answered, and the decline is the third: as it should, that cancels an order.
  const isUsedUp =
    plan.way === "orchestrated"
      ? times(events.saga, "StepFailed") >= 2 && !events.saga.includes("StepPostponed")
      : times(events.paying, "CommandIssued") >= 5
  const isWanted =
    planned.cancelledAt === undefined &&
    planned.warehouse !== "calls-off" &&
    planned.country === "Netherlands" &&
    (planned.token === "tok_visa" || (planned.token === "tok_declined_once" && !isUsedUp))

  must(ended.includes(fulfilment) && ended.includes(cancellation), "its sagas must have ended")
  must(order.status !== "placed", "it must not be left as it was placed")
  for (const once of ["StockReserved", "ReservationReleased", "ReservationCommitted"]) {
    must(times(events.reservation, once) <= 1, `${once} must not happen twice`)
  }
  must(times(events.shipment, "ShipmentRequested") <= 1, "it must be asked to be sent once")
  must(moved.captures <= 1 && moved.refunds <= 1, "money must be taken once, and given back once")
  if (payment.status !== "none" && payment.status !== "barred") {
    const { captured, feesKept, refunded } = payment
    const known = [captured, refunded, feesKept]
    must(String(known) === String([moved.captured, moved.refunded, moved.fees]), "payment and gateway must agree")
    must(!["requested", "capturing", "voiding"].includes(payment.status), "its payment must not be left half done")
  }
  if (hasLeft) {
    must(isPaid && moved.refunded === 0, "what has left must be paid, and nothing of it given back")
    must(reservation.status === "committed", "its goods must have left the stock")
  }
  if (isWanted && events.reservation.includes("StockReserved")) {
    must(order.status !== "cancelled", "nothing speaks against it, so it must not be cancelled")
  }
  switch (order.status) {
    case "cancelled":
      if (hasLeft) {
        must([cancellation, fulfilment].includes("parked") || paying === "disputed", "a person must be asked")
        break
      }
      must(reservation.status !== "held", "nothing must be reserved for it")
      must(moved.captured === moved.refunded, "its money must be given back")
      must(payment.status !== "authorised", "nothing must be held on its card")
      must(shipment.status === "none" || shipment.status === "cancelled", "it must not be sent")
      break
    case "approved":
      must(isPaid, "it must be paid")
      must(reservation.status === "held", "its goods must be reserved")
      must(shipment.status === "requested" || shipment.status === "packed", "it must be asked to be sent")
      break
    case "shipped":
    case "delivered":
      must(hasLeft, "its shipment must have left")
      must(order.status === "delivered" || shipment.status !== "delivered", "it must be known to be delivered")
      break
    default:
  }
  if (plan.way === "orchestrated") {
    const ends = order.status === "cancelled" ? ["none", "completed", "compensated", "parked"] : ["completed"]
    must(ends.includes(fulfilment), `its saga must not have ended as ${fulfilment}`)
  }
  return problems.length === 0 ? [] : [...problems, print({ ...found, events }), ""]
}

/** For whoever has to find out what went wrong. */
const print = ({ cancellation, events, fulfilment, moved, order, paying, payment, reservation, shipment }: Standing) =>
  [
    `  order ${order.status}, reservation ${reservation.status}, payment ${payment.status}, shipment ${shipment.status}`,
    `  sagas ${fulfilment}, ${cancellation}; payment process ${paying}; the gateway has moved ${JSON.stringify(moved)}`,
    ...Object.entries(events).map(([stream, types]) => `  ${stream}: ${types.join(" ")}`)
  ].join("\n")

/** What is wrong with the stock. */
const stockProblems = Effect.fnUntraced(function* (plan: Plan, all: ReadonlyArray<Standing>) {
  const problems: Array<string> = []
  for (const { productId, quantity } of plan.stock) {
    const { state } = yield* stock.load(StreamId.make(tenant, "stock", productId))
    const { available, received, reserved, shipped } = StockItem.countsOf(state)
    const sumOf = (status: "held" | "committed") =>
      all
        .flatMap(({ reservation }) => (reservation.status === status ? reservation.lines : []))
        .filter((line) => line.productId === productId)
        .reduce((sum, line) => sum + line.quantity, 0)
    const holds =
      received === quantity &&
      reserved + available + shipped === received &&
      available >= 0 &&
      reserved === sumOf("held") &&
      shipped === sumOf("committed")
    const counts = JSON.stringify({
      received,
      available,
      reserved,
      shipped,
      held: sumOf("held"),
      left: sumOf("committed")
    })
    if (!holds) problems.push(`${productId}: the stock does not add up: ${counts}`)
  }
  return problems
})

/** Fails with everything that is wrong. */
export const check = Effect.fnUntraced(function* (plan: Plan, moved: ReadonlyMap<string, Moved>) {
  const all = yield* Effect.forEach(plan.orders, (order) => standing(order, moved))
  const ofOrders = plan.orders.flatMap((order, index) => {
    const found = all[index]
    return found === undefined ? [] : problemsOf(plan, order, found)
  })
  const problems = [...ofOrders, ...(yield* stockProblems(plan, all))]
  return { problems, all }
})
