/**
 * An order from draft to delivery, as a decider.
 *
 * Two rules run through the decisions. What is already so records nothing: a repeated command is harmless, except
 * `AddItem`, which adds again. What has been passed is refused, as is a repetition that contradicts a fact others act
 * upon: another shipping address, another shipment, another signature, another word on the refund. An address or a
 * signature that is forgotten is not known to be the same.
 */
import { Decider, Personal } from "@eventfold/decider"
import { Equal, Result, Struct } from "effect"
import type * as Commands from "./OrderCommands.ts"
import * as Refused from "./OrderErrors.ts"
import { OrderEvent, type OrderShipped } from "./OrderEvents.ts"
import * as OrderLines from "./OrderLines.ts"
import * as OrderPrices from "./OrderPrices.ts"
import type { PricedCommand, PricedDraft, PricedItem, PricedPlacement } from "./PricedCommand.ts"
import { type DraftedOrder, type OrderIn, OrderState } from "./OrderState.ts"

/** No order yet. */
export const initial: OrderState = { status: "none" }

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (order: OrderState, event: OrderEvent): OrderState => {
  switch (event._tag) {
    case "OrderDrafted": {
      const { orderId, customerId, currency } = event
      return order.status === "none" ? { status: "draft", orderId, customerId, ...OrderLines.empty(currency) } : order
    }
    case "ItemAdded":
      return edited(order, (draft) => OrderLines.add(draft, event))
    case "ItemQuantityChanged":
      return edited(order, (draft) => OrderLines.changeQuantity(draft, event.productId, event.quantity))
    case "ItemRemoved":
      return edited(order, (draft) => OrderLines.remove(draft, event.productId))
    case "OrderPlaced":
      if (order.status !== "draft") return order
      // What was placed is what the event says, whatever today's arithmetic would make of the draft.
      return {
        ...order,
        ...linesOf(event),
        status: "placed",
        ...Struct.pick(event, ["shippingAddress", "paymentToken"])
      }
    case "OrderApproved":
      return order.status === "placed"
        ? { ...Struct.omit(order, ["paymentToken"]), status: "approved", approvedBy: event.approvedBy }
        : order
    case "OrderShipped":
      return order.status === "approved" ? { ...order, ...shipmentOf(event), status: "shipped" } : order
    case "OrderDelivered":
      return order.status === "shipped" ? { ...order, status: "delivered", signedBy: event.signedBy } : order
    case "OrderCancelled": {
      if (order.status !== "draft" && order.status !== "placed" && order.status !== "approved") return order
      const { orderId, customerId } = order
      const { cancelledBy, reason, refundDue } = event
      return { status: "cancelled", orderId, customerId, ...linesOf(order), cancelledBy, reason, refundDue }
    }
  }
}

const edited = <E>(
  order: OrderState,
  change: (draft: OrderIn<"draft">) => Result.Result<OrderLines.OrderLines, E>
): OrderState =>
  order.status === "draft"
    ? Result.match(change(order), { onFailure: () => order, onSuccess: (lines) => ({ ...order, ...lines }) })
    : order

const linesOf = (order: OrderLines.OrderLines): OrderLines.OrderLines =>
  Struct.pick(order, ["lines", "gross", "discount", "total"])

type Shipment = Pick<OrderShipped, "trackingNumber" | "carrier" | "estimatedDelivery">
const shipmentOf = (from: Shipment): Shipment => Struct.pick(from, ["trackingNumber", "carrier", "estimatedDelivery"])

// Decisions: one per command, on an order that exists and is not cancelled.

type Decision = Result.Result<ReadonlyArray<OrderEvent>, Refused.OwnRefusal>
type LiveOrder = Exclude<DraftedOrder, { readonly status: "cancelled" }>

const record = (...events: ReadonlyArray<OrderEvent>): Decision => Result.succeed(events)
const nothing = record()
const refuse = (refusal: Refused.OwnRefusal): Decision => Result.fail(refusal)

const begin = (command: PricedDraft) =>
  Result.gen(function* () {
    const { orderId, occurredAt, customerId, currency, items = [] } = command
    const events: Array<OrderEvent> = [{ _tag: "OrderDrafted", orderId, occurredAt, customerId, currency }]
    let order = { orderId, ...OrderLines.empty(currency) }
    for (const item of items) {
      order = { orderId, ...(yield* OrderLines.add(order, item)) }
      events.push({ ...item, _tag: "ItemAdded", orderId, occurredAt, ...afterwards(order) })
    }
    return { events, lines: order.lines }
  })

/** What every event of an edit says about the order after it. */
const afterwards = ({ lines, total }: OrderLines.OrderLines) => ({ lineCount: lines.length, total })

const draftAgain = (command: PricedDraft, order: DraftedOrder): Decision => {
  const differs = difference(command, order)
  if (differs === undefined) return nothing
  const { orderId, status, customerId } = order
  return refuse(new Refused.OrderAlreadyExists({ orderId, status, customerId, differs }))
}

/**
 * In what an order is not the one that the command drafts. A command that names no items does not ask about them, and what the
 * catalogue says of them may have changed meanwhile.
 */
const difference = (command: PricedDraft, order: DraftedOrder) => {
  if (command.customerId !== order.customerId) return "customer"
  if (command.currency !== order.total.currency) return "currency"
  if (command.items === undefined) return undefined
  const asked = begin(command)
  const isSame =
    Result.isSuccess(asked) &&
    Equal.equals(asked.success.lines.map(OrderPrices.asAsked), order.lines.map(OrderPrices.asAsked))
  return isSame ? undefined : "items"
}

const notDraft = ({ orderId, status }: LiveOrder): Decision => refuse(new Refused.OrderNotDraft({ orderId, status }))

const addItem = (command: PricedItem, order: LiveOrder): Decision =>
  order.status === "draft"
    ? Result.map(OrderLines.add(order, command), (lines) => [{ ...command, ...afterwards(lines), _tag: "ItemAdded" }])
    : notDraft(order)

const changeItemQuantity = (command: Commands.ChangeItemQuantity, order: LiveOrder): Decision => {
  if (order.status !== "draft") return notDraft(order)
  const { productId, quantity } = command
  if (order.lines.some((line) => line.productId === productId && line.quantity === quantity)) return nothing
  return Result.map(OrderLines.changeQuantity(order, productId, quantity), (lines) => [
    { ...command, ...afterwards(lines), _tag: "ItemQuantityChanged" }
  ])
}

const removeItem = (command: Commands.RemoveItem, order: LiveOrder): Decision =>
  order.status === "draft"
    ? Result.map(OrderLines.remove(order, command.productId), (lines) => [
        { ...command, ...afterwards(lines), _tag: "ItemRemoved" }
      ])
    : notDraft(order)

const placeOrder = (command: PricedPlacement, order: LiveOrder): Decision => {
  const { orderId, status } = order
  if (status === "draft") {
    if (order.lines.length === 0) return refuse(new Refused.OrderEmpty({ orderId, status }))
    const priced =
      command.lines === undefined ? Result.succeed(linesOf(order)) : OrderPrices.placed(command.lines, order)
    return Result.map(priced, (lines) => [
      {
        ...command,
        ...lines,
        shippingAddress: Personal.of(order.customerId, command.shippingAddress),
        _tag: "OrderPlaced"
      }
    ])
  }
  if (status !== "placed") return refuse(new Refused.OrderAlreadyPlaced({ orderId, status }))
  const differs = !isKnownAs(order.shippingAddress, command.shippingAddress)
    ? "shippingAddress"
    : order.paymentToken === command.paymentToken
      ? undefined
      : "paymentToken"
  return differs === undefined ? nothing : refuse(new Refused.OrderAlreadyPlaced({ orderId, status, differs }))
}

const isKnownAs = <A>(personal: Personal.Personal<A>, value: A): boolean =>
  Personal.match(personal, { onKnown: (known) => Equal.equals(known, value), onRedacted: () => false })

const approveOrder = (command: Commands.ApproveOrder, { orderId, status }: LiveOrder): Decision => {
  switch (status) {
    case "draft":
      return refuse(new Refused.OrderNotPlaced({ orderId, status }))
    case "placed":
      return record({ ...command, _tag: "OrderApproved" })
    case "approved":
      return nothing
    case "shipped":
    case "delivered":
      return refuse(new Refused.OrderAlreadyApproved({ orderId, status }))
  }
}

const shipOrder = (command: Commands.ShipOrder, order: LiveOrder): Decision => {
  const { orderId, status } = order
  switch (status) {
    case "draft":
    case "placed":
      return refuse(new Refused.OrderNotApproved({ orderId, status }))
    case "approved":
      return record({ ...command, _tag: "OrderShipped" })
    case "shipped":
      return Equal.equals(shipmentOf(command), shipmentOf(order)) ? nothing : refuse(alreadyShipped(order))
    case "delivered":
      return refuse(alreadyShipped(order))
  }
}

const deliverOrder = (command: Commands.DeliverOrder, order: LiveOrder): Decision => {
  const { orderId, status } = order
  switch (status) {
    case "draft":
    case "placed":
    case "approved":
      return refuse(new Refused.OrderNotShipped({ orderId, status }))
    case "shipped":
      return record({ ...command, signedBy: Personal.of(order.customerId, command.signedBy), _tag: "OrderDelivered" })
    case "delivered":
      return isKnownAs(order.signedBy, command.signedBy) ? nothing : refuse(alreadyDelivered(order))
  }
}

const cancelOrder = (command: Commands.CancelOrder, order: LiveOrder): Decision => {
  const { status } = order
  switch (status) {
    case "draft":
    case "placed":
    case "approved": {
      const refundDue = command.refundDue ?? status === "approved"
      return record({ ...command, _tag: "OrderCancelled", refundDue, previousStatus: status })
    }
    case "shipped":
      return refuse(alreadyShipped(order))
    case "delivered":
      return refuse(alreadyDelivered(order))
  }
}

const alreadyShipped = ({ orderId, status, trackingNumber, carrier }: OrderIn<"shipped" | "delivered">) =>
  new Refused.OrderAlreadyShipped({ orderId, status, trackingNumber, carrier })
const alreadyDelivered = ({ orderId, status }: OrderIn<"delivered">) =>
  new Refused.OrderAlreadyDelivered({ orderId, status })
const alreadyCancelled = ({ orderId, status, refundDue }: OrderIn<"cancelled">) =>
  new Refused.OrderAlreadyCancelled({ orderId, status, refundDue })

/** The events a command causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: PricedCommand, order: OrderState): Decision => {
  if (order.status === "none") {
    if (command._tag === "DraftOrder") return Result.map(begin(command), ({ events }) => events)
    return refuse(new Refused.OrderNotFound({ orderId: command.orderId }))
  }
  if (command._tag === "DraftOrder") return draftAgain(command, order)
  if (order.status === "cancelled") {
    const already = command._tag === "CancelOrder" && (command.refundDue ?? order.refundDue) === order.refundDue
    return already ? nothing : refuse(alreadyCancelled(order))
  }
  switch (command._tag) {
    case "AddItem":
      return addItem(command, order)
    case "ChangeItemQuantity":
      return changeItemQuantity(command, order)
    case "RemoveItem":
      return removeItem(command, order)
    case "PlaceOrder":
      return placeOrder(command, order)
    case "ApproveOrder":
      return approveOrder(command, order)
    case "ShipOrder":
      return shipOrder(command, order)
    case "DeliverOrder":
      return deliverOrder(command, order)
    case "CancelOrder":
      return cancelOrder(command, order)
  }
}

/** An order as a decider. Its streams are named `order`. */
export const Order = Decider.make({
  category: "order",
  // 2: addresses and signatures are personal values.
  version: 2,
  State: OrderState,
  Event: OrderEvent,
  initial,
  evolve,
  decide
})

/**
 * What a command on the order answers, for a state at a version of its stream.
 *
 * @throws RangeError for a state without an order: no command succeeds without one, so it is a mistake of the program.
 */
export const answerOf = (order: OrderState, version: number): Commands.OrderAnswer => {
  if (order.status === "none") throw new RangeError("There is no order to answer about")
  return { orderId: order.orderId, status: order.status, version, total: order.total }
}
